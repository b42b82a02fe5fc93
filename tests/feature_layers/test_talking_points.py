"""What the presenter's notes promise comes true when it is played on the page."""

import re

import numpy as np
import pytest

from dlintro_demos.feature_layers.evidence import CELLS, occlusion
from dlintro_demos.feature_layers.experiment import hide
from dlintro_demos.feature_layers.guesses import name_of
from dlintro_demos.feature_layers.samples import LIMITS
from dlintro_demos.feature_layers.samples import SAMPLES as PICTURES
from dlintro_demos.feature_layers.ui.walk_through import DEPTHS
from dlintro_demos.gallery.process import engine
from dlintro_demos.shared.imagenet import MODEL, STOPS, labels, prepare
from tests.playing import go, last, open_stop, told
from tests.reading import words

pytestmark = pytest.mark.reports
HARDLY_SEEN = 4  # grey levels


def test_what_the_presenters_notes_promise_comes_true(open_page):
    stops = [min(depth.first + 1, len(STOPS)) for depth in DEPTHS]
    for stop, kind in zip(stops, ("Edges", "Textures", "Parts", "Things"), strict=True):
        assert f"**{kind}" in words(open_page("feature_layers", layer=str(stop)))

    first, cache = PICTURES[0].load(), engine().cache
    untouched = last(hide(first, np.zeros((CELLS, CELLS), bool), (948,), cache))
    answer = untouched.best.index
    reason = cache.run(MODEL, lambda model: occlusion(model, prepare(first), answer))
    dark = np.zeros(CELLS * CELLS, bool)
    dark[np.argsort(-reason.ravel())[: CELLS * CELLS // 3]] = True
    covered = last(hide(first, dark.reshape(CELLS, CELLS), (answer,), cache))
    assert covered.probabilities[0] < untouched.probabilities[0] - 0.1

    at = open_page("feature_layers")
    at.session_state["aim"] = "towards “toaster”"
    at.button_group(key="look").set_value("Fool it").run()
    assert at.button_group(key="aim").value == "towards “toaster”"
    assert "the first amount tried at which it says “toaster”" in words(at)
    slider = next(slider for slider in at.select_slider if slider.label.startswith("How much"))
    assert float(slider.value) <= HARDLY_SEEN


def test_stop_what_an_apple_is(open_page):
    assert "1.28 million photos" in engine().cache.card(MODEL).trained_on
    at = open_stop(open_page, "feature_layers", 0)
    assert "### Granny Smith" in words(at)
    purple = next(sample for sample in LIMITS if sample.title == "Purple apple")
    assert "### Granny Smith" in words(go(at, sample=purple.key))
    assert len(labels()) == 1000
    apples = {name_of(index) for index in range(1000) if "apple" in labels()[index].lower()}
    assert apples == {"pineapple", "custard apple"}  # other fruit


def test_stop_one_convolution(open_page):
    at = open_stop(open_page, "feature_layers", 1)
    first = told(at, "convolution")["kernel"]
    assert np.array(first).size == 27
    other = at.button_group[-1]
    other.set_value(int(other.options[1].removeprefix("No. "))).run()
    assert told(at, "convolution")["kernel"] != first
    assert round(engine().cache.card(MODEL).parameters / 1e6, 1) == 4.7


def test_stop_why(open_page):
    at = open_stop(open_page, "feature_layers", 2)
    said = words(at)
    assert "Grad-CAM:" in said
    assert "Occlusion:" in said
    assert "**Grad-CAM and Occlusion** beat a random order both ways" in said
    apple, cache = PICTURES[0].load(), engine().cache
    middle = np.zeros((CELLS, CELLS), bool)
    middle[3:-3, 3:-3] = True
    assert middle.mean() < 0.5
    covered = last(hide(apple, middle, (948,), cache))
    assert covered.best.name != "Granny Smith"


def test_stop_switch_it_off(open_page):
    at = open_stop(open_page, "feature_layers", 3)
    assert at.slider(key="off_layer").value == len(STOPS)
    assert "**10 of 1152 channels off:** “Granny Smith” goes from over 99 % to" in words(at)
    assert sure_of_it(at) < 10
    assert "As many at random: over 99 %." in words(at)
    channels = at.button_group[-1]
    assert len(channels.value) == 10
    ten = list(channels.value)
    channels.set_value(ten[:5]).run()
    assert sure_of_it(at) < 50
    at.button_group[-1].set_value(ten[:1]).run()
    assert "“Granny Smith” goes from over 99 % to **over 99 %**" in words(at)


def sure_of_it(at):
    """Per cent that are left of its answer."""
    return float(re.search(r"“Granny Smith” goes from over 99 % to \*\*([\d.]+) %\*\*", words(at))[1])


def test_stop_fool_it(open_page):
    at = open_stop(open_page, "feature_layers", 4)
    assert float(how_much(at).value) == 0.5
    assert "it no longer says “Granny Smith”" in words(at)
    at.button_group(key="aim").set_value("towards “toaster”").run()
    assert "the first amount tried at which it says “toaster”" in words(at)
    assert float(how_much(at).value) <= HARDLY_SEEN
    for way in ("Turn it", "Take the colour"):
        at.button_group(key="fool").set_value(way).run()
        assert "It still says “Granny Smith” at every amount that we tried." in words(at)


def how_much(at):
    """The slider over the amounts of a change."""
    return next(slider for slider in at.select_slider if slider.label.startswith("How much"))
