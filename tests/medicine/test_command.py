"""`python -m dlintro_demos nuclei`."""

import json

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.__main__ import main
from dlintro_demos.medicine.nuclei.drawn import draw
from dlintro_demos.medicine.nuclei.slides import MEGAPIXELS


@pytest.fixture
def folder(tmp_path):
    Image.fromarray(draw("fluorescence", 3, count=60).rgb).save(tmp_path / "drawn.png")
    return tmp_path


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_picture_gets_a_line_with_count_and_outlines(folder, capsys):
    assert main(["nuclei", str(folder / "drawn.png"), "--json", "--labels", str(folder / "out.png")]) == 0
    (line,) = lines(capsys)
    assert line["known"] is True
    assert line["count"] == len(line["outlines"])
    assert abs(line["count"] - 60) < 10
    assert len(line["outlines"][0][0]) == 2
    assert line["milliseconds"] > 0
    with Image.open(folder / "out.png") as opened:
        labels = np.array(opened)
        assert opened.mode == "I;16"
    assert labels.shape == (420, 420)
    assert labels.max() == line["count"]


def test_twelve_bits_in_sixteen_and_several_pages_are_read(folder, capsys):
    grey = draw("fluorescence", 3, count=60).rgb[..., 0].astype(np.uint16) * 16
    pages = [Image.fromarray(grey), Image.fromarray(grey[:100, :100])]
    pages[0].save(folder / "deep.tif", save_all=True, append_images=pages[1:])
    assert main(["nuclei", str(folder / "drawn.png"), str(folder / "deep.tif"), "--json"]) == 0
    eight, sixteen = lines(capsys)
    assert abs(eight["count"] - sixteen["count"]) <= 3
    assert sixteen["known"] is True


def test_one_pixel_is_no_picture_to_count_in(folder, capsys):
    Image.new("L", (1, 1)).save(folder / "one.png")
    assert main(["nuclei", str(folder / "one.png"), "--json"]) == 0
    (line,) = lines(capsys)
    assert (line["known"], line["count"]) == (False, 0)
    assert "too few" in line["why"]


def test_a_whole_slide_is_refused_with_the_limit_and_the_rest_is_counted(folder, capsys):
    Image.new("L", (6000, 4000)).save(folder / "slide.png")
    (folder / "text.png").write_text("no picture")
    paths = [str(folder / name) for name in ("slide.png", "text.png", "missing.png", "drawn.png")]
    assert main(["nuclei", *paths, "--json"]) == 1
    slide, text, missing, drawn = lines(capsys)
    assert f"{MEGAPIXELS:.0f} megapixels" in slide["error"]
    assert text["error"]
    assert missing["error"]
    assert drawn["known"] is True


def test_labels_are_of_one_picture(folder, capsys):
    path = str(folder / "drawn.png")
    assert main(["nuclei", path, path, "--labels", str(folder / "out.png")]) == 1
    assert "one PATH" in capsys.readouterr().err
