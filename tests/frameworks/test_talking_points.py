"""What the presenter's notes promise comes true when it is played on the page."""

import re

import numpy as np
import pytest

from dlintro_demos.frameworks.drawn import ask_all
from dlintro_demos.frameworks.known import FRAMEWORKS, ideas
from dlintro_demos.frameworks.running import recorded as recorded_frameworks
from dlintro_demos.frameworks.samples import SEVEN
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.sketch import picture_of
from tests.playing import last, open_stop
from tests.reading import words

pytestmark = pytest.mark.reports


def test_what_the_presenters_notes_promise_comes_true(open_page):
    at = open_page("frameworks")
    (differ,) = re.findall(r"the losses differ by at most \*\*(.*?)\*\*", words(at))
    assert float(differ) < 1e-3
    assert [each.key for each in FRAMEWORKS] == [cost.framework for cost in recorded_frameworks().costs]
    for framework, gradients in zip(
        FRAMEWORKS, ("backward()", "tape.gradient", "value_and_grad"), strict=True
    ):
        assert gradients in ideas(framework)["step"]
    barred = picture_of(SEVEN).rgb.copy()
    barred[46:54, 34:76] = 0
    answers = last(ask_all(barred, engine().cache))
    spoken = [each.probabilities for each in answers.each if each.probabilities]
    assert len(spoken) >= 2
    assert len({int(np.argmax(each)) for each in spoken}) == 1


def test_stop_line_by_line(open_page):
    at = open_stop(open_page, "frameworks")
    said = words(at)
    for step in ("backward()", "tape.gradient", "value_and_grad"):
        assert step in said
    at.button_group(key="do").set_value("The same curve").run()
    (differ,) = re.findall(r"the losses differ by at most \*\*(.*?)\*\*", words(at))
    assert float(differ) < 1e-3
