"""`symptoms` on the command line."""

import argparse
import io
import json

import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.medicine.symptoms import command
from dlintro_demos.medicine.symptoms.reading import EMPTY


@pytest.fixture
def symptoms(monkeypatch, capsys):
    """Runs the command in this process; its exit code, its lines, and what it complained about."""
    monkeypatch.setattr(command, "engine_of_its_own", engine)

    def run(*arguments, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        parser = argparse.ArgumentParser()
        command.add_to(parser.add_subparsers())
        options = parser.parse_args(["symptoms", *arguments])
        code = options.command(options)
        out, complaints = capsys.readouterr()
        return code, out.splitlines(), complaints

    return run


def test_a_complaint_in_json(symptoms):
    code, (line,), _ = symptoms("it burns when I pee and I go all the time", "--json")
    found = json.loads(line)
    assert code == 0
    assert found["red_flag"] is False
    assert found["why"] == []
    assert found["known"] is True
    assert found["patterns"][0]["pattern"] == "urinary_infection"
    assert len(found["patterns"]) == 3
    assert 0 < found["patterns"][0]["score"] <= 1


def test_an_emergency_in_json_says_why(symptoms):
    _, (line,), _ = symptoms("my chest hurts and my left arm is numb", "--json")
    found = json.loads(line)
    assert found["red_flag"] is True
    assert found["why"][0]["kind"] == "chest_pain"
    assert "chest" in found["why"][0]["words"]


def test_what_could_be_urgent_is_said_and_is_no_red_flag(symptoms):
    _, (line,), _ = symptoms("mouth feels furry since the antibiotics, finished them last week", "--json")
    found = json.loads(line)
    assert found["red_flag"] is False
    assert found["maybe"]["by"] == "detector"
    _, (line,), _ = symptoms("mouth feels furry since the antibiotics, finished them last week")
    assert line.startswith("This could be urgent.")


def test_a_complaint_a_line_from_the_standard_input(symptoms):
    lines = "my ear hurts deep inside\n\ncant breathe\nwhat is the capital of Peru\n"
    code, found, _ = symptoms("-", "--json", stdin=lines)
    first, second, third = map(json.loads, found)
    assert code == 0
    assert first["patterns"][0]["pattern"] == "ear_infection"
    assert second["red_flag"] is True
    assert (third["known"], third["red_flag"]) == (False, False)
    assert third["problem"]


def test_words_without_json_begin_with_the_emergency(symptoms):
    _, (line,), _ = symptoms("I am coughing up blood")
    assert line.startswith("Severe bleeding: Call your emergency number now.")
    assert line.endswith("Not for diagnosis.")


def test_an_empty_complaint_is_said_and_fails(symptoms):
    code, (line,), complaints = symptoms("  ", "--json")
    assert code == 1
    assert json.loads(line)["problem"] == EMPTY
    assert EMPTY in complaints
