import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dlintro_demos.classical_vs_deep.hand_made import GROUPS
from dlintro_demos.classical_vs_deep.thing_samples import LIMITS, SAMPLES

ALONE = """
from dlintro_demos.classical_vs_deep.ui.two_roads import who_makes_the_features
who_makes_the_features()
"""


@pytest.fixture
def panel():
    def open_(**query):
        at = AppTest.from_string(ALONE, default_timeout=120)
        for name, value in query.items():
            at.query_params[name] = value
        return at.run()

    return open_


def words(at):
    kinds = ("info", "warning", "caption", "markdown")
    return " ".join(str(element.value) for kind in kinds for element in at.get(kind))


def switch(at, *keys):
    return at.button_group(key="expert").set_value([GROUPS[key].title for key in keys]).run()


def upload(at, rgb, mode="RGB"):
    file = io.BytesIO()
    Image.fromarray(rgb, mode).save(file, "PNG")
    at.button_group(key="source").set_value("upload").run()
    at.file_uploader[0].set_value(("mine.png", file.getvalue(), "image/png"))
    return at.run()


def test_both_roads_answer_before_anyone_clicks(panel, no_network):
    at = panel()
    assert not at.exception
    assert [each.value for each in at.subheader][:2] == ["By hand", "Learned by itself"]
    assert words(at).count("sure") + words(at).count("I don't know") >= 2
    assert "The network, which nobody gave a feature: **86.6%**" in words(at)
    assert "synthetic" in words(at).lower()


@pytest.mark.parametrize("sample", [*SAMPLES, *LIMITS], ids=lambda sample: sample.key)
def test_every_sample_is_one_click_away(panel, sample):
    at = panel()
    at.button(key=f"sample-{sample.key}").click().run()
    assert not at.exception
    assert sample.lesson in words(at)


def test_noise_is_named_by_neither_road_of_all_features(panel):
    at = panel()
    switch(at, *GROUPS)
    at.button(key="sample-noise").click().run()
    assert words(at).count("**I don't know.**") == 2


def test_the_expert_is_told_what_the_choice_is_worth(panel):
    at = switch(panel(), "directions", "texture")
    assert "With Edge directions, Texture: **75.0%**, 240 of 320 right" in words(at)
    assert "more than chance explains" in words(at)


def test_the_best_choice_is_remembered_and_more_features_may_be_worse(panel):
    at = switch(panel(), "colour", "directions", "texture")
    at = switch(at, "colour", "directions", "texture", "pixels")
    assert "Your best so far: Colours, Edge directions, Texture." in words(at)
    assert "more is not always better" in words(at)


def test_an_expert_without_features_can_only_guess(panel):
    at = switch(panel())
    assert not at.exception
    assert "An expert without features can only guess: **12.5%**" in words(at)
    assert "No feature is switched on" in words(at)


def test_features_in_the_address_are_switched_on_and_foreign_ones_do_no_harm(panel):
    at = panel(expert="<script>", sample="../../etc")
    assert not at.exception


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3000, 3), (200, 100, 3)])
def test_any_picture_of_a_visitor_gets_an_answer(panel, shape):
    at = upload(panel(), np.full(shape, 90, np.uint8))
    assert not at.exception
    assert "I don't know" in words(at)


def test_a_transparent_picture_gets_an_answer(panel):
    at = upload(panel(), np.zeros((50, 60, 4), np.uint8), "RGBA")
    assert not at.exception
    assert "I don't know" in words(at)


def test_a_file_that_is_no_picture_is_refused_in_words(panel):
    at = panel()
    at.button_group(key="source").set_value("upload").run()
    at.file_uploader[0].set_value(("mine.png", b"<html>no</html>", "image/png"))
    at.run()
    assert not at.exception
    assert "web page" in words(at)


def test_nothing_of_a_visitor_is_written(panel, written):
    at = panel()
    written.clear()  # the script of this test itself
    upload(at, np.full((40, 40, 3), 90, np.uint8))
    assert not at.exception
    assert not [path for path in written if "/dev/" not in path and "__pycache__" not in path]


def test_an_empty_sheet_asks_for_a_drawing(panel):
    at = panel()
    at.button_group(key="source").set_value("draw").run()
    assert not at.exception
    assert "The paper is empty" in words(at)
    assert "You against the network" in [each.value for each in at.subheader]


def test_a_drawing_is_looked_at(panel):
    at = panel()
    rows, columns = np.mgrid[:96, :96]
    inside = np.hypot(rows - 48, columns - 48) < 30
    cells = "".join("1" if each else "0" for each in inside.ravel())
    at.session_state["sketch-0-cells"] = cells
    at.button_group(key="source").set_value("draw").run()
    assert not at.exception
    assert "The paper is empty" not in words(at)
    assert "sure" in words(at) or "I don't know" in words(at)


def test_a_network_is_trained_on_the_spot(panel, monkeypatch):
    from dlintro_demos.classical_vs_deep import learned

    monkeypatch.setattr(learned.train, "__defaults__", (0, 2))  # two rounds
    at = panel()
    at.button(key="train-things").click().run()
    assert not at.exception
    assert "Before the first round it could only guess" in words(at)
    assert "Train another one" in [button.label for button in at.button]


def test_a_missing_network_leaves_the_hand_made_road(panel, monkeypatch):
    from dlintro_demos.classical_vs_deep.ui import two_roads as hand_made
    from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

    def missing(*_):
        raise ModelUnavailable("The network is missing; restore it.")

    monkeypatch.setattr(hand_made, "shipped_report_of_network", missing)
    at = panel()
    assert not at.exception
    assert "restore it" in words(at)
    assert "With Colours, Edges" in words(at)
