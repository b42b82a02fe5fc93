"""One game as a Gymnasium environment, for whoever brings an agent of their own. Needs `gymnasium`."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from dlintro_demos.flappy_bird.game import SIDE, FlappyBird, Rules, Shades


class FlappyBirdEnv(gymnasium.Env[np.ndarray, np.int64]):
    """Glide (0) or flap (1) at every tick; observed is the picture, (84, 84) uint8 grey.

    The reward is +1 for a pipe, -1 for the crash that ends the game, else 0. `info` has "score", the pipes
    passed, and "level", the level's seed: that of `reset` where one is given, else drawn.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 30}  # noqa: RUF012 - Gymnasium's name and kind

    def __init__(
        self, *, rules: Rules | None = None, shades: Shades | None = None, render_mode: str | None = None
    ) -> None:
        """Raises `ValueError` for a render mode other than "rgb_array" or none."""
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f'render_mode is "rgb_array" or None, not {render_mode!r}')
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(2)
        self.observation_space = spaces.Box(0, 255, (SIDE, SIDE), np.uint8)
        self._game = FlappyBird(1, rules, shades)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin a level; `options` are not used."""
        super().reset(seed=seed, options=options)
        level = int(self.np_random.integers(2**32)) if seed is None else seed % 2**32
        self._game.reset(np.array([level]))
        return self._game.frames()[0], self._info()

    def step(self, action: np.int64) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One tick; a game is never cut short."""
        passed, crashed = self._game.step(np.array([action == 1]))
        reward = float(passed[0]) - float(crashed[0])
        return self._game.frames()[0], reward, bool(crashed[0]), False, self._info()

    def render(self) -> np.ndarray | None:
        """The picture as (84, 84, 3) uint8."""
        return np.repeat(self._game.frames()[0][:, :, None], 3, 2) if self.render_mode else None

    def _info(self) -> dict[str, Any]:
        return {"score": int(self._game.score[0]), "level": int(self._game.seeds[0])}
