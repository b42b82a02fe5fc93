"""One queue for every heavy call: bounded, fair between visitors, with progress, cancel and a deadline.

Work is a generator function: it yields `Progress` and, last, its result. Closing the generator cancels it,
so a job stops at its next chunk and `finally` blocks inside it run.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

from dlintro_demos.gallery.words import counted

T = TypeVar("T")
LONG_SECONDS = 10.0  # a job that takes longer is to be called long
PAUSED = "The presenter has paused heavy demos for a moment, so that the stage has this machine to itself."
State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Progress:
    """How far a job is: `done` of `total`, in any unit of about equal cost, and what it does now.

    `so_far` is what can be shown of the result already, for a page that watches.
    """

    done: float
    total: float
    note: str = ""
    so_far: Any = None

    @property
    def fraction(self) -> float:
        """Share done, 0 to 1."""
        return min(1.0, max(0.0, self.done / self.total)) if self.total > 0 else 0.0


class JobError(RuntimeError):
    """A job that gave no result; the message is written for a visitor."""


class QueueFull(JobError):
    """The gallery, or this visitor, has as many jobs as it may."""


class DeadlineExceeded(JobError):
    """The job ran longer than a job may."""


class JobCancelled(JobError):
    """Somebody cancelled the job, or the page that asked for it went away."""


class Job(Generic[T]):
    """One heavy call; made by `JobQueue.submit`. Safe to read from any thread."""

    def __init__(
        self, queue: JobQueue, visitor: str, start: Callable[[], Iterator[Progress | T]], *, long: bool
    ):
        self.visitor = visitor
        self.long = long
        self.state: State = "waiting"
        self.progress = Progress(0, 1)
        self.cancel_reason: str | None = None
        self.started: float | None = None
        self.finished: float | None = None
        self._queue = queue
        self._start = start
        self._result: T | None = None
        self._error: BaseException | None = None
        self._done = threading.Event()
        self._touched = queue.clock()

    @property
    def place(self) -> int:
        """Jobs that run before this one starts, plus one; 0 once it runs or has ended."""
        return self._queue.place_of(self)

    @property
    def eta(self) -> float | None:
        """Seconds left, by the pace so far; None until there is a pace."""
        if self.state != "running" or self.started is None or not self.progress.fraction:
            return None
        elapsed = self._queue.clock() - self.started
        return elapsed * (1 - self.progress.fraction) / self.progress.fraction

    @property
    def ended(self) -> bool:
        """Whether `result()` would answer at once."""
        return self._done.is_set()

    @property
    def paused(self) -> bool:
        """Whether it waits because only the stage's jobs start now."""
        return self.state == "waiting" and self._queue.paused and self.visitor not in self._queue.first

    def touch(self) -> None:
        """Somebody still waits for this job; without it for the queue's `lease_s` the job is dropped."""
        self._touched = self._queue.clock()

    def hold(self) -> None:
        """Somebody keeps it and will end it: it needs no lease until the next `touch`."""
        self._touched = math.inf

    def cancel(self, reason: str = "Cancelled.") -> None:
        """Stop at the next chunk, or leave the queue at once; harmless when the job has ended."""
        self._queue.cancel(self, reason)

    def hand_on(self, visitor: str) -> None:
        """Count it as another visitor's, who waits for it too."""
        self._queue.hand_on(self, visitor)

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds`, keeping the job wanted; True once it has ended."""
        self.touch()
        return self._done.wait(seconds)

    def result(self) -> T:
        """Wait for the end and return the result.

        Raises `JobCancelled`, `DeadlineExceeded`, or what the work itself raised.
        """
        patience = min(1.0, self._queue.lease_s / 4)
        while not self.wait(patience):
            pass
        if self._error is not None:
            raise self._error
        return cast(T, self._result)


class JobQueue:
    """Runs jobs on a few threads, one visitor after another; long ones leave a thread to the others.

    Jobs of visitors in `first`, those on the stage, start before all others, long or not, and there is always
    room for them. While the queue is `paused`, no others start.

    Args:
        at_once: jobs running at the same time.
        waiting: jobs waiting before `QueueFull`.
        per_visitor: jobs of one visitor, running or waiting, before `QueueFull`; cancelled ones do not count.
        deadline_s: seconds a job may run, its waiting not counted.
        lease_s: seconds a job lives on when nobody asks for it any more (a closed tab).
        clock: monotonic seconds; tests give their own.
    """

    def __init__(
        self,
        *,
        at_once: int = 2,
        waiting: int = 40,
        per_visitor: int = 3,
        deadline_s: float = 120.0,
        lease_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ):
        if min(at_once, waiting, per_visitor) < 1:
            raise ValueError("A queue needs room for at least one job.")
        self.limits = {"at once": at_once, "waiting": waiting, "per visitor": per_visitor}
        self.deadline_s = deadline_s
        self.lease_s = lease_s
        self.clock = clock
        self.counts: dict[str, int] = dict.fromkeys(
            ("submitted", "done", "failed", "cancelled", "refused"), 0
        )
        self.first: set[str] = set()
        self.paused = False
        self._lock = threading.RLock()
        self._work = threading.Condition(self._lock)
        self._lanes: dict[str, deque[Job[Any]]] = {}  # visitor -> waiting jobs, least recently served first
        self._running: set[Job[Any]] = set()
        self._may_submit: set[str] | None = None  # the only visitors who may, once it ends
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._serve, name=f"job-{i}", daemon=True) for i in range(at_once)
        ]
        self._keeper = threading.Thread(target=self._expire, name="job-leases", daemon=True)
        for thread in (*self._threads, self._keeper):
            thread.start()

    def submit(
        self, work: Callable[..., Iterator[Progress | T]], /, *args: Any, visitor: str, long: bool = False
    ) -> Job[T]:
        """Queue `work(*args)` for a visitor; raises `QueueFull`, with what to do, where there is no room.

        `long` is for what takes more than `LONG_SECONDS`.
        """
        with self._lock:
            if self._may_submit is not None and visitor not in self._may_submit:
                raise QueueFull("The gallery is shutting down. Try again in a minute.")
            running = [job for job in self._running if job.visitor == visitor and job.cancel_reason is None]
            mine = len(self._lanes.get(visitor, ())) + len(running)
            if mine >= self.limits["per visitor"]:
                self.counts["refused"] += 1
                raise QueueFull(
                    f"Your browser already has {counted(mine, 'job')} under way, which is the limit for all "
                    "its tabs. Wait for one to finish, or cancel one."
                )
            if self.paused and visitor not in self.first:
                self.counts["refused"] += 1
                raise QueueFull(f"{PAUSED} Try again in a minute.")
            if self._waiting_count() >= self.limits["waiting"] and visitor not in self.first:
                self.counts["refused"] += 1
                raise QueueFull(
                    f"The gallery is busy: {counted(self.limits['waiting'], 'job is', 'jobs are')} waiting, "
                    "which is the limit. Try again in a minute."
                )
            job: Job[T] = Job(self, visitor, lambda: work(*args), long=long)
            self._lanes.setdefault(visitor, deque()).append(job)
            self.counts["submitted"] += 1
            self._work.notify()
            return job

    def cancel(self, job: Job[Any], reason: str = "Cancelled.") -> None:
        """See `Job.cancel`."""
        with self._lock:
            if job.ended or job.cancel_reason is not None:
                return
            job.cancel_reason = reason
            if job.state == "waiting":
                self._leave_lane(job)
                self._end(job, "cancelled", error=JobCancelled(reason))

    def hand_on(self, job: Job[Any], visitor: str) -> None:
        """Count a job as another visitor's: the one whose it was waits for it no more."""
        with self._lock:
            if job.state == "waiting" and job.visitor != visitor:
                self._leave_lane(job)
                self._lanes.setdefault(visitor, deque()).appendleft(job)
            job.visitor = visitor

    def pause(self, on: bool) -> None:
        """Start only jobs of those who go first, or all again."""
        with self._lock:
            self.paused = on
            self._work.notify_all()

    def place_of(self, job: Job[Any]) -> int:
        """See `Job.place`."""
        with self._lock:
            if job.state != "waiting":
                return 0
            return self._in_turn().index(job) + 1

    def status(self) -> dict[str, int]:
        """Running and waiting jobs, and how many of each outcome since the start."""
        with self._lock:
            return {"running": len(self._running), "waiting": self._waiting_count(), **self.counts}

    def drain(self, seconds: float) -> None:
        """Let none of the waiting jobs start, and give the running ones time to end.

        Whose job runs may still begin the next one: a picture is opened by one job and worked on by another.
        """
        with self._lock:
            self._may_submit = {job.visitor for job in self._running}
            for job in [*itertools.chain.from_iterable(self._lanes.values())]:
                self.cancel(job, "The gallery is shutting down. Try again in a minute.")
            running = list(self._running)
        until = time.monotonic() + seconds
        for job in running:
            job._done.wait(max(0.0, until - time.monotonic()))

    def shutdown(self) -> None:
        """Cancel everything and end the threads."""
        with self._lock:
            self.drain(0)
            self._may_submit = set()
            self._closing.set()
            for job in self._running:
                self.cancel(job, "The gallery is shutting down.")
            self._work.notify_all()
        for thread in (*self._threads, self._keeper):
            thread.join()

    def _waiting_count(self) -> int:
        return sum(map(len, self._lanes.values()))

    def _lanes_in_turn(self) -> list[deque[Job[Any]]]:
        running = [job.visitor for job in self._running]
        return sorted(self._lanes.values(), key=lambda lane: running.count(lane[0].visitor))

    def _in_turn(self) -> list[Job[Any]]:
        """The waiting jobs in their order: the stage's first, long ones last where as many run as may."""
        rounds = itertools.zip_longest(*self._lanes_in_turn())
        order = [job for turn in rounds for job in turn if job is not None]
        full = not self._room_for_long()
        return sorted(order, key=lambda job: (job.visitor not in self.first, job.long and full))

    def _ready(self) -> Job[Any] | None:
        """The next job, if it may run now."""
        job = next(iter(self._in_turn()), None)
        if job is None or job.visitor in self.first:
            return job
        return None if self.paused or (job.long and not self._room_for_long()) else job

    def _room_for_long(self) -> bool:
        return sum(job.long for job in self._running) < max(1, self.limits["at once"] - 1)

    def _leave_lane(self, job: Job[Any]) -> None:
        lane = self._lanes[job.visitor]
        lane.remove(job)
        if not lane:
            del self._lanes[job.visitor]

    def _next(self) -> Job[Any] | None:
        """The oldest job of the visitor with the fewest running jobs, least recently served first."""
        with self._work:
            while not self._closing.is_set() and (job := self._ready()) is None:
                self._work.wait()
            if self._closing.is_set() or job is None:
                return None
            self._leave_lane(job)
            if lane := self._lanes.pop(job.visitor, None):
                self._lanes[job.visitor] = lane  # to the end of the line
            job.state, job.started = "running", self.clock()
            self._running.add(job)
            return job

    def _serve(self) -> None:
        while (job := self._next()) is not None:
            self._perform(job)
            del job  # an idle thread must not keep a visitor's picture

    def _perform(self, job: Job[Any]) -> None:
        try:
            result = self._drive(job)
        except JobCancelled as error:
            self._end(job, "cancelled", error=error)
        except BaseException as error:  # noqa: BLE001 - whatever the work raises belongs to its caller
            self._end(job, "failed", error=error)
        else:
            self._end(job, "done", result=result)

    def _drive(self, job: Job[Any]) -> Any:
        """Run the work chunk by chunk; between chunks it may be cancelled or have run too long."""
        steps = job._start()
        started = cast(float, job.started)
        last: Any = None
        try:
            for last in steps:
                if job.cancel_reason is not None:
                    raise JobCancelled(job.cancel_reason)
                if not isinstance(last, Progress):
                    return last
                job.progress = last
                if self.clock() - started > self.deadline_s:
                    raise DeadlineExceeded(
                        f"This took longer than the limit of {counted(round(self.deadline_s), 'second')} "
                        "and was stopped. Try something smaller, or a faster method."
                    )
        finally:
            if close := getattr(steps, "close", None):
                close()
        raise RuntimeError("The work ended without yielding a result.")

    def _end(
        self, job: Job[Any], state: State, *, result: Any = None, error: BaseException | None = None
    ) -> None:
        with self._lock:
            self._running.discard(job)
            job.state, job.finished = state, self.clock()
            job._result, job._error = result, error
            job._start = _spent  # drops the arguments: a visitor's picture is not kept by the queue
            self.counts[state] += 1
        job._done.set()

    def _expire(self) -> None:
        while not self._closing.wait(timeout=min(1.0, self.lease_s / 4)):
            self._drop_unwanted()  # its names go when it ends: this thread must not keep a visitor's picture

    def _drop_unwanted(self) -> None:
        """Drop the jobs that nobody asks for any more."""
        with self._lock:
            horizon = self.clock() - self.lease_s
            for job in [*itertools.chain.from_iterable(self._lanes.values()), *self._running]:
                if job._touched < horizon:
                    self.cancel(job, "The page that asked for this is gone.")


def _spent() -> Iterator[Any]:
    raise RuntimeError("This job has run already.")
