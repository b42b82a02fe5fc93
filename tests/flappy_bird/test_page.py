import hashlib
import re
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from safetensors.torch import load
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dlintro_demos.flappy_bird.ages import AGES, key_of
from dlintro_demos.flappy_bird.experiment import TRIAL_LEVELS, TRIAL_PIPES, Trial
from dlintro_demos.flappy_bird.state_player import Course, learn
from dlintro_demos.flappy_bird.ui import break_it, race, train_one
from dlintro_demos.flappy_bird.ui.components.flappy_game import Finished, LaneResult
from dlintro_demos.flappy_bird.ui.players import lane_of
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.scores.desk import Desk
from dlintro_demos.gallery.server import ROUTES
from tests.flappy_bird.fakes import flown
from tests.reading import words

MODES = ["Watch it learn", "Inside its head", "Race it", "Break it", "Train one now"]


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_a_link(open_page, no_network, mode):
    at = open_page("flappy_bird", do=mode)
    assert not at.exception
    assert at.button_group(key="do").value == mode


def test_the_best_plays_before_anyone_clicks_and_its_figures_stand_below(open_page):
    said = words(open_page("flappy_bird"))
    assert "**The best**" in said
    assert "On 100 new levels it passed" in said
    assert "What it expected" not in said  # that is a picture's text
    assert "1. It saw four pictures" in said


@pytest.mark.parametrize("mode", MODES[:4])
def test_players_that_are_missing_are_said(open_page, monkeypatch, mode):
    def missing(self, key):
        raise ModelUnavailable("The player is missing; restore it from the repository")

    monkeypatch.setattr(ModelCache, "card", missing)
    at = open_page("flappy_bird", do=mode)
    assert not at.exception
    assert "restore it from the repository" in words(at)


def test_a_level_out_of_range_in_the_address_does_no_harm(open_page):
    at = open_page("flappy_bird", level="-7", age="older", do="Nothing")
    assert not at.exception
    assert len(at.title) == 1


def test_a_crash_is_one_click_away(open_page):
    at = press(open_page("flappy_bird", do="Inside its head"), "Show me a crash")
    assert not at.exception
    assert at.select_slider(key="age").value in ("2min", "5min", "10min")
    assert "and the game crashed" in words(at)


@pytest.mark.parametrize("name", break_it.BREAKS)
def test_every_break_is_one_click_away_and_its_outcome_is_said(open_page, monkeypatch, name):
    copes = name == "Faster"

    def quickly(cache, model, usual, rules, shades):
        scores = (TRIAL_PIPES if copes else 1,) * TRIAL_LEVELS
        yield Trial(scores=scores, usual=(TRIAL_PIPES,) * TRIAL_LEVELS)

    monkeypatch.setattr(break_it, "trial", quickly)
    at = press(open_page("flappy_bird", do="Break it"), name)
    assert not at.exception
    for key, value in break_it.BREAKS[name].items():
        assert at.session_state[key] == value
    levels, mean = at.metric
    assert (levels.value, mean.value) == (("20", "20.0") if copes else ("0", "1.0"))
    assert ("It copes" if copes else "It fails") in words(at)


def finished(game, pipes, said, seed=5):
    flaps, ticks, _ = flown(seed, pipes)
    lanes = (
        LaneResult(key="you", pipes=said, ticks=ticks, alive=False, flaps=tuple(flaps)),
        LaneResult(key="10min", pipes=said + 1, ticks=ticks, alive=True, flaps=()),
    )
    return Finished(game=game, seed=seed, lanes=lanes)


@pytest.fixture
def told(monkeypatch):
    """What the browser tells in the next runs."""
    games: list[Finished | None] = []

    def game(lanes, **options):
        return games.pop(0) if games else None

    monkeypatch.setattr(race, "flappy_game", game)
    return games


@pytest.fixture
def on_the_board(monkeypatch):
    """What counts on the board of scores."""
    counted = []
    monkeypatch.setattr(Desk, "record", lambda _, __, outcome, question: counted.append(outcome))
    return counted


