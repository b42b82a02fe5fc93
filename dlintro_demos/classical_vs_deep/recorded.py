"""Results of the experiment as files: those that lie beside this module, and what a visitor takes home."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, fields
from functools import cache
from pathlib import Path

from dlintro_demos.classical_vs_deep.learning_curves import Point

RECORDED = Path(__file__).with_name("data")
MNIST1D_FILE = RECORDED / "mnist1d.csv"  # python -m dlintro_demos learning-curves --csv
MNIST_FILE = RECORDED / "mnist.csv"  # python -m training.classical_vs_deep.learning_curves_mnist
HEADING = tuple(field.name for field in fields(Point))


def as_csv(points: Sequence[Point]) -> str:
    """One line a point, below a line of names; accuracy from 0 to 1."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADING)
    for point in points:
        learner, size, seed, accuracy, seconds = astuple(point)
        writer.writerow((learner, size, seed, f"{accuracy:.4f}", f"{seconds:.2f}"))
    return text.getvalue()


@cache
def recorded(file: Path) -> tuple[Point, ...]:
    """The points of one of the files that lie here: those do not change while the gallery runs."""
    return read_points(file)


def read_points(path: Path) -> tuple[Point, ...]:
    """The points of a file that `as_csv` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Point(
                row["learner"],
                int(row["size"]),
                int(row["seed"]),
                float(row["accuracy"]),
                float(row["seconds"]),
            )
            for row in csv.DictReader(file)
        )
