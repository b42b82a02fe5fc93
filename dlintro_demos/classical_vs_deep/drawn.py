"""The one small image set of both roads: eight kinds of things, drawn by a program, some partly covered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from dlintro_demos.shared.things import draw

KINDS = ("apple", "ball", "banana", "pear", "cup", "star", "leaf", "fish")
SIDE = 32  # px
TRAINING, HELD_OUT = 60, 40  # pictures of each kind
FIRST_SEEDS = {"training": 10_000, "test": 20_000, "calibration": 30_000}
CHANCE = 1 / len(KINDS)
COVERED, FLAT = 0.5, 0.25  # shares of the pictures
MAX_NOISE = 15.0  # standard deviation, of 255
STRANGE = 0.95  # quantile of known things that still passes: one in twenty is turned away wrongly
NEIGHBOURS = 3
EMPTY = 3.0  # of 255: a picture whose colours spread less has nothing on it


@dataclass(frozen=True, kw_only=True, eq=False)
class Pictures:
    """`rgb` (N, 32, 32, 3) uint8, and `kinds` (N,) int64, the place in `KINDS`."""

    rgb: np.ndarray
    kinds: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What one road says of a picture.

    `probabilities` (8,), in the order of `KINDS`; `strangeness` is the distance to the nearest pictures of
    the training set in the road's own features, `limit` the one that 95 % of held-out things stay below.
    """

    probabilities: np.ndarray
    strangeness: float
    limit: float

    @property
    def known(self) -> bool:
        """Whether it is enough like something that was learned to be named at all."""
        return self.strangeness <= self.limit

    @property
    def ranking(self) -> list[int]:
        """Places in `KINDS`, the likeliest first."""
        return [int(place) for place in np.argsort(-self.probabilities, kind="stable")]


@dataclass(frozen=True, kw_only=True, eq=False)
class Report:
    """How one road does on the test set: `right` of `of`, and `confusion` (8, 8), truth by answer."""

    right: int
    of: int
    confusion: np.ndarray

    @property
    def accuracy(self) -> float:
        """Share named rightly, 0 to 1."""
        return self.right / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, by Wilson's formula."""
        return wilson(self.right, self.of)

    def mistakes(self, count: int) -> list[tuple[str, str, int]]:
        """The commonest: what it was, what it was called, how often."""
        wrong = self.confusion * (1 - np.eye(len(KINDS), dtype=int))
        places = np.argsort(-wrong, axis=None, kind="stable")[:count]
        pairs = [(int(place) // len(KINDS), int(place) % len(KINDS)) for place in places]
        return [
            (KINDS[one], KINDS[other], int(wrong[one, other])) for one, other in pairs if wrong[one, other]
        ]


def picture(key: str, seed: int) -> np.ndarray:
    """A thing as both roads learn it, (32, 32, 3) uint8: noisy, in half of all partly covered, a few flat."""
    rng = np.random.default_rng([seed, 7])
    rgb = draw(key, seed, side=SIDE, flat=bool(rng.random() < FLAT))
    if rng.random() < COVERED:
        box = cv2.boxPoints(
            (rng.uniform(8, 24, 2).tolist(), rng.uniform(6, 12, 2).tolist(), rng.uniform(0, 180))
        )
        tint = rng.integers(40, 240, 3).tolist()
        cv2.fillConvexPoly(rgb, np.round(box * 16).astype(np.int32), tint, cv2.LINE_AA, 4)
    noisy = rgb + rng.normal(0, rng.uniform(0, MAX_NOISE), rgb.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@cache
def pictures(part: str) -> Pictures:
    """The "training", "test" or "calibration" pictures, the same on every call; read-only."""
    count = TRAINING if part == "training" else HELD_OUT
    first = FIRST_SEEDS[part]
    rgb = np.stack([picture(key, first + number) for key in KINDS for number in range(count)])
    rgb.setflags(write=False)
    return Pictures(rgb=rgb, kinds=np.repeat(np.arange(len(KINDS)), count))


def shrink(rgb: np.ndarray) -> np.ndarray:
    """The middle square of any picture: (32, 32, 3) uint8."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = rgb[top : top + side, left : left + side]
    how = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
    return np.ascontiguousarray(cv2.resize(square, (SIDE, SIDE), interpolation=how))


def strangeness_of(rgb: np.ndarray, measured: float) -> float:
    """What a road measured; boundless for a picture of one colour, on which there is nothing to name."""
    return float("inf") if float(rgb.std((0, 1)).max()) < EMPTY else measured


def report(truth: np.ndarray, said: np.ndarray) -> Report:
    """Compare two (N,) arrays of places in `KINDS`."""
    confusion = np.zeros((len(KINDS), len(KINDS)), int)
    np.add.at(confusion, (truth, said), 1)
    return Report(right=int((truth == said).sum()), of=len(truth), confusion=confusion)


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    z2, share = 1.96**2, right / of
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = 1.96 * np.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return float(middle - half), float(middle + half)


def distances(features: np.ndarray, memory: np.ndarray) -> np.ndarray:
    """Mean distance of each row, (N, D), to its nearest three in the memory, (M, D): (N,)."""
    squared = (features**2).sum(1)[:, None] + (memory**2).sum(1)[None] - 2 * features @ memory.T
    nearest = np.partition(np.sqrt(np.maximum(squared, 0)), NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    mean: np.ndarray = nearest.mean(1)
    return mean


def softmax(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Row by row, (N, 8) to (N, 8)."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(1, keepdims=True)
    return shares


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """The divisor of the logits that makes held-out pictures likeliest (Guo et al. 2017)."""
    grid = np.geomspace(0.05, 5, 60)
    rows = np.arange(len(truth))
    losses = [-np.log(softmax(logits, each)[rows, truth] + 1e-12).mean() for each in grid]
    return float(grid[int(np.argmin(losses))])
