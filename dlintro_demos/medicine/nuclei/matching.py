"""Found nuclei against the truth: who is whose, F1 at an overlap, and the error of the count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment


@dataclass(frozen=True, kw_only=True)
class Match:
    """`pairs` of numbers (found, true) that overlap enough, `found` and `true` how many there are."""

    pairs: tuple[tuple[int, int], ...]
    found: int
    true: int

    @property
    def f1(self) -> float:
        """2 hits / (found + true); 1 where there is nothing and nothing was found."""
        return 2 * len(self.pairs) / (self.found + self.true) if self.found + self.true else 1.0

    @property
    def count_error(self) -> int:
        """Nuclei too many or too few."""
        return abs(self.found - self.true)


def overlaps(found: np.ndarray, true: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Intersection over union of all pairs, (n, m); and the numbers of the n and the m.

    `found` and `true` are (h, w) of labels, 0 is background.
    """
    found_numbers, found_at = np.unique(found, return_inverse=True)
    true_numbers, true_at = np.unique(true, return_inverse=True)
    shared = np.zeros((len(found_numbers), len(true_numbers)), np.int64)
    np.add.at(shared, (found_at.ravel(), true_at.ravel()), 1)
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    iou = shared / np.maximum(union, 1)
    rows, columns = found_numbers > 0, true_numbers > 0
    return iou[rows][:, columns], found_numbers[rows], true_numbers[columns]


def match(found: np.ndarray, true: np.ndarray, *, least: float = 0.5) -> Match:
    """Pair nuclei whose intersection over union is at least `least`; each is of one pair at most."""
    iou, found_numbers, true_numbers = overlaps(found, true)
    rows, columns = linear_sum_assignment(np.where(iou >= least, iou, 0), maximize=True)
    pairs = tuple(
        (int(found_numbers[row]), int(true_numbers[column]))
        for row, column in zip(rows, columns, strict=True)
        if iou[row, column] >= least
    )
    return Match(pairs=pairs, found=len(found_numbers), true=len(true_numbers))
