"""Is a case like those that the networks learned from? If not, which of its measures is strange, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.medicine.risk.measures import MEASURES, Measure, Span, spans

FACTORS = (10.0, 100.0, 1_000.0, 1_000_000.0)  # between units: mm and cm, per cent, µm and mm, squared
ROOM = 2.0  # how many times beyond the known cases a value is still taken for one in the right unit
MOST = 1e12


@dataclass(frozen=True, kw_only=True)
class Strange:
    """Why a case is refused: `measure` is the strange one's number in `MEASURES`, `why` says it in words.

    `expected` is what the other measures let one expect there, or None where that cannot be said.
    """

    measure: int
    why: str
    expected: float | None = None

    @property
    def name(self) -> str:
        """The strange measure."""
        return MEASURES[self.measure].name


def impossible(values: Sequence[float] | np.ndarray, lie: Sequence[Span] | None = None) -> Strange | None:
    """The first of 30 values that no cell nucleus can have, or that is far from all of the known cases.

    `lie` says how the known cases lie; it is asked for otherwise.
    """
    for number, (measure, value, span) in enumerate(zip(MEASURES, values, lie or spans(), strict=True)):
        if why := _wrong(measure, value) or _other_unit(measure, value, span):
            return Strange(measure=number, why=why)
    return None


def _wrong(measure: Measure, value: float) -> str:
    if not np.isfinite(value):
        return f"The {measure.name} is no number."
    if value < 0 or value > MOST:
        return f"The {measure.name} is {value:g}, which no nucleus can have."
    if value == 0 and not measure.may_be_zero:
        return f"The {measure.name} is 0, which no nucleus can have."
    return ""


def _other_unit(measure: Measure, value: float, span: Span) -> str:
    if value == 0 or span.least / ROOM <= value <= span.most * ROOM:
        return ""
    if measure.may_be_zero and value < span.most:
        return ""  # hardly any dents, as some have none
    beyond = f"The {measure.name} is {value:g}; known cases have {span.least:g} to {span.most:g}."
    for factor in FACTORS:
        if span.least <= value * factor <= span.most:
            return f"{beyond} Times {factor:,.0f} it would fit: is it in another unit?"
        if span.least <= value / factor <= span.most:
            return f"{beyond} Divided by {factor:,.0f} it would fit: is it in another unit?"
    return beyond


def distances(read: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Mahalanobis distances of cases as the networks read them, (N, 30) to (N,)."""
    return np.sqrt(np.einsum("ni,ij,nj->n", read, precision, read))


def strangest(read: np.ndarray, precision: np.ndarray) -> tuple[int, float]:
    """The measure of a case (30,) that explains most of its distance, and the value to expect there.

    With all others given, a measure's expected value is x - (Px) / P_ii, and putting it there takes
    (Px)² / P_ii off the squared distance (a normal distribution's conditional mean).
    """
    pull = precision @ read
    saved = pull**2 / np.diag(precision)
    worst = int(saved.argmax())
    return worst, float(read[worst] - pull[worst] / precision[worst, worst])


def explain(worst: int, value: float, expected: float) -> Strange:
    """In words: this value does not go with the others, which let one expect `expected`."""
    name = MEASURES[worst].name
    return Strange(
        measure=worst,
        expected=expected,
        why=f"The {name} of {value:.4g} does not go with the other measures, after which one would expect "
        f"about {expected:.4g}.",
    )


# Cases that must be refused, made of cases that are in order: what the figures on the card are measured with.


def noise(values: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Every measure anywhere between the smallest and the largest of these, (N, 30)."""
    return chance.uniform(values.min(0), values.max(0), values.shape)


def patchwork(values: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Every measure from another case, (N, 30): each fine alone, but they do not go together."""
    return chance.permuted(values, axis=0)


def one_other_unit(values: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """One measure of each case in a unit ten times as large or as small, (N, 30)."""
    rows, other = np.arange(len(values)), values.copy()
    sizes = [number for number, measure in enumerate(MEASURES) if not measure.may_be_zero]
    columns = chance.choice(sizes, len(values))
    other[rows, columns] *= chance.choice([0.1, 10.0], len(values))
    return other


def lengths_in_millimetres(values: np.ndarray, _chance: np.random.Generator) -> np.ndarray:
    """All lengths a thousandth and all areas a millionth, (N, 30): micrometres taken for millimetres."""
    factor = {"length": 1e-3, "length squared": 1e-6}
    return values * np.array([factor.get(measure.unit, 1.0) for measure in MEASURES])


def two_swapped(values: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Two measures of another quantity in each other's column, (N, 30)."""
    swapped = values.copy()
    for row in swapped:
        first, second = chance.choice(len(MEASURES), 2, replace=False)
        while MEASURES[first].quantity == MEASURES[second].quantity:
            second = int(chance.integers(len(MEASURES)))
        row[first], row[second] = row[second], row[first]
    return swapped


def below_zero(values: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """One measure of each case below zero, (N, 30)."""
    other = values.copy()
    columns = chance.integers(len(MEASURES), size=len(values))
    other[np.arange(len(values)), columns] = -chance.uniform(0.01, 10, len(values))
    return other


STRANGERS = {
    "noise": noise,
    "measures from different cases": patchwork,
    "one measure in another unit": one_other_unit,
    "micrometres as millimetres": lengths_in_millimetres,
    "two measures swapped": two_swapped,
    "a measure below zero": below_zero,
}
