"""Two sentences by the same mouth: how much of a difference there is to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.lip_reading.film import Film, film
from dlintro_demos.lip_reading.grammar import WORDS
from dlintro_demos.lip_reading.watching import Sentence, Wish, speak


@dataclass(frozen=True, kw_only=True, eq=False)
class Twins:
    """Both as films, and by how many grey levels (of 255) a pixel of the mouth differs on average.

    `usual` is the same for sentences of which one other word is changed, the mean over the five slots.
    """

    films: tuple[Film, Film]
    difference: float
    usual: float


def compare(one: Wish, other: Wish) -> Iterator[Progress | Twins]:
    """A job: say both, and sentences with another word. Camera noise is left out."""
    changed = [_next_word(one.sentence, slot) for slot in range(len(WORDS))]
    yield Progress(0, 2 + len(changed), "saying both")
    clips = [speak(replace(each, noise=0.0)).mouths for each in (one, other)]
    usual = []
    for number, sentence in enumerate(changed):
        yield Progress(2 + number, 2 + len(changed), "saying others")
        usual.append(difference(clips[0], speak(replace(one, sentence=sentence, noise=0.0)).mouths))
    yield Twins(
        films=(film(clips[0]), film(clips[1])), difference=difference(*clips), usual=float(np.mean(usual))
    )


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean absolute difference of crops (T, 64, 128, 3) uint8, as long as both last."""
    frames = min(len(one), len(other))
    return float(np.abs(one[:frames].astype(np.float32) - other[:frames]).mean())


def _next_word(sentence: Sentence, slot: int) -> Sentence:
    """The same sentence with the word after in one slot."""
    word = (sentence[slot] + 1) % len(WORDS[slot])
    return (*sentence[:slot], word, *sentence[slot + 1 :])
