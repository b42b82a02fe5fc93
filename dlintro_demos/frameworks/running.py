"""Learn the digits with what is installed, the same batches for all; and what a recorded run did."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from dlintro_demos.frameworks.known import FRAMEWORKS, Framework, FrameworkUnavailable, load, version
from dlintro_demos.frameworks.learning import learn_in
from dlintro_demos.frameworks.task import STEPS
from dlintro_demos.frameworks.workers import worker_of
from dlintro_demos.gallery.runtime.jobs import Progress

RECORDED = Path(__file__).with_name("data") / "recorded.json"
"""`make record-frameworks`, on a machine of ours."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a framework did: loss before each step, median milliseconds of one; `fault` if it did not."""

    framework: str
    version: str
    losses: tuple[float, ...] = ()
    milliseconds: float = 0.0
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a framework cost in the recorded run.

    `milliseconds` of a step by "eager, 1 thread" and the like (median); `memory` in MB, of the whole process
    at its most; `installed` MB of it and all that only it brings; `imported` seconds.
    """

    framework: str
    version: str
    losses: tuple[float, ...]
    milliseconds: dict[str, float]
    memory: float
    installed: float
    imported: float
    lines: int


@dataclass(frozen=True, kw_only=True)
class Recording:
    """When, on which machine, and what each framework did."""

    when: str
    machine: str
    costs: tuple[Cost, ...]


def race(steps: int = STEPS) -> Iterator[Progress | tuple[Run, ...]]:
    """A job: all that are installed learn, one after the other; `Progress.so_far` are the runs so far."""
    there = [each for each in FRAMEWORKS if version(each)]
    runs: tuple[Run, ...] = ()
    for place, framework in enumerate(there):
        current = Run(framework=framework.key, version=version(framework) or "")
        yield Progress(place, len(there), f"starting {framework.title}", runs or None)
        for current in learn(framework, steps):
            done = place + len(current.losses) / steps
            yield Progress(done, len(there), framework.title, (*runs, current))
        runs = (*runs, current)
    yield runs


def learn(framework: Framework, steps: int) -> Iterator[Run]:
    """The run so far, every few steps. PyTorch runs here, the others in processes of their own."""
    run = Run(framework=framework.key, version=version(framework) or "")
    try:
        for losses, milliseconds in _looks(framework, steps):
            run = replace(run, losses=tuple(losses), milliseconds=milliseconds)
            yield run
    except FrameworkUnavailable as error:
        yield replace(run, fault=str(error))


def _looks(framework: Framework, steps: int) -> Iterator[tuple[list[float], float]]:
    if framework.here:
        yield from learn_in(load(framework), steps)
        return
    with contextlib.closing(worker_of(framework).ask({"steps": steps})) as replies:
        for reply in replies:
            yield reply["losses"], reply["milliseconds"]


@cache
def recorded() -> Recording:
    """The recording that lies beside this module."""
    fields: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    costs = tuple(Cost(**{**each, "losses": tuple(each["losses"])}) for each in fields.pop("costs"))
    return Recording(costs=costs, **fields)
