"""The causes taken apart: one small network, with less data, with less computing, with the ideas of 1998.

The task is MNIST-1D (`shared/mnist1d.py`): ten kinds of curves, new ones to be told apart. Each way has its
best learning rate of a few, by `python -m training.why_now`, on curves that are not those shown here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.shared.mnist1d import CLASSES, Examples, make
from dlintro_demos.shared.one_core import one_thread
from dlintro_demos.why_now.history import DATA

CURVES, STEPS, BATCH = 4_000, 600, 64
CHANNELS, KERNEL, STRIDES = 32, 5, (1, 2, 2)
TEST_CURVES, TEST_SEED = 2_000, 10**6
RECORDED = DATA / "causes.json"
LOOKS = tuple(sorted({round(each) for each in np.geomspace(3, STEPS, 14)}))
"""The steps after which a network is tried on the test curves."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to learn: examples, steps, which ideas it uses, and the best of the learning rates tried."""

    key: str
    title: str
    examples: int = CURVES
    steps: int = STEPS
    sigmoid: bool = False
    normalised: bool = True
    plain_sgd: bool = False
    learning_rate: float = 0.01


TODAY = Way(key="today", title="Today: all of it")
LESS_DATA = Way(key="data", title="1/100 of the data", examples=CURVES // 100)
LESS_COMPUTING = Way(key="computing", title="1/100 of the computing", steps=STEPS // 100, learning_rate=0.1)
OLD_IDEAS = Way(
    key="ideas", title="The ideas of 1998", sigmoid=True, normalised=False, plain_sgd=True, learning_rate=0.3
)
CAUSES = (TODAY, LESS_DATA, LESS_COMPUTING, OLD_IDEAS)
SINGLE_IDEAS = (
    Way(key="sigmoid", title="Only the sigmoid of 1998", sigmoid=True, learning_rate=0.1),
    Way(key="unnormalised", title="Only no normalisation", normalised=False, learning_rate=0.03),
    Way(key="sgd", title="Only plain gradient descent", plain_sgd=True, learning_rate=0.3),
)
WAYS = (*CAUSES, *SINGLE_IDEAS)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """How a way did: `accuracy` on new curves (0 to 1) after so many `steps`; `seconds` of learning."""

    way: str
    steps: tuple[int, ...] = ()
    accuracy: tuple[float, ...] = ()
    seconds: float = 0.0


class Network(nn.Module):
    """Three convolutions, the strongest answer of each filter, a line: (N, 40) to (N, 10) logits."""

    def __init__(self, way: Way) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, stride in zip((1, CHANNELS, CHANNELS), STRIDES, strict=True):
            layers.append(nn.Conv1d(inputs, CHANNELS, KERNEL, stride=stride, padding=KERNEL // 2))
            if way.normalised:
                layers.append(nn.BatchNorm1d(CHANNELS))
            layers.append(nn.Sigmoid() if way.sigmoid else nn.ReLU())
        self.features = nn.Sequential(*layers)
        self.classes = nn.Linear(CHANNELS, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits."""
        return self.classes(self.features(x[:, None]).amax(2))


def compare(seed: int = 0) -> Iterator[Progress | tuple[Curve, ...]]:
    """A job: learn in all ways, one after the other; `Progress.so_far` are the curves so far."""
    done = 0.0
    total = float(sum(each.steps for each in WAYS))
    curves: tuple[Curve, ...] = ()
    for way in WAYS:
        current = Curve(way=way.key)
        yield Progress(done / total, 1, way.title, curves or None)
        for current in learn(way, seed, test_curves()):
            yield Progress((done + current.steps[-1]) / total, 1, way.title, (*curves, current))
        curves, done = (*curves, current), done + way.steps
    yield curves


def learn(way: Way, seed: int, test: Examples) -> Iterator[Curve]:
    """Learn in one way; the curve so far after each look."""
    examples = _examples(seed).first(way.examples)
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(way)
    step = _stepper(network, way)
    x, y = torch.from_numpy(examples.x), torch.from_numpy(examples.y)
    curve, taken = Curve(way=way.key), 0
    for look in sorted({*(each for each in LOOKS if each < way.steps), way.steps}):
        with one_thread():
            begun = time.perf_counter()
            for number in range(taken + 1, look + 1):
                some = torch.from_numpy(rng.integers(len(y), size=BATCH))
                step(x[some], y[some], number)
            seconds = curve.seconds + time.perf_counter() - begun
            right = accuracy(network, test)
        taken = look
        curve = replace(curve, steps=(*curve.steps, look), accuracy=(*curve.accuracy, right), seconds=seconds)
        yield curve


def _stepper(network: Network, way: Way) -> Callable[[torch.Tensor, torch.Tensor, int], None]:
    """What does one step, given a batch, its classes and the number of the step, from 1."""
    if way.plain_sgd:
        optimizer: torch.optim.Optimizer = torch.optim.SGD(network.parameters(), lr=way.learning_rate)
    else:
        optimizer = torch.optim.AdamW(network.parameters(), lr=way.learning_rate, weight_decay=0.05)

    def step(x: torch.Tensor, y: torch.Tensor, number: int) -> None:
        for group in optimizer.param_groups:  # falls in a line, nearly to nothing
            group["lr"] = way.learning_rate * (1 - 0.99 * (number - 1) / way.steps)
        network.train()
        optimizer.zero_grad()
        F.cross_entropy(network(x), y).backward()
        optimizer.step()

    return step


@torch.inference_mode()
def accuracy(network: nn.Module, test: Examples) -> float:
    """Share of right answers."""
    network.eval()
    return float((network(torch.from_numpy(test.x)).argmax(1).numpy() == test.y).mean())


@cache
def _examples(seed: int) -> Examples:
    return make(CURVES, seed)


@cache
def test_curves() -> Examples:
    """New curves, the same for all ways."""
    return make(TEST_CURVES, TEST_SEED)


@cache
def recorded() -> tuple[Curve, ...]:
    """The run that lies beside this module, with seed 0: `python -m training.why_now record`."""
    return tuple(
        Curve(
            way=each["way"],
            steps=tuple(each["steps"]),
            accuracy=tuple(each["accuracy"]),
            seconds=each["seconds"],
        )
        for each in json.loads(RECORDED.read_text(encoding="utf-8"))
    )


def findings(curves: tuple[Curve, ...]) -> list[str]:
    """What the curves say, in sentences; what makes no difference at this size is said, too."""
    ended = {each.way: each.accuracy[-1] for each in curves if each.accuracy}
    if TODAY.key not in ended:
        return []
    best = ended[TODAY.key]
    said = [f"{TODAY.title}: **{best:.0%}** of new curves are told apart; guessing gets 10 %."]
    others = [(way.title, ended[way.key]) for way in WAYS[1:] if way.key in ended]
    return said + [f"{title}: **{share:.0%}**, {_difference(best - share)}." for title, share in others]


def _difference(lost: float) -> str:
    # Two shares of 2,000 curves near 90 % differ by 1.9 points in one of twenty cases by chance alone.
    if abs(lost) < 0.02:
        return "which at this size makes no difference that we could tell from chance"
    return f"{abs(lost) * 100:.0f} points {'fewer' if lost > 0 else 'more'}"
