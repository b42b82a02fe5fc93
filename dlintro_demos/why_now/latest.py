"""The last measurement of this machine: one at a time, the same for all visitors, with its age."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import torch

from dlintro_demos.gallery.runtime.elsewhere import stays_here
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.why_now.history import DATA
from dlintro_demos.why_now.measuring import Measurement, Speed, measure

RECORDED = DATA / "recorded.json"
"""`python -m dlintro_demos machine --json`, on a machine of ours."""


FRESH_SECONDS = 20.0
"""Whoever asks within that time of the last measurement gets it: the machine is the same."""


class Latest:
    """Numbers measurements, so that all who ask at the same time wait for one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._number = 0
        self._found: tuple[Measurement, float] | None = None

    def ask(self) -> int:
        """The number of the measurement to wait for: one just finished, the one under way, or a new one."""
        with self._lock:
            fresh = self._found and self._clock() - self._found[1] < FRESH_SECONDS
            return self._number if fresh else self._number + 1

    def over(self, number: int, found: Measurement) -> None:
        """Measurement `number` has ended. One that was cancelled has not, and its number is given again."""
        with self._lock:
            self._number = max(self._number, number)
            self._found = found, self._clock()

    @property
    def found(self) -> tuple[Measurement, float] | None:
        """The last one that was finished, and how many seconds ago; None where there is none yet."""
        with self._lock:
            return (self._found[0], self._clock() - self._found[1]) if self._found else None


LATEST = Latest()


@stays_here
def measure_here(number: int, device: torch.device) -> Iterator[Progress | Measurement]:
    """A job: `measure`, and what it found is the latest."""
    for step in measure(device):
        if isinstance(step, Measurement):
            LATEST.over(number, step)
        yield step


@cache
def recorded() -> Measurement:
    """The measurement that lies beside this module."""
    return from_json(RECORDED)


def from_json(path: Path) -> Measurement:
    """What `as_json` wrote. Raises `OSError`, `ValueError` and `TypeError`."""
    fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for shown in ("peak", "utilisation"):
        fields.pop(shown, None)
    speeds = tuple(Speed(**each) for each in fields.pop("speeds"))
    return Measurement(speeds=speeds, **fields)


def as_json(found: Measurement) -> str:
    """One line."""
    return json.dumps({**asdict(found), "peak": found.peak, "utilisation": found.utilisation})
