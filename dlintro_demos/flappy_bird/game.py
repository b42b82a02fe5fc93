"""Flappy Bird, many games at once in NumPy; its rules are flappy-bird-gymnasium 0.4.0's.

All of it is made to be repeated exactly in JavaScript: sums and comparisons of float64, 32-bit integers, and
solid rectangles.

A level. Pipe k (from 0) of the level with seed s takes output k of the generator mulberry32 begun at s, all
in unsigned 32-bit arithmetic: `t = s + (k + 1) * 0x6D2B79F5; t = (t ^ t >> 15) * (t | 1);
t = t ^ (t + (t ^ t >> 7) * (t | 61)); t = t ^ t >> 14`. Its upper three bits choose the top of the gap:
`100 + 10 * (t >> 29)`. Nothing that the bird does changes a level.

A tick, in this order, `y` and `velocity` being the bird's, lengths in px of a field of 288 x 512:
1. A flap counts where `y > -48`: `velocity = -9`.
2. A point for a pipe with `x + 26 <= 74 < x + 26 + speed`.
3. Where no flap counted and `velocity < 10`: `velocity += gravity`.
4. `y += min(velocity, 404.48 - y - 24)`.
5. Every pipe `x -= speed`; where then `x < -52`, the pipe becomes the level's next, at `x = 397.6`.
6. A crash where `y + 24 >= 403.48`, or where the bird (34 x 24 px at 57, y) overlaps a pipe (52 px wide) out
   of its gap. Collisions cut the fraction off `x` and `y`, towards zero.
A game begins with `y = 244`, `velocity = -9` and the pipes 0, 1, 2 of its level at x = 288, 432, 576.

A picture. 84 x 84 cells show the field from (36, -11) on; a cell is 3 px wide and 5 px high. Things are solid
rectangles at whole px; a cell adds up `shade * px covered / 15` of the bird, the pipes (above 404 px, out of
their gaps) and the ground (from 404 px down: the last row). The bird is drawn at `floor(y)`, a pipe at `x`
without its fraction. Shades are multiples of 15, so cells are whole numbers without rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT = 288, 512  # px, of the field
GROUND_Y = HEIGHT * 0.79
BIRD_X, BIRD_WIDTH, BIRD_HEIGHT = 57, 34, 24
PIPE_WIDTH = 52
PIPES = 3  # in the field at a time
FIRST_Y, FLAP_VELOCITY, MAX_VELOCITY = 244.0, -9.0, 10.0
NEW_PIPE_X = WIDTH + PIPE_WIDTH + WIDTH * 0.2
FIRST_TOP, TOP_STEP = 100, 10  # px: where gaps may begin

SIDE = 84  # cells, of the picture
CELL_WIDTH, CELL_HEIGHT = 3, 5  # px
LEFT, TOP = 36, -11  # px: the picture's corner in the field
GROUND_ROW = int(GROUND_Y)  # px
_CELL = CELL_WIDTH * CELL_HEIGHT
_FAR = 640  # px: nothing is ever farther to either side


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What may be changed about the game. Raises `ValueError` out of range."""

    gravity: float = 1.0
    """Added to the velocity each tick, px per tick squared: above 0, at most 4."""
    gap: int = 100
    """Height of a pipe's opening, px: 40 to 200."""
    speed: float = 4.0
    """Of the pipes, px per tick: above 0, at most 16."""

    def __post_init__(self) -> None:
        if not (0 < self.gravity <= 4 and 40 <= self.gap <= 200 and 0 < self.speed <= 16):
            raise ValueError(f"gravity goes to 4, the gap from 40 to 200 px, the speed to 16 px; got {self}")


@dataclass(frozen=True, kw_only=True)
class Shades:
    """Grey values of the picture, on black: multiples of 15, bird and pipe together at most 255."""

    bird: int = 135
    pipe: int = 120
    ground: int = 60

    def __post_init__(self) -> None:
        greys = (self.bird, self.pipe, self.ground)
        if any(grey % _CELL or not 0 <= grey <= 255 for grey in greys) or self.bird + self.pipe > 255:
            raise ValueError(f"greys are multiples of 15, bird and pipe together at most 255; got {self}")


