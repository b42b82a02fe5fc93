"""What the presenter's notes promise comes true when it is played on the page."""

import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.teach_a_child.lesson import Lesson, teach
from dlintro_demos.teach_a_child.tray import TrayThing, look_at_things
from tests.playing import go, last, open_stop, press
from tests.reading import words

pytestmark = pytest.mark.reports


def test_what_the_presenters_notes_promise_comes_true(open_page):
    at = open_page("teach_a_child", teach="The red ball")
    assert "“An apple?”" in words(at)
    press(at, "No, that is a ball")
    things = [TrayThing(kind=kind, seed=seed) for kind in ("cup", "star") for seed in (501, 502, 503)]
    seen = last(look_at_things(tuple(things), engine().cache)).seen
    lesson = Lesson()
    for thing, each in zip(things, seen, strict=True):
        lesson = teach(lesson, {each: None}, thing.kind, test=False)
    at = open_page("teach_a_child")
    at.session_state["taught"].set(lesson)
    assert "“A cup?”" in words(go(at, sample="cup-1"))
    assert "“A star?”" in words(go(at, sample="star-1"))
    assert "“I have never seen this.”" in words(go(at, sample="fish-1"))


def test_stop_the_red_ball(open_page):
    at = open_stop(open_page, "teach_a_child", 0)
    assert "“An apple?”" in words(at)
    for number in range(1, 6):
        assert f"**Ball {number} of 5.**" in words(at)
        at.button(key="red-ball-answer").click().run()
    assert "a network that was shown 1.3 million photographs, were ready. Only the word was new." in words(at)
