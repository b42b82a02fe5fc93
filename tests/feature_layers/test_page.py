import io

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.feature_layers.atlas import FILE, Atlas
from dlintro_demos.feature_layers.fooling import CHANGES
from dlintro_demos.feature_layers.samples import LIMITS, SAMPLES
from dlintro_demos.feature_layers.ui.walk_through import DEPTHS, depth_of
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.shared.imagenet import STOPS

MODES = [
    "Layer by layer", "One convolution", "Why?", "Switch it off", "Fool it", "Look-alikes", "You against it",
]  # fmt: skip


def words(at):
    kinds = ("info", "warning", "caption", "markdown")
    return " ".join(str(element.value) for kind in kinds for element in at.get(kind))


def file_of(rgb, fmt="PNG"):
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, fmt)
    return file.getvalue()


def upload(at, data, name="mine.png"):
    at.button_group(key="source").set_value("upload").run()
    at.file_uploader[0].set_value((name, data, "image/png"))
    return at.run()


def test_the_first_sample_is_named_before_anyone_clicks(open_page):
    at = open_page("feature_layers")
    assert not at.exception
    assert "sure" in words(at)
    assert "1. Edges and colours" in words(at)
    assert len([button for button in at.button if button.label.startswith("No. ")]) == 12


@pytest.mark.parametrize("mode", MODES)
def test_every_panel_is_a_link(open_page, no_network, mode):
    at = open_page("feature_layers", look=mode)
    assert not at.exception
    assert at.button_group(key="look").value == mode


@pytest.mark.parametrize("sample", [*SAMPLES, *LIMITS], ids=lambda sample: sample.key)
def test_every_sample_is_one_click_away(open_page, sample):
    at = open_page("feature_layers", look="Look-alikes")
    at.button(key=f"sample-{sample.key}").click().run()
    assert not at.exception
    assert at.query_params["sample"] == sample.key
    assert sample.lesson in words(at)


@pytest.mark.parametrize("number", [1, 4, 9, 17])
def test_the_words_change_with_the_depth(open_page, number):
    at = open_page("feature_layers", layer=str(number))
    assert not at.exception
    assert f"**{depth_of(number - 1).title}.**" in words(at)
    assert "synthetic" in words(at).lower() or "have not drawn it" in words(at)


def test_depths_cover_all_layers_in_order():
    firsts = [depth.first for depth in DEPTHS]
    assert firsts[0] == 0
    assert firsts == sorted(firsts)
    assert firsts[-1] < len(STOPS)


def test_a_channel_is_one_click_away_and_a_foreign_one_does_no_harm(open_page):
    at = open_page("feature_layers", channel="999999", layer="4")
    assert not at.exception
    button = [button for button in at.button if button.label.startswith("No. ")][5]
    number = button.label.removeprefix("No. ")
    button.click().run()
    assert not at.exception
    assert f"Channel {number}" in [heading.value for heading in at.subheader]


def test_settings_out_of_range_in_the_address_do_no_harm(open_page):
    at = open_page("feature_layers", layer="99", look="Nothing", order="x", sample="<b>", fool="?")
    assert not at.exception
    assert len(at.title) == 1


def test_why_says_whether_the_maps_mean_something(open_page):
    said = words(open_page("feature_layers", look="Why?", sample="coffee"))
    assert "beat a random order both ways" in said or "don't believe them here" in said


def test_switching_channels_off_says_what_is_left(open_page):
    at = open_page("feature_layers", look="Switch it off", sample="coffee")
    assert "**10 of 1152 channels off:**" in words(at)
    pills = next(group for group in at.button_group if len(group.options) == 10)
    pills.set_value(pills.value[:3]).run()
    assert not at.exception
    assert "**3 of 1152 channels off:**" in words(at)
    pills = next(group for group in at.button_group if len(group.options) == 10)
    pills.set_value([]).run()
    assert not at.exception
    assert "**0 of 1152 channels off:**" in words(at)


@pytest.mark.parametrize("key", [key for key in CHANGES if key != "pgd"])
def test_every_way_to_fool_it_shows_where_it_flips(open_page, key):
    at = open_page("feature_layers", look="Fool it", fool=CHANGES[key].title)
    assert not at.exception
    assert "are enough" in words(at) or "It still says" in words(at)
    slider = next(slider for slider in at.select_slider if slider.label.startswith("How much"))
    assert not slider.set_value(CHANGES[key].amounts[-1]).run().exception


def strange_files():
    rng = np.random.default_rng(1)
    clear = Image.fromarray(rng.integers(0, 256, (60, 80, 4)).astype(np.uint8), "RGBA")
    transparent = io.BytesIO()
    clear.save(transparent, "PNG")
    return {
        "1 x 1": file_of(np.full((1, 1, 3), 9, np.uint8)),
        "3000 x 2": file_of(rng.integers(0, 256, (2, 3000, 3)).astype(np.uint8)),
        "one colour": file_of(np.full((200, 300, 3), (20, 90, 200), np.uint8)),
        "transparent": transparent.getvalue(),
    }


@pytest.mark.parametrize("name", strange_files())
@pytest.mark.parametrize("mode", ["Layer by layer", "One convolution", "Why?"])
def test_strange_pictures_get_an_answer(open_page, name, mode):
    at = upload(open_page("feature_layers", look=mode), strange_files()[name])
    assert not at.exception
    assert "What just happened?" in [heading.value for heading in at.subheader]


def test_a_picture_of_one_colour_is_not_known(open_page):
    at = upload(open_page("feature_layers", look="Look-alikes"), strange_files()["one colour"])
    assert "I don't know" in words(at)
    assert "Don't trust it" in words(at)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"%PDF-1.7 not a picture", "picture"), (b"", ""), (file_of(np.zeros((4, 4, 3), np.uint8))[:40], "")],
    ids=["a document", "nothing", "cut off"],
)
def test_a_file_that_is_no_picture_is_said(open_page, data, reason):
    at = upload(open_page("feature_layers"), data)
    assert not at.exception
    assert reason in words(at)


def test_nothing_of_a_visitors_picture_is_written(open_page, written):
    rgb = np.random.default_rng(5).integers(0, 256, (120, 90, 3)).astype(np.uint8)
    upload(open_page("feature_layers"), file_of(rgb))
    assert [path for path in written if not path.startswith(("/dev/", "/proc/"))] == []


def test_a_missing_atlas_is_said(open_page, monkeypatch):
    def missing(card):
        raise ModelUnavailable(f"{FILE} is missing; restore it from the repository")

    monkeypatch.setattr(Atlas, "read", staticmethod(missing))
    fresh = np.random.default_rng(9).integers(0, 256, (50, 50, 3)).astype(np.uint8)
    at = upload(open_page("feature_layers", look="Look-alikes"), file_of(fresh))
    assert not at.exception
    assert "restore it from the repository" in words(at)


def test_the_game_begins_with_a_button_and_asks(open_page):
    at = open_page("feature_layers", look="You against it")
    next(button for button in at.button if button.label == "Play").click().run()
    assert not at.exception
    assert "Picture 1 of" in words(at)
    assert at.get("bidi_component")
