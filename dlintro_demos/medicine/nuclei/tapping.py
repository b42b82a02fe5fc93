"""You against both ways: tap the nuclei of a drawing, whose number this program knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.nuclei.classical import find_by_threshold
from dlintro_demos.medicine.nuclei.drawn import Drawn, draw
from dlintro_demos.medicine.nuclei.finding import Found, find
from dlintro_demos.medicine.nuclei.pictures import show

ROUNDS = 3
SECONDS = 30
"""For tapping."""
OPENING = 7
"""Everybody's first game is of these drawings."""


@dataclass(frozen=True, kw_only=True)
class Taps:
    """Places against the truth: `hits` nuclei of `of` with one inside, `extra` places that hit no new one."""

    hits: int
    extra: int
    of: int

    @property
    def points(self) -> int:
        """F1 of 100: every nucleus missed and every place too many costs."""
        return round(200 * self.hits / max(2 * self.hits + self.extra + self.of - self.hits, 1))


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """One round: `picture` is a WebP file of `drawing`; what the network and the classical way made of it."""

    number: int
    drawing: Drawn
    picture: bytes
    network: Taps
    classical: Taps


def ask(seed: int, number: int, cache: ModelCache) -> Iterator[Progress | Question]:
    """A job: draw round `number`, 0 to 2, and count it both ways. Raises `ModelUnavailable`."""
    drawing = _drawing(seed, number)
    found: Found | None = None
    for step in find(drawing.rgb, cache):
        if isinstance(step, Found):
            found = step
        else:
            yield step
    assert found is not None
    yield Question(
        number=number,
        drawing=drawing,
        picture=show(drawing.rgb),
        network=weigh(middles_of(found.stars.labels), drawing.labels),
        classical=weigh(middles_of(find_by_threshold(drawing.rgb)), drawing.labels),
    )


def _drawing(seed: int, number: int) -> Drawn:
    """Each round is harder than the last: apart, in shadow, in clumps."""
    seed = seed % 2**31 + number
    if number == 0:
        return draw("fluorescence", seed, count=24, diameter=34.0)
    if number == 1:
        return draw("stained", seed, count=32, diameter=30.0, uneven=True)
    return draw("fluorescence", seed, count=40, diameter=30.0, crowded=True)


def middles_of(labels: np.ndarray) -> np.ndarray:
    """(n, 2): the mean place of each label, x and y as shares of the width and the height."""
    height, width = labels.shape
    rows, columns = np.nonzero(labels)
    numbers = labels[rows, columns]
    areas = np.bincount(numbers)
    here = areas > 0
    x, y = (np.bincount(numbers, weights=each + 0.5)[here] / areas[here] for each in (columns, rows))
    return np.stack([x / width, y / height], axis=-1)


def weigh(places: ArrayLike, labels: np.ndarray) -> Taps:
    """Places (n, 2), x and y as shares, against the truth (h, w) of labels."""
    hit = hit_by(places, labels)
    hits = len(set(hit[hit > 0].tolist()))
    return Taps(hits=hits, extra=len(hit) - hits, of=len(np.unique(labels[labels > 0])))


def hit_by(places: ArrayLike, labels: np.ndarray) -> np.ndarray:
    """(n,): the label under each place, 0 where there is none."""
    height, width = labels.shape
    x, y = np.asarray(places, float).reshape(-1, 2).T
    columns = np.clip((x * width).astype(int), 0, width - 1)
    rows = np.clip((y * height).astype(int), 0, height - 1)
    return np.asarray(labels[rows, columns])
