"""The score table: only games that the referee has played again stand in it, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from dlintro_demos.flappy_bird.game import NEW_PIPE_X, Rules
from dlintro_demos.flappy_bird.referee import ImpossibleGame, replay

KEPT = 50  # of one visit


@dataclass(frozen=True, kw_only=True)
class Score:
    """One race: pipes of the visitor, and of the agent in the same time or further."""

    game: str
    level: int
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
        self._known: set[str] = set()

    def add(self, score: Score) -> bool:
        """Take a score in, and let the lowest go where there are more than `KEPT`."""
        if score.game in self._known:
            return False
        self._known.add(score.game)
        self._scores = sorted([score, *self._scores], key=lambda each: -each.pipes)[:KEPT]
        return True

    def best(self, count: int) -> Sequence[Score]:
        """The highest, the newer first among equals."""
        return self._scores[:count]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`accepted`, or the reason why not."""

    accepted: bool
    reason: str = ""


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
    reason = "" if really == pipes else f"The flaps pass {really} pipes, not {pipes}."
    yield Verdict(accepted=not reason, reason=reason)
