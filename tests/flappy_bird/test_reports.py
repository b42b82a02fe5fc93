"""What people ran into on the Flappy Bird page."""

import dataclasses
import threading

import pytest

from dlintro_demos.flappy_bird.ages import key_of
from dlintro_demos.flappy_bird.experiment import TRIAL_LEVELS, TRIAL_PIPES, Trial
from dlintro_demos.flappy_bird.scores import judge_race
from dlintro_demos.flappy_bird.state_player import Course, learn
from dlintro_demos.flappy_bird.ui import break_it, train_one
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.running import name_of
from dlintro_demos.gallery.ui.session import Seat
from tests.flappy_bird.test_page import finished, told, words

__all__ = ["told"]  # a fixture
pytestmark = pytest.mark.reports
USUAL = (TRIAL_PIPES,) * TRIAL_LEVELS


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ((TRIAL_PIPES,) * 10 + (6,) * 10, "It half copes: 10 levels fewer"),
        ((TRIAL_PIPES,) * 16 + (19,) * 4, "It half copes: 4 levels fewer"),
        ((TRIAL_PIPES,) * 17 + (0,) * 3, "It half copes: 3 levels fewer"),
        ((TRIAL_PIPES,) * 19 + (18,), "It copes"),
        ((2,) * TRIAL_LEVELS, "It fails"),
    ],
)
def test_whether_it_copes_is_what_the_numbers_say(open_page, monkeypatch, scores, said):
    """Half of the levels were lost, and the page said “It copes”."""

    def tried(*_):
        yield Trial(scores=scores, usual=USUAL)

    tried.__qualname__ = f"tried {scores}"  # another job
    monkeypatch.setattr(break_it, "trial", tried)
    at = open_page("flappy_bird", do="Break it", speed="5.0")
    assert not at.exception
    assert said in words(at)
    assert sum(each in words(at) for each in ("It fails", "It half copes", "It copes")) == 1


def test_the_agents_pipes_are_counted_by_the_server_and_a_game_stands_once(open_page, told):
    """“You win!” against a claimed 0; and the same game sent under another id stood twice on the board."""
    at = open_page("flappy_bird", do="Race it")
    claims = []
    for name, theirs in (("a", 0), ("b", 0), ("c", 99)):
        game = finished(name, 2, 2)
        you, agent = game.lanes
        claims.append(dataclasses.replace(game, lanes=(you, dataclasses.replace(agent, pipes=theirs))))
    told += [*claims, None]
    for _ in range(5):
        at.run()
    assert not at.exception
    table = next(each.value for each in at.markdown if "Its pipes when you ended" in each.value)
    (row,) = [line for line in table.splitlines() if "10 minutes" in line]
    ticks = claims[0].lanes[0].ticks
    (seed, flaps) = claims[0].seed, claims[0].lanes[0].flaps
    *_, verdict = judge_race(seed, 2, flaps, ticks, 100, engine().cache, key_of("10min"))
    assert f"| {verdict.theirs} |" in row
    assert verdict.theirs not in (0, 99)


def test_a_lesson_goes_on_while_one_looks_at_something_else(open_page, monkeypatch):
    """“Train one now” began again when one came back to it."""
    begun, hold = [], threading.Event()

    def slowly(seed, **_):
        begun.append(seed)
        while not hold.wait(0.02):
            yield Progress(1, 2, "learning")
        yield from learn(seed, Course(updates=50, scores=1))

    monkeypatch.setattr(train_one, "learn", slowly)
    at = open_page("flappy_bird", do="Train one now")
    at.session_state[private_key_of(at, "lesson")] = 7
    me = at.session_state["visitor"]
    job = engine().queue.submit(slowly, 7, visitor=me.id)
    me.seats["learn"] = Seat(key=(me.id, name_of(slowly), 7), job=job)
    at.button_group(key="do").set_value("Watch it learn").run()
    assert not at.exception
    assert me.seats["learn"].job is job
    assert job.cancel_reason is None
    assert "goes on learning" in words(at)
    hold.set()
    job.result()
    at.button_group(key="do").set_value("Train one now").run()
    assert "It made 1,600 decisions" in words(at)
    assert begun == [7]


def private_key_of(at, name):
    return f"{name}-{at.session_state['visitor'].forgotten}"
