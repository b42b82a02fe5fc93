"""You against the machine: ten sentences of drawn mouths, and how many of the words are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.lip_reading.grammar import WORDS
from dlintro_demos.lip_reading.watching import Watched, Wish, some_sentence, watch

ROUNDS = 10
OPENING = 16
"""Seed of the game that everybody finds on the page."""
MOUTHS = 1_000_000_000
"""How many speakers there are for games; the readers learn from those after them."""
CHANCE = 1 - sum(1 / len(words) for words in WORDS) / len(WORDS)
"""Share of words that are wrong in the long run where all are guessed."""
PUBLISHED = {
    "LipNet, people it had seen": 0.048,
    "LipNet, people it had never seen": 0.114,
    "Three hearing-impaired people": 0.477,
}
"""Word error rates on sentences of GRID, real faces. Y. Assael, B. Shillingford, S. Whiteson, N. de Freitas:
"LipNet: End-to-End Sentence-level Lipreading", 2016, tables 2 and 3."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """The clip of a round, counted from 0; `shared` where everybody gets it."""

    number: int
    wish: Wish
    watched: Watched
    shared: bool

    @property
    def truth(self) -> tuple[int, ...]:
        """What was said."""
        assert self.watched.said is not None
        return self.watched.said


def ask(seed: int, number: int, cache: ModelCache) -> Iterator[Progress | Question]:
    """A job: the question of a round, in the game that begins with this seed. Raises `ModelUnavailable`."""
    wish = wish_of(seed, number)
    for step in watch(wish, cache):
        if isinstance(step, Watched):
            yield Question(number=number, wish=wish, watched=step, shared=seed == OPENING)
        else:
            yield step


def wish_of(seed: int, number: int) -> Wish:
    """Sentence and speaker of a round: other ones in each, and in each game."""
    own = (seed * ROUNDS + number) % MOUTHS
    return Wish(sentence=some_sentence(f"round {own}"), speaker=own, seed=own)


def error_rate(right: int, rounds: int) -> float:
    """Word error rate: share of words that are wrong. Six are said, and six are answered."""
    return 1 - right / (rounds * len(WORDS))
