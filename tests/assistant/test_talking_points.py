"""What the presenter's notes promise comes true when it is played on the page."""

import pytest

from tests.playing import open_stop, press, told
from tests.reading import words

pytestmark = pytest.mark.reports


def test_what_the_presenters_notes_promise_comes_true(open_page):
    at = open_page("assistant", about="Fool it")
    cards = told(at, "assistant-stages")["cards"]
    assert (
        sum(
            card["by"].count("a network") + card["by"].count("MiniLM and a linear head") * 2 for card in cards
        )
        == 5
    )
    assert all(card["milliseconds"] is not None for card in cards)
    assert [line["label"] for card in cards for line in card["lines"]].count("SQL") == 1
    for pressed in ("Tell me a joke about cows", "Play it music"):
        at = press(at, pressed)
        turn = told(at, "assistant-talk")["turns"][-1]
        assert not turn["known"]
        ran = [line for card in told(at, "assistant-stages")["cards"] for line in card["lines"]]
        assert not any(line["code"] for line in ran)
    at.session_state["assistant-rules"] = True
    at.session_state["assistant"].say("Hiya")
    at = at.run()
    assert "| greeting (" in words(at)
    assert "sure) | not for me |" in words(at)


def test_stop_shopping(open_page):
    at = open_stop(open_page, "assistant")
    assert told(at, "assistant-talk")["turns"][0]["you"] == "What is my schedule for tomorrow?"
    at = press(at, "Add two cartons of milk and some apples")
    lines = [line for card in told(at, "assistant-stages")["cards"] for line in card["lines"]]
    sql = " ".join(line["text"] for line in lines if line["label"] == "SQL")
    assert "['milk', 2]" in sql
    assert "['apples', 1]" in sql
