"""Gradient descent in any of the three, the same batches for all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from types import ModuleType

from dlintro_demos.frameworks.task import batches, first_weights

LOOK = 10
"""Steps between looks at a run."""


def learn_in(language: ModuleType, steps: int) -> Iterator[tuple[list[float], float]]:
    """Every few steps the losses so far, before each step, and the median milliseconds of one."""
    trainer = language.Trainer(first_weights())
    losses: list[float] = []
    taken: list[float] = []
    for number, (x, y) in enumerate(batches(steps), start=1):
        begun = time.perf_counter()
        losses.append(trainer.step(x, y))
        taken.append(1000 * (time.perf_counter() - begun))
        if number % LOOK == 0 or number == steps:
            yield list(losses), statistics.median(taken)
