"""Sixty years in four tables: processors, errors, training and data; each row with its source."""

from __future__ import annotations

import csv
import functools
import math
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).with_name("data")
PERSON_ERROR = 0.051
"""Top-5 error of one trained person on ImageNet. O. Russakovsky et al., 2015 (`PERSON_SOURCE`)."""
PERSON_SOURCE = "https://arxiv.org/abs/1409.0575"
EPOCH_SYSTEMS = "https://epoch.ai/data/notable-ai-models"
DAY, YEAR = 86_400.0, 365.25 * 86_400
"""In seconds."""


@dataclass(frozen=True, kw_only=True)
class Processor:
    """Peak speeds in FLOP/s: `float32`, and `half` of matrix units in half precision where there are some."""

    year: int
    name: str
    float32: float
    half: float | None
    source: str


@dataclass(frozen=True, kw_only=True)
class Winner:
    """The best of a year's ImageNet challenge; `error` is top-5, from 0 to 1, `network` a deep one's."""

    year: int
    name: str
    error: float
    network: bool
    source: str


@dataclass(frozen=True, kw_only=True)
class System:
    """A milestone, what it does, and the FLOP that training it took; `paper` is where it was published."""

    year: int
    name: str
    does: str
    flop: float
    paper: str


@dataclass(frozen=True, kw_only=True)
class TrainingSet:
    """How many examples somebody learned from, and of which kind."""

    year: int
    name: str
    kind: str
    examples: int
    source: str


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.cache
def processors() -> tuple[Processor, ...]:
    """By year."""
    return tuple(
        Processor(
            year=int(row["year"]),
            name=row["name"],
            float32=float(row["float32"]),
            half=float(row["half"]) if row["half"] else None,
            source=row["source"],
        )
        for row in _rows("processors")
    )


@functools.cache
def winners() -> tuple[Winner, ...]:
    """By year."""
    return tuple(
        Winner(
            year=int(row["year"]),
            name=row["name"],
            error=float(row["error"]),
            network=row["network"] == "yes",
            source=row["source"],
        )
        for row in _rows("imagenet")
    )


@functools.cache
def systems() -> tuple[System, ...]:
    """By year."""
    return tuple(
        System(
            year=int(row["year"]),
            name=row["name"],
            does=row["does"],
            flop=float(row["flop"]),
            paper=row["paper"],
        )
        for row in _rows("systems")
    )


@functools.cache
def training_sets() -> tuple[TrainingSet, ...]:
    """By kind and year."""
    return tuple(
        TrainingSet(
            year=int(row["year"]),
            name=row["name"],
            kind=row["kind"],
            examples=int(row["examples"]),
            source=row["source"],
        )
        for row in _rows("training_sets")
    )


def find_system(name: str) -> System:
    """Raises `StopIteration` for a name that is in no row."""
    return next(each for each in systems() if each.name == name)


def fastest(year: int, *, half: bool = False) -> Processor | None:
    """The processor of the table that computes most a second, of those there were by the end of `year`."""
    there = [each for each in processors() if each.year <= year]
    return max(there, key=lambda each: speed(each, half=half), default=None)


def speed(processor: Processor, *, half: bool = False) -> float:
    """Peak FLOP/s, with `half` precision where it has units for that."""
    return (processor.half if half else None) or processor.float32


def seconds_to_train(flop: float, flop_per_second: float, utilisation: float) -> float:
    """How long `flop` take at that peak, of which the share `utilisation` is reached."""
    return flop / (flop_per_second * utilisation)


def in_words(seconds: float) -> str:
    """“3 hours”, “41 days”, “1.3 million years”; two digits at most."""
    for size, one in ((YEAR, "year"), (DAY, "day"), (3_600.0, "hour"), (60.0, "minute"), (1.0, "second")):
        if seconds >= size or one == "second":
            return _counted(seconds / size, one)
    raise AssertionError


def _counted(number: float, one: str) -> str:
    if number < 1:
        return f"less than a {one}"
    digits = 1 - math.floor(math.log10(number))
    rounded = round(number, digits)
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if rounded >= size:
            return f"{rounded / size:.2g} {name} {one}s"
    said = f"{rounded:,.0f}" if rounded >= 10 or rounded == int(rounded) else f"{rounded:.1f}"
    return f"{said} {one if said == '1' else one + 's'}"


def power(number: float) -> str:
    """“4.7 x 10^17” with real superscripts, for sums that are shown."""
    exponent = math.floor(math.log10(number))
    raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{number / 10**exponent:.2g} · 10{raised}"