@dataclass(frozen=True)
class Snapshot:
    """One game's whole state, to go on from later; made and taken by `FlappyBird`."""

    seed: int
    y: float
    velocity: float
    pipe_x: tuple[float, ...]
    pipe_top: tuple[float, ...]
    made: int
    score: int


def gap_tops(seeds: np.ndarray, pipes: np.ndarray) -> np.ndarray:
    """Tops of the gaps, px, float64: of pipe `pipes` in the level `seeds`; whole numbers that broadcast."""
    state = np.atleast_1d(np.asarray(seeds)).astype(np.uint32)
    state = state + (np.asarray(pipes).astype(np.uint32) + np.uint32(1)) * np.uint32(0x6D2B79F5)
    state = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))
    state = state ^ (state + (state ^ (state >> np.uint32(7))) * (state | np.uint32(61)))
    state = state ^ (state >> np.uint32(14))
    return FIRST_TOP + TOP_STEP * (state >> np.uint32(29)).astype(np.float64)


class FlappyBird:
    """`games` games side by side; a crashed one stands still until it is reset.

    State, N games: `y`, `velocity` (N,) float64; `pipe_x`, `pipe_top` (N, 3) float64; `score` (N,) int64,
    pipes passed; `made` (N,) int64, pipes so far; `alive` (N,) bool; `seeds` (N,) uint32.
    """

    def __init__(self, games: int, rules: Rules | None = None, shades: Shades | None = None) -> None:
        """All games begin on level 0; `reset` gives them theirs."""
        self.games, self.rules, self.shades = games, rules or Rules(), shades or Shades()
        self.y = np.zeros(games)
        self.velocity = np.zeros(games)
        self.pipe_x = np.zeros((games, PIPES))
        self.pipe_top = np.zeros((games, PIPES))
        self.made = np.zeros(games, np.int64)
        self.score = np.zeros(games, np.int64)
        self.alive = np.zeros(games, bool)
        self.seeds = np.zeros(games, np.uint32)
        self._columns = _pipe_columns()
        self._rows = _pipe_rows(self.rules.gap, self.shades.pipe)
        self._bird_rows = _bird_rows(self.shades.bird)
        self._bird_columns = _coverage(BIRD_X - LEFT, BIRD_X - LEFT + BIRD_WIDTH, CELL_WIDTH)
        self.reset(np.zeros(games, np.uint32))

    def reset(self, seeds: np.ndarray, which: np.ndarray | None = None) -> None:
        """Begin the levels `seeds` anew, in the games `which` (indices or mask) or in all."""
        at = np.arange(self.games) if which is None else np.arange(self.games)[which]
        self.seeds[at] = np.asarray(seeds).astype(np.uint32)
        self.y[at], self.velocity[at] = FIRST_Y, FLAP_VELOCITY
        self.pipe_x[at] = WIDTH + np.arange(PIPES) * (WIDTH / 2)
        self.pipe_top[at] = gap_tops(self.seeds[at][:, None], np.arange(PIPES))
        self.made[at], self.score[at], self.alive[at] = PIPES, 0, True

    def step(self, flaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One tick. `flaps` (N,) bool; gives pipes passed (N,) int64 and who has just crashed (N,) bool."""
        alive, speed = self.alive, self.rules.speed
        flapped = flaps.astype(bool) & (self.y > -2 * BIRD_HEIGHT)
        middle, bird_middle = self.pipe_x + PIPE_WIDTH / 2, BIRD_X + BIRD_WIDTH / 2
        at_bird = (middle <= bird_middle) & (bird_middle < middle + speed)
        passed = at_bird.sum(1) * alive
        self.score += passed

        falling = self.velocity + self.rules.gravity * (self.velocity < MAX_VELOCITY)
        self.velocity = np.where(alive, np.where(flapped, FLAP_VELOCITY, falling), 0.0)
        self.y = self.y + np.minimum(self.velocity, GROUND_Y - self.y - BIRD_HEIGHT) * alive
        self.pipe_x -= speed * alive[:, None]
        self._replace_pipes()

        crashed = alive & self._collides()
        self.alive = alive & ~crashed
        self.velocity[crashed] = 0
        return passed, crashed

    def frames(self) -> np.ndarray:
        """The pictures, (N, 84, 84) uint8 grey, as the module describes them."""
        columns = self._columns[self.pipe_x.astype(np.int64) + _FAR]  # (N, 3, 84)
        rows = self._rows[((self.pipe_top - FIRST_TOP) // TOP_STEP).astype(np.int64)]  # (N, 3, 84)
        # Pipes are far apart: a column holds one at most, so that the three products add up without a sum.
        slot = columns.argmax(1)  # (N, 84)
        row_of_column = np.take_along_axis(rows.transpose(0, 2, 1), slot[:, None, :], 2)  # (N, 84 rows, 84)
        frames = row_of_column * columns.max(1)[:, None, :]
        bird = self._bird_rows[np.floor(self.y).astype(np.int64).clip(-_FAR, _FAR) + _FAR]
        first, last = (BIRD_X - LEFT) // CELL_WIDTH, (BIRD_X - LEFT + BIRD_WIDTH) // CELL_WIDTH + 1
        frames[:, :, first:last] += bird[:, :, None] * self._bird_columns[None, None, first:last]
        frames[:, -1, :] += np.uint8(self.shades.ground)
        return frames

    def snapshot(self, game: int) -> Snapshot:
        """The state of one game."""
        return Snapshot(
            int(self.seeds[game]),
            float(self.y[game]),
            float(self.velocity[game]),
            tuple(self.pipe_x[game].tolist()),
            tuple(self.pipe_top[game].tolist()),
            int(self.made[game]),
            int(self.score[game]),
        )

    def restore(self, game: int, state: Snapshot) -> None:
        """Put one game back to where it was, alive."""
        self.seeds[game], self.made[game], self.score[game] = state.seed, state.made, state.score
        self.y[game], self.velocity[game] = state.y, state.velocity
        self.pipe_x[game], self.pipe_top[game] = state.pipe_x, state.pipe_top
        self.alive[game] = True

    def _replace_pipes(self) -> None:
        gone = self.pipe_x < -PIPE_WIDTH
        if gone.any():
            game, slot = np.nonzero(gone)
            self.pipe_x[game, slot] = NEW_PIPE_X
            self.pipe_top[game, slot] = gap_tops(self.seeds[game], self.made[game])
            self.made[game] += 1

    def _collides(self) -> np.ndarray:
        x, y = np.trunc(self.pipe_x), np.trunc(self.y)[:, None]
        beside = (x < BIRD_X + BIRD_WIDTH) & (x + PIPE_WIDTH > BIRD_X)
        in_gap = (y >= self.pipe_top) & (y + BIRD_HEIGHT <= self.pipe_top + self.rules.gap)
        return (self.y + BIRD_HEIGHT >= GROUND_Y - 1) | (beside & ~in_gap).any(1)


def _coverage(first: int, last: int, cell: int) -> np.ndarray:
    """How many px of each of the 84 cells lie in first..last (px from the picture's corner), (84,) uint8."""
    edges = np.arange(SIDE) * cell
    return (np.minimum(last, edges + cell) - np.maximum(first, edges)).clip(0).astype(np.uint8)


def _pipe_columns() -> np.ndarray:
    """Px of each column under a pipe, by the pipe's x: (2 * _FAR, 84) uint8, 0 to 3."""
    places = range(-_FAR - LEFT, _FAR - LEFT)
    return np.stack([_coverage(x, x + PIPE_WIDTH, CELL_WIDTH) for x in places])


def _pipe_rows(gap: int, shade: int) -> np.ndarray:
    """A pipe's grey per px of width, row by row, by where its gap is: (8, 84) uint8."""
    whole = _coverage(0, GROUND_ROW - TOP, CELL_HEIGHT)
    tops = [FIRST_TOP + TOP_STEP * place - TOP for place in range(8)]
    rows = np.stack([whole - np.minimum(whole, _coverage(top, top + gap, CELL_HEIGHT)) for top in tops])
    return rows * np.uint8(shade // _CELL)


def _bird_rows(shade: int) -> np.ndarray:
    """The bird's grey per px of width, row by row, by its y: (2 * _FAR + 1, 84) uint8."""
    places = range(-_FAR - TOP, _FAR - TOP + 1)
    rows = np.stack([_coverage(y, y + BIRD_HEIGHT, CELL_HEIGHT) for y in places])
    return rows * np.uint8(shade // _CELL)
