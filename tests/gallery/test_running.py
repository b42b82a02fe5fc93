"""One job for all who want the same, and nobody's when all have left."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from dlintro_demos.gallery.runtime.running import RunningJobs, name_of
from tests.gallery.gates import Gate, quick


def test_visitors_who_want_the_same_share_one_job(make_queue):
    queue, shared, gate = make_queue(), RunningJobs(), Gate()
    jobs = [
        shared.join("cat", name, lambda name=name: queue.submit(gate.work, visitor=name))
        for name in ("ann", "bob")
    ]
    assert jobs[0] is jobs[1]
    gate.open.set()
    assert jobs[0].result() == "done"
    assert queue.status()["submitted"] == 1


def test_a_shared_job_goes_on_until_the_last_one_leaves(make_queue):
    queue, shared, gate = make_queue(), RunningJobs(), Gate()
    job = shared.join("cat", "ann", lambda: queue.submit(gate.work, visitor="ann"))
    shared.join("cat", "bob", lambda: pytest.fail("there is a job already"))
    shared.leave("cat", "ann")
    assert job.cancel_reason is None
    shared.leave("cat", "bob")
    assert job.cancel_reason is not None
    gate.open.set()


def test_a_failed_shared_job_is_tried_again(make_queue):
    queue, shared = make_queue(), RunningJobs()

    def broken():
        raise ArithmeticError
        yield

    first = shared.join("cat", "ann", lambda: queue.submit(broken, visitor="ann"))
    with pytest.raises(ArithmeticError):
        first.result()
    second = shared.join("cat", "ann", lambda: queue.submit(quick, 2, visitor="ann"))
    assert second.result() == 2


def test_a_visitor_who_is_gone_waits_for_nothing(make_queue):
    queue, running, gate = make_queue(), RunningJobs(), Gate()
    mine = running.join("mine", "ann", lambda: queue.submit(gate.work, visitor="ann"))
    both = running.join("both", "ann", lambda: queue.submit(gate.work, visitor="ann"))
    running.join("both", "bob", lambda: pytest.fail("there is a job already"))
    running.leave_all("ann")
    assert mine.cancel_reason is not None
    assert both.cancel_reason is None
    gate.open.set()
    assert both.result() == "done"


def test_work_is_named_by_its_module_and_function():
    assert name_of(quick) == "tests.gallery.gates.quick"
    assert name_of(partial(partial(quick), 3)) == name_of(quick)
    assert name_of(Gate.work) == "tests.gallery.gates.Gate.work"


def test_a_cancelled_job_is_not_joined(make_queue):
    queue, running, gate = make_queue(), RunningJobs(), Gate()
    first = running.join("cat", "ann", lambda: queue.submit(gate.work, visitor="ann"))
    first.cancel("too slow")
    second = running.join("cat", "bob", lambda: queue.submit(quick, 2, visitor="bob"))
    assert second.result() == 2
    gate.open.set()


def test_an_ended_job_is_joined_as_long_as_somebody_waits(make_queue):
    queue, running = make_queue(), RunningJobs()
    job = running.join("cat", "ann", lambda: queue.submit(quick, 2, visitor="ann"))
    assert job.result() == 2
    assert running.join("cat", "bob", lambda: pytest.fail("there is a job already")) is job
    running.leave("cat", "ann")
    assert len(running) == 1
    running.leave("cat", "bob")
    assert len(running) == 0


def test_a_queue_that_refuses_leaves_nothing_behind():
    running = RunningJobs()

    def refuse():
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        running.join("cat", "ann", refuse)
    assert len(running) == 0


def test_who_never_waited_takes_nobodys_job_away(make_queue):
    queue, running, gate = make_queue(), RunningJobs(), Gate()
    job = running.join("cat", "ann", lambda: queue.submit(gate.work, visitor="ann"))
    running.leave("cat", "bob")
    running.leave("dog", "ann")
    running.leave_all("bob")
    assert job.cancel_reason is None
    gate.open.set()
    assert job.result() == "done"


def test_sixteen_visitors_arriving_at_once_share_one_job(make_queue):
    queue, running, gate, barrier = make_queue(), RunningJobs(), Gate(), threading.Barrier(16)

    def arrive(number):
        barrier.wait()
        return running.join("cat", f"visitor {number}", lambda: queue.submit(gate.work, visitor="first"))

    with ThreadPoolExecutor(16) as pool:
        jobs = set(pool.map(arrive, range(16)))
    assert len(jobs) == queue.status()["submitted"] == 1
    gate.open.set()
    assert jobs.pop().result() == "done"
