"""`assist` on the command line."""

import argparse
import io
import json

import pytest

from dlintro_demos.assistant import command
from dlintro_demos.assistant.command import add_to
from dlintro_demos.assistant.phrases import DATA
from dlintro_demos.gallery.intake.sounds import decode_sound
from dlintro_demos.gallery.process import engine

RECORDING = str(DATA / "recordings" / "schedule.ogg")


@pytest.fixture
def assist(monkeypatch, capsys):
    """Runs the command in this process; its exit code, its lines, and what it complained about."""
    monkeypatch.setattr(command, "engine_of_its_own", engine)

    def run(*arguments, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        parser = argparse.ArgumentParser()
        add_to(parser.add_subparsers())
        options = parser.parse_args(["assist", *arguments])
        code = options.command(options)
        out, complaints = capsys.readouterr()
        return code, out.splitlines(), complaints

    return run


def test_a_sentence_in_json(assist):
    code, (line,), _ = assist("Wake me tomorrow at half past seven", "--json", "--now", "2026-11-26T10:00")
    found = json.loads(line)
    assert code == 0
    assert found["transcript"] == "Wake me tomorrow at half past seven"
    assert (found["intent"], found["known"]) == ("reminder_add", True)
    (slot,) = found["slots"]
    assert slot == {
        "kind": "time",
        "text": "tomorrow at half past seven",
        "value": "2026-11-27T07:30:00+01:00",
    }
    assert found["answer"] == "I have set “wake up”: tomorrow at 07:30."
    assert list(found["milliseconds"]) == ["normalise", "intent", "slots", "action", "speech"]


def test_a_recording_and_its_spoken_answer(assist, tmp_path):
    wav = tmp_path / "answer.wav"
    code, (line,), _ = assist(RECORDING, "--json", "--now", "2026-11-26T10:00", "--wav", str(wav))
    found = json.loads(line)
    assert code == 0
    assert found["transcript"] == "What is my schedule for tomorrow?"
    assert found["slots"][0]["value"] == "2026-11-27"
    assert {"sound", "voice", "transcript", "speech"} < set(found["milliseconds"])
    assert decode_sound(wav.read_bytes()).seconds > 3


def test_a_dialogue_from_the_standard_input_goes_on(assist):
    lines = f"{RECORDING}\n\nand the day after?\ntell me a joke about turtles\n"
    code, found, _ = assist("-", "--json", "--now", "2026-11-26T10:00", stdin=lines)
    first, second, third = map(json.loads, found)
    assert code == 0
    assert first["intent"] == "calendar_show"
    assert (second["intent"], second["slots"][0]["value"]) == ("follow_time", "2026-11-28")
    assert (third["intent"], third["known"], third["slots"]) == ("none", False, [])


def test_the_time_zone_counts(assist):
    arguments = ("What is my schedule for today?", "--json", "--zone", "Asia/Tokyo", "--now")
    _, (line,), _ = assist(*arguments, "2026-11-26T20:00+00:00")
    assert json.loads(line)["slots"][0]["value"] == "2026-11-27"


def test_words_without_json(assist):
    assert assist("Hello")[1] == ["Hello. I can help with your calendar, flights, food, trains and shopping."]


def test_a_file_that_is_missing_or_no_sound_is_named_and_the_rest_goes_on(assist, tmp_path):
    picture = tmp_path / "picture.wav"
    picture.write_bytes(b"GIF89a" + bytes(40))
    code, found, complaints = assist("-", "--json", stdin=f"nothing.wav\n{picture}\nhello\n")
    assert code == 1
    missing, wrong, hello = map(json.loads, found)
    assert "error" in missing
    assert "not a sound" in wrong["error"] or "a picture" in wrong["error"]
    assert hello["known"]
    assert "nothing.wav" in complaints


@pytest.mark.parametrize("arguments", [("x", "--now", "soon"), ("x", "--zone", "Mars"), ()])
def test_a_wrong_call_is_refused(assist, arguments):
    with pytest.raises(SystemExit):
        assist(*arguments)
