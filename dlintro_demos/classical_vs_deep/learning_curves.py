"""More data, better results? Four ways to learn MNIST-1D, on more and more examples, over several seeds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from torch import nn

from dlintro_demos.classical_vs_deep.mnist1d import CLASSES, Curves, make
from dlintro_demos.runtime.jobs import Progress

TEST_CURVES = 2_000
TEST_SEED = 10**6  # of curves that no seed of a run makes
TUNED_ON = 1_000  # examples at most: what is best for them is kept for more, which would take minutes
FOLDS = 3


@dataclass(frozen=True, kw_only=True)
class Learner:
    """A way to learn. `fit(data, seed)` gives what predicts: (N, 40) float32 to (N,) int64."""

    key: str
    title: str
    fit: Callable[[Curves, int], Callable[[np.ndarray], np.ndarray]]


@dataclass(frozen=True)
class Point:
    """Share of new curves named rightly, after learning `size` examples; `seconds` with the tuning."""

    learner: str
    size: int
    seed: int
    accuracy: float
    seconds: float


def learning_curves(
    sizes: Sequence[int], seeds: Sequence[int], learners: Sequence[str] | None = None
) -> Iterator[Progress | tuple[Point, ...]]:
    """All learners on every size and seed; each `Progress` carries the points so far.

    A seed's smaller sets are the beginnings of its larger ones. Raises `ValueError` for a size below ten.
    """
    chosen = [LEARNERS[key] for key in learners or LEARNERS]
    test = make(TEST_CURVES, TEST_SEED)
    points: list[Point] = []
    cost = {size: 1.0 + size / 300 for size in sizes}  # about: seconds grow with the examples
    total = len(chosen) * len(seeds) * sum(cost.values())
    done = 0.0
    for seed in seeds:
        data = make(max(sizes), seed)
        for size in sorted(sizes):
            for learner in chosen:
                yield Progress(done, total, f"{learner.title}, {size} examples", so_far=tuple(points))
                started = time.perf_counter()
                predict = learner.fit(data.first(size), seed)
                accuracy = float((predict(test.x) == test.y).mean())
                points.append(Point(learner.key, size, seed, accuracy, time.perf_counter() - started))
                done += cost[size]
    yield tuple(points)


def _tuned(estimator: Any, grid: dict[str, list[Any]]) -> Callable[[Curves, int], Any]:
    """Fit after choosing the grid's best by cross-validation, on the first examples."""

    def fit(data: Curves, seed: int) -> Callable[[np.ndarray], np.ndarray]:
        few = data.first(TUNED_ON)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        search = GridSearchCV(estimator(seed), grid, cv=folds, refit=False).fit(few.x, few.y)
        return estimator(seed).set_params(**search.best_params_).fit(data.x, data.y).predict

    return fit


def _linear(seed: int) -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500, random_state=seed))


def _kernel(seed: int) -> Any:
    return make_pipeline(StandardScaler(), SVC(random_state=seed))


def _forest(seed: int) -> Any:
    return RandomForestClassifier(200, random_state=seed)


class ConvolutionalNetwork(nn.Module):
    """Three convolutions along the curve, the strongest answer of each filter, a linear layer.

    (N, 40) to (N, 10). Where a shape stands does not matter to it: the maximum is over all places.
    """

    def __init__(self, channels: int = 32, kernel: int = 5) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, stride in ((1, 1), (channels, 2), (channels, 2)):
            layers += [
                nn.Conv1d(inputs, channels, kernel, stride=stride, padding=kernel // 2),
                nn.BatchNorm1d(channels),
                nn.ReLU(),
            ]
        self.features = nn.Sequential(*layers)
        self.classes = nn.Linear(channels, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits."""
        return self.classes(self.features(x[:, None]).amax(2))


def fit_network(
    data: Curves, seed: int, *, steps: int = 800, batch: int = 64, learning_rate: float = 1e-2
) -> Callable[[np.ndarray], np.ndarray]:
    """Adam, a learning rate that falls to zero, and weight decay against learning by heart."""
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = ConvolutionalNetwork()
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=0.05, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    x, y = torch.from_numpy(data.x), torch.from_numpy(data.y)
    for _ in range(steps):
        some = torch.from_numpy(rng.integers(len(y), size=batch))
        optimizer.zero_grad()
        F.cross_entropy(network(x[some]), y[some]).backward()
        optimizer.step()
        schedule.step()

    network.eval()

    @torch.inference_mode()
    def predict(curves: np.ndarray) -> np.ndarray:
        return network(torch.from_numpy(curves)).argmax(1).numpy()

    return predict


LEARNERS: dict[str, Learner] = {
    learner.key: learner
    for learner in (
        Learner(
            key="linear",
            title="Logistic regression",
            fit=_tuned(_linear, {"logisticregression__C": [0.01, 0.1, 1.0]}),
        ),
        Learner(
            key="forest",
            title="Random forest",
            fit=_tuned(_forest, {"max_features": ["sqrt", 0.5]}),
        ),
        Learner(
            key="svm",
            title="Support vector machine",
            fit=_tuned(_kernel, {"svc__C": [1.0, 10.0], "svc__gamma": [0.01, "scale"]}),
        ),
        Learner(key="cnn", title="Convolutional network", fit=fit_network),
    )
}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Of one learner and size: mean and standard deviation of the accuracy over seeds, mean seconds."""

    learner: str
    size: int
    mean: float
    deviation: float
    seconds: float


def summarise(points: Sequence[Point]) -> list[Summary]:
    """By learner, then size."""
    groups: dict[tuple[str, int], list[Point]] = {}
    for point in points:
        groups.setdefault((point.learner, point.size), []).append(point)
    return [
        Summary(
            learner=learner,
            size=size,
            mean=float(np.mean([point.accuracy for point in group])),
            deviation=float(np.std([point.accuracy for point in group], ddof=len(group) > 1)),
            seconds=float(np.mean([point.seconds for point in group])),
        )
        for (learner, size), group in sorted(
            groups.items(), key=lambda each: (list(LEARNERS).index(each[0][0]), each[0][1])
        )
    ]
