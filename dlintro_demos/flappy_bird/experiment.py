"""What the page asks of the server: a look inside one game, and other rules than it was trained by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from dlintro_demos.flappy_bird.drawings import frames_seen, what_it_expected, where_it_looked
from dlintro_demos.flappy_bird.game import FlappyBird, Rules, Shades
from dlintro_demos.flappy_bird.network import FRAMES, SKIP, play
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache

LOOK_PIPES = 10
TRIAL_LEVELS, TRIAL_PIPES, TRIAL_BATCH = 20, 20, 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """One game's last decision and the way there, drawn (`drawings`): `saw` and `looked` PNG, `expected` SVG.

    `glide` and `flap` are the last decision's Q-values.
    """

    saw: bytes
    looked: bytes
    expected: str
    glide: float
    flap: float
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
    stages = {"game and pictures": 0.0, "network": 0.0}
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
    played = time.perf_counter()
    slopes = _slopes(player, last)
    sloped = time.perf_counter()
    saw, looked = frames_seen(last[0]), where_it_looked(last[0, -1], slopes)
    expected = what_it_expected(np.stack(values))
    stages |= {"slopes": sloped - played, "drawings": time.perf_counter() - sloped}
    yield Look(
        saw=saw,
        looked=looked,
        expected=expected,
        glide=float(values[-1][0]),
        flap=float(values[-1][1]),
        pipes=int(game.score[0]),
        crashed=not game.alive[0],
        device=str(player.device),
        stages=stages,
    )


def _slopes(player: Loaded, frames: np.ndarray) -> np.ndarray:
    """How strongly each pixel of the newest of `frames` (1, 4, 84, 84) moves the larger Q-value, (84, 84)."""
    seen = torch.from_numpy(frames).to(player.device).float().requires_grad_(True)
    (slopes,) = torch.autograd.grad(player.module(seen).max(), seen)
    return slopes[0, -1].abs().cpu().numpy()


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
