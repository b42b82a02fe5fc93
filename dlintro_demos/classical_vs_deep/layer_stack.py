"""Zero to four hidden layers on MNIST-1D, with about as many weights each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn

from dlintro_demos.classical_vs_deep.learners import MNIST1D
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.shared.mnist1d import CLASSES, POINTS, Examples
from dlintro_demos.shared.one_core import one_thread

DEPTHS = (0, 1, 2, 3, 4)
SEEDS = (0, 1, 2)
WEIGHTS = 5_000  # at most, of a network with hidden layers
STEPS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 1_000, 128, 3e-3, 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class Stack:
    """A trained network: `layers` are (weight (out, in), bias (out,)) float32, ReLU between them.

    `accuracy` on new curves, `learned` on those it was shown, 0 to 1.
    """

    depth: int
    width: int
    seed: int
    accuracy: float
    learned: float
    layers: tuple[tuple[np.ndarray, np.ndarray], ...]

    @property
    def weights(self) -> int:
        """How many numbers it learned."""
        return sum(weight.size + bias.size for weight, bias in self.layers)

    def answer(self, curves: np.ndarray) -> np.ndarray:
        """(N, 40) to the class of each, (N,) int64."""
        x = curves
        for weight, bias in self.layers[:-1]:
            x = np.maximum(x @ weight.T + bias, 0)
        weight, bias = self.layers[-1]
        return (x @ weight.T + bias).argmax(1)


def weights_of(depth: int, width: int) -> int:
    """Weights and biases of `depth` hidden layers, each so wide."""
    if depth == 0:
        return (POINTS + 1) * CLASSES
    return (POINTS + 1) * width + (depth - 1) * (width + 1) * width + (width + 1) * CLASSES


def width_for(depth: int, most: int = WEIGHTS) -> int:
    """The widest that has at most so many weights; 0 without hidden layers, where there is no choice."""
    width = 0
    while depth and weights_of(depth, width + 1) <= most:
        width += 1
    return width


def train_stacks(
    size: int, depths: Sequence[int] = DEPTHS, seeds: Sequence[int] = SEEDS, *, steps: int = STEPS
) -> Iterator[Progress | tuple[Stack, ...]]:
    """One network for every depth and seed, on the same curves; each `Progress` carries those so far.

    Raises `ValueError` for fewer curves than classes.
    """
    test = MNIST1D.test()
    stacks: list[Stack] = []
    total = len(depths) * len(seeds)
    for seed in seeds:
        examples = MNIST1D.draw(size, seed)
        for depth in depths:
            note = f"{depth} hidden, {seed + 1} of {len(seeds)}"
            yield Progress(len(stacks), total, note, so_far=tuple(stacks))
            with one_thread():
                stacks.append(_train(examples, test, depth, seed, steps))
    yield tuple(stacks)


def _train(examples: Examples, test: Examples, depth: int, seed: int, steps: int) -> Stack:
    rng = np.random.default_rng(seed)
    width = width_for(depth)
    sizes = [POINTS, *[width] * depth, CLASSES]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        linear = [nn.Linear(inputs, outputs) for inputs, outputs in pairwise(sizes)]
    network = nn.Sequential(linear[0], *[part for layer in linear[1:] for part in (nn.ReLU(), layer)])
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True
    )
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    x, y = torch.from_numpy(examples.x), torch.from_numpy(examples.y)
    for _ in range(steps):
        some = torch.from_numpy(rng.integers(len(y), size=BATCH))
        optimizer.zero_grad()
        F.cross_entropy(network(x[some]), y[some]).backward()
        optimizer.step()
        schedule.step()
    layers = tuple((part.weight.detach().numpy(), part.bias.detach().numpy()) for part in linear)
    trained = Stack(depth=depth, width=width, seed=seed, accuracy=0.0, learned=0.0, layers=layers)
    return Stack(
        depth=depth,
        width=width,
        seed=seed,
        accuracy=float((trained.answer(test.x) == test.y).mean()),
        learned=float((trained.answer(examples.x) == examples.y).mean()),
        layers=layers,
    )
