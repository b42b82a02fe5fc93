"""The stage: one state for all presenters, a lock that no guesser shuts for others, and its jobs first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.runtime.jobs import PAUSED, QueueFull
from dlintro_demos.gallery.settings import BadSetting, Settings
from dlintro_demos.gallery.stage import (
    FREE_TRIES,
    FROM_ONE_ADDRESS,
    OPEN_SECONDS,
    WAIT,
    Lock,
    Stage,
    WrongPin,
)
from dlintro_demos.gallery.stage_route import stage_route
from dlintro_demos.gallery.tour import places
from dlintro_demos.gallery.tries import TooOften
from tests.gallery.gates import Clock, Gate, quick

PIN = "apples-60"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lock(clock):
    return Lock(PIN, clock)


def guess(lock, client, times=1):
    """What a client that types wrong PINs is told, each time."""
    said = []
    for number in range(times):
        with pytest.raises((WrongPin, TooOften)) as refusal:
            lock.open(client, f"wrong-{number}")
        said.append(str(refusal.value))
    return said


def test_the_stage_goes_from_the_wall_over_every_stop_to_the_questions_and_no_further():
    stage = Stage()
    last = len(places("short")) + 1
    assert not stage.move(-1, 0)
    assert all(stage.move(1, version) for version in range(last))
    assert stage.look().number == last
    assert not stage.move(1, last)
    assert stage.look().version == last


def test_of_two_presenters_who_press_at_once_one_moves_it():
    stage = Stage()
    with ThreadPoolExecutor(16) as presenters:
        for step in range(1, 6):
            seen = stage.look().version
            moved = list(presenters.map(lambda _, seen=seen: stage.move(1, seen), range(16)))
            assert sum(moved) == 1
            assert stage.look().number == step


def test_the_clock_of_a_talk_begins_when_its_presenter_comes(clock):
    stage = Stage(clock)
    clock.now += 600
    stage.begin()
    assert stage.seconds == 0
    assert stage.look().version == 0
    stage.move(1, 0)
    clock.now += 60
    stage.begin()  # another presenter, in the middle
    assert stage.seconds == 60


def test_the_next_visitor_stays_at_the_stop_and_the_clock_begins_anew(clock):
    stage = Stage(clock)
    stage.show("full", 7, 0)
    clock.now += 200
    assert stage.seconds == 200
    assert stage.next_visitor(1)
    assert not stage.next_visitor(1)
    state = stage.look()
    assert (state.tour, state.number, state.visitor, stage.seconds) == ("full", 7, 1, 0)


def test_the_pin_opens_for_one_client_and_for_half_a_day(lock, clock):
    lock.open("10.0.0.1 ann", PIN)
    assert lock.is_open("10.0.0.1 ann")
    assert not lock.is_open("10.0.0.1 bob")
    clock.now += OPEN_SECONDS
    assert not lock.is_open("10.0.0.1 ann")


def test_it_is_known_whether_anybody_is_in(lock, clock):
    assert not lock.anybody
    for client in ("10.0.0.1 ann", "10.0.0.2 bob"):
        lock.open(client, PIN)
    lock.close("10.0.0.1 ann")
    assert lock.anybody
    clock.now += OPEN_SECONDS
    assert not lock.anybody


def test_a_hundred_wrong_tries_lock_the_guesser_out_and_nobody_else(lock, clock):
    lock.open("10.0.0.1 stage", PIN)
    said = guess(lock, "10.0.0.1 guesser", 100)
    assert said.count("That is not the PIN.") == FREE_TRIES
    assert said[-1] == "Too many wrong tries. Try again in 60 seconds."
    with pytest.raises(TooOften, match="Too many"):  # not even with the right one
        lock.open("10.0.0.1 guesser", PIN)
    assert lock.is_open("10.0.0.1 stage")
    lock.open("10.0.0.1 another presenter, in the same network", PIN)
    guess(lock, "10.0.0.1 stage", 10)
    assert lock.is_open("10.0.0.1 stage")
    clock.now += WAIT
    assert guess(lock, "10.0.0.1 guesser", 2) == ["That is not the PIN.", said[-1]]


def test_who_throws_its_cookie_away_after_each_try_is_held_by_its_address(lock, clock):
    said = [guess(lock, f"10.0.0.2 browser-{number}")[0] for number in range(1000)]
    assert said.count("That is not the PIN.") == FROM_ONE_ADDRESS
    lock.open("10.0.0.1 presenter", PIN)
    clock.now += WAIT
    lock.open("10.0.0.2 honest", PIN)


def test_without_a_pin_nobody_gets_in(clock):
    lock = Lock("", clock)
    assert not lock.exists
    for pin in ("", " ", "None"):
        with pytest.raises(WrongPin):
            lock.open("10.0.0.1 ann", pin)


@pytest.mark.parametrize(
    "pin", ["", "apples-6", "apples-600", "äpfel", "\u202eapples-60", "\ud800", "a" * 10_000]
)
def test_what_is_not_the_pin_is_refused_in_words(lock, pin):
    with pytest.raises(WrongPin, match="not the PIN"):
        lock.open("10.0.0.1 ann", pin)


def test_a_pin_that_can_be_guessed_is_refused_and_none_is_quoted():
    with pytest.raises(BadSetting, match="6 characters") as refusal:
        Settings.from_environ({"DLINTRO_PRESENTER_PIN": "12345"})
    assert "12345" not in str(refusal.value)
    assert "apples-60" not in repr(Settings(presenter_pin="apples-60"))


def test_the_stages_jobs_start_before_those_that_wait_longer_even_long_ones(make_queue):
    queue, gate, order = make_queue(at_once=1), Gate(), []
    queue.first.add("stage")

    def note(name):
        order.append(name)
        yield name

    running = queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    jobs = [queue.submit(note, name, visitor=name) for name in ("bob", "eve")]
    jobs.append(queue.submit(note, "stage", visitor="stage", long=True))
    assert [job.place for job in jobs] == [2, 3, 1]
    gate.open.set()
    for job in (running, *jobs):
        job.result()
    assert order == ["stage", "bob", "eve"]


def test_a_full_queue_has_room_for_the_stage(make_queue):
    queue, gate = make_queue(at_once=1, waiting=1), Gate()
    queue.first.add("stage")
    queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    queue.submit(quick, 1, visitor="bob")
    with pytest.raises(QueueFull):
        queue.submit(quick, 2, visitor="eve")
    job = queue.submit(quick, 3, visitor="stage")
    gate.open.set()
    assert job.result() == 3


def test_while_it_is_paused_only_the_stages_jobs_start_and_the_others_go_on_then(make_queue):
    queue, gate = make_queue(at_once=1), Gate()
    queue.first.add("stage")
    running = queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    waiting = queue.submit(quick, 1, visitor="bob")
    queue.pause(True)
    assert waiting.paused
    assert not running.paused
    with pytest.raises(QueueFull, match=PAUSED):
        queue.submit(quick, 2, visitor="eve")
    gate.open.set()
    assert queue.submit(quick, 3, visitor="stage").result() == 3
    assert waiting.state == "waiting"
    queue.pause(False)
    assert waiting.result() == 1


def test_the_stage_takes_a_job_along_that_others_wait_for(make_queue):
    queue, gate = make_queue(at_once=1), Gate()
    queue.first.add("stage")
    queue.submit(gate.work, visitor="ann")
    assert gate.entered.wait(10)
    queue.submit(quick, 1, visitor="bob")
    shared = queue.submit(quick, 2, visitor="eve")
    queue.pause(True)
    shared.hand_on("stage")
    assert shared.place == 1
    gate.open.set()
    assert shared.result() == 2


def test_the_route_says_where_the_stage_is_and_nothing_secret():
    answer = TestClient(Starlette(routes=[stage_route(lambda: 3)])).get("/stage")
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    assert said["visitors"] == 3
    assert list(said["warmth"]) == list(SLUGS)
    assert set(said) == {"version", "seconds", "visitors", "running", "waiting", "paused", "warmth"}
