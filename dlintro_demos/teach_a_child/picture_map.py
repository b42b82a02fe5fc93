"""The map of a lesson: embeddings by their two principal components, so that alike stands near alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlintro_demos.teach_a_child.heads import class_means
from dlintro_demos.teach_a_child.lesson import Lesson, Seen


@dataclass(frozen=True, kw_only=True, eq=False)
class PictureMap:
    """Places on the map, float64 of shape (N, 2).

    `examples` in the lesson's order, `means` in the order of its names; `now` is the picture before the
    machine, (2,) or None. `moved` are the examples' places on the map before, NaN for new ones: turned and
    shifted to fit as well as can be, since a map has no north. `kept` is the share of the variance that two
    dimensions hold.
    """

    examples: np.ndarray
    means: np.ndarray
    now: np.ndarray | None
    moved: np.ndarray
    kept: float


def draw_map(lesson: Lesson, now: Seen | None, before: Lesson | None) -> PictureMap:
    """Of a lesson with at least one example; `before` is the lesson before the last change."""
    x = lesson.embeddings
    centre, axes, kept = _axes(x)
    places = (x - centre) @ axes
    moved = np.full_like(places, np.nan)
    if before is not None and before.examples:
        was = {example.seen.key: row for example, row in zip(before.examples, _places(before), strict=True)}
        both = [place for place, example in enumerate(lesson.examples) if example.seen.key in was]
        if both:
            earlier = np.stack([was[lesson.examples[place].seen.key] for place in both])
            moved[both] = _laid_over(earlier, places[both])
    return PictureMap(
        examples=places,
        means=(class_means(x, lesson.labels) - centre) @ axes,
        now=None if now is None else (now.embedding - centre) @ axes,
        moved=moved,
        kept=kept,
    )


def _places(lesson: Lesson) -> np.ndarray:
    x = lesson.embeddings
    centre, axes, _ = _axes(x)
    return np.asarray((x - centre) @ axes)


def _axes(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean (F,), first two principal axes (F, 2), and the share of the variance along them."""
    centre = x.mean(0).astype(np.float64)
    _, strengths, rows = np.linalg.svd(x - centre, full_matrices=False)
    axes = np.zeros((x.shape[1], 2))
    axes[:, : min(2, len(rows))] = rows[:2].T
    axes *= np.where(np.abs(axes).max(0) == -axes.min(0), -1, 1)  # the same on every machine
    total = float((strengths**2).sum())
    return centre, axes, float((strengths[:2] ** 2).sum()) / total if total else 1.0


def _laid_over(places: np.ndarray, target: np.ndarray) -> np.ndarray:
    """`places` shifted, turned and mirrored, not stretched, to lie on `target` (orthogonal Procrustes)."""
    centred, wanted = places - places.mean(0), target - target.mean(0)
    left, _, right = np.linalg.svd(centred.T @ wanted)
    return np.asarray(centred @ left @ right + target.mean(0))
