"""More data, better results? Each learner on more and more examples, over several seeds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.classical_vs_deep.learners import LEARNERS, MNIST1D, Learner, Task
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.shared.one_core import one_thread

SIZES = (100, 300, 1_000, 3_000)  # of the experiment that was recorded
SEEDS = (0, 1, 2)
SMALLEST = 30  # fewer examples leave nothing to tune on


@dataclass(frozen=True)
class Point:
    """Share of new examples named rightly, after learning `size`; `seconds` with the tuning."""

    learner: str
    size: int
    seed: int
    accuracy: float
    seconds: float


def learning_curves(
    sizes: Sequence[int],
    seeds: Sequence[int],
    learners: Sequence[str] | None = None,
    task: Task = MNIST1D,
) -> Iterator[Progress | tuple[Point, ...]]:
    """All learners on every size and seed; each `Progress` carries the points so far.

    A seed's smaller sets are the beginnings of its larger ones. Raises `ValueError` for a size below
    `SMALLEST`, and for no sizes or no seeds.
    """
    if not sizes or not seeds:
        raise ValueError("At least one number of examples and one seed.")
    if min(sizes) < SMALLEST:
        raise ValueError(f"At least {SMALLEST} examples, else there is nothing to tune on; got {min(sizes)}.")
    chosen = [LEARNERS[key] for key in learners or LEARNERS]
    test = task.test()
    points: list[Point] = []
    total = estimated_seconds(sizes, seeds, [learner.key for learner in chosen])
    done = 0.0
    for seed in seeds:
        examples = task.draw(max(sizes), seed)
        for size in sorted(set(sizes)):
            for learner in chosen:
                yield Progress(done, total, f"{learner.title}, {size:,} examples", so_far=tuple(points))
                started = time.perf_counter()
                with one_thread():
                    predict = learner.fit(task, examples.first(size), seed)
                    accuracy = float((predict(test.x) == test.y).mean())
                points.append(Point(learner.key, size, seed, accuracy, time.perf_counter() - started))
                done += _seconds(learner, size)
    yield tuple(points)


def estimated_seconds(
    sizes: Sequence[int], seeds: Sequence[int], learners: Sequence[str] | None = None
) -> float:
    """About how long `learning_curves` takes on MNIST-1D, on a computer with nothing else to do."""
    chosen = [LEARNERS[key] for key in learners or LEARNERS]
    return len(seeds) * sum(_seconds(learner, size) for learner in chosen for size in set(sizes))


def _seconds(learner: Learner, size: int) -> float:
    once, each_thousand = learner.seconds
    return once + each_thousand * size / 1_000


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Of one learner and size: mean and standard deviation of the accuracy over seeds, mean seconds."""

    learner: str
    size: int
    mean: float
    deviation: float
    seconds: float
    seeds: int


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
            seeds=len(group),
        )
        for (learner, size), group in sorted(
            groups.items(), key=lambda each: (list(LEARNERS).index(each[0][0]), each[0][1])
        )
    ]
