"""Our reader and drawn mouths: what the weights in the gallery make of mouths that it never saw."""

import numpy as np
import pytest

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.lip_reading.drawn import Speaker, draw, say
from dlintro_demos.lip_reading.grammar import WORDS, spell
from dlintro_demos.lip_reading.reading import MODEL, read
from dlintro_demos.lip_reading.speaking import ARTICULATORS
from training.lip_reading.corpus import takes

CHANCE = np.mean([1 / len(words) for words in WORDS])
TAKES = list(takes("test", 7, 14))


@pytest.fixture(scope="module")
def cache():
    return ModelCache(read_cards(REPOSITORY / "models"))


@pytest.fixture(scope="module")
def readings(cache):
    return [read(take.clip(), cache) for take in TAKES]


def share_right(readings):
    pairs = zip(TAKES, readings, strict=False)
    return np.mean(
        [
            said == word.word
            for take, reading in pairs
            for said, word in zip(spell(take.sentence).split(), reading.words, strict=True)
        ]
    )


def test_new_mouths_that_say_new_sentences_are_read_far_above_chance(readings):
    assert share_right(readings) > 4 * CHANCE


def test_it_is_surer_of_them_than_of_what_a_bad_camera_shows(readings, cache):
    bad = [
        read(say(take.sentence, Speaker.of(take.speaker), seed=take.seed, noise=1.0, light=0.4), cache)
        for take in TAKES[:5]
    ]
    assert np.mean([each.confidence for each in bad]) < 0.7 * np.mean([each.confidence for each in readings])
    assert share_right(bad) < share_right(readings)


def test_a_face_that_does_not_speak_is_not_known(cache):
    thresholds = cache.card(MODEL).thresholds
    for number in range(4):
        random = np.random.default_rng(number)
        silent = draw(np.zeros((75, len(ARTICULATORS)), np.float32), Speaker.of(number), random)
        assert not read(silent, cache).known(thresholds)
