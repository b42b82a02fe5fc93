"""Steps a second of our Flappy Bird, beside flappy-bird-gymnasium's, in one run on one core.

    python -m bench.flappy_bird            # about a minute
    python -m bench.flappy_bird --seconds 1

Both play at random and begin anew after a crash. Each figure is the best of three turns.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import flappy_bird_gymnasium  # noqa: F401 - it registers its environments
import gymnasium
import numpy as np

from dlintro_demos.flappy_bird.environment import FlappyBirdEnv
from dlintro_demos.flappy_bird.game import FlappyBird

FLAPS = np.random.default_rng(0).random(4096) < 0.1


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2, help="of each turn")
    seconds = parser.parse_args().seconds
    subjects: dict[str, Callable[[], Callable[[int], int]]] = {
        "flappy-bird-gymnasium, state": lambda: theirs(use_lidar=False),
        "flappy-bird-gymnasium, LIDAR": lambda: theirs(use_lidar=True),
        "flappy-bird-gymnasium, pixels (288 x 512)": lambda: theirs(use_lidar=False, render_mode="rgb_array"),
        "ours, state, 1 game": lambda: ours(1, pixels=False),
        "ours, state, 8 games": lambda: ours(8, pixels=False),
        "ours, state, 64 games": lambda: ours(64, pixels=False),
        "ours, pixels (84 x 84), 1 game": lambda: ours(1, pixels=True),
        "ours, pixels (84 x 84), 8 games": lambda: ours(8, pixels=True),
        "ours, pixels (84 x 84), 64 games": lambda: ours(64, pixels=True),
        "ours as a Gymnasium environment, pixels": lambda: single(FlappyBirdEnv()),
    }
    best = dict.fromkeys(subjects, 0.0)
    for _ in range(3):
        for name, make in subjects.items():
            best[name] = max(best[name], rate(make(), seconds))
    for name, steps in best.items():
        print(f"{name:45} {steps:10,.0f} steps/s")


def rate(step: Callable[[int], int], seconds: float) -> float:
    """Steps a second; `step` takes the turn's number and gives how many games it moved on."""
    started, turn, steps = time.perf_counter(), 0, 0
    while (passed := time.perf_counter() - started) < seconds:
        steps += step(turn)
        turn += 1
    return steps / passed


def theirs(*, use_lidar: bool, render_mode: str | None = None) -> Callable[[int], int]:
    """A step of flappy-bird-gymnasium, with its picture where `render_mode` asks for it."""
    env = gymnasium.make("FlappyBird-v0", use_lidar=use_lidar, render_mode=render_mode)
    return single(env.unwrapped)


def single(env: gymnasium.Env) -> Callable[[int], int]:
    """A step of one environment."""
    env.reset(seed=0)

    def step(turn: int) -> int:
        crashed = env.step(int(FLAPS[turn % len(FLAPS)]))[2]
        if env.render_mode:
            env.render()
        if crashed:
            env.reset()
        return 1

    return step


def ours(games: int, *, pixels: bool) -> Callable[[int], int]:
    """A step of all our games."""
    game = FlappyBird(games)
    game.reset(np.arange(games))

    def step(turn: int) -> int:
        _, crashed = game.step(np.roll(FLAPS, turn)[:games])
        if crashed.any():
            game.reset(np.full(int(crashed.sum()), turn), crashed)
        if pixels:
            game.frames()
        return games

    return step


if __name__ == "__main__":
    main()
