"""The lip reading page, without a browser."""

import dataclasses
import json

import numpy as np
import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.game import Score
from dlintro_demos.lip_reading import watching
from dlintro_demos.lip_reading.grammar import WORDS, parse, spell
from dlintro_demos.lip_reading.quiz import OPENING, ask, wish_of
from dlintro_demos.lip_reading.reading import read
from dlintro_demos.lip_reading.ui import read_along
from tests.lip_reading.videos import filmed, video
from tests.reading import words


def film(at, key):
    """What the component of that key was told; None where it is not there."""
    shown = [part.proto for part in at.get("bidi_component") if part.proto.id.endswith(key)]
    return json.loads(shown[0].json) if shown else None


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def in_round(open_page, number, said=None, yours=0, machine=0):
    """The page in a round of the game that everybody finds, after `said` where it is answered."""
    at = open_page("lip_reading")
    score = Score(seed=OPENING, round=number, yours=yours, machine=machine)
    score.said = said
    at.session_state[f"game-{read_along.NAME}"] = score
    return at.run()


def last(steps):
    *_, result = steps
    return result


@pytest.fixture
def with_a_second_reader(monkeypatch):
    """Our reader's twin stands beside it, as one whose certainty nobody measured."""
    card = engine().cache.card("lip_reader")
    other = dataclasses.replace(card, key="twin", thresholds={})
    monkeypatch.setitem(engine().cache._slots, "twin", type(engine().cache._slots["lip_reader"])(other))
    twin = watching.Reader(key="twin", name="A second reader", read=read)
    monkeypatch.setattr(watching, "READERS", (watching.READERS[0], twin))
    engine().results.forget("everybody")
    yield
    engine().results.forget("everybody")


def test_a_silent_mouth_stands_there_and_nothing_gives_its_words_away(open_page, no_network):
    at = open_page("lip_reading")
    assert not at.exception
    assert not at.warning
    told = film(at, "lips-read-along")
    assert told["rows"] == []
    assert told["ask"]["chosen"] == [None] * 6
    assert told["note"] == "This mouth is drawn by our program; nobody real says this."
    truth = spell(wish_of(OPENING, 0).sentence)
    assert truth not in words(at) + json.dumps(told)
    assert "What just happened?" not in words(at)  # its pictures would tell


def test_after_the_answer_both_are_marked_word_by_word_and_it_says_how_it_came_about(open_page):
    truth = wish_of(OPENING, 0).sentence
    said = (*truth[:5], (truth[5] + 1) % 4)
    at = in_round(open_page, 0, said, yours=5, machine=2)
    told = film(at, "lips-read-along")
    assert told["ask"] is None
    you, machine, lipnet, it_was = told["rows"]
    assert (machine["who"], lipnet["who"]) == ("The machine", "LipNet, trained by us")
    assert [right for _, right, _ in you["words"]] == [True] * 5 + [False]
    assert " ".join(word for word, _, _ in it_was["words"]) == spell(truth)
    read_words = last(ask(OPENING, 0, engine().cache)).watched.first.reading.words
    assert [word for word, _, _ in machine["words"]] == [each.word for each in read_words]
    assert [right for _, right, _ in machine["words"]] == [
        each.word == WORDS[slot][truth[slot]] for slot, each in enumerate(read_words)
    ]
    assert "After 1 sentence, 6 words: you **5**, the machine **2** right." in words(at)
    assert "What just happened?" in words(at)
    assert "Lips are points" in words(at)


def test_after_ten_rounds_your_errors_stand_beside_the_machines_and_the_papers(open_page):
    at = in_round(open_page, 9, wish_of(OPENING, 9).sentence, yours=45, machine=57)
    said = words(at)
    assert "| **You**, here | 25.0\u00a0% |" in said
    assert "| **The machine**, here | 5.0\u00a0% |" in said
    assert "| Guessing, here | 81.0\u00a0% |" in said
    assert "| Three hearing-impaired people, real faces | 47.7\u00a0% |" in said
    assert "| LipNet, people it had seen, real faces | 4.8\u00a0% |" in said
    assert "real mouths there, drawn ones here" in said


def test_evidence_is_measured_when_it_is_opened(open_page):
    at = in_round(open_page, 0, wish_of(OPENING, 0).sentence)
    assert film(at, "lanes-read-along") is None
    at.session_state["why-read-along"] = True
    lanes = film(at.run(), "lanes-read-along")["lanes"]["lanes"]
    assert [each["kind"] for each in lanes] == ["mouths", "words", "curves", "spans"]
    assert "Without the grammar it reads" in words(at)
    assert "The likeliest sentences" in words(at)


