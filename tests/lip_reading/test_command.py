"""`lips` on the command line."""

import argparse
import json

import numpy as np
import pytest

from dlintro_demos.gallery.settings import settings
from dlintro_demos.lip_reading.command import add_to
from dlintro_demos.lip_reading.grammar import parse
from tests.lip_reading.videos import filmed, video


@pytest.fixture
def run(capsys):
    """Runs `lips`; gives the exit code, the lines and what was said beside them."""

    def run_(*arguments):
        parser = argparse.ArgumentParser()
        add_to(parser.add_subparsers())
        options = parser.parse_args(["lips", *map(str, arguments)])
        code = options.command(options)
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err

    return run_


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("videos")
    (made / "face.mp4").write_bytes(filmed(1.2))
    (made / "head.webm").write_bytes(filmed(1.2, kind="webm", change=lambda rgb: rgb[::-1, ::-1]))
    (made / "wall.mp4").write_bytes(video([np.full((288, 360, 3), 90, np.uint8)] * 30))
    (made / "note.txt").write_bytes(b"no video at all")
    squares = np.random.default_rng(1).integers(0, 255, (30, 8, 16, 3), np.uint8)
    (made / "mouth.mp4").write_bytes(video(list(squares.repeat(8, axis=1).repeat(8, axis=2))))
    return made


def test_each_file_is_a_line_and_a_bad_one_stops_nobody(run, folder):
    names = ["wall.mp4", "face.mp4", "note.txt", "nowhere.mp4", "head.webm"]
    code, lines, said = run("--json", *(folder / name for name in names))
    assert code == 1
    wall, face, note, nowhere, head = map(json.loads, lines)
    assert "No face was found" in wall["error"]
    assert "not a video" in note["error"]
    assert "No such file" in nowhere["error"]
    assert set(wall) == {"path", "error"}
    for line in (face, head):
        assert set(line) == {
            "path", "words", "confidence", "known", "reader", "alternatives", "milliseconds",
        }  # fmt: skip
        assert parse(" ".join(line["words"]))
        assert line["reader"] == "ours"
        assert line["known"] is False  # nobody speaks there
        assert line["alternatives"][0]["words"] == line["words"]
        assert line["milliseconds"] > 0
    assert "stood on its head" in said


def test_a_line_can_be_read_by_people(run, folder):
    code, lines, _ = run(folder / "face.mp4")
    assert code == 0
    assert "I don't know (" in lines[0]


def test_a_mouth_crop_is_read_without_a_face(run, folder):
    code, lines, _ = run("--json", "--crop", folder / "mouth.mp4")
    assert code == 0
    line = json.loads(lines[0])
    assert parse(" ".join(line["words"]))
    assert line["known"] is False
    code, lines, _ = run("--json", "--crop", folder / "face.mp4")
    assert code == 1
    assert "twice as wide as high" in json.loads(lines[0])["error"]


def test_a_file_past_the_limit_is_not_read_whole(run, tmp_path):
    with (tmp_path / "large.mp4").open("wb") as file:
        file.truncate(50 * settings().upload_mb << 20)
    code, lines, _ = run("--json", tmp_path / "large.mp4")
    assert code == 1
    assert "the limit is" in json.loads(lines[0])["error"]


def test_a_reader_that_is_not_there_is_named(run, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("DLINTRO_MODELS_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        code, lines, said = run("--json", "--reader", "lipnet", folder / "mouth.mp4", "--crop")
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert (code, lines) == (1, [])
    assert "lipnet" in said
