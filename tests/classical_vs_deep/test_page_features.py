import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dlintro_demos.classical_vs_deep.hand_made import GROUPS
from dlintro_demos.classical_vs_deep.thing_samples import LIMITS, SAMPLES
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.results import EVERYBODY
from tests.reading import words

ALONE = """
from dlintro_demos.classical_vs_deep.ui.two_roads import who_makes_the_features
from dlintro_demos.gallery.ui.frame import choices
who_makes_the_features(choices())
"""


@pytest.fixture
def panel():
    def open_(**query):
        at = AppTest.from_string(ALONE, default_timeout=120)
        for name, value in query.items():
            at.query_params[name] = value
        return at.run()

    return open_


def alts(at):
    return [element.proto.alt for element in at.get("vega_lite_chart")]


def pictures(at):
    return " ".join(element.proto.body for element in at.get("html"))


def switch(at, *keys):
    return at.button_group(key="expert").set_value([GROUPS[key].title for key in keys]).run()


def upload(at, file):
    at.button_group(key="source").set_value("upload").run()
    at.file_uploader[0].set_value(("mine.png", file, "image/png"))
    return at.run()


def test_both_roads_answer_before_anyone_clicks(panel, no_network):
    at = panel()
    assert not at.exception
    assert [each.value for each in at.subheader][:2] == ["By hand", "Learned by itself"]
    assert words(at).count("sure") + words(at).count("I don't know") >= 2
    by_hand, by_itself, hues, score = alts(at)
    assert by_hand.startswith("How likely, by hand: ")
    assert hues == "Bars: how much of each of twelve colours; most is red"
    assert by_itself.startswith("How likely, the network: apple ")
    assert "the network 87%, 82% to 90%" in score
    assert "What both roads get, 32 pixels wide: A red apple" in pictures(at)
    assert "Edges: bright where light turns to dark, of this picture" in pictures(at)
    assert "Sixteen smaller maps of this picture" in pictures(at)
    assert "The network, which nobody gave a feature: **86.6%**" in words(at)
    assert "synthetic" in words(at).lower()


def test_every_sample_is_a_link_and_noise_is_named_by_neither_road(panel):
    at = panel()
    for sample in (*SAMPLES, *LIMITS):
        at.query_params["sample"] = sample.key
        at.run()
        assert not at.exception
        assert sample.lesson in words(at)
        assert sample.alt in pictures(at)
    at.query_params["sample"] = "noise"
    assert words(switch(at, *GROUPS)).count("**I don't know.**") == 2


def test_the_expert_is_told_what_a_choice_is_worth_and_the_best_is_remembered(panel):
    at = switch(panel(), "directions", "texture")
    assert "With Edge directions, Texture: **75.0%**, 240 of 320 right" in words(at)
    assert "more than chance explains" in words(at)
    switch(at, "colour", "directions", "texture")
    switch(at, "colour", "directions", "texture", "pixels")
    assert "Your best so far: Colours, Edge directions, Texture." in words(at)
    assert "more is not always better" in words(at)
    switch(at)
    assert not at.exception
    assert "An expert without features can only guess: **12.5%**" in words(at)
    assert "No feature is switched on" in words(at)
    assert "Sixteen smaller maps" in pictures(at)


def test_a_visitors_picture_gets_an_answer_and_is_theirs_alone(panel, written):
    at = panel()
    shared, all_of_it = engine().results.used(EVERYBODY), engine().results.used()
    written.clear()  # the script of this test itself
    file = io.BytesIO()
    Image.new("RGBA", (3000, 2)).save(file, "PNG")
    upload(at, file.getvalue())
    assert not at.exception
    assert "I don't know" in words(at)
    assert engine().results.used(EVERYBODY) == shared
    assert engine().results.used() > all_of_it
    assert not [path for path in written if "/dev/" not in path and "__pycache__" not in path]


def test_a_file_that_is_no_picture_is_refused_in_words(panel):
    at = upload(panel(), b"<html>no</html>")
    assert not at.exception
    assert "web page" in words(at)
    assert "Your features against the network's" in [each.value for each in at.subheader]


def test_an_empty_sheet_asks_for_a_drawing_and_a_drawing_is_looked_at(panel):
    at = panel()
    at.button_group(key="source").set_value("draw").run()
    assert not at.exception
    assert "The paper is empty" in words(at)
    assert "Your features against the network's" in [each.value for each in at.subheader]
    rows, columns = np.mgrid[:96, :96]
    inside = np.hypot(rows - 48, columns - 48) < 30
    at.session_state["sketch-0-cells"] = "".join("1" if each else "0" for each in inside.ravel())
    at.run()
    assert not at.exception
    assert "The paper is empty" not in words(at)
    assert "What both roads get, 32 pixels wide: your drawing" in pictures(at)


def test_a_network_is_trained_on_the_spot(panel, monkeypatch):
    from dlintro_demos.classical_vs_deep import learned

    monkeypatch.setattr(learned.train, "__defaults__", (0, 2))  # two rounds
    at = panel()
    at.button(key="train-things").click().run()
    assert not at.exception
    assert "Before the first round it could only guess" in words(at)
    assert alts(at)[-1].startswith("Right on the 320 test pictures: ")
    assert "Its first filters after round 2" in pictures(at)
    assert "Train another one" in [button.label for button in at.button]


def test_a_missing_network_leaves_the_hand_made_road(panel, monkeypatch):
    from dlintro_demos.classical_vs_deep.ui import two_roads
    from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

    def missing(cache):
        raise ModelUnavailable("The network is missing; restore it.")
        yield

    monkeypatch.setattr(two_roads, "examine_shipped", missing)
    at = panel()
    assert not at.exception
    assert "restore it" in words(at)
    assert "With Colours, Edges" in words(at)
    assert "How likely, by hand" in alts(at)[0]
    assert "Sixteen smaller maps" not in pictures(at)
