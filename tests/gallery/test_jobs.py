import gc
import itertools
import random
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from dlintro_demos.gallery.runtime.jobs import (
    DeadlineExceeded,
    JobCancelled,
    JobError,
    JobQueue,
    Progress,
    QueueFull,
)
from tests.gallery.gates import Gate, quick


def until(condition, seconds=10.0):
    """Wait for something another thread does; fails the test where it never comes."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        threading.Event().wait(0.005)


def test_a_job_gives_its_last_value_as_the_result(make_queue):
    assert make_queue().submit(quick, 42, visitor="ann").result() == 42


def test_progress_and_time_left_are_there_while_it_runs(make_queue):
    now = itertools.count(0.0, 1.0)
    queue, gate = make_queue(clock=lambda: next(now), lease_s=1e9, deadline_s=1e9), Gate()
    job = queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    assert job.eta is None
    gate.open.set()
    job.result()
    assert job.progress == Progress(3, 3, "chunk 3")
    assert job.progress.fraction == 1.0


def test_time_left_follows_the_pace_so_far(make_queue):
    time_now = [100.0]
    queue, first, second = make_queue(clock=lambda: time_now[0]), threading.Event(), threading.Event()

    def work():
        yield Progress(1, 4)
        first.set()
        assert second.wait(10)
        yield "done"

    job = queue.submit(work, visitor="ann")
    assert first.wait(10)
    time_now[0] += 2.0
    assert job.eta == pytest.approx(6.0)
    second.set()
    job.result()
    assert job.eta is None


def test_what_the_work_raises_reaches_whoever_asks(make_queue):
    def broken():
        yield Progress(0, 1)
        raise KeyError("weights")

    job = make_queue().submit(broken, visitor="ann")
    with pytest.raises(KeyError, match="weights"):
        job.result()
    assert job.state == "failed"


def test_work_without_a_result_is_an_error_not_a_hang(make_queue):
    def forgetful():
        yield Progress(1, 1)

    with pytest.raises(RuntimeError, match="without yielding a result"):
        make_queue().submit(forgetful, visitor="ann").result()


def test_a_waiting_job_knows_its_place(make_queue):
    queue, gate = make_queue(at_once=1), Gate()
    running = queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    second, third = queue.submit(quick, 2, visitor="bob"), queue.submit(quick, 3, visitor="cem")
    assert [running.place, second.place, third.place] == [0, 1, 2]
    gate.open.set()
    assert third.result() == 3
    assert third.place == 0


def test_a_visitor_with_many_jobs_does_not_starve_one_with_few(make_queue):
    queue, gate, order = make_queue(at_once=1), Gate(), []

    def note(name):
        order.append(name)
        yield name

    queue.submit(gate.work, visitor="greedy")
    assert gate.entered.wait(10)
    jobs = [queue.submit(note, name, visitor="greedy") for name in ("greedy 1", "greedy 2")]
    jobs.append(queue.submit(note, "modest", visitor="modest"))
    assert jobs[-1].place <= 2
    gate.open.set()
    for job in jobs:
        job.result()
    assert order.index("modest") < order.index("greedy 2")


def test_a_full_queue_says_busy_and_the_limit(make_queue):
    queue, gate = make_queue(at_once=1, waiting=2), Gate()
    queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    waiting = [queue.submit(quick, i, visitor=f"visitor {i}") for i in range(2)]
    with pytest.raises(QueueFull, match="2 jobs are waiting"):
        queue.submit(quick, 3, visitor="late")
    gate.open.set()
    assert [job.result() for job in waiting] == [0, 1]
    assert queue.status()["refused"] == 1


def test_one_visitor_gets_only_so_many_jobs(make_queue):
    queue, gate = make_queue(at_once=1, per_visitor=2), Gate()
    queue.submit(gate.work, visitor="ann")
    queue.submit(quick, 1, visitor="ann")
    with pytest.raises(QueueFull, match="already has 2 jobs"):
        queue.submit(quick, 2, visitor="ann")
    other = queue.submit(quick, 3, visitor="bob")
    gate.open.set()
    assert other.result() == 3


def test_cancelling_a_running_job_stops_it_at_the_next_chunk_and_cleans_up(make_queue):
    queue, gate = make_queue(), Gate()
    job = queue.submit(gate.work, "never", 1000, visitor="ann")
    assert gate.entered.wait(10)
    job.cancel()
    gate.open.set()
    with pytest.raises(JobCancelled):
        job.result()
    assert gate.closed.wait(10)
    assert job.progress.done <= 1


def test_cancelling_a_waiting_job_takes_it_out_at_once(make_queue):
    queue, gate = make_queue(at_once=1), Gate()
    queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    waiting = queue.submit(quick, 1, visitor="bob")
    waiting.cancel("Changed my mind.")
    assert waiting.ended
    assert queue.status()["waiting"] == 0
    with pytest.raises(JobCancelled, match="Changed my mind"):
        waiting.result()
    gate.open.set()


def test_a_job_past_its_deadline_is_stopped_and_names_the_limit(make_queue):
    time_now = [0.0]
    queue = make_queue(deadline_s=30, clock=lambda: time_now[0])

    def slow():
        for done in range(100):
            time_now[0] += 1.0
            yield Progress(done, 100)
        yield "never"

    job = queue.submit(slow, visitor="ann")
    with pytest.raises(DeadlineExceeded, match="30 seconds"):
        job.result()


def test_a_closed_tab_frees_the_slot(make_queue):
    queue = make_queue(at_once=1, lease_s=0.2)
    release = threading.Event()

    def endless():
        while not release.wait(0.01):
            yield Progress(0, 1)
        yield "never"

    abandoned = queue.submit(endless, visitor="gone")
    wanted = queue.submit(quick, 7, visitor="here")
    assert wanted.result() == 7
    with pytest.raises(JobCancelled, match="gone"):
        abandoned.result()
    release.set()


def test_a_job_somebody_waits_for_outlives_its_lease(make_queue):
    queue = make_queue(lease_s=1)  # a busy machine may take its time between two looks

    def unhurried():
        for done in range(60):
            threading.Event().wait(0.03)
            yield Progress(done, 60)
        yield "done"

    assert queue.submit(unhurried, visitor="ann").result() == "done"


def test_a_job_that_is_held_needs_nobody_who_asks_but_ends_at_its_deadline(make_queue):
    time_now, gate = [0.0], threading.Event()
    queue = make_queue(lease_s=0.2, deadline_s=60, clock=lambda: time_now[0])

    def work():
        while not gate.wait(0.01):
            yield Progress(0, 1)
        yield "done"

    held, given_up, late = (queue.submit(work, visitor=name) for name in ("ann", "bob", "cy"))
    for job in (held, late):
        job.hold()
    until(lambda: given_up.state == "running")
    time_now[0] += 50
    until(lambda: given_up.state == "cancelled")
    assert held.state == "running"
    time_now[0] += 20
    with pytest.raises(DeadlineExceeded):
        held.result()
    gate.set()
    assert late.result() == "done"  # waited without a lease, and then ran


def test_an_idle_queue_keeps_neither_the_picture_nor_the_result(make_queue):
    class Picture:
        pass

    queue, picture = make_queue(at_once=1), Picture()
    seen = weakref.ref(picture)
    job = queue.submit(quick, picture, visitor="ann")
    job.result()
    del job, picture
    until(lambda: gc.collect() >= 0 and seen() is None)


def test_a_job_that_was_looked_at_while_it_ran_is_not_kept(make_queue):
    """The thread that drops unwanted jobs kept the last one that it had looked at, with its result."""
    looked = threading.Semaphore(0)

    def clock():
        if threading.current_thread().name == "job-leases":
            looked.release()
        return 0.0

    queue, gate = make_queue(clock=clock, lease_s=0.04), Gate()
    job = queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    for _ in range(2):
        assert looked.acquire(timeout=10)
    gate.open.set()
    job.result()
    seen = weakref.ref(job)
    del job
    until(lambda: gc.collect() >= 0 and seen() is None)


def test_long_jobs_leave_a_thread_to_the_others(make_queue):
    """Two lessons of a minute and a half kept a third visitor's small picture waiting that long."""
    queue, first, second = make_queue(at_once=2), Gate(), Gate()
    lessons = [
        queue.submit(each.work, visitor=name, long=True) for each, name in ((first, "a"), (second, "b"))
    ]
    assert first.entered.wait(10)
    assert queue.submit(quick, 42, visitor="cem").result() == 42
    assert [job.state for job in lessons] == ["running", "waiting"]
    blocker = Gate()
    queue.submit(blocker.work, visitor="dan")
    assert blocker.entered.wait(10)
    short = queue.submit(quick, 43, visitor="eve")
    assert (short.place, lessons[1].place) == (1, 2)
    blocker.open.set()
    assert short.result() == 43
    first.open.set()
    assert second.entered.wait(10)
    second.open.set()
    assert lessons[1].result() == "done"


