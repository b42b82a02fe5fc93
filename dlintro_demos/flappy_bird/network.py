"""The agent's network, and how it plays: four pictures in, what to expect of gliding and of flapping out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from dlintro_demos.flappy_bird.game import SIDE, FlappyBird, Rules, Shades

FRAMES = 4  # pictures that the agent sees: now, and after each of its last decisions
SKIP = 2  # ticks a decision: it flaps on the first or not at all


class PlayerFormatError(ValueError):
    """A weights file that is not one of the player's; the message says what is wrong."""


class Player(nn.Module):
    """Deep Q-network after Mnih et al. (2013): two convolutions and two fully connected layers.

    Input (N, 4, 84, 84) uint8, the oldest picture first; output (N, 2) float32: the discounted reward it
    expects of gliding and of flapping. Inside, pictures are divided by 255.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(FRAMES, 16, 8, stride=4)
        self.conv2 = nn.Conv2d(16, 32, 4, stride=2)
        self.hidden = nn.Linear(32 * 9 * 9, 256)
        self.values = nn.Linear(256, 2)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Q-values."""
        features = F.relu(self.conv1(frames.float() / 255))
        features = F.relu(self.conv2(features))
        return self.values(F.relu(self.hidden(features.flatten(1))))


def save_player(network: nn.Module, path: Path) -> None:
    """Write the weights."""
    save_file({key: value.detach().contiguous() for key, value in network.state_dict().items()}, path)


def load_player(files: Sequence[Path]) -> nn.Module:
    """The network of a card's one file, ready to play. Raises `PlayerFormatError`."""
    (path,) = files
    try:
        network = Player()
        network.load_state_dict(load_file(path))
    except (SafetensorError, OSError, RuntimeError) as error:
        raise PlayerFormatError(f"{path.name} does not hold a Flappy Bird player: {error}") from error
    return network.eval().requires_grad_(requires_grad=False)


@torch.inference_mode()
def play(
    network: nn.Module,
    seeds: Sequence[int],
    *,
    max_pipes: int,
    rules: Rules | None = None,
    shades: Shades | None = None,
    observe: Callable[[FlappyBird], np.ndarray] | None = None,
) -> np.ndarray:
    """Pipes passed on the level of each seed, (len(seeds),) int64; a game ends at a crash or `max_pipes`.

    The network sees the last four pictures, or what `observe` makes of the games.

    All games run side by side and without chance: the same seeds give the same scores, but for rounding in
    the network, which may differ between processors and with the number of games.
    """
    game = FlappyBird(len(seeds), rules, shades)
    game.reset(np.array(seeds))
    seen = observe(game) if observe else np.repeat(game.frames()[:, None], FRAMES, 1)
    score = np.zeros(len(seeds), np.int64)
    playing = np.arange(len(seeds))
    while len(playing):
        flaps = network(torch.from_numpy(seen)).argmax(1).numpy().astype(bool)
        game.step(flaps)
        for _ in range(SKIP - 1):
            game.step(np.zeros_like(flaps))
        score[playing] = game.score.clip(max=max_pipes)
        on = game.alive & (game.score < max_pipes)
        if not on.all():
            playing, seen, game = playing[on], seen[on], _only(game, on)
        seen = observe(game) if observe else np.concatenate([seen[:, 1:], game.frames()[:, None]], 1)
    return score


def _only(game: FlappyBird, which: np.ndarray) -> FlappyBird:
    """Some of the games."""
    states = [game.snapshot(int(index)) for index in np.nonzero(which)[0]]
    some = FlappyBird(len(states), game.rules, game.shades)
    for index, state in enumerate(states):
        some.restore(index, state)
    return some


__all__ = ["FRAMES", "SIDE", "SKIP", "Player", "PlayerFormatError", "load_player", "play", "save_player"]
