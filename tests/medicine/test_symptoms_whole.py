"""Complaints read whole, with what they deny: in windows, by a network that learned composed ones, too."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

from dlintro_demos.gallery.process import engine
from dlintro_demos.medicine.symptoms import reading
from dlintro_demos.medicine.symptoms.detector import score_of
from dlintro_demos.medicine.symptoms.head import MODEL
from dlintro_demos.medicine.symptoms.reading import NOT_ENGLISH, may_be_denied, read_complaint
from dlintro_demos.medicine.symptoms.spelling import plain_text, put_right, words_of
from dlintro_demos.medicine.symptoms.whole import (
    BELOW,
    CHARACTERS,
    WINDOW,
    Whole,
    WholeReader,
    odds_of,
    whole_of,
    windows,
)
from dlintro_demos.medicine.symptoms.written import emergencies
from dlintro_demos.shared.sentence_embeddings import first_layers, whole_words
from training.medicine.symptoms.composed import COUNTS, composed


def words(text):
    return words_of(text, whole_words(engine().cache))


def odds(complaint):
    text = plain_text(complaint)
    return whole_of(text, words(text), MODEL, engine().cache).odds


def read_(complaint):
    *_, found = read_complaint(complaint, engine().cache, pulls=False)
    return found


@pytest.mark.parametrize(
    ("calm", "grave"),
    [
        ("no chest pain, just a runny nose", "chest pain but no runny nose"),
        ("he hit his head, he did not vomit and is playing", "he hit his head, vomits and is not playing"),
        ("my tongue did not swell at all", "my tongue did swell"),
        pytest.param(
            "my lips did not swell after the prawns",
            "my lips did swell after the prawns",
            marks=pytest.mark.xfail(reason="read rightly until rounds 22 to 27 were learned", strict=True),
        ),
        ("neither a stiff neck nor a fever, my hair is thin", "a stiff neck and a fever, my hair is thin"),
    ],
)
def test_it_reads_what_is_denied(calm, grave):
    assert odds(calm) < 0 < odds(grave)


def test_windows_are_whole_sentences_put_right():
    text = plain_text("My hed hurts. " * 30 + "and " * 2 * WINDOW + "the end. A last one?")
    found = windows(text, words(text))
    assert "".join(found) == put_right(text, words(text))
    assert "My head hurts." in found[0]
    assert all(len(words(each)) <= WINDOW for each in found)
    assert found[0].endswith(". ")  # not in the middle of a sentence
    assert windows("no", words("no")) == ["no"]


def test_the_likeliest_window_counts_wherever_it_stands():
    calm = "My new shoes rub a little at the heel. " * 60
    grave = "Crushing chest pain and a cold sweat for an hour. "
    assert odds(calm + grave + calm) > odds(calm) + 1


def test_a_long_row_of_marks_hides_nothing():
    text = plain_text("Hello" + "." * 700 + " " + "\u4f60" * 700 + " chest pain")
    found = windows(text, words(text))
    assert "." * 4 not in "".join(found)
    assert found[-1].endswith("chest pain")
    assert max(map(len, found)) <= CHARACTERS


@torch.inference_mode()
def test_padding_is_not_read():
    reader = WholeReader(3).eval()
    short, long = "no chest pain", "I have had no chest pain at all since the long walk up the hill on Sunday"
    alone = odds_of(reader(*first_layers([short], BELOW, engine().cache)))
    beside = odds_of(reader(*first_layers([short, long], BELOW, engine().cache)))
    assert torch.allclose(alone[0], beside[0], atol=1e-4)


def test_sentences_are_composed_by_a_seed_of_what_is_said_and_denied():
    kinds = list(emergencies())
    lines = [("my face droops.", 1), ("a runny nose", len(kinds)), ("word " * 50, len(kinds))]
    found = composed(lines, 5)
    assert found == composed(lines, 5) != composed(lines, 6)
    assert len(found) == sum(COUNTS.values())
    assert Counter(at for _, at in found) == {
        1: COUNTS["urgent"],
        None: COUNTS["ill"] + COUNTS["lacking"],
        len(kinds): sum(COUNTS.values()) - COUNTS["urgent"] - COUNTS["ill"] - COUNTS["lacking"],
    }
    assert not any({"{", "}"} & set(line) or "word word" in line for line, _ in found)
    urgent = [line.lower() for line, at in found if at == 1]
    assert all("my face droops" in line for line in urgent)
    assert not any("drooping" in line or "crooked smile" in line for line in urgent)  # of its own kind


def test_what_a_rule_finds_and_no_reader_believes_could_be_urgent(monkeypatch):
    monkeypatch.setattr(reading, "whole_of", lambda *_: Whole(odds=-5.0, kind=0))
    monkeypatch.setattr(reading, "part_odds", lambda said, *_: np.full(len(said), -9.0))
    doubted = read_("crushing chest pain since noon today")
    assert doubted.alarms == ()
    assert doubted.maybe is not None
    assert doubted.maybe.kind == "chest_pain"
    gibberish = "zorb cannot breathe qux wib dax nurp tig"
    assert read_(gibberish).problem == NOT_ENGLISH
    for sure in (gibberish, "I want to kill myself today", "crushing chest pain", "no puedo respirar"):
        assert read_(sure).alarms != ()  # no English, of suicide, in few words, in another language


def test_the_readers_of_the_rest_outweigh_one_of_the_whole_who_is_wrong(monkeypatch):
    monkeypatch.setattr(reading, "whole_of", lambda *_: Whole(odds=-5.0, kind=0))
    assert read_("crushing chest pain since noon today").alarms != ()


def test_what_may_be_denied_is_judged_by_those_who_read_it():
    said = {"whole": -4.0, "part": 6.0}
    assert score_of(**said, denied=False, ruled=False) > 0.9
    assert score_of(**said, denied=True, ruled=False) < 0.1
    assert score_of(**said, denied=True, ruled=True) > score_of(**said, denied=True, ruled=False)
    assert score_of(-4.0, 3.0, denied=True, ruled=False) == score_of(**said, denied=True, ruled=False)
    assert score_of(-4.0, None, denied=True, ruled=False) < score_of(-4.0, -5.0, denied=True, ruled=False)


@pytest.mark.parametrize(
    ("complaint", "denied"),
    [
        ("no fever", True),
        ("I had it years ago", True),
        ("Far from it, I feel splendid", True),
        ("no pulse", False),
        ("it came with no warning", False),
        ("my chest is tight", False),
    ],
)
def test_what_hints_at_a_denial(complaint, denied):
    assert may_be_denied(words(complaint), ()) == denied
