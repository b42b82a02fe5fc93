"""The referee: plays a visitor's flaps again, so that a score need not be believed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dlintro_demos.flappy_bird.game import FlappyBird, Rules

MAX_TICKS = 200_000  # of one game: nearly two hours


class ImpossibleGame(ValueError):
    """Nobody can have played this; the message says why."""


def replay(seed: int, flaps: Sequence[int], ticks: int, rules: Rules | None = None) -> int:
    """Pipes really passed on the level `seed` in `ticks` ticks with flaps on the ticks `flaps`, from 0.

    Takes about 0.2 ms a tick. A game that did not crash by then counts as far as it went.

    Raises:
        ImpossibleGame: more than 200,000 ticks, flaps that are not sorted, not different or not within the
            game, a seed that no level has, or ticks after the crash.
    """
    if not 0 <= ticks <= MAX_TICKS or not 0 <= seed < 2**32:
        raise ImpossibleGame(f"A game has 0 to {MAX_TICKS} ticks and a level below 2^32: {ticks}, {seed}.")
    edges = [-1, *flaps, ticks]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise ImpossibleGame("The flaps are not different ticks of the game, in order.")
    flapped = np.zeros(ticks, bool)
    flapped[list(flaps)] = True
    game = FlappyBird(1, rules)
    game.reset(np.array([seed]))
    for tick in range(ticks):
        if not game.alive[0]:
            raise ImpossibleGame(f"The bird crashed after {tick} ticks, and the game went on to {ticks}.")
        game.step(flapped[tick : tick + 1])
    return int(game.score[0])
