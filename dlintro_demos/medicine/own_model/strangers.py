"""Pictures of something else altogether: how far a picture lies from the operator's own.

An operator's network answers whatever it is shown. The gallery's classifier has seen 1.3 million photographs:
a picture whose embedding lies farther from the nearest labelled one than those lie from each other is refused
(nearest neighbours, Sun et al. 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.nuclei.samples import page_of_text, photograph
from dlintro_demos.medicine.nuclei.strangeness import look_of

OWN = 0.98  # of the labelled pictures that choose are not refused
PHOTOGRAPHS = {
    "a cat": "chelsea.png",
    "a cup of coffee": "coffee.png",
    "a man with a camera": "camera.png",
    "a rocket": "rocket.jpg",
    "a brick wall": "brick.png",
    "the moon": "moon.png",
    "a motorcycle": "motorcycle_left.png",
    "galaxies": "hubble_deep_field.jpg",
}
"""Of scikit-image, to measure by; none is medical."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Near:
    """What is known of the operator's pictures: `looks` (n, 1280) of length 1, and the `limit` of a distance.

    `refused` is the share of the other labelled pictures that lie beyond it; `strangers` are names of
    pictures of something else, each with its distance.
    """

    looks: np.ndarray
    limit: float
    refused: float
    strangers: tuple[tuple[str, float], ...]

    def distance(self, look: np.ndarray) -> float:
        """From the nearest, 0 to 2; `look` (1280,) of length 1."""
        return float(distances(look[None], self.looks)[0])

    @property
    def passed(self) -> tuple[str, ...]:
        """Names of pictures of something else that are not refused."""
        return tuple(name for name, distance in self.strangers if distance <= self.limit)


def distances(looks: np.ndarray, among: np.ndarray) -> np.ndarray:
    """One less the cosine with the nearest: (n, 1280) and (m, 1280) of length 1 to (n,)."""
    return np.asarray(1 - (looks @ among.T).max(axis=1))


def learn_near(looks: np.ndarray, chooses: np.ndarray, cache: ModelCache) -> Near:
    """From looks (N, 1280) of labelled pictures; `chooses` (N,) bool are those that choose the limit."""
    mine = looks[chooses]
    apart = mine @ mine.T
    np.fill_diagonal(apart, -1)
    limit = float(np.quantile(1 - apart.max(axis=1), OWN))
    return Near(
        looks=mine,
        limit=limit,
        refused=float((distances(looks[~chooses], mine) > limit).mean()),
        strangers=tuple(
            (name, float(distances(look_of(rgb, cache)[None], mine)[0])) for name, rgb in _strangers()
        ),
    )


def _strangers() -> Sequence[tuple[str, np.ndarray]]:
    noise = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    photographs = [(name, photograph(file)) for name, file in PHOTOGRAPHS.items()]
    return [*photographs, ("a page of print", page_of_text()), ("noise", noise)]
