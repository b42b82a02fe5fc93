"""An easier player that learns while one watches: it is told heights and distances instead of pictures.

Double DQN (van Hasselt et al., 2016) like the player from pixels (`training/flappy_bird`), with a network
so small that one core takes a minute.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from safetensors.torch import save
from torch import nn

from dlintro_demos.flappy_bird.game import BIRD_X, PIPE_WIDTH, FlappyBird
from dlintro_demos.flappy_bird.network import SKIP, play
from dlintro_demos.gallery.runtime.jobs import Progress

TOLD = ("height over the gap", "speed", "distance", "height over the next gap", "height")
SCORED_LEVELS = range(2**32 - 16, 2**32)  # of the curve; training levels are below 2^31
SCORED_PIPES = 100
UPDATES_A_STEP = 50  # between two `Progress`


def observe(game: FlappyBird) -> np.ndarray:
    """What the player is told, (N, 5) float32: `TOLD`, about the first gap not behind it and the next.

    Heights are in hundreds of px and grow downwards, the distance is in hundreds, the speed in tens of px.
    """
    ahead = np.where(game.pipe_x + PIPE_WIDTH > BIRD_X, game.pipe_x, np.inf).argsort(1)[:, :2]
    tops = np.take_along_axis(game.pipe_top, ahead, 1)
    distance = np.take_along_axis(game.pipe_x, ahead[:, :1], 1)[:, 0] - BIRD_X
    heights = (game.y[:, None] - tops) / 100
    told = [heights[:, 0], game.velocity / 10, distance / 100, heights[:, 1], game.y / 200 - 1]
    return np.stack(told, 1).astype(np.float32)


class StatePlayer(nn.Module):
    """Input (N, 5) float32 as `observe` gives them; output (N, 2): worth of gliding and of flapping."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(len(TOLD), 64)
        self.second = nn.Linear(64, 64)
        self.values = nn.Linear(64, 2)

    def forward(self, told: torch.Tensor) -> torch.Tensor:
        """Q-values."""
        return self.values(F.relu(self.second(F.relu(self.first(told)))))


@dataclass(frozen=True, kw_only=True)
class Course:
    """How it learns. Random decisions fall from all to none within `explore` of the updates."""

    updates: int = 12_000
    games: int = 32
    batch: int = 256
    replay: int = 3_000
    """Decisions of each game that are remembered."""
    discount: float = 0.98
    learning_rate: float = 1e-3
    target_rate: float = 0.01
    explore: float = 0.1
    epsilon: float = 0.01
    flap_share: float = 0.25
    scores: int = 16
    """Points of the curve."""
    scored_pipes: int = SCORED_PIPES
    """A game for the curve ends here at the latest."""

    @property
    def decisions(self) -> int:
        """Made by the end, in all games."""
        return self.updates * self.games


@dataclass(frozen=True)
class Point:
    """A point of the curve: decisions learned from so far, and pipes on levels it does not train on."""

    decisions: int
    mean: float
    least: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Learning:
    """On the way: its newest weights, a safetensors file with its number of `decisions`, and the curve."""

    weights: bytes
    curve: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Learned:
    """The end: its best weights as a safetensors file, and the curve; `hurried` where time was up."""

    weights: bytes
    curve: tuple[Point, ...]
    best: Point
    hurried: bool


