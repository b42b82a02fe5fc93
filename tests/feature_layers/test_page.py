import io
import json

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.feature_layers.atlas import FILE, Atlas
from dlintro_demos.feature_layers.fooling import CHANGES
from dlintro_demos.feature_layers.samples import LIMITS, SAMPLES
from dlintro_demos.feature_layers.ui.walk_through import DEPTHS, depth_of
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.shared.imagenet import STOPS
from tests.reading import words

MODES = [
    "Layer by layer", "One convolution", "Why?", "Switch it off", "Fool it", "Look-alikes", "You against it",
]  # fmt: skip


def strip(at, query):
    """What a strip of pictures shows: its tiles' titles by key, and the key of the chosen one."""
    shown = next(part.proto for part in at.get("bidi_component") if part.proto.id.endswith(f"strip-{query}"))
    data = json.loads(shown.json)
    return {tile["key"]: tile["title"] for tile in data["tiles"]}, data["chosen"]


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
    assert len(strip(at, "channel")[0]) == 12


@pytest.mark.parametrize("mode", MODES)
def test_every_panel_is_a_link(open_page, no_network, mode):
    at = open_page("feature_layers", look=mode)
    assert not at.exception
    assert at.button_group(key="look").value == mode


@pytest.mark.parametrize("sample", [*SAMPLES, *LIMITS], ids=lambda sample: sample.key)
def test_every_sample_is_a_link(open_page, sample):
    at = open_page("feature_layers", look="Look-alikes", sample=sample.key)
    assert not at.exception
    assert strip(at, "sample")[1] == sample.key
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


def test_a_channel_is_a_link_and_a_foreign_one_does_no_harm(open_page):
    at = open_page("feature_layers", channel="999999", layer="4")
    assert not at.exception
    tiles, first = strip(at, "channel")
    assert first in tiles
    channel = [key for key in tiles if key != first][5]
    at.query_params["channel"] = channel
    at.run()
    assert not at.exception
    assert strip(at, "channel") == (tiles, channel)
    assert tiles[channel] == f"No. {channel}"
    assert f"Channel {channel}" in [heading.value for heading in at.subheader]


def test_settings_out_of_range_in_the_address_do_no_harm(open_page):
    at = open_page("feature_layers", layer="99", look="Nothing", order="x", sample="<b>", fool="?")
    assert not at.exception
    assert len(at.title) == 1


def test_switching_channels_off_says_what_is_left(open_page):
    at = open_page("feature_layers", look="Switch it off")
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
    assert " enough" in words(at) or "It still says" in words(at)
    slider = next(slider for slider in at.select_slider if slider.label.startswith("How much"))
    assert not slider.set_value(CHANGES[key].amounts[-1]).run().exception


def strange_files():
    rng = np.random.default_rng(1)
    return {
        "1 x 1": file_of(np.full((1, 1, 3), 9, np.uint8)),
        "3000 x 2, transparent": file_of(rng.integers(0, 256, (2, 3000, 4)).astype(np.uint8)),
        "one colour": file_of(np.full((200, 300, 3), (20, 90, 200), np.uint8)),
    }


@pytest.mark.parametrize("name", strange_files())
def test_a_strange_picture_goes_through_every_panel(open_page, name):
    at = upload(open_page("feature_layers", look=MODES[0]), strange_files()[name])
    for mode in MODES[:-1]:
        at.button_group(key="look").set_value(mode).run()
        ways = [change.title for change in CHANGES.values() if change.title != CHANGES["pgd"].title]
        for way in ways if mode == "Fool it" else [None]:
            if way:
                at.button_group(key="fool").set_value(way).run()
            assert not at.exception
            assert not [warning.value for warning in at.warning if "again" in warning.value]
            assert "What just happened?" in words(at)
        if mode == "Why?":
            assert "beat a random order both ways" in words(at) or "don't believe them here" in words(at)
    if name == "one colour":
        assert "I don't know" in words(at)
        assert "Don't trust it" in words(at)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 not a picture", "a PDF document"),
        (b"", "empty"),
        (file_of(np.zeros((4, 4, 3), np.uint8))[:40], "The file is"),
    ],
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
    assert "**Picture 1 of 10**" in words(at)
    assert any(part.proto.component_name == "dlintro.flash" for part in at.get("bidi_component"))


def test_a_picture_of_the_camera_that_was_refused_is_not_called_by_the_name_of_its_file(open_page):
    at = open_page("feature_layers")
    at.session_state.visitor.expect({"x": "camera-input-2026.jpg"})
    at.session_state.visitor.refuse("x", "You have 200 files here.")
    at.button_group(key="source").set_value("camera").run()
    assert [each.value for each in at.warning] == ["The last picture was refused. You have 200 files here."]
    at.button_group(key="source").set_value("upload").run()
    assert r"“camera\-input\-2026\.jpg” was refused." in at.warning[0].value
