"""The map of a lesson: embeddings by their two principal components, so that alike stands near alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

from dlintro_demos.teach_a_child.heads import class_means
from dlintro_demos.teach_a_child.lesson import Lesson, once_a_lesson


@dataclass(frozen=True, kw_only=True, eq=False)
class PictureMap:
    """Places on the map, float64 of shape (N, 2).

    `examples` in the lesson's order, with the pictures' `keys`; `means` in the order of its names. `kept` is
    the share of the variance that two dimensions hold, the `axes` (1280, 2) through the `centre` (1280,).
    """

    keys: tuple[str, ...]
    examples: np.ndarray
    means: np.ndarray
    kept: float
    centre: np.ndarray
    axes: np.ndarray

    def place(self, embedding: np.ndarray) -> np.ndarray:
        """Where a picture stands that is not of the lesson: (1280,) to (2,)."""
        return np.asarray((embedding - self.centre) @ self.axes)

    def moved_from(self, before: PictureMap) -> np.ndarray:
        """The examples' places on the map before, (N, 2), NaN for new ones.

        They are turned and shifted to fit as well as can be, since a map has no north.
        """
        moved = np.full_like(self.examples, np.nan)
        was = dict(zip(before.keys, before.examples, strict=True))
        both = [place for place, key in enumerate(self.keys) if key in was]
        if both:
            earlier = np.stack([was[self.keys[place]] for place in both])
            moved[both] = _laid_over(earlier, self.examples[both])
        return moved


@once_a_lesson
def draw_map(lesson: Lesson) -> PictureMap:
    """Of a lesson with at least one example."""
    x = lesson.embeddings
    centre, axes, kept = _axes(x)
    return PictureMap(
        keys=tuple(example.seen.key for example in lesson.examples),
        examples=(x - centre) @ axes,
        means=(class_means(x, lesson.labels) - centre) @ axes,
        kept=kept,
        centre=centre,
        axes=axes,
    )


def _axes(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean (F,), first two principal axes (F, 2), and the share of the variance along them.

    By the inner products (N, N), of which only the two largest eigenvalues are needed: for 500 examples a
    tenth of the time of a singular value decomposition.
    """
    centre = x.mean(0).astype(np.float64)
    apart = x - centre
    axes = np.zeros((x.shape[1], 2))
    first = max(0, len(x) - 2)
    strengths, turned = eigh(apart @ apart.T, subset_by_index=[first, len(x) - 1])
    for axis, (strength, weights) in enumerate(zip(strengths[::-1], turned.T[::-1], strict=True)):
        if strength > 1e-9:  # else nothing differs along it
            axes[:, axis] = weights @ apart / np.sqrt(strength)
    axes *= np.where(np.abs(axes).max(0) == -axes.min(0), -1, 1)  # the same on every machine
    total = float((apart**2).sum())
    return centre, axes, min(1.0, float(strengths.clip(0).sum()) / total) if total else 1.0


def _laid_over(places: np.ndarray, target: np.ndarray) -> np.ndarray:
    """`places` shifted, turned and mirrored, not stretched, to lie on `target` (orthogonal Procrustes)."""
    centred, wanted = places - places.mean(0), target - target.mean(0)
    left, _, right = np.linalg.svd(centred.T @ wanted)
    return np.asarray(centred @ left @ right + target.mean(0))
