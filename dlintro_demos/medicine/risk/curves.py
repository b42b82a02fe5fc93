"""What the nested cross-validation said of all 569 cases, for the page's curves; and 1,000 women as dots."""

from __future__ import annotations

import csv
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlintro_demos.medicine.risk.scoring import (
    Bin,
    Rates,
    Thousand,
    benefit_of_all,
    calibration_error,
    net_benefit,
    rates,
    reliability,
)

FILE = "cross_validation.csv"
COLUMNS = {
    "Networks": "network",
    "Networks, before calibration": "before_calibration",
    "Logistic regression": "logistic",
}
NETWORKS, BEFORE, LOGISTIC = COLUMNS
THRESHOLDS = tuple(round(0.01 * each, 2) for each in range(1, 91))
ACROSS, PITCH, DOT = 40, 8, 6  # dots in a row, px from one to the next, px wide
DOTS = {"found": "#0072b2", "missed": "#d55e00", "frightened": "#e69f00", "sent_home": "#b9bec9"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """`said` holds probabilities (569,) of cases then unseen, by `COLUMNS`; `malignant` (569,) bool."""

    said: dict[str, np.ndarray]
    malignant: np.ndarray


@functools.cache
def record(folder: Path) -> Record:
    """What the training wrote beside the model's card in `folder`."""
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Record(
        said={name: np.array([float(row[column]) for row in rows]) for name, column in COLUMNS.items()},
        malignant=np.array([row["malignant"] == "1" for row in rows]),
    )


def rates_at(folder: Path, threshold: float, who: str = NETWORKS) -> Rates:
    """Sensitivity and specificity at a threshold."""
    found = record(folder)
    return rates(found.said[who], found.malignant, threshold)


@functools.cache
def bins(folder: Path, who: str) -> tuple[tuple[Bin, ...], float]:
    """The reliability diagram, and the expected calibration error."""
    found = record(folder)
    return reliability(found.said[who], found.malignant), calibration_error(found.said[who], found.malignant)


@functools.lru_cache(maxsize=64)
def decision_curve(folder: Path, prevalence: float) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Net benefit per 1,000 women at `THRESHOLDS`, of each way to decide."""
    found = record(folder)
    ways: dict[str, Sequence[float]] = {
        who: net_benefit(found.said[who], found.malignant, THRESHOLDS, prevalence)
        for who in (NETWORKS, LOGISTIC)
    }
    ways["Call everybody malignant"] = benefit_of_all(THRESHOLDS, prevalence)
    ways["Call nobody malignant"] = [0.0] * len(THRESHOLDS)
    return tuple((who, tuple(1000 * each for each in benefits)) for who, benefits in ways.items())


@functools.lru_cache(maxsize=256)
def draw_thousand(women: Thousand) -> str:
    """1,000 dots as an SVG: found, missed, frightened for nothing, sent home, in this order."""
    paths, start = [], 0
    for name, colour in DOTS.items():
        number = getattr(women, name)
        dots = "".join(
            f"M{PITCH * (each % ACROSS) + PITCH // 2} {PITCH * (each // ACROSS) + PITCH // 2}h0"
            for each in range(start, start + number)
        )
        if dots:
            paths.append(f'<path d="{dots}" stroke="{colour}" stroke-width="{DOT}" stroke-linecap="round"/>')
        start += number
    width, height = ACROSS * PITCH, 1000 // ACROSS * PITCH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{"".join(paths)}</svg>'
    )
