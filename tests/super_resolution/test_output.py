"""The files that `upscale` writes: names, sizes, and what lies behind a picture that is see-through."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from dlintro_demos import __main__ as command_line
from dlintro_demos.gallery.intake.images import decode_image
from dlintro_demos.super_resolution import upscale as enlarging
from dlintro_demos.super_resolution.output import OUTPUTS
from dlintro_demos.super_resolution.upscale import METHODS

pytestmark = pytest.mark.reports


@pytest.fixture
def upscale(capsys):
    def upscale_(given, out, *options):
        code = command_line.main(["upscale", str(given), str(out), *options])
        return code, capsys.readouterr()

    return upscale_


def sticker(folder, hidden):
    """A grey square with soft edges; around it a colour that no viewer shows."""
    alpha = np.zeros((20, 24), np.uint8)
    alpha[5:15, 6:18], alpha[6:14, 7:17] = 120, 255
    rgb = np.where(alpha[..., None] > 0, np.array([40, 40, 40]), np.array(hidden)).astype(np.uint8)
    path = folder / f"{'-'.join(map(str, hidden))}.png"
    Image.fromarray(np.dstack([rgb, alpha])).save(path)
    return path


def seen(path):
    """On white, as every viewer shows it."""
    return decode_image(path.read_bytes()).rgb.astype(int)


@pytest.mark.parametrize(
    ("model", "ending"),
    [*((model, ".png") for model in METHODS), *(("ours", ending) for ending in (".jpg", ".bmp", ".webp"))],
)
def test_what_is_hidden_bleeds_into_no_edge(upscale, tmp_path, model, ending):
    """Two stickers that look the same came out 97 of 255 apart, with the hidden colour around them."""
    results = []
    for hidden in ((0, 255, 0), (255, 255, 255), (9, 0, 200)):
        out = tmp_path / f"out-{'-'.join(map(str, hidden))}{ending}"
        code, _ = upscale(sticker(tmp_path, hidden), out, "--model", model)
        assert code == 0
        results.append(np.array(Image.open(out).convert("RGBA")).astype(int))
    for other in results[1:]:
        assert np.array_equal(results[0], other)
    white = np.round(results[0][..., :3] * (results[0][..., 3:] / 255) + 255 - results[0][..., 3:])
    assert (white[:8, :8] > 245).all()


@pytest.mark.parametrize("model", ["ours", "bicubic"])
def test_the_result_on_white_is_what_the_picture_on_white_gives(upscale, tmp_path, model):
    clear = sticker(tmp_path, (0, 255, 0))
    flat = tmp_path / "flat.png"
    Image.fromarray(seen(clear).astype(np.uint8)).save(flat)
    for path in (clear, flat):
        upscale(path, tmp_path / f"large-{path.name}", "--model", model, "--situation", "clean")
    with_alpha, without = (seen(tmp_path / f"large-{path.name}") for path in (clear, flat))
    visible = np.array(Image.open(tmp_path / f"large-{clear.name}"))[..., 3] > 0
    assert np.abs(with_alpha - without)[visible].max() <= 1
    assert np.abs(with_alpha - without).max() <= 16  # beyond its alpha a network's faint echo is cut off


@pytest.mark.parametrize(("model", "asks"), [("ours", True), ("bicubic", False)])
def test_json_says_how_the_picture_was_made_small_where_the_network_asks(upscale, tmp_path, model, asks):
    small, out = sticker(tmp_path, (0, 255, 0)), tmp_path / "out.png"
    code, said = upscale(small, out, "--model", model, "--situation", "clean", "--json")
    assert code == 0, said.err
    making = json.loads(said.out)["making"]
    assert making is None if not asks else sum(making.values()) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("ending", OUTPUTS)
def test_every_ending_that_is_offered_can_be_written(upscale, tmp_path, ending):
    out = tmp_path / f"out{ending.upper()}"
    code, said = upscale(sticker(tmp_path, (0, 255, 0)), out, "--model", "bicubic")
    assert code == 0, said.err
    with Image.open(out) as image:
        assert image.size == (96, 80)


@pytest.mark.parametrize("ending", [*sorted(set(Image.registered_extensions()) - set(OUTPUTS)), "", ".txt"])
def test_any_other_name_is_refused_before_the_work(upscale, tmp_path, monkeypatch, ending):
    """Names like x.psd and x.eps ended in a traceback, after the work."""
    monkeypatch.setattr(enlarging, "upscale_strips", lambda *_, **__: pytest.fail("it worked"))
    code, said = upscale(sticker(tmp_path, (0, 255, 0)), tmp_path / f"x{ending}", "--model", "bicubic")
    assert code == 1
    assert all(each in said.err for each in OUTPUTS)
    assert said.err.count("\n") == 1


def test_a_result_too_large_for_the_file_is_refused_before_the_work(upscale, tmp_path, monkeypatch):
    """A .webp over 16,383 pixels ended in a traceback, after the work."""
    monkeypatch.setattr(enlarging, "upscale_strips", lambda *_, **__: pytest.fail("it worked"))
    Image.new("RGB", (4100, 2)).save(tmp_path / "wide.png")
    code, said = upscale(tmp_path / "wide.png", tmp_path / "x.webp", "--model", "bicubic")
    assert code == 1
    assert "16400 x 8" in said.err
    assert "16383" in said.err
    assert ".png" in said.err


def test_a_folder_is_not_overwritten(upscale, tmp_path):
    (tmp_path / "x.png").mkdir()
    code, said = upscale(sticker(tmp_path, (0, 255, 0)), tmp_path / "x.png", "--model", "bicubic")
    assert code == 1
    assert "is a folder" in said.err


def command(*arguments, encoding, **options):
    environment = os.environ | {"PYTHONIOENCODING": encoding, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "dlintro_demos", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def test_a_console_that_lacks_letters_gets_a_line_for_every_file(tmp_path):
    """The first name that a console could not print ended the run, and the files after it."""
    names = ["写真.png", os.fsdecode(b"not-utf-8-\xff.png"), "other.png"]
    for name in names:
        Image.new("RGB", (40, 30), (90, 90, 200)).save(tmp_path / name)
    with command("classify", *(str(tmp_path / name) for name in names), encoding="cp1252") as process:
        said, complaint = process.communicate()
    assert process.returncode == 0, complaint
    assert [line.count(b".png: ") for line in said.splitlines()] == [1, 1, 1]
    assert b"??.png" in said


def test_who_has_read_enough_gets_no_traceback():
    process = command("doctor", "--json", encoding="utf-8")
    process.stdout.close()  # as `head` does when it has its lines
    complaint = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert complaint == b""
