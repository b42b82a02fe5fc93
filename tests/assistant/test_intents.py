"""What is asked: the head, its threshold, and the words before it."""

import random

import numpy as np
import pytest
import torch

from dlintro_demos.assistant.intents import TUNED, VOTE, VOTERS, names, plain_words, understand, vectors
from dlintro_demos.assistant.normalise import masked, normalise
from dlintro_demos.assistant.phrases import DATA, phrasings, read_sections
from dlintro_demos.gallery.process import engine
from dlintro_demos.shared.spelling import errors
from training.assistant.__main__ import plain, training_set
from training.assistant.styles import pointed, styled, with_error


def guess(sentence):
    cache = engine().cache
    return understand(plain_words(sentence, cache).text, cache)


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("What is my schedule for tomorrow?", "calendar_show"),
        ("Show my upcoming flights", "flights_show"),
        ("whats on the menu tonite", "menu_show"),
        ("Cancel the dentist appointment", "calendar_cancel"),
        ("Cancel the alarm", "reminder_cancel"),
        ("never mind", "cancel"),
        ("the cheaper one", "follow_choice"),
        ("and the day after?", "follow_time"),
        ("make it two", "follow_count"),
        ("book it", "book_it"),
    ],
)
def test_sentences_are_understood(sentence, intent):
    found = guess(sentence)
    assert (found.intent, found.known) == (intent, True)
    assert found.top[0][0] == intent
    assert 0 < found.top[2][1] <= found.top[1][1] <= found.top[0][1] <= 1


@pytest.mark.parametrize(
    "sentence",
    [
        "who invented the steam engine",
        "turn on the lights",
        "¿Dónde está la biblioteca?",
        "'; DROP TABLE events; --",
    ],
)
def test_what_was_not_meant_for_it_is_not_known(sentence):
    assert not guess(sentence).known


def test_the_nearest_training_phrase_is_shown():
    found = guess("what's on my shopping list")
    phrase, intent, cosine = found.nearest[0]
    assert (phrase, intent) == ("what's on my shopping list", "shopping_show")
    assert cosine == pytest.approx(1, abs=1e-2)
    assert all(np.isfinite(found.place))


def test_training_and_test_sentences_are_many_and_apart():
    learnt = phrasings()
    tests = read_sections(DATA.parents[2] / "bench" / "assistant_intents.txt")
    assert set(tests) == set(learnt)
    assert len(learnt) >= 18
    assert min(map(len, learnt.values())) >= 20
    assert min(map(len, tests.values())) >= 10
    rows = training_set()
    sentences = rows.sentences
    assert len(sentences) == len(rows.intents) > 15_000
    assert rows.written >= sum(map(len, learnt.values()))
    assert not set(map(plain, sentences)) & {plain(line) for lines in tests.values() for line in lines}
    for name in ("widened", "new", "fresh", "eight", "nine"):
        later = read_sections(DATA.parents[2] / "bench" / f"assistant_{name}.txt")
        assert not set(map(plain, sentences)) & {plain(line) for lines in later.values() for line in lines}
    off_topic = read_sections(DATA / "off_topic.txt")
    others = read_sections(DATA.parents[2] / "bench" / "assistant_off_topic.txt")["off_topic"]
    seen = {line.lower() for lines in off_topic.values() for line in lines}
    assert min(len(off_topic["learn"]), len(off_topic["calibrate"]), len(others)) >= 100
    assert not seen & {plain(line) for line in others}


def test_the_adapter_is_what_is_beside_minilm_as_one_network():
    cache = engine().cache
    encoder, head = cache.get("minilm").module, cache.get("assistant_intents").module
    tuned = head.tuned(encoder)
    assert head.tuned(encoder) is tuned
    x = torch.randn(3, 384, generator=torch.Generator().manual_seed(1))
    low = head.adapter.layers[2]["wider"]
    assert torch.allclose(tuned.layers[2].wider(x), encoder.layers[2].wider(x) + low(x), atol=1e-4)
    assert tuned.words is encoder.words
    beside = sum(each.numel() * each.element_size() for each in tuned.layers.parameters())
    assert beside == head.bytes_beside
    assert cache.get("assistant_intents").bytes > beside
    assert not torch.equal(tuned.layers[0].query.weight, encoder.layers[0].query.weight)


def test_the_nearest_phrasings_vote_on_which_intent_but_not_on_whether_it_is_one():
    head = engine().cache.get("assistant_intents").module
    intent = names().index("thanks")
    rows = head.phrases[head.owners == intent][:20]
    with torch.inference_mode():
        voted = head(rows, rows)
        heads = TUNED * head.head(rows).softmax(1) + (1 - TUNED) * head.plain(rows).softmax(1)
    assert torch.allclose(voted.sum(1), torch.ones(20), atol=1e-5)
    assert torch.equal(voted[:, -1], heads[:, -1])
    near = (rows @ head.phrases.T).topk(VOTERS).indices
    voters = head.owners[near] == intent
    wanted = (1 - VOTE) * heads[:, intent] + VOTE * voters.float().mean(1) * (1 - heads[:, -1])
    assert voters[:, 0].all()
    assert torch.allclose(voted[:, intent], wanted, atol=1e-5)


def test_a_sentence_has_the_same_vector_whoever_asks_and_none_is_not_an_error():
    cache = engine().cache
    both = vectors(["book it", "book it", ""], cache)
    assert np.allclose(both[0], both[1], atol=1e-6)
    assert np.linalg.norm(both, axis=1) == pytest.approx([1, 1, 1], abs=1e-4)
    assert names()[-1] == "none"


def test_a_sentence_in_another_style_keeps_its_words():
    chance = random.Random(3)
    for _ in range(50):
        said = styled("show me the menu please", chance)
        assert "show" in said
        assert "menu" in said
    assert with_error("reminder", random.Random(1)) != "reminder"
    assert pointed("who is it", random.Random(1)).lower().rstrip("?") == "who is it"


KNOWN, WANTED = {"the", "is", "my", "late", "and"}, {"flight", "tomorrow", "schedule", "appointment"}


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("um, is my flihgt late", "is my flight late"),
        ("my apointment tomorow", "my appointment tomorrow"),
        ("my my scedule", "my schedule"),
        ("is Krzysztof late", "is Krzysztof late"),
        ("  \u202emy\x00   flight ", "my flight"),
        ("", ""),
    ],
)
def test_plain_words(said, plain):
    assert normalise(said, KNOWN, WANTED).text == plain


def test_changes_are_told_and_long_texts_are_cut():
    assert normalise("my flihgt", KNOWN, WANTED).changes == (("flihgt", "flight"),)
    assert len(normalise("my late " * 500, KNOWN, WANTED).text) <= 400


def test_bad_words_are_masked():
    assert masked("What the fucking hell, Shitake") == "What the f****** hell, Shitake"


def test_errors_count_a_swap_as_one():
    assert [errors("flihgt", "flight"), errors("flght", "flight"), errors("abc", "xyz")] == [1, 1, 3]
