"""A pilot of flesh and blood, for tests that need games flown well."""

from __future__ import annotations

import numpy as np

from dlintro_demos.flappy_bird.game import BIRD_HEIGHT, BIRD_X, PIPE_WIDTH, FlappyBird, Rules


def sensible_flap(game: FlappyBird) -> bool:
    """Flap where the first game's bird is about to sink below the gap ahead."""
    ahead = np.where(game.pipe_x[0] + PIPE_WIDTH > BIRD_X, game.pipe_x[0], np.inf).argmin()
    return bool(game.y[0] + BIRD_HEIGHT > game.pipe_top[0, ahead] + game.rules.gap - 15)


def flown(seed: int, pipes: int, rules: Rules | None = None) -> tuple[list[int], int, int]:
    """Flaps, ticks and pipes of a pilot who lets go after `pipes` pipes, and crashes."""
    game = FlappyBird(1, rules)
    game.reset(np.array([seed]))
    flaps: list[int] = []
    ticks = 0
    while game.alive[0]:
        flap = game.score[0] < pipes and sensible_flap(game)
        if flap:
            flaps.append(ticks)
        game.step(np.array([flap]))
        ticks += 1
    return flaps, ticks, int(game.score[0])
