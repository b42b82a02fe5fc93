"""You against the machine: ten held-out cases, drawn, with five of their measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.medicine.risk.drawing import draw_nuclei
from dlintro_demos.medicine.risk.measures import NAMES, cases, spans
from dlintro_demos.medicine.risk.network import MODEL
from dlintro_demos.medicine.risk.weighing import Answer, Verdict, weigh_many

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

ROUNDS = 10
SHOWN = ("worst radius", "worst texture", "worst smoothness", "worst concave points", "worst symmetry")


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A measure of the case, and the middle of the known benign and malignant ones."""

    name: str
    value: float
    benign: float
    malignant: float


@dataclass(frozen=True, kw_only=True)
class Round:
    """A question; `drawing` is an SVG, `answer` the machine's at its card's threshold."""

    case: int
    drawing: str
    hints: tuple[Hint, ...]
    malignant: bool
    verdict: Verdict
    answer: Answer


def cases_of(seed: int) -> list[int]:
    """The numbers of a game's ten held-out cases, half of them malignant, in an order without a pattern."""
    everyone = cases()
    chance = np.random.default_rng(seed)
    sick = np.flatnonzero(everyone.held_out & everyone.malignant)
    well = np.flatnonzero(everyone.held_out & ~everyone.malignant)
    half = ROUNDS // 2
    drawn = np.concatenate(
        [chance.choice(sick, half, replace=False), chance.choice(well, half, replace=False)]
    )
    return [int(each) for each in chance.permutation(drawn)]


def make_round(seed: int, number: int, cache: ModelCache) -> Iterator[Progress | Round]:
    """A job: the case of a round, 0 to 9. Raises `ModelUnavailable`."""
    yield Progress(0, 1)
    everyone = cases()
    case = cases_of(seed)[number]
    values = everyone.values[case]
    ((verdict, _),) = weigh_many(values[None], cache)
    hints = []
    for name in SHOWN:
        place = NAMES.index(name)
        lie = spans()[place]
        hints.append(Hint(name=name, value=float(values[place]), benign=lie.benign, malignant=lie.malignant))
    yield Round(
        case=case,
        drawing=draw_nuclei(values),
        hints=tuple(hints),
        malignant=bool(everyone.malignant[case]),
        verdict=verdict,
        answer=verdict.answer(cache.card(MODEL).thresholds["malignant"]),
    )
