"""What the page asks of the server: a look inside one game, and other rules than it was trained by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from dlintro_demos.flappy_bird.game import FlappyBird, Rules, Shades
from dlintro_demos.flappy_bird.network import FRAMES, SKIP, play
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache

LOOK_PIPES = 10
TRIAL_LEVELS, TRIAL_PIPES, TRIAL_BATCH = 20, 20, 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """One game's last decision and the way there.

    `frames` (4, 84, 84) uint8, what it saw then, the oldest first; `slopes` (84, 84) float32, how strongly
    each pixel of the newest moves the larger Q-value; `values` (decisions, 2), Q of gliding and flapping.
    """

    frames: np.ndarray
    slopes: np.ndarray
    values: np.ndarray
    pipes: int
    crashed: bool
    device: str
    stages: dict[str, float]


def look(cache: ModelCache, model: str, seed: int) -> Iterator[Progress | Look]:
    """Play the level `seed` until the crash, or for ten pipes, and look at the last decision.

    Raises `ModelUnavailable`.
    """
    player = cache.get(model)
    game = FlappyBird(1)
    game.reset(np.array([seed]))
    seen = np.repeat(game.frames()[:, None], FRAMES, 1)
    values: list[np.ndarray] = []
    stages = {"game and pictures": 0.0, "network": 0.0, "slopes": 0.0}
    last = seen
    while game.alive[0] and game.score[0] < LOOK_PIPES:
        started, last = time.perf_counter(), seen
        with torch.inference_mode():
            values.append(player.module(torch.from_numpy(seen).to(player.device))[0].cpu().numpy())
        decided = time.perf_counter()
        game.step(values[-1][1:] > values[-1][:1])
        for _ in range(SKIP - 1):
            game.step(np.array([False]))
        seen = np.concatenate([seen[:, 1:], game.frames()[:, None]], 1)
        stages["network"] += decided - started
        stages["game and pictures"] += time.perf_counter() - decided
        if len(values) % 50 == 0:
            yield Progress(float(game.score[0]), LOOK_PIPES)
    started = time.perf_counter()
    frames = torch.from_numpy(last).to(player.device).float().requires_grad_(True)
    (slopes,) = torch.autograd.grad(player.module(frames).max(), frames)
    stages["slopes"] = time.perf_counter() - started
    yield Look(
        frames=last[0],
        slopes=slopes[0, -1].abs().cpu().numpy(),
        values=np.stack(values),
        pipes=int(game.score[0]),
        crashed=not game.alive[0],
        device=str(player.device),
        stages=stages,
    )


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Pipes on the levels 0 to 19, games cut at 20: by other rules or in other greys, and as usual."""

    scores: tuple[int, ...]
    usual: tuple[int, ...]

    @property
    def passed(self) -> int:
        """Games that were not over before the cut."""
        return sum(score >= TRIAL_PIPES for score in self.scores)


def trial(
    cache: ModelCache, model: str, usual: tuple[int, ...], rules: Rules, shades: Shades
) -> Iterator[Progress | Trial]:
    """How the player does when the game is another than it knows. `usual` are its scores by the usual rules.

    Raises `ModelUnavailable`.
    """
    player = cache.get(model)
    scores: list[int] = []
    for first in range(0, TRIAL_LEVELS, TRIAL_BATCH):
        yield Progress(first, TRIAL_LEVELS, f"level {first + 1} of {TRIAL_LEVELS}")
        levels = range(first, first + TRIAL_BATCH)
        some = play(player.module, levels, max_pipes=TRIAL_PIPES, rules=rules, shades=shades)
        scores += some.tolist()
    capped = tuple(min(score, TRIAL_PIPES) for score in usual[:TRIAL_LEVELS])
    yield Trial(scores=tuple(scores), usual=capped)
