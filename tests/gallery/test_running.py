"""One job for all who want the same, and nobody's when all have left."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from dlintro_demos.gallery.runtime.jobs import QueueFull
from dlintro_demos.gallery.runtime.results import ResultStore
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


@pytest.mark.reports
@pytest.mark.parametrize("started", [True, False], ids=["running", "waiting"])
def test_a_job_left_to_others_counts_for_them(make_queue, started):
    """“You already have 3 jobs” was said to a visitor who waited for none."""
    queue, running, gate, others = make_queue(at_once=1, per_visitor=1), RunningJobs(), Gate(), Gate()
    if not started:
        queue.submit(others.work, visitor="cem")
        assert others.entered.wait(10)
    running.join("cat", "ann", lambda: queue.submit(gate.work, visitor="ann"))
    job = running.join("cat", "bob", lambda: pytest.fail("there is a job already"))
    if started:
        assert gate.entered.wait(10)
    running.leave("cat", "ann")
    queue.submit(quick, 1, visitor="ann")
    with pytest.raises(QueueFull, match="1 job under way"):
        queue.submit(quick, 2, visitor="bob")
    others.open.set()
    gate.open.set()
    assert job.result() == "done"


@pytest.mark.reports
def test_a_job_that_one_cancelled_does_not_count(make_queue):
    queue, gate = make_queue(at_once=1, per_visitor=1), Gate()
    job = queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    job.cancel()
    queue.submit(quick, 1, visitor="ann")
    gate.open.set()


@pytest.mark.reports
def test_the_tabs_of_one_client_share_its_places_in_the_queue(make_queue):
    """One client with 44 tabs filled the queue for everybody."""
    queue, running, gate = make_queue(at_once=1, per_visitor=2), RunningJobs(), Gate()
    gates = [Gate() for _ in range(2)]

    def arrive(tab, work):
        running.join(tab, tab, lambda: queue.submit(work, visitor="one browser"), "one browser")

    for tab, each in enumerate(gates):
        arrive(f"tab {tab}", each.work)
    for tab in range(2, 44):
        with pytest.raises(QueueFull, match="for all its tabs"):
            arrive(f"tab {tab}", gate.work)
    running.leave("tab 0", "tab 0")
    arrive("tab 44", gate.work)
    for each in (*gates, gate):
        each.open.set()


@pytest.mark.reports
def test_two_demos_that_use_the_same_slot_and_number_have_two_jobs(open_page, monkeypatch):
    """Playing on one page broke the game on another: both were the job “quiz”, round 1."""
    asked, real = [], ResultStore.get

    def get(self, owner, key):
        asked.append(key)
        return real(self, owner, key)

    monkeypatch.setattr(ResultStore, "get", get)
    for slug in ("super_resolution", "faces"):
        assert not open_page(slug).exception
    assert {name.split(".")[1] for name, _ in asked} >= {"super_resolution", "faces"}
