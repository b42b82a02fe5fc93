"""The medicine page, without a browser: counting cells and tapping them."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.medicine.nuclei.drawn import draw
from dlintro_demos.medicine.nuclei.samples import LIMITS, SAMPLES
from dlintro_demos.medicine.ui.modes import MODES
from dlintro_demos.medicine.ui.notice import NOTICE
from tests.reading import words


def told(at, key):
    """What the component of that key was told; None where it is not there."""
    shown = [part.proto for part in at.get("bidi_component") if part.proto.id.endswith(key)]
    return json.loads(shown[0].json) if shown else None


def bring(at, name, picture):
    """Bring a picture as a file."""
    file = io.BytesIO()
    picture.save(file, "TIFF" if name.endswith("tif") else "PNG")
    at.button_group(key="source").set_value("upload").run()
    at.file_uploader[0].set_value((name, file.getvalue(), "image/tiff")).run()
    assert not at.exception
    return words(at)


@pytest.mark.parametrize("mode", MODES)
def test_not_for_diagnosis_stands_on_every_view(open_page, mode):
    at = open_page("medicine", do=mode)
    assert not at.exception
    assert NOTICE in words(at)


@pytest.mark.parametrize("sample", [*SAMPLES, *LIMITS], ids=lambda sample: sample.key)
def test_every_sample_gets_an_answer_and_what_was_drawn_stands_beside_it(open_page, sample):
    at = open_page("medicine", sample=sample.key)
    assert not at.exception
    said = words(at)
    assert "Where the two ways differ" in said
    if sample.truth is not None:
        assert f"The program drew **{len(np.unique(sample.truth)) - 1}**" in said


def test_a_cat_gets_no_count_but_a_reason(open_page):
    said = words(open_page("medicine", sample="cat"))
    assert "I don't know" in said
    assert "does not look like the microscope pictures" in said


def test_a_sixteen_bit_tiff_of_two_pages_is_counted_and_what_was_done_is_said(open_page):
    grey = Image.fromarray(draw("fluorescence", 3, count=60).rgb[..., 0].astype(np.uint16) * 16)
    file = io.BytesIO()
    grey.save(file, "TIFF", save_all=True, append_images=[grey])
    at = open_page("medicine")
    at.button_group(key="source").set_value("upload").run()
    at.file_uploader[0].set_value(("deep.tif", file.getvalue(), "image/tiff")).run()
    assert not at.exception
    said = words(at)
    assert "first page only" in said
    assert "16 bits stretched to 8" in said
    assert "nuclei" in said
    assert "I don't know" not in said


def test_one_pixel_and_a_whole_slide_are_refused_in_words(open_page):
    assert "too few to say anything" in bring(open_page("medicine"), "one.png", Image.new("L", (1, 1)))
    assert "the limit is 16 megapixels" in bring(
        open_page("medicine"), "slide.png", Image.new("L", (6000, 4000))
    )


def test_the_tapping_game_tells_the_browser_no_truth_before_the_answer(open_page):
    at = open_page("medicine", do="Tap the nuclei")
    game = told(at, "tap")
    assert game["result"] is None
    assert game["seconds"] == 30
    assert "were drawn" not in words(at)