def test_a_race_is_judged_and_stands_in_the_table_and_on_the_board_once(open_page, told, on_the_board):
    at = open_page("flappy_bird", do="Race it")
    at.session_state["visitor"].play_as(SimpleNamespace(id="ada", nickname="Ada", room=""))
    assert "Nobody has played yet" in words(at)
    told += [finished("a", 2, 2), finished("a", 2, 2), None]
    at.run()
    assert "You passed 2 pipes. It wins: 3." not in words(at)  # what the browser says of the agent
    assert re.search(r"You passed 2 pipes\. (It wins: \d+ in the same time|A draw|You win)", words(at))
    at.run()
    at.run()
    table = next(each.value for each in at.markdown if "Its pipes when you ended" in each.value)
    assert table.count("10 minutes") == 1
    assert re.search(r"\| 1 \| \*\*2\*\* \| 10 minutes \| \d+ \| 5 \|", table)
    (outcome,) = on_the_board
    assert (outcome.demo, outcome.yours + outcome.machine) == ("flappy_bird", 1)


def test_a_forged_race_is_refused_in_words(open_page, told, on_the_board):
    at = open_page("flappy_bird", do="Race it")
    at.session_state["visitor"].play_as(SimpleNamespace(id="ada", nickname="Ada", room=""))
    told += [finished("b", 1, 50)]
    at.run()
    assert "This game does not count. The flaps pass 1 pipe, not 50." in words(at)
    assert "Nobody has played yet" in words(at)
    assert on_the_board == []


def test_the_table_is_forgotten_on_request(open_page, told):
    at = open_page("flappy_bird", do="Race it")
    told += [finished("c", 1, 1)]
    at.run()
    assert "| 1 | **1** |" in words(at)
    press(at, "Forget everything I showed")
    assert not at.exception
    assert "| 1 | **1** |" not in words(at)
    assert not any("race-board" in key and at.session_state[key].best(1) for key in at.session_state)


def test_one_learns_in_the_queue_and_can_be_raced(open_page, monkeypatch):
    def quickly(seed, **_):
        return learn(seed, Course(updates=50, scores=1))

    raced = []
    monkeypatch.setattr(train_one, "learn", quickly)
    monkeypatch.setattr(train_one, "flappy_game", lambda lanes, **options: raced.append((lanes, options)))
    at = open_page("flappy_bird", do="Train one now")
    assert "**told** numbers instead of seeing pictures" in words(at)
    press(at, "Start learning")
    learned(at)
    (_, pupil), _ = raced[-1]
    answer = visiting().get(pupil.weights)
    assert "no-store" in answer.headers["cache-control"]
    assert "values.weight" in load(answer.content)
    first = at.session_state[next(key for key in at.session_state if key.startswith("lesson"))]
    press(at, "Teach another one")
    learned(at)
    assert at.session_state[next(key for key in at.session_state if key.startswith("lesson"))] != first
    assert raced[-1][0][1].weights != pupil.weights
    press(at, "Forget everything I showed")
    assert visiting().get(pupil.weights).status_code == 404


def learned(at):
    """Look again, as the page does every second, until it has learned."""
    at.session_state["visitor"].seats["learn"].job.result()
    at.run()
    assert not at.exception
    assert "It made 1,600 decisions" in words(at)


def visiting():
    return TestClient(Starlette(routes=ROUTES))


@pytest.mark.parametrize("age", AGES)
def test_the_address_of_a_lane_gives_the_players_weights_to_be_kept(age):
    card = engine().cache.card(key_of(age))
    answer = visiting().get(lane_of(age).weights)
    assert hashlib.sha256(answer.content).hexdigest() == card.files[0].sha256
    assert "immutable" in answer.headers["cache-control"]
    assert urlsplit(lane_of(age).weights).query == card.files[0].sha256[:16]
