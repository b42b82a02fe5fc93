"""The jobs under way: who waits for which, and when nobody does any more. Results are kept elsewhere."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from dlintro_demos.gallery.runtime.jobs import Job


def name_of(work: Callable[..., Any]) -> str:
    """Module and function: the part of a job's key that no other demo can have."""
    while isinstance(work, functools.partial):
        work = work.func
    return f"{work.__module__}.{work.__qualname__}"


@dataclass(eq=False)
class _Running:
    job: Job[Any]
    waiting: dict[str, str] = field(default_factory=dict)  # visitor -> the client that they sit at


class RunningJobs:
    """Jobs by key, one for everybody who wants the same answer.

    A job counts for the client of one who waits for it; who leaves hands it on.
    """

    def __init__(self) -> None:
        self._jobs: dict[Hashable, _Running] = {}
        self._lock = threading.Lock()

    def join(self, key: Hashable, visitor: str, submit: Callable[[], Job[Any]], client: str = "") -> Job[Any]:
        """The job of that key, submitted now where there is none that can still answer.

        `client` is whose jobs the queue counts together, where it is not the visitor alone.
        """
        with self._lock:
            running = self._jobs.get(key)
            if running is None or running.job.cancel_reason is not None or running.job.state == "failed":
                running = self._jobs[key] = _Running(submit())
            running.waiting[visitor] = client or visitor
            return running.job

    def leave(self, key: Hashable, visitor: str) -> None:
        """This visitor waits no more. With the last one the job goes: cancelled, or with its result."""
        with self._lock:
            self._leave(key, visitor)

    def leave_all(self, visitor: str) -> None:
        """The visitor is gone."""
        with self._lock:
            for key in list(self._jobs):
                self._leave(key, visitor)

    def __len__(self) -> int:
        """Jobs that somebody waits for."""
        return len(self._jobs)

    def _leave(self, key: Hashable, visitor: str) -> None:
        running = self._jobs.get(key)
        if running is None or visitor not in running.waiting:
            return
        del running.waiting[visitor]
        if not running.waiting:
            del self._jobs[key]
            running.job.cancel()
        elif running.job.visitor not in running.waiting.values():
            running.job.hand_on(next(iter(running.waiting.values())))