def learn(
    seed: int,
    course: Course | None = None,
    *,
    seconds: float = math.inf,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Progress | Learned]:
    """Learn on one thread's worth of work; each `Progress` carries what there is of it, `Learning`.

    After `seconds` it ends with what it has learned by then; `clock` is monotonic seconds.
    """
    course = course or Course()
    began = clock()
    lesson = _Lesson(seed, course)
    curve = [lesson.score()]
    best, weights = curve[0], lesson.weights()
    between = max(1, course.updates // course.scores)
    share = 0.0
    yield Progress(share, 1, so_far=lesson.so_far(curve))
    while share < 1:
        lesson.update()
        share = max(lesson.updates / course.updates, (clock() - began) / seconds)
        if lesson.updates % between == 0 or share >= 1:
            curve.append(lesson.score())
            if curve[-1].mean > best.mean:
                best, weights = curve[-1], lesson.weights()
        if lesson.updates % UPDATES_A_STEP == 0:
            note = f"{curve[-1].mean:.1f} pipes on average"
            yield Progress(share, 1, note, so_far=lesson.so_far(curve))
    hurried = lesson.updates < course.updates
    yield Learned(weights=weights, curve=tuple(curve), best=best, hurried=hurried)


class _Lesson:
    """Games side by side, what is remembered of them, and the network that learns from it."""

    def __init__(self, seed: int, course: Course) -> None:
        self.course, self.updates = course, 0
        self.rng = np.random.default_rng(seed)
        generator = torch.Generator().manual_seed(seed)
        self.network, self.target = StatePlayer(), StatePlayer()
        for weight in self.network.parameters():  # the generator of all torch belongs to others, too
            bound = weight.shape[-1] ** -0.5
            nn.init.uniform_(weight, -bound, bound, generator)
        self.target.load_state_dict(self.network.state_dict())
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=course.learning_rate, fused=True)
        self.game = FlappyBird(course.games)
        self.game.reset(self._levels(course.games))
        self.told = observe(self.game)
        shape = (course.replay, course.games)
        self.memory = np.zeros((*shape, 2, len(TOLD)), np.float32)
        self.flaps, self.rewards, self.going = np.zeros(shape, np.int64), *np.zeros((2, *shape), np.float32)
        self.decisions = 0

    def _levels(self, count: int) -> np.ndarray:
        return self.rng.integers(2**31, size=count)

    def update(self) -> None:
        """One decision of each game, then one gradient step on remembered ones."""
        course = self.course
        self._decide()
        rows = self.rng.integers(min(self.decisions, course.replay), size=course.batch)
        games = self.rng.integers(course.games, size=course.batch)
        before, after = torch.from_numpy(self.memory[rows, games]).unbind(1)
        flaps, rewards, going = (
            torch.from_numpy(kept[rows, games]) for kept in (self.flaps, self.rewards, self.going)
        )
        with torch.no_grad():
            chosen = self.network(after).argmax(1, keepdim=True)
            goal = rewards + course.discount * going * self.target(after).gather(1, chosen)[:, 0]
        values = self.network(before).gather(1, flaps[:, None])[:, 0]
        for group in self.optimizer.param_groups:
            group["lr"] = course.learning_rate * (1 - 0.95 * self.updates / course.updates)
        self.optimizer.zero_grad()
        F.smooth_l1_loss(values, goal).backward()
        self.optimizer.step()
        with torch.no_grad():
            for follower, leader in zip(self.target.parameters(), self.network.parameters(), strict=True):
                follower.lerp_(leader, course.target_rate)
        self.updates += 1

    def _decide(self) -> None:
        course, at = self.course, self.decisions % self.course.replay
        with torch.inference_mode():
            flaps = self.network(torch.from_numpy(self.told)).argmax(1).numpy().astype(bool)
        epsilon = max(course.epsilon, 1 - self.updates / (course.explore * course.updates))
        chance, flap = self.rng.random((2, course.games))
        flaps = np.where(chance < epsilon, flap < course.flap_share, flaps)
        passed, crashed = self.game.step(flaps)
        for _ in range(SKIP - 1):
            more, later = self.game.step(np.zeros_like(flaps))
            passed, crashed = passed + more, crashed | later
        after = observe(self.game)
        self.memory[at] = np.stack([self.told, after], 1)
        self.flaps[at], self.rewards[at], self.going[at] = flaps, passed - 1.0 * crashed, ~crashed
        self.decisions += 1
        if crashed.any():
            self.game.reset(self._levels(int(crashed.sum())), crashed)
            after = observe(self.game)
        self.told = after

    def score(self) -> Point:
        """Without random decisions, on levels that it does not train on."""
        pipes = play(self.network, SCORED_LEVELS, max_pipes=self.course.scored_pipes, observe=observe)
        return Point(self.decisions * self.course.games, float(pipes.mean()), int(pipes.min()))

    def weights(self) -> bytes:
        """A safetensors file."""
        tensors = {key: value.detach().clone() for key, value in self.network.state_dict().items()}
        return save(tensors, {"decisions": str(self.decisions * self.course.games)})

    def so_far(self, curve: list[Point]) -> Learning:
        """The newest, and the curve."""
        return Learning(weights=self.weights(), curve=tuple(curve))
