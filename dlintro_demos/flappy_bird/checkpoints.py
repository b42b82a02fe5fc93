"""The checkpoints of one training run: how old each is, and how it plays."""

from __future__ import annotations

import csv
import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlintro_demos.gallery.runtime.model_cards import ModelCard, ModelUnavailable

EARLY = 100  # pipes


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """`scores` are pipes on the levels 0, 1, 2...: fresh ones, never trained on; games end at `max_pipes`."""

    frames: int
    minutes: float
    updates: int
    max_pipes: int
    scores: tuple[int, ...]

    @functools.cached_property
    def mean(self) -> float:
        """Of the pipes."""
        return float(np.mean(self.scores))

    @functools.cached_property
    def median(self) -> float:
        """Of the pipes."""
        return float(np.median(self.scores))

    @functools.cached_property
    def least(self) -> int:
        """Of the pipes."""
        return min(self.scores)

    @functools.cached_property
    def early(self) -> int:
        """Levels on which it crashed within the first hundred pipes."""
        return sum(score <= EARLY for score in self.scores)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A point of the learning curve: pipes on levels that the best checkpoint was chosen by."""

    frames: int
    minutes: float
    mean: float
    median: float
    least: int


def read_checkpoint(card: ModelCard) -> Checkpoint:
    """What was measured of a checkpoint, from `scores.json` beside its card. Raises `ModelUnavailable`."""
    return _read_checkpoint(_beside(card, "scores.json"))


def read_curve(card: ModelCard) -> tuple[Evaluation, ...]:
    """The run's evaluations, from `curve.csv` beside the best one's card. Raises `ModelUnavailable`."""
    return _read_curve(_beside(card, "curve.csv"))


def _beside(card: ModelCard, name: str) -> Path:
    path = card.folder / name
    if not path.is_file():
        raise ModelUnavailable(f"{card.title} needs {path}, which is missing; restore it from the repository")
    return path


@functools.cache
def _read_checkpoint(path: Path) -> Checkpoint:
    facts = json.loads(path.read_text(encoding="utf-8"))
    return Checkpoint(**facts | {"scores": tuple(facts["scores"])})


@functools.cache
def _read_curve(path: Path) -> tuple[Evaluation, ...]:
    with path.open(newline="", encoding="utf-8") as stream:
        return tuple(
            Evaluation(
                frames=int(row["frames"]),
                minutes=float(row["minutes"]),
                mean=float(row["mean"]),
                median=float(row["median"]),
                least=int(row["least"]),
            )
            for row in csv.DictReader(stream)
        )
