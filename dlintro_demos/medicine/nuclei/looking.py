"""One picture, counted both ways, with everything that the page shows of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.nuclei.classical import find_by_threshold
from dlintro_demos.medicine.nuclei.finding import MODEL, Found, diameters_of, find
from dlintro_demos.medicine.nuclei.judging import Judgement, judge
from dlintro_demos.medicine.nuclei.matching import Match, match
from dlintro_demos.medicine.nuclei.pictures import (
    AGREED,
    CLASSICAL,
    OURS,
    outlines_of,
    show,
    show_depth,
    show_rays,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """One way's answer: `picture` with its outlines (WebP), `diameters` (count,) in px, `seconds` it took.

    `match` sets it against the truth, where that is known.
    """

    picture: bytes
    diameters: np.ndarray
    seconds: float
    match: Match | None

    @property
    def count(self) -> int:
        """How many nuclei."""
        return len(self.diameters)


@dataclass(frozen=True, kw_only=True, eq=False)
class Looked:
    """Both ways on one picture; pictures are WebP files.

    `differing` shows both ways' outlines in three colours; `both`, `network_alone` and `classical_alone` are
    their numbers. `depth` and `rays` are the network's steps on the way. `truth` is how many there are, if
    known, and `scale` is that at which the network looked.
    """

    plain: bytes
    depth: bytes
    rays: bytes
    network: Counted
    classical: Counted
    differing: bytes
    both: int
    network_alone: int
    classical_alone: int
    judgement: Judgement
    truth: int | None
    scale: float
    device: str

    @property
    def stages(self) -> dict[str, float]:
        """What took how many seconds."""
        return {"the network": self.network.seconds, "the classical way": self.classical.seconds}


def look(rgb: np.ndarray, truth: np.ndarray | None, cache: ModelCache) -> Iterator[Progress | Looked]:
    """A job: `rgb` (h, w, 3) uint8, `truth` its labels (h, w), if known. Raises `ModelUnavailable`."""
    began = time.perf_counter()
    found: Found | None = None
    for step in find(rgb, cache):
        if isinstance(step, Found):
            found = step
        else:
            yield step
    assert found is not None
    deep = time.perf_counter() - began
    yield Progress(2, 4, "the classical way")
    began = time.perf_counter()
    labels = find_by_threshold(rgb)
    classical = time.perf_counter() - began
    yield Progress(3, 4, "comparing")
    yield _both_ways(rgb, truth, found, labels, (deep, classical), cache)


def _both_ways(
    rgb: np.ndarray,
    truth: np.ndarray | None,
    found: Found,
    labels: np.ndarray,
    seconds: tuple[float, float],
    cache: ModelCache,
) -> Looked:
    model = cache.get(MODEL)
    ours, theirs = list(found.stars.outlines), outlines_of(labels)
    pair = match(found.stars.labels, labels)
    agreed_ours = {number for number, _ in pair.pairs}
    agreed_theirs = {number for _, number in pair.pairs}
    alone = [each for number, each in enumerate(ours, 1) if number not in agreed_ours]
    theirs_alone = [each for number, each in enumerate(theirs, 1) if number not in agreed_theirs]
    agreed = [each for number, each in enumerate(ours, 1) if number in agreed_ours]
    return Looked(
        plain=show(rgb),
        depth=show_depth(found.depth),
        rays=show_rays(rgb, found.stars.middles, found.stars.outlines),
        network=Counted(
            picture=show(rgb, [(ours, OURS)]),
            diameters=found.diameters,
            seconds=seconds[0],
            match=None if truth is None else match(found.stars.labels, truth),
        ),
        classical=Counted(
            picture=show(rgb, [(theirs, CLASSICAL)]),
            diameters=diameters_of(labels, len(theirs)),
            seconds=seconds[1],
            match=None if truth is None else match(labels, truth),
        ),
        differing=show(rgb, [(agreed, AGREED), (theirs_alone, CLASSICAL), (alone, OURS)]),
        both=len(agreed),
        network_alone=len(alone),
        classical_alone=len(theirs_alone),
        judgement=judge(rgb, found, cache),
        truth=None if truth is None else len(np.unique(truth[truth > 0])),
        scale=found.scale,
        device=str(model.device),
    )


def sizes(diameters: np.ndarray, most: int = 16) -> list[tuple[float, float, int]]:
    """A histogram of diameters in px: from, to, and how many, in at most `most` bins of a round width."""
    if not len(diameters):
        return []
    low, high = float(diameters.min()), float(diameters.max())
    width = next(each for each in (1, 2, 5, 10, 20, 50, 100, 1000) if (high - low) / each < most - 1)
    first = np.floor(low / width) * width
    edges = np.arange(first, high + width, width)
    numbers, edges = np.histogram(diameters, edges if len(edges) > 1 else [first, first + width])
    return [
        (float(start), float(end), int(number))
        for start, end, number in zip(edges[:-1], edges[1:], numbers, strict=True)
    ]
