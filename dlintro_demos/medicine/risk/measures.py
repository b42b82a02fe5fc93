"""The thirty measures of the Wisconsin breast cancer data, and its 569 cases, from scikit-learn."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from dlintro_demos.gallery.runtime.importing import LOCK

SEED = 18
HELD_OUT = 0.25  # of the cases: never seen by the networks that ship
KINDS = ("mean", "error", "worst")
LENGTH, AREA, GREY, PLAIN = "length", "length squared", "grey levels", "a plain number"
ABOUT = {
    "radius": (LENGTH, "mean distance from the middle of a nucleus to its edge"),
    "texture": (GREY, "standard deviation of the grey values within a nucleus"),
    "perimeter": (LENGTH, "length of its edge"),
    "area": (AREA, "size of its surface"),
    "smoothness": (PLAIN, "how much the radius changes from one place of the edge to the next"),
    "compactness": (PLAIN, "how far it is from a disc, by perimeter and area"),
    "concavity": (PLAIN, "how deep the dents of its edge are"),
    "concave points": (PLAIN, "how much of its edge is dented"),
    "symmetry": (PLAIN, "how much its two halves differ"),
    "fractal dimension": (PLAIN, "how rugged the edge is, as a coastline is measured"),
}
QUANTITIES = tuple(ABOUT)
CALLED = {
    "mean": "mean of a measure",
    "error": "standard error of that mean",
    "worst": "mean of the three largest values of a measure",
}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """`name` is scikit-learn's, as "worst radius"; `kind` one of `KINDS`; `unit` and `about` in words.

    The authors name no unit of length: a benign nucleus has a mean radius of about 12.
    """

    name: str
    quantity: str
    kind: str
    unit: str
    about: str

    @property
    def column(self) -> str:
        """Its name in a CSV file, as "worst_radius"."""
        return self.name.replace(" ", "_")

    @property
    def may_be_zero(self) -> bool:
        """Whether a nucleus can have none of it: an edge without dents is nothing strange."""
        return self.quantity in ("concavity", "concave points")


def _measure(kind: str, quantity: str) -> Measure:
    unit, about = ABOUT[quantity]
    name = f"{quantity} error" if kind == "error" else f"{kind} {quantity}"
    return Measure(name=name, quantity=quantity, kind=kind, unit=unit, about=about)


MEASURES = tuple(_measure(kind, quantity) for kind in KINDS for quantity in QUANTITIES)
NAMES = tuple(measure.name for measure in MEASURES)


@dataclass(frozen=True, kw_only=True, eq=False)
class Cases:
    """`values` (N, 30) float64 in the order of `MEASURES`; `malignant` (N,) bool; `held_out` (N,) bool."""

    values: np.ndarray
    malignant: np.ndarray
    held_out: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Numbers of the cases that the shipped networks learned from."""
        return np.flatnonzero(~self.held_out)


@functools.cache
def cases() -> Cases:
    """All 569 aspirates, 212 of them malignant; a quarter of each kind is held out, always the same."""
    with LOCK:  # half a second: not for who only wants the names
        from sklearn.datasets import load_breast_cancer
        from sklearn.model_selection import train_test_split

    data = load_breast_cancer()
    assert tuple(map(str, data.feature_names)) == NAMES
    malignant = data.target == 0
    everyone = np.arange(len(malignant))
    _, aside = train_test_split(everyone, test_size=HELD_OUT, stratify=malignant, random_state=SEED)
    values = np.asarray(data.data, np.float64)
    values.setflags(write=False)
    return Cases(values=values, malignant=malignant, held_out=np.isin(everyone, aside))


@dataclass(frozen=True, kw_only=True)
class Span:
    """How a measure lies among the known cases: smallest, largest, and the middle of both diagnoses."""

    least: float
    most: float
    benign: float
    malignant: float


@functools.cache
def spans() -> tuple[Span, ...]:
    """A `Span` for each of `MEASURES`, of the cases that the networks learned from."""
    everyone = cases()
    return spans_of(everyone.values[everyone.known], everyone.malignant[everyone.known])


def spans_of(known: np.ndarray, sick: np.ndarray) -> tuple[Span, ...]:
    """A `Span` for each of `MEASURES`, of cases (N, 30) with their diagnoses (N,) bool."""
    return tuple(
        Span(
            least=float(column.min()),
            most=float(column.max()),
            benign=float(np.median(column[~sick])),
            malignant=float(np.median(column[sick])),
        )
        for column in known.T
    )
