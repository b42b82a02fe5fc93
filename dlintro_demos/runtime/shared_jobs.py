"""One job for everybody who wants the same answer: who waits for it, and when nobody does any more."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from dlintro_demos.runtime.jobs import Job


@dataclass(eq=False)
class _Shared:
    job: Job[Any]
    waiting: set[str] = field(default_factory=set)


class SharedJobs:
    """Jobs by key; the last `kept` of them stay after they are done, with their results."""

    def __init__(self, kept: int = 24):
        self.kept = kept
        self._jobs: OrderedDict[Hashable, _Shared] = OrderedDict()
        self._lock = threading.Lock()

    def join(self, key: Hashable, visitor: str, submit: Callable[[], Job[Any]]) -> Job[Any]:
        """The job of that key, submitted now where there is none that can still answer."""
        with self._lock:
            shared = self._jobs.get(key)
            if shared is None or shared.job.cancel_reason is not None or shared.job.state == "failed":
                shared = self._jobs[key] = _Shared(submit())
            shared.waiting.add(visitor)
            self._jobs.move_to_end(key)
            for old in [key for key, entry in self._jobs.items() if entry.job.ended][: -self.kept]:
                del self._jobs[old]
            return shared.job

    def leave(self, key: Hashable, visitor: str, *, keep: bool = True) -> None:
        """This visitor waits no more. The last to leave cancels the job; `keep=False` drops a result."""
        with self._lock:
            shared = self._jobs.get(key)
            if shared is None:
                return
            shared.waiting.discard(visitor)
            if not shared.waiting and (not keep or not shared.job.ended):
                del self._jobs[key]
                shared.job.cancel()
