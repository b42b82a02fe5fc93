import json

import numpy as np
import pytest
import torch
from PIL import Image

from dlintro_demos import __main__ as command_line
from dlintro_demos.runtime.model_cards import read_cards
from dlintro_demos.settings import Settings, settings


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs a command with settings of its own; gives exit code, output and errors."""

    def run_(*arguments, **changes):
        monkeypatch.setattr(command_line, "settings", lambda: Settings(**changes))
        code = command_line.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    pixels = np.random.default_rng(5).integers(0, 255, (20, 30, 4), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def test_the_doctor_finds_everything_in_place(run):
    code, said, _ = run("doctor")
    assert code == 0
    assert "Everything is in place." in said
    assert said.count("loaded  ") == len(read_cards(settings().models_dir))


def test_the_doctor_speaks_to_machines_too(run):
    code, said, _ = run("doctor", "--json")
    report = json.loads(said)
    assert code == 0
    assert report["missing"] == []
    assert {model["state"] for model in report["models"]} == {"loaded"}
    assert report["versions"]["torch"] == torch.__version__.split("+")[0]


def test_the_doctor_exits_1_where_a_model_is_missing(run, tmp_path):
    code, said, _ = run("doctor", models_dir=tmp_path)
    assert code == 1
    assert "Not ready: realesrgan_compact" in said


def test_the_doctor_says_which_device_is_not_there(run):
    code, _, complaint = run("doctor", device="cuda:99")
    assert code == 1
    assert "cuda:99" in complaint


@pytest.mark.parametrize("model", ["compact", "photographic", "bicubic", "lanczos"])
def test_a_photo_is_enlarged_with_its_transparency(run, photo, tmp_path, model):
    out = tmp_path / "large.png"
    code, said, _ = run("upscale", photo, out, "--model", model, "--scale", 2, "--faithful", "--json")
    facts = json.loads(said)
    assert code == 0
    assert (facts["width"], facts["height"], facts["model"]) == (60, 40, model)
    assert (Image.open(out).size, Image.open(out).mode) == ((60, 40), "RGBA")


def test_a_jpeg_can_be_written(run, photo, tmp_path):
    code, said, _ = run("upscale", photo, tmp_path / "large.jpg", "--model", "bicubic")
    assert code == 0
    assert "120 x 80" in said
    assert Image.open(tmp_path / "large.jpg").format == "JPEG"


def test_a_file_that_is_no_picture_is_refused(run, tmp_path):
    text = tmp_path / "photo.png"
    text.write_text("not a picture")
    code, _, complaint = run("upscale", text, tmp_path / "out.png")
    assert code == 1
    assert "JPEG, PNG" in complaint


@pytest.mark.parametrize("name", ["large", "large.doc", "no/such/folder/large.png"])
def test_a_place_that_cannot_be_written_is_refused(run, photo, tmp_path, name):
    code, _, complaint = run("upscale", photo, tmp_path / name, "--model", "bicubic")
    assert code == 1
    assert complaint


def test_a_missing_file_is_refused(run, tmp_path):
    code, _, complaint = run("upscale", tmp_path / "none.png", tmp_path / "out.png")
    assert code == 1
    assert "none.png" in complaint


def test_a_setting_that_cannot_be_understood_is_named(monkeypatch, capsys):
    monkeypatch.setenv("DLINTRO_JOBS_AT_ONCE", "many")
    settings.cache_clear()
    try:
        assert command_line.main(["doctor"]) == 1
    finally:
        settings.cache_clear()
    assert "DLINTRO_JOBS_AT_ONCE" in capsys.readouterr().err
