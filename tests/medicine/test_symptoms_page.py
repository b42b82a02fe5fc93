"""Say how you feel: the view, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from dlintro_demos.medicine.symptoms.reading import NOT_ENGLISH
from dlintro_demos.medicine.ui.symptoms import NO_ALL_CLEAR
from tests.reading import words

VIEW = """
from dlintro_demos.gallery.ui.frame import footer
from dlintro_demos.medicine.ui.symptoms import say_how_you_feel

say_how_you_feel()
footer()
"""


@pytest.fixture
def view():
    """The view in a fresh session."""
    return AppTest.from_string(VIEW, default_timeout=120).run()


def said(at):
    """The words on the page; coloured ones stand apart."""
    return " ".join(words(at).split())


def html_of(at):
    return " ".join(element.value for element in at.get("html"))


def say(at, text):
    at.text_area[0].set_value(text)
    return next(button for button in at.button if button.label == "Read it").click().run()


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def test_an_example_is_answered_before_anybody_writes(view, no_network):
    assert not view.exception
    assert "eyes water and I keep sneezing" in said(view)
    assert "Of all questions this one splits the patterns best" in said(view)
    assert "role=alert" not in html_of(view)


def test_an_emergency_stands_above_the_patterns(view):
    at = say(view, "cant breath and my lips are turning blue")
    first = at.get("html")[0].value
    assert "role=alert" in first
    assert "Call your emergency number now." in first
    assert "Trouble breathing" in first


def test_what_could_be_urgent_says_when_to_call(view):
    first = say(view, "mouth feels furry since the antibiotics, finished them last week").get("html")[0].value
    assert "This could be urgent." in first
    assert "call your emergency number" in first
    assert "Otherwise let a doctor hear of it today." in first
    assert "Call your emergency number now." not in first


@pytest.mark.parametrize(
    ("text", "said_so"),
    [
        ("my throat hurts when I swallow", True),
        ("I do not feel well", True),
        ("mouth feels furry since the antibiotics, finished them last week", False),
        ("my chest hurts and my left arm is numb", False),
        ("", False),
    ],
)
def test_where_nothing_alarms_it_says_that_this_is_no_all_clear(view, text, said_so):
    assert (NO_ALL_CLEAR in said(say(view, text))) == said_so


def test_a_question_is_answered_taken_into_account_and_taken_back(view):
    asked = view.button
    assert {"Yes", "No", "I don't know"} <= {button.label for button in asked}
    at = press(view, "Yes")
    assert "Question 2 of at most 3" in said(at)
    at = press(at, "Take the answers back")
    assert "Question 1 of at most 3" in said(at)


def test_what_a_visitor_writes_never_becomes_markup(view):
    at = say(view, "my throat hurts <img src=x onerror=alert(1)> and I have a fever & chills")
    assert not at.exception
    assert "<img" not in html_of(at)
    assert "&lt;" in html_of(at)


def test_it_says_when_it_cannot_tell(view):
    at = say(view, "Ich habe seit gestern Kopfschmerzen")
    assert NOT_ENGLISH in said(at)
    assert not any(button.label == "Yes" for button in at.button)


def test_forget_drops_what_was_written(view):
    at = say(view, "my left ear hurts deep inside")
    assert "left ear" in said(at)
    at = press(at, "Forget everything I showed")
    assert "left ear" not in said(at)
    assert at.text_area[0].value == ""
    kept = str(at.session_state)
    assert "symptoms-text" in kept
    assert "ear hurts" not in kept


def test_the_panels_show_the_evidence(view):
    for key in ("words", "questions", "written", "limits"):
        view.session_state[f"symptoms-{key}"] = True
    at = view.run()
    assert not at.exception
    for expected in ("Cosine", "Expected gain", "NHS: Hay fever", "were not read", "It names no treatment"):
        assert expected in said(at)


def test_the_game_asks_first_and_then_tells(view):
    view.session_state["symptoms-game"] = True
    at = press(view.run(), "Play")
    choices = [button for button in at.button if str(button.key).startswith("riddle-0-")]
    assert len(choices) == 4
    at = choices[0].click().run()
    assert "Its author had" in said(at)
    assert "You have" in said(at)
