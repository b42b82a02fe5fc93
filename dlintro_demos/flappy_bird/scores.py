"""The score table: only games that the referee has played again stand in it, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from dlintro_demos.flappy_bird.game import NEW_PIPE_X, FlappyBird, Rules
from dlintro_demos.flappy_bird.network import FRAMES, SKIP
from dlintro_demos.flappy_bird.referee import MAX_TICKS, ImpossibleGame, replay
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.words import counted

KEPT = 50  # of one visit


@dataclass(frozen=True, kw_only=True)
class Score:
    """One race: pipes of the visitor, and of the agent in the same time. The game is its level, the opponent
    and the flaps: sent again under another name, it is the same."""

    level: int
    flaps: tuple[int, ...]
    pipes: int
    opponent: str
    theirs: int


class ScoreBoard(Protocol):
    """Where scores stand: this visit's here, a shared one elsewhere."""

    def add(self, score: Score) -> bool:
        """Take a score in; False where the game stands there already."""

    def best(self, count: int) -> Sequence[Score]:
        """The highest, the newer first among equals."""


class SessionScores:
    """The scores of one visit, in memory."""

    def __init__(self) -> None:
        self._scores: list[Score] = []
        self._known: set[tuple[int, str, tuple[int, ...]]] = set()

    def add(self, score: Score) -> bool:
        """Take a score in, and let the lowest go where there are more than `KEPT`."""
        game = (score.level, score.opponent, score.flaps)
        if game in self._known:
            return False
        self._known.add(game)
        self._scores = sorted([score, *self._scores], key=lambda each: -each.pipes)[:KEPT]
        return True

    def best(self, count: int) -> Sequence[Score]:
        """The highest, the newer first among equals."""
        return self._scores[:count]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`accepted`, or the reason why not. Of a race also whether the visitor was `alive` when it ended, the
    agent's pipes by then, and whether it was still `flying`."""

    accepted: bool
    reason: str = ""
    alive: bool = False
    theirs: int = 0
    flying: bool = False


def judge(
    seed: int, pipes: int, flaps: Sequence[int], ticks: int, max_pipes: int, rules: Rules | None = None
) -> Iterator[Verdict]:
    """Play a visitor's flaps again: were these the pipes? Takes 0.2 ms a tick."""
    rules = rules or Rules()
    most = (max_pipes + 4) * NEW_PIPE_X / rules.speed  # ticks; a pipe takes less than the whole way of one
    if ticks > most:
        yield Verdict(accepted=False, reason=f"{max_pipes} pipes do not take {ticks} ticks.")
        return
    try:
        really = replay(seed, flaps, ticks, rules)
    except ImpossibleGame as error:
        yield Verdict(accepted=False, reason=str(error))
        return
    reason = "" if really == pipes else f"The flaps pass {counted(really, 'pipe')}, not {pipes}."
    yield Verdict(accepted=not reason, reason=reason)


def judge_race(
    seed: int,
    pipes: int,
    flaps: Sequence[int],
    ticks: int,
    max_pipes: int,
    cache: ModelCache,
    model: str,
) -> Iterator[Progress | Verdict]:
    """Play both again, the visitor's flaps and the agent, by the usual rules: nothing counts that the browser
    says of either. Raises `ModelUnavailable`."""
    (verdict,) = judge(seed, pipes, flaps, ticks, max_pipes)
    if not verdict.accepted:
        yield verdict
        return
    player, game = cache.get(model), FlappyBird(1)
    game.reset(np.array([seed]))
    seen = np.repeat(game.frames()[:, None], FRAMES, 1)
    for tick in range(ticks):
        if not game.alive[0] or game.score[0] >= max_pipes:
            break
        flap = np.array([False])
        if tick % SKIP == 0:
            with torch.inference_mode():
                values = player.module(torch.from_numpy(seen).to(player.device))[0].cpu().numpy()
            flap = values[1:] > values[:1]
        game.step(flap)
        if tick % SKIP == SKIP - 1:
            seen = np.concatenate([seen[:, 1:], game.frames()[:, None]], 1)
        if tick % 100 == 0:
            yield Progress(tick, ticks)
    yield Verdict(
        accepted=True,
        alive=pipes >= max_pipes or ticks >= MAX_TICKS,
        theirs=int(game.score[0]),
        flying=bool(game.alive[0]),
    )
