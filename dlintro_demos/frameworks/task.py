"""What all frameworks get: the same digits, the same first weights, the same batches in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from sklearn.datasets import load_digits

CLASSES, SIDE, MOST_INK = 10, 8, 16.0
HELD_OUT, SPLIT_SEED = 397, 19
BATCH, LEARNING_RATE, STEPS = 64, 0.1, 200
CHANNELS = (16, 32)
Weights = dict[str, np.ndarray]
"""By name: `conv1`, `conv2` (out, in, 3, 3), `dense` (10, 512) and a `_bias` of each; float32, as PyTorch
lays them out: channels first."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Digits:
    """`x` (N, 1, 8, 8) float32 from 0 to 1, ink is 1; `y` (N,) int64."""

    x: np.ndarray
    y: np.ndarray


@cache
def digits() -> tuple[Digits, Digits]:
    """Scikit-learn's 1,797 handwritten digits: those to learn from, and 397 held out."""
    data, target = load_digits(return_X_y=True)
    order = np.random.default_rng(SPLIT_SEED).permutation(len(target))
    x = (data.reshape(-1, 1, SIDE, SIDE) / MOST_INK).astype(np.float32)[order]
    y = target.astype(np.int64)[order]
    return Digits(x=x[HELD_OUT:], y=y[HELD_OUT:]), Digits(x=x[:HELD_OUT], y=y[:HELD_OUT])


def first_weights(seed: int = 0) -> Weights:
    """He's initialisation: normal, variance 2 / inputs (K. He et al., 2015); biases 0."""
    random = np.random.default_rng(seed)
    one, two = CHANNELS
    shapes = {
        "conv1": (one, 1, 3, 3),
        "conv2": (two, one, 3, 3),
        "dense": (CLASSES, two * (SIDE // 2) ** 2),
    }
    weights: Weights = {}
    for name, shape in shapes.items():
        inputs = int(np.prod(shape[1:]))
        weights[name] = (random.standard_normal(shape) * np.sqrt(2 / inputs)).astype(np.float32)
        weights[f"{name}_bias"] = np.zeros(shape[0], np.float32)
    return weights


def batches(steps: int = STEPS, seed: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The batches of all frameworks, in their order."""
    learn, _ = digits()
    random = np.random.default_rng(seed)
    for _ in range(steps):
        some = random.integers(len(learn.y), size=BATCH)
        yield learn.x[some], learn.y[some]