def test_one_thread_does_long_jobs_too(make_queue):
    assert make_queue(at_once=1).submit(quick, 42, visitor="ann", long=True).result() == 42


def test_shutting_down_ends_the_threads_and_refuses_new_jobs():
    before = threading.active_count()
    queue, gate = JobQueue(at_once=3), Gate()
    job = queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    gate.open.set()
    queue.shutdown()
    assert job.ended
    assert threading.active_count() == before
    with pytest.raises(QueueFull, match="shutting down"):
        queue.submit(quick, 1, visitor="ann")


def test_draining_lets_running_jobs_end_and_starts_no_other(make_queue):
    queue, gate = make_queue(at_once=1), Gate()
    running = queue.submit(gate.work, visitor="ann")
    waiting = queue.submit(quick, 1, visitor="bob")
    assert gate.entered.wait(10)
    draining = threading.Thread(target=queue.drain, args=(60,))
    draining.start()
    with pytest.raises(JobCancelled, match="shutting down"):
        waiting.result()
    with pytest.raises(QueueFull, match="shutting down"):
        queue.submit(quick, 1, visitor="cem")
    gate.open.set()
    assert running.result() == "done"
    draining.join(10)
    assert not draining.is_alive()


def test_whose_job_runs_while_it_drains_may_begin_the_next_one(make_queue):
    queue, gate = make_queue(at_once=1), Gate()
    opening = queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    queue.drain(0)
    following = queue.submit(quick, 1, visitor="ann")
    gate.open.set()
    assert opening.result() == "done"
    assert following.result() == 1


