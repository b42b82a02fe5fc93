"""You against the machine: which came first, and which took more computing?"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from dlintro_demos.why_now.history import System, systems

ROUNDS = 8
OPENING = 20
"""Seed of the game that everybody finds on the page."""
FIRST, MORE = "first", "more"
CLOSE = 1.5
"""Two systems whose computing differs by less than this factor make no question: the figures are no finer."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Two systems, and what is asked of them: `FIRST` or `MORE`."""

    asks: str
    pair: tuple[System, System]

    @property
    def truth(self) -> System:
        """The right one."""
        return _earlier(self.pair) if self.asks == FIRST else _larger(self.pair)

    @property
    def machine(self) -> System:
        """What a rule says that knows only the other figure: the newer one took more."""
        one, other = self.pair
        if self.asks == FIRST:
            return other if _larger(self.pair) is one else one
        return other if _earlier(self.pair) is one else one


def ask(seed: int, number: int) -> Question:
    """The question of a round, from 0; no pair comes twice in a game."""
    rng = random.Random(seed)  # noqa: S311 - a game
    pairs = [
        pair
        for pair in itertools.combinations(systems(), 2)
        if pair[0].year != pair[1].year and max(_ratio(pair), 1 / _ratio(pair)) >= CLOSE
    ]
    # Half of the pairs are those in which the newer one took less: there the rule is wrong.
    surprising = [pair for pair in pairs if _earlier(pair) is _larger(pair)]
    usual = [pair for pair in pairs if _earlier(pair) is not _larger(pair)]
    chosen = rng.sample(surprising, ROUNDS // 2) + rng.sample(usual, ROUNDS - ROUNDS // 2)
    rng.shuffle(chosen)
    asks = [FIRST, MORE] * (ROUNDS // 2)
    rng.shuffle(asks)
    pair = chosen[number]
    return Question(asks=asks[number], pair=pair if rng.random() < 0.5 else (pair[1], pair[0]))


def _earlier(pair: tuple[System, System]) -> System:
    return min(pair, key=lambda each: each.year)


def _larger(pair: tuple[System, System]) -> System:
    return max(pair, key=lambda each: each.flop)


def _ratio(pair: tuple[System, System]) -> float:
    return pair[0].flop / pair[1].flop
