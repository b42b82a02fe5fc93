"""What learns in a lesson: a light head on embeddings that a large network makes, and the right to say no.

Everything is fitted anew with every example, which takes milliseconds (`bench/teach_a_child.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from dlintro_demos.teach_a_child.lesson import Lesson, Seen

HeadKey = Literal["mean", "neighbours", "logistic"]
HEADS: tuple[HeadKey, ...] = get_args(HeadKey)
SHARPNESS = 32.0  # of the softmax over cosines: nearest class mean
NEIGHBOURS = 3  # at most
DOUBT = 0.5  # of a vote, for all names together: three neighbours that agree are no proof
REGULARISATION = 50.0  # scikit-learn's C, of logistic regression
ROUNDING = 1e-4  # errors of float32 in the inner products of 500 equal pictures are below it
SHOWN = 3  # nearest examples

# Distance (1 - cosine) from an example to the nearest other one of its class: what is usual, and its spread
# as a share of the mean, as if so many examples had been seen, before a lesson has examples of its own.
USUAL, USUAL_SPREAD, USUAL_COUNT = 0.28, 0.30, 2
SPREADS = 1.25  # beyond the mean is too far
ALMOST_SAME = 0.03  # two pictures of one burst


@dataclass(frozen=True, kw_only=True)
class Near:
    """An example of the lesson, by its place, and how far away it is: 1 - cosine, 0 to 2."""

    place: int
    distance: float


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What the machine says to a picture.

    `name` is None where the nearest example is further than `limit`: it has never seen this. `probabilities`
    by class sum to 1, whatever the distance; `nearest` are the nearest examples, the nearest first.
    """

    name: str | None
    likeliest: str
    probabilities: dict[str, float]
    nearest: tuple[Near, ...]
    limit: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Head:
    """A fitted head, with the `names` of the classes.

    `model` by its key: the class means (classes, 1280), or a scikit-learn model, None for a single class.
    """

    key: HeadKey
    names: tuple[str, ...]
    model: Any
    embeddings: np.ndarray
    limit: float

    def probabilities(self, embeddings: np.ndarray) -> np.ndarray:
        """(N, 1280) of length 1 to (N, classes) float64."""
        if len(self.names) == 1:
            return np.ones((len(embeddings), 1))
        if self.key == "mean":
            scores = SHARPNESS * embeddings @ self.model.T
            scores = np.exp(scores - scores.max(1, keepdims=True))
            return np.asarray(scores / scores.sum(1, keepdims=True), np.float64)
        if self.key == "neighbours":
            doubt = DOUBT / (DOUBT + self.model.n_neighbors)
            votes = self.model.predict_proba(embeddings)
            return np.asarray((1 - doubt) * votes + doubt / len(self.names), np.float64)
        return np.asarray(self.model.predict_proba(embeddings), np.float64)


def fit(lesson: Lesson, key: HeadKey) -> Head:
    """Learn a lesson with at least one example."""
    x, y, names = lesson.embeddings, lesson.labels, lesson.names
    model: Any = None
    if key == "mean":
        model = class_means(x, y)
    elif len(names) > 1 and key == "neighbours":
        count = min(NEIGHBOURS, int(np.bincount(y).min()))  # no class is outvoted for having few examples
        model = KNeighborsClassifier(count, weights=_closeness, metric="cosine", algorithm="brute").fit(x, y)
    elif len(names) > 1:
        model = _borders(x, y)
    return Head(key=key, names=names, model=model, embeddings=x, limit=too_far(x, y))


def class_means(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean embedding of each class, of length 1: (classes, 1280)."""
    means = np.stack([x[y == label].mean(0) for label in range(y.max() + 1)])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def too_far(x: np.ndarray, y: np.ndarray) -> float:
    """The distance from which a picture is like none of the examples: the mean of the distances from each
    example to the nearest of its class, and `SPREADS` of their spread beyond it.

    While there are few examples, what is usual counts as `USUAL_COUNT` of them. Almost the same pictures tell
    nothing about how different things of one name can be, and do not count.
    """
    apart = 1 - x @ x.T
    apart[(y[:, None] != y) | np.eye(len(y), dtype=bool)] = np.inf
    nearest = apart.min(1)
    nearest = nearest[np.isfinite(nearest) & (nearest > ALMOST_SAME)]
    weight = USUAL_COUNT + len(nearest)
    mean = (USUAL_COUNT * USUAL + nearest.sum()) / weight
    variance = (USUAL_COUNT * (USUAL_SPREAD * mean) ** 2 + ((nearest - mean) ** 2).sum()) / weight
    return float(mean + SPREADS * np.sqrt(variance))


def guesses(head: Head, seen: Sequence[Seen]) -> list[Guess]:
    """What the machine says to pictures."""
    if not seen:
        return []
    embeddings = np.stack([each.embedding for each in seen])
    distances = 1 - embeddings @ head.embeddings.T
    found = []
    for chances, row in zip(head.probabilities(embeddings), distances, strict=True):
        order = np.argsort(row, kind="stable")[:SHOWN]
        near = tuple(Near(place=int(place), distance=max(0.0, float(row[place]))) for place in order)
        likeliest = head.names[int(chances.argmax())]
        found.append(
            Guess(
                name=likeliest if near[0].distance <= head.limit else None,
                likeliest=likeliest,
                probabilities=dict(zip(head.names, chances.tolist(), strict=True)),
                nearest=near,
                limit=head.limit,
            )
        )
    return found


def _borders(x: np.ndarray, y: np.ndarray) -> LogisticRegression:
    """Logistic regression in half the time and less: N examples have no more than N dimensions of the 1280.

    The weights are always a sum of the examples, here of what differs from their mean (the intercept takes
    the rest). So it is fitted on numbers (N, N) with the same inner products, and is then carried over.
    """
    middle = x.mean(0)
    apart = x - middle
    same_products = np.linalg.cholesky(apart @ apart.T + ROUNDING * np.eye(len(x), dtype=x.dtype))
    model = LogisticRegression(
        C=REGULARISATION, max_iter=300, class_weight="balanced", solver="newton-cg"
    ).fit(same_products, y)
    model.coef_ = np.linalg.solve(same_products.T, model.coef_.T).T @ apart
    model.intercept_ = model.intercept_ - model.coef_ @ middle
    model.n_features_in_ = x.shape[1]
    return model


def _closeness(distances: np.ndarray) -> np.ndarray:
    """Weights of neighbours: the nearer, the more, but never infinitely more."""
    return 1 / (distances + 0.05)
