"""What the presenter's notes promise comes true when it is played on the page."""

import re

import numpy as np
import pytest

from dlintro_demos.classical_vs_deep import layer_stack
from dlintro_demos.classical_vs_deep.drawn import CHANCE
from dlintro_demos.classical_vs_deep.findings import apart, leader
from dlintro_demos.classical_vs_deep.layer_stack import SEEDS
from dlintro_demos.classical_vs_deep.learning_curves import summarise
from dlintro_demos.classical_vs_deep.planes import plane_through, three_curves
from dlintro_demos.classical_vs_deep.recorded import MNIST1D_FILE, MNIST_FILE, recorded
from dlintro_demos.classical_vs_deep.ui import stack_of_layers
from tests.playing import last, open_stop
from tests.reading import words

pytestmark = pytest.mark.reports


def test_what_the_presenters_notes_promise_comes_true(open_page, monkeypatch):
    curves = {
        file: {(each.learner, each.size): each for each in summarise(recorded(file))}
        for file in (MNIST1D_FILE, MNIST_FILE)
    }
    gains = {
        learner: curves[MNIST1D_FILE][learner, 3000].mean - curves[MNIST1D_FILE][learner, 100].mean
        for learner in ("linear", "forest", "svm", "cnn")
    }
    assert all(gains["linear"] < gain / 2 for learner, gain in gains.items() if learner != "linear")
    at = open_page("classical_vs_deep", part="More data")
    assert "line of the convolutional network is missing" in words(at)
    best, second, *_ = leader(list(curves[MNIST_FILE].values()), 100)
    assert not apart(best, second)
    at = open_page("classical_vs_deep", part="More data", learn="Real digits, recorded")
    assert "With 100 examples it is too close to call" in words(at)

    def quickly(size):
        return layer_stack.train_stacks(size, seeds=(0,), steps=8)

    monkeypatch.setattr(stack_of_layers, "train_stacks", quickly)
    said = words(open_page("classical_vs_deep", part="Stack of layers", hidden="0"))
    assert "410 weights" in said
    assert "On the curves that it was shown" in said
    said = words(open_page("classical_vs_deep", part="Stack of layers", hidden="4"))
    assert "**4 hidden layers, each" in said


def test_stop_two_roads(open_page):
    at = open_stop(open_page, "classical_vs_deep", 0)
    found = re.search(r"With .*?: \*\*([\d.]+)%\*\*", words(at))
    assert float(found[1]) > 2 * 100 * CHANCE
    assert "its 16 filters, found from chance" in words(at)
    assert any(button.label == "Train a network now" for button in at.button)
    at.button_group(key="expert").set_value([]).run()
    assert "it sees nothing and can only guess" in words(at)


def test_stop_more_data(open_page):
    at = open_stop(open_page, "classical_vs_deep", 1)
    assert "line of the convolutional network is missing" in words(at)
    at.button_group(key="more-data-bet").set_value("Random forest").run()
    assert "line of the convolutional network is missing" not in words(at)


def test_stop_stack_of_layers(open_page, monkeypatch):
    stacks = last(layer_stack.train_stacks(300, seeds=SEEDS[:1], steps=200))
    monkeypatch.setattr(stack_of_layers, "train_stacks", lambda _: iter([stacks]))
    at = open_stop(open_page, "classical_vs_deep", 2)
    for layers in (1, 4):
        at.slider(key="hidden").set_value(layers).run()
        named = "One hidden layer" if layers == 1 else "4 hidden layers"
        found = re.search(rf"\*\*{named}.*?: [\d,]+ weights, \*\*[\d.]+%\*\* of new curves", words(at))
        assert found, words(at)
        assert "**No hidden layer**" in words(at)
    by_heart = r"On the curves that it was shown, .*? gets (\d+)%, on new ones (\d+)%"
    shown, new = map(int, re.search(by_heart, words(at)).groups())
    assert shown > new + 10
    assert every_border_is_straight(stacks[0])
    assert stacks[0].depth == 0


def every_border_is_straight(stack):
    """On the sheet that the page opens with: halfway between two points of one answer, it is the same."""
    answers = plane_through(three_curves(stack_of_layers.FIRST_THREE), 81).answers(stack)
    one, other = np.random.default_rng(0).integers(41, size=(2, 5_000, 2)) * 2
    same = answers[tuple(one.T)] == answers[tuple(other.T)]
    middle = answers[tuple(((one + other) // 2).T)]
    return bool((middle == answers[tuple(one.T)])[same].all())
