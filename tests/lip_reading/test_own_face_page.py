"""A visitor's own face on the page: five sentences are kept and learned from, and what others see of that."""

import json

import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.jobs import QueueFull
from dlintro_demos.lip_reading.learning import MEASURED, SENTENCES
from dlintro_demos.lip_reading.ui.own_face import AFTER, BEFORE
from tests.lip_reading.test_page import film, press
from tests.lip_reading.videos import filmed
from tests.reading import words


@pytest.fixture(scope="module")
def clip():
    return filmed(1.2)


def bring(at, data, name="me.mp4"):
    at.file_uploader[0].set_value((name, data, "video/mp4"))
    return at.run()


def another(at, data):
    return bring(press(at, "Another sentence"), data)


def labels(at):
    return [button.label for button in at.button]


def rows(at):
    return {row["who"]: row for row in film(at, "lips-own")["rows"]}


@pytest.fixture
def with_five(open_page, clip):
    """A page to which five sentences were said."""
    at = bring(open_page("lip_reading", do="Your own face"), clip)
    for _ in range(SENTENCES - 1):
        at = another(at, clip)
    assert not at.exception
    return at


def test_sentences_are_counted_and_the_same_one_counts_once(open_page, clip):
    at = open_page("lip_reading", do="Your own face")
    assert "0 of 5 sentences kept for learning you" in words(at)
    for number in range(SENTENCES):
        at = bring(at, clip, f"{number}.mp4")
        assert "1 of 5 sentences kept for learning you" in words(at)
    assert "Learn me" not in labels(at)
    at = another(at, clip)
    assert "2 of 5 sentences kept for learning you" in words(at)
    at = press(at, "Forget 2 sentences")
    # What is on the screen was given for reading; the next one is kept again.
    assert "1 of 5 sentences kept for learning you" in words(at)


def test_after_learning_a_sixth_sentence_is_read_before_and_after_and_the_five_are_no_result(with_five, clip):
    at = with_five
    assert "5 sentences of yours are kept" in words(at)
    assert "It believes that you said what you were asked to say." in words(at)
    at = press(at, "Learn me")
    assert not at.exception
    assert "It has learned you from 5 sentences in " in words(at)
    assert "This sentence is one of them, so what it reads of it now proves nothing." in words(at)
    assert AFTER not in rows(at)
    at = another(at, clip)
    both = rows(at)
    assert list(both)[1:3] == [BEFORE, AFTER]
    assert [right for _, right, _ in both[AFTER]["words"]].count(None) == 0
    sure = [[more for *_, more in both[who]["words"]] for who in (BEFORE, AFTER)]
    assert sure[0] != sure[1]
    right = [sum(good for _, good, _ in both[who]["words"]) for who in (BEFORE, AFTER)]
    assert film(at, "lips-own")["headline"] == (
        f"Before learning you {right[0]} of six words right, after it {right[1]}."
    )
    at = press(at, "Forget 5 sentences and what it learned")
    assert AFTER not in rows(at)
    assert "1 of 5 sentences kept for learning you" in words(at)


def test_of_two_visitors_one_is_learned_and_the_other_is_read_as_before(open_page, with_five, clip):
    other = bring(open_page("lip_reading", do="Your own face"), clip)
    first = rows(other)
    learned = press(with_five, "Learn me")
    assert "It has learned you" in words(learned)
    again = open_page("lip_reading", do="Your own face")
    assert json.dumps(rows(bring(again, clip))) == json.dumps(first)
    assert json.dumps(rows(other.run())) == json.dumps(first)
    assert "It has learned you" not in words(other) + words(again)


def test_forgetting_everything_forgets_what_was_kept_and_learned(with_five):
    at = press(press(with_five, "Learn me"), "Forget everything I showed")
    assert not at.exception
    at.query_params["do"] = "Your own face"
    at = at.run()
    assert film(at, "lips-own") is None
    assert engine().results.count(at.session_state["visitor"].id) == 0
    assert "0 of 5 sentences kept for learning you" in words(at)


def test_a_full_queue_says_so_and_loses_no_sentence(with_five, monkeypatch):
    submit = engine().queue.submit

    def full(work, *args, **how):
        if work.__name__ == "learn":
            raise QueueFull("The gallery is busy: 8 jobs are waiting.")
        return submit(work, *args, **how)

    monkeypatch.setattr(engine().queue, "submit", full)
    at = press(with_five, "Learn me")
    assert [warning.value for warning in at.warning] == ["The gallery is busy: 8 jobs are waiting."]
    monkeypatch.undo()
    assert "It has learned you" in words(press(at, "Try again"))


def test_what_the_card_measured_is_said_of_drawn_strangers(open_page):
    (figure,) = [
        each.value for each in engine().cache.card("lip_reader").figures if each.name.startswith(MEASURED)
    ]
    said = words(open_page("lip_reading", do="Your own face"))
    assert f"Measured on drawn strangers, not on people: {figure}." in said
