"""Four ways to learn the same examples: a line, a forest, support vectors, and a small convolutional network.

The first three are tuned by cross-validation on a small grid, anew for every number of examples and seed. The
network is not: its settings are fixed, so whatever tuning is worth, the classical learners have it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from torch import nn

from dlintro_demos.shared.mnist1d import CLASSES, Examples, make

Predict = Callable[[np.ndarray], np.ndarray]

TEST_CURVES = 2_000
TEST_SEED = 10**6  # of curves that no seed of a run makes
TUNED_ON = 500  # examples at most: what is best for them is kept for more, which would take minutes
FOLDS = 3
TREES, TREES_TO_TUNE = 60, 20
FEWEST_STEPS, MOST_STEPS, EXAMPLES_PER_STEP = 120, 800, 12


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be learned.

    `draw(count, seed)` gives examples in random order, `test()` others to be judged by, `network()` a new
    network from (N, features) float32 to (N, 10) logits.
    """

    key: str
    draw: Callable[[int, int], Examples]
    test: Callable[[], Examples]
    network: Callable[[], nn.Module]


@dataclass(frozen=True, kw_only=True)
class Learner:
    """A way to learn. `fit(task, examples, seed)` gives what predicts: (N, features) float32 to (N,) int64.

    `seconds` are what it takes on a core of 2020s make, with its tuning: (for any number, for each thousand).
    """

    key: str
    title: str
    fit: Callable[[Task, Examples, int], Predict]
    seconds: tuple[float, float]


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
    task: Task,
    examples: Examples,
    seed: int,
    *,
    steps: int | None = None,
    batch: int = 64,
    learning_rate: float = 1e-2,
) -> Predict:
    """Adam, a learning rate that falls to zero, and weight decay against learning by heart.

    It takes more steps for more examples, unless told how many.
    """
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = task.network()
    steps = steps or min(MOST_STEPS, FEWEST_STEPS + len(examples.y) // EXAMPLES_PER_STEP)
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=0.05, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    x, y = torch.from_numpy(examples.x), torch.from_numpy(examples.y)
    for _ in range(steps):
        some = torch.from_numpy(rng.integers(len(y), size=batch))
        optimizer.zero_grad()
        F.cross_entropy(network(x[some]), y[some]).backward()
        optimizer.step()
        schedule.step()
    network.eval()

    @torch.inference_mode()
    def predict(inputs: np.ndarray) -> np.ndarray:
        return network(torch.from_numpy(inputs)).argmax(1).numpy()

    return predict


def _tuned(estimator: Callable[..., Any], grid: dict[str, list[Any]], **quick: int) -> Any:
    """Fit after choosing the grid's best by cross-validation, on the first examples."""

    def fit(task: Task, examples: Examples, seed: int) -> Predict:  # noqa: ARG001 - as a `Learner` has it
        few = examples.first(TUNED_ON)
        rarest = np.unique(few.y, return_counts=True)[1].min()
        split = StratifiedKFold if rarest >= FOLDS else KFold
        folds = split(FOLDS, shuffle=True, random_state=seed)
        search = GridSearchCV(estimator(seed, **quick), grid, cv=folds, refit=False).fit(few.x, few.y)
        return estimator(seed).set_params(**search.best_params_).fit(examples.x, examples.y).predict

    return fit


def _linear(seed: int) -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500, random_state=seed))


def _kernel(seed: int) -> Any:
    return make_pipeline(StandardScaler(), SVC(random_state=seed))


def _forest(seed: int, trees: int = TREES) -> Any:
    return RandomForestClassifier(trees, random_state=seed)


@cache
def _test_curves() -> Examples:
    return make(TEST_CURVES, TEST_SEED)


MNIST1D = Task(
    key="mnist1d",
    draw=make,
    test=_test_curves,
    network=ConvolutionalNetwork,
)
LEARNERS: dict[str, Learner] = {
    learner.key: learner
    for learner in (
        Learner(
            key="linear",
            title="Logistic regression",
            fit=_tuned(_linear, {"logisticregression__C": [0.01, 0.1, 1.0]}),
            seconds=(0.2, 0.03),
        ),
        Learner(
            key="forest",
            title="Random forest",
            fit=_tuned(_forest, {"max_features": ["sqrt", 0.25]}, trees=TREES_TO_TUNE),
            seconds=(0.5, 1.3),
        ),
        Learner(
            key="svm",
            title="Support vector machine",
            fit=_tuned(_kernel, {"svc__C": [1.0, 10.0], "svc__gamma": [0.01, "scale"]}),
            seconds=(0.1, 0.9),
        ),
        Learner(key="cnn", title="Convolutional network", fit=fit_network, seconds=(0.9, 0.5)),
    )
}