def test_draining_waits_no_longer_than_it_is_told(make_queue):
    queue, gate = make_queue(at_once=1), Gate()
    running = queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    queue.drain(0.05)
    assert not running.ended
    gate.open.set()


def test_two_thousand_random_operations_lose_no_job_and_leak_no_thread():
    before = threading.active_count()
    queue = JobQueue(at_once=4, waiting=30, per_visitor=6, deadline_s=60, lease_s=60)
    outcomes, lock, full = [], threading.Lock(), threading.Event()

    def work(kind):
        full.wait()  # nothing ends before the queue was full once, however fast this machine is
        for done in range(3):
            yield Progress(done, 3)
        if kind == "fail":
            raise ArithmeticError("as planned")
        yield "done"

    def outcome_of(job):
        try:
            return job.result()
        except ArithmeticError:
            return "failed"
        except JobCancelled:
            return "cancelled"

    def visitor(seed):
        dice = random.Random(seed)
        for _burst in range(8):
            jobs = []
            for _ in range(5):
                kind = dice.choice(["done", "done", "fail", "cancel"])
                try:
                    jobs.append(queue.submit(work, kind, visitor=f"visitor {seed % 20}"))
                except QueueFull:
                    full.set()
                    with lock:
                        outcomes.append("refused")
                else:
                    if kind == "cancel":
                        jobs[-1].cancel()
            ends = [outcome_of(job) for job in jobs]
            with lock:
                outcomes.extend(ends)

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(visitor, range(50)))
    status = queue.status()
    assert len(outcomes) == 2000
    assert (status["running"], status["waiting"]) == (0, 0)
    for outcome in ("done", "failed", "cancelled", "refused"):
        assert status[outcome] == outcomes.count(outcome) > 0
    assert status["submitted"] == status["done"] + status["failed"] + status["cancelled"]
    queue.shutdown()
    assert threading.active_count() == before


def test_job_errors_have_one_family():
    assert {QueueFull, DeadlineExceeded, JobCancelled} <= set(JobError.__subclasses__())
