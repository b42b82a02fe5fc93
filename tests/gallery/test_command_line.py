import json
import re

import numpy as np
import pytest
import torch
from PIL import Image

from dlintro_demos import __main__ as command_line
from dlintro_demos.classical_vs_deep import learning_curves
from dlintro_demos.faces.samples import sample_album
from dlintro_demos.gallery.runtime import descriptors
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable, read_cards
from dlintro_demos.gallery.settings import settings


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs a command with settings of its own; gives exit code, output and errors."""

    def run_(*arguments, **changes):
        for name, value in changes.items():
            monkeypatch.setenv(f"DLINTRO_{name.upper()}", str(value))
        settings.cache_clear()
        code = command_line.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    yield run_
    monkeypatch.undo()
    settings.cache_clear()


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
    cards = read_cards(settings().models_dir).values()
    assert said.count("loaded  ") == sum(not card.optional or _is_at_hand(card) for card in cards)


def _is_at_hand(card):
    try:
        return bool(card.locate())
    except ModelUnavailable:
        return False


@pytest.mark.reports
def test_the_doctor_says_how_many_visitors_the_limit_of_open_files_lets_in(run, monkeypatch):
    """With 1,024 open files the gallery was dead at visitor 254 of 400, and nothing said so."""
    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda _: (1024, 1024))
    monkeypatch.setattr(descriptors.resource, "setrlimit", lambda *_: None)
    said = run("doctor")[1]
    assert "not 400 (1,024 open files allowed)" in said.split("Visitors ")[1]


def test_the_doctor_speaks_to_machines_too(run):
    code, said, _ = run("doctor", "--json")
    report = json.loads(said)
    assert code == 0
    assert report["missing"] == []
    assert {model["state"] for model in report["models"]} <= {"loaded", "optional"}
    assert report["versions"]["torch"] == torch.__version__.split("+")[0]


def test_the_doctor_exits_1_where_a_model_is_missing(run, tmp_path):
    code, said, _ = run("doctor", models_dir=tmp_path)
    assert code == 1
    assert re.search("Not ready: .*realesrgan_compact", said)


def test_the_doctor_says_which_device_is_not_there(run):
    code, _, complaint = run("doctor", device="cuda:99")
    assert code == 1
    assert "cuda:99" in complaint


@pytest.mark.parametrize("model", ["ours", "compact", "photographic", "bicubic", "lanczos"])
def test_a_photo_is_enlarged_with_its_transparency(run, photo, tmp_path, model):
    out = tmp_path / "large.png"
    code, said, _ = run("upscale", photo, out, "--model", model, "--scale", 2, "--faithful", "--json")
    facts = json.loads(said)
    assert code == 0
    assert (facts["width"], facts["height"], facts["model"]) == (60, 40, model)
    assert (Image.open(out).size, Image.open(out).mode) == ((60, 40), "RGBA")


@pytest.mark.parametrize("model", ["ours", "lanczos"])
def test_a_large_png_is_written_strip_by_strip_and_is_the_same(run, photo, tmp_path, model):
    small, streamed = tmp_path / "small.png", tmp_path / "streamed.png"
    run("upscale", photo, small, "--model", model)
    code, said, _ = run("upscale", photo, streamed, "--model", model, "--json", output_megapixels=0.001)
    facts = json.loads(said)
    assert (code, facts["width"], facts["height"]) == (0, 120, 80)
    assert np.array_equal(np.array(Image.open(small)), np.array(Image.open(streamed)))
    assert {path.name for path in tmp_path.iterdir()} == {"photo.png", "small.png", "streamed.png"}


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


def test_the_faces_of_pictures_are_printed_a_line_each_and_a_bad_file_stops_nothing(run, photo, tmp_path):
    portrait, text = tmp_path / "eileen.jpg", tmp_path / "page.jpg"
    portrait.write_bytes(dict(sample_album())["eileen-as-it-is.jpg"])
    text.write_text("<html>")
    code, said, complaint = run("faces", portrait, text, photo, "--json")
    first, second = map(json.loads, said.splitlines())
    assert code == 1
    assert "page.jpg" in complaint
    assert (first["path"], second["faces"]) == (str(portrait), [])
    assert first["milliseconds"] > 0
    (face,) = first["faces"]
    x0, y0, x1, y1 = face["box"]
    assert all(x0 < x < x1 and y0 < y < y1 for x, y in face["landmarks"])
    assert len(face["landmarks"]) == 5
    assert len(face["embedding"]) == 128
    assert 0.9 < face["probability"] <= 1


def test_faces_are_counted_for_people(run, photo):
    code, said, _ = run("faces", photo, "--high")
    assert code == 0
    assert "0 faces" in said


def test_pictures_are_named_a_line_each_and_a_bad_file_stops_nothing(run, photo, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    code, said, complaint = run("classify", photo, bad, photo, "--json")
    first, second = (json.loads(line) for line in said.splitlines())
    assert code == 1
    assert "bad.png" in complaint
    assert (first["path"], first["known"]) == (str(photo), False)  # noise
    assert [set(guess) for guess in first["top"]] == [{"label", "index", "probability"}] * 5
    assert first["top"] == second["top"]
    code, said, _ = run("classify", photo)
    assert "nothing that I was taught; nearest: " in said


def test_a_player_plays_levels_and_says_how_far_it_came(run):
    code, said, _ = run("flappy", "--checkpoint", "2min", "--seeds", "3:6", "--max-pipes", 4, "--json")
    facts = json.loads(said)
    assert code == 0
    assert (facts["checkpoint"], list(facts["pipes"])) == ("2min", ["3", "4", "5"])
    pipes = list(facts["pipes"].values())
    assert facts["mean"] == pytest.approx(sum(pipes) / 3)
    assert (facts["median"], facts["min"]) == (sorted(pipes)[1], min(pipes))
    code, said, _ = run("flappy", "--checkpoint", "untrained", "--seeds", "7")
    assert (code, said) == (0, "untrained: pipes, mean 0.0, median 0, least 0\n")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--seeds", "3:3"],
        ["--seeds", "a:b"],
        ["--seeds=-1:2"],
        ["--seeds", "0:5000"],
        ["--max-pipes", "0"],
        ["--checkpoint", "older"],
    ],
)
def test_levels_that_are_none_are_refused(run, wrong, capsys):
    with pytest.raises(SystemExit) as refusal:
        run("flappy", *wrong)
    assert refusal.value.code == 2
    assert wrong[-1].rpartition("=")[2] in capsys.readouterr().err


def test_a_player_that_is_missing_is_said(run, tmp_path):
    code, _, complaint = run("flappy", models_dir=tmp_path)
    assert code == 1
    assert "flappy_bird_best" in complaint


def test_learning_curves_are_printed_a_line_each(run, monkeypatch):
    quick = {key: learning_curves.LEARNERS[key] for key in ("linear", "svm")}
    monkeypatch.setattr(learning_curves, "LEARNERS", quick)
    code, said, _ = run("learning-curves", "--sizes", 30, 60, "--seeds", "0:2", "--json")
    lines = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    assert [(line["learner"], line["size"]) for line in lines] == [
        (learner, size) for learner in quick for size in (30, 60)
    ]
    assert all(0 <= line["mean"] <= 1 and line["deviation"] >= 0 and line["seeds"] == 2 for line in lines)


def test_sizes_that_are_too_small_to_tune_on_are_refused(run, capsys):
    with pytest.raises(SystemExit):
        run("learning-curves", "--sizes", "5")
    assert "from 30 to 100000" in capsys.readouterr().err


def test_a_setting_that_cannot_be_understood_is_named(monkeypatch, capsys):
    monkeypatch.setenv("DLINTRO_JOBS_AT_ONCE", "many")
    settings.cache_clear()
    try:
        assert command_line.main(["doctor"]) == 1
    finally:
        settings.cache_clear()
    assert "DLINTRO_JOBS_AT_ONCE" in capsys.readouterr().err
