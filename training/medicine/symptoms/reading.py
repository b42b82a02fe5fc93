"""Sentences as the heads read them: misspelt words put right, and for the detector without what is denied."""

from __future__ import annotations

import random
from itertools import chain

import numpy as np

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.symptoms.alarms import covered_places
from dlintro_demos.medicine.symptoms.reading import said_plainly
from dlintro_demos.medicine.symptoms.scope import find_cues
from dlintro_demos.medicine.symptoms.spelling import plain_text, words_of
from dlintro_demos.medicine.symptoms.written import patterns, read
from dlintro_demos.shared.sentence_embeddings import embed, whole_words
from training.assistant.styles import with_error

SEED = 5
VARIANTS = 3
FRAMES = (
    "{}",
    "{} since yesterday",
    "hello doctor, {}",
    "for some days now {}",
    "please help, {}",
    "my child says {}",
    "he says {}",
)


def as_read(sentence: str, cache: ModelCache) -> str:
    """A sentence as the head for patterns reads it."""
    return " ".join(word.text for word in words_of(plain_text(sentence), whole_words(cache)))


def vectors_of(sentences: list[str], cache: ModelCache) -> np.ndarray:
    """Vectors of sentences as the head for patterns reads them."""
    return embed([as_read(each, cache) or "-" for each in sentences], cache)


def varied(sentences: list[str], seed: int = SEED) -> list[str]:
    """Each sentence as it is, with a typing error, and in another frame: `VARIANTS` after each other."""
    chance = random.Random(seed)
    rows = []
    for sentence in sentences:
        rows += [sentence, with_error(sentence, chance, least=5), chance.choice(FRAMES).format(sentence)]
    return rows


def plain_parts(sentence: str, cache: ModelCache) -> list[str]:
    """What the detector reads of a sentence: its parts without what it denies."""
    words = words_of(plain_text(sentence), whole_words(cache))
    return said_plainly(words, covered_places(words, find_cues(words)))


def for_patterns(cache: ModelCache) -> tuple[list[str], np.ndarray]:
    """Sentences and their classes: kinds of emergencies, then patterns, last what is none of them."""
    off_topic, flags, more = read("symptom_off_topic"), read("red_flag_phrases"), read("red_flag_more")
    parts = [plain_parts(each, cache) for each in (*flags["quiet"]["learn"], *more["quiet"])]
    quiet = [each[-1] for each in parts if each]
    red = [[*lines, *more[kind]] for kind, lines in flags["learn"].items()]
    groups = [*red, *(each.phrasings for each in patterns()), [*off_topic["learn"], *quiet]]
    return list(chain.from_iterable(groups)), np.repeat(
        np.arange(len(groups)), [len(each) for each in groups]
    )