def test_a_sentence_in_the_address_is_said_and_another_mouth_says_it_too(open_page):
    at = open_page("lip_reading", do="Say something", say="set white with z zero again")
    assert not at.exception
    told = film(at, "lips-say")
    assert tuple(told["ask"]["chosen"]) == parse("set white with z zero again")
    assert told["films"][0]["alt"] == "A drawn mouth that says “set white with z zero again”"
    again = film(press(at, "Another mouth"), "lips-say")
    assert again["films"][0]["alt"] == told["films"][0]["alt"]
    assert again["films"][0]["source"] != told["films"][0]["source"]
    other = film(press(at, "Another sentence"), "lips-say")
    assert other["films"][0]["alt"] != told["films"][0]["alt"]


def test_what_is_no_sentence_in_the_address_is_the_first_one(open_page):
    at = open_page("lip_reading", do="Say something", say="hello <b>world</b>")
    assert not at.exception
    assert tuple(film(at, "lips-say")["ask"]["chosen"]) == parse("bin blue at f two now")


@pytest.mark.parametrize(
    ("preset", "slider", "value"),
    [("In the dark", "lips-light", 0.1), ("Too fast", "lips-speed", 2.5), ("Noisy", "lips-noise", 1.0)],
)
def test_a_preset_breaks_one_thing_and_the_next_one_mends_it(open_page, preset, slider, value):
    at = press(open_page("lip_reading", do="Say something"), preset)
    assert not at.exception
    assert at.slider(key=slider).value == value
    before = film(at, "lips-say")["films"][0]["source"]
    at = press(at, "Backwards")
    assert at.slider(key=slider).value in (0.0, 1.0)
    told = film(at, "lips-say")
    assert told["films"][0]["source"] != before
    assert told["headline"] == "Played backwards: no sentence."
    assert told["rows"][0]["words"][0][1] is None  # nothing is right or wrong


def test_a_mouth_that_does_not_move_says_nothing(open_page):
    at = open_page("lip_reading", do="Say something")
    assert film(at, "lips-say")["ask"]["who"] == "It says (press a word to change it)"
    at = press(at, "A still mouth")
    assert film(at, "lips-say")["ask"]["who"] == "It does not say (press a word to change it)"
    assert "make 0 words" not in words(at)
    at = press(at, "Backwards")
    assert film(at, "lips-say")["ask"]["who"].startswith("It says, from end to start")


def test_a_video_of_a_face_is_read_against_what_was_asked_for_and_a_stranger_is_told_so(open_page):
    at = open_page("lip_reading", do="Your own face")
    assert not at.exception
    asked = film(at, "lips-recorder")["words"]
    assert "You are a stranger to it" in words(at)
    at.file_uploader[0].set_value(("me.mp4", filmed(1.2), "video/mp4"))
    at = at.run()
    assert not at.exception
    assert not at.warning
    told = film(at, "lips-own")
    assert told["films"][0]["frames"] == 30
    assert [word for word, _, _ in told["rows"][0]["words"]] == asked
    assert all(right is not None for _, right, _ in told["rows"][1]["words"])
    assert "You are a stranger to it" in words(at)
    assert "What just happened?" in words(at)
    again = press(at, "Another sentence")  # for the next video: this one was asked for before
    assert [word for word, _, _ in film(again, "lips-own")["rows"][0]["words"]] == asked
    assert film(again, "lips-recorder")["words"] != asked


def test_a_video_without_a_face_says_what_to_do(open_page):
    at = open_page("lip_reading", do="Your own face")
    grey = [np.full((96, 128, 3), 128, np.uint8)] * 30
    at.file_uploader[0].set_value(("me.webm", video(grey, kind="webm"), "video/webm"))
    at = at.run()
    assert not at.exception
    assert at.warning[0].value.startswith("No face was found in this video.")
    assert at.warning[0].value.endswith("and light on it.")  # not what only the command line can do
    assert film(at, "lips-own") is None


def test_look_alikes_play_side_by_side_with_what_was_measured(open_page):
    at = press(open_page("lip_reading", do="Say something"), "Look-alikes")
    assert len(film(at, "lips-twins")["films"]) == 2
    measured = [
        figure.value
        for figure in engine().cache.card("lip_reader").figures
        if ": Letters confused" in figure.name
    ]
    assert measured
    assert all(", ".join(each.split(", ")[:12]) in words(at) for each in measured)


def test_a_second_reader_stands_beside_the_first(open_page, with_a_second_reader):
    truth = wish_of(OPENING, 9).sentence
    told = film(in_round(open_page, 9, truth), "lips-read-along")
    assert [row["who"] for row in told["rows"]] == ["You", "The machine", "A second reader", "It was"]
    assert told["rows"][2]["words"] == told["rows"][1]["words"]
    assert told["rows"][2]["aside"] == ""  # nobody measured how sure it may be
    at = in_round(open_page, 9, truth, yours=60)
    assert "| A second reader, here |" in words(at)


def test_a_reader_without_weights_does_not_read(monkeypatch):

    cards = {card.key for card in engine().cache.cards}
    assert "lipnet_published" in cards  # an operator's choice, whose weights are not here
    step = last(watching.watch(wish_of(OPENING, 0), engine().cache))
    assert "LipNet as published" not in [answer.name for answer in step.answers]
