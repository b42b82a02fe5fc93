"""What the presenter's notes promise comes true when it is played on the page."""

import pytest

from dlintro_demos.flappy_bird.ages import AGES, BEST, key_of
from dlintro_demos.flappy_bird.experiment import TRIAL_LEVELS
from dlintro_demos.flappy_bird.ui.players import facts_of
from dlintro_demos.gallery.process import engine
from tests.playing import open_stop, press, told
from tests.reading import words

pytestmark = pytest.mark.reports


def test_what_the_presenters_notes_promise_comes_true(open_page):
    cache = engine().cache
    assert "six" in next(toggle.label for toggle in open_page("flappy_bird").toggle)
    assert len(AGES) == 6
    shapes = {tuple(part.shape for part in cache.get(key_of(age)).module.parameters()) for age in AGES}
    assert len(shapes) == 1
    assert facts_of("untrained").median < facts_of("10min").median < facts_of(BEST).median
    at = open_page("flappy_bird", do="Race it")
    assert at.select_slider(key="against").value == "10min"
    assert f"{facts_of('10min').frames:,} frames seen" in words(at)
    at = press(open_page("flappy_bird", do="Break it"), "The moon")
    assert "It fails" in words(at)
    assert int(at.metric[0].value) < TRIAL_LEVELS / 2


def test_stop_six_ages(open_page):
    at = open_stop(open_page, "flappy_bird", 0)
    game = told(at, "watch")
    assert len(game["lanes"]) == 6
    assert "It is told nothing but four pictures, +1 for a pipe and -1 for a crash." in words(at)


def test_stop_break_it(open_page):
    at = press(open_stop(open_page, "flappy_bird", 1), "The moon")
    assert "It fails" in words(at)
    at = press(at, "As usual")
    assert "It fails" not in words(at)
    assert int(at.metric[0].value) > TRIAL_LEVELS / 2
