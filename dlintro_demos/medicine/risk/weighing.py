"""Weigh one case, or many: probability with the networks' spread, refusal, reasons. Jobs, no Streamlit."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.medicine.risk.drawing import draw_nuclei
from dlintro_demos.medicine.risk.measures import KINDS, MEASURES, cases
from dlintro_demos.medicine.risk.network import MODEL, RiskEnsemble, ask
from dlintro_demos.medicine.risk.reasons import (
    Flip,
    Near,
    followed,
    integrated_gradients,
    logistic_shares,
    nearest,
    one_alone,
    smallest_change,
)
from dlintro_demos.medicine.risk.scoring import logit, sigmoid
from dlintro_demos.medicine.risk.strangeness import Strange, distances, explain, impossible, strangest

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

Answer = Literal["malignant", "benign", "unsure", "strange"]
AT_ONCE = 200  # cases of a table


@dataclass(frozen=True, kw_only=True)
class Lie:
    """How the known cases of one diagnosis lie on a measure, in standard deviations of all of them."""

    low: float
    quarter: float
    middle: float
    three_quarters: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is said of a case, whatever the threshold.

    `networks` are the probabilities of "malignant" by each network; the log-odds `middle` of their mean, and
    their `reach`, as far as the threshold must be away. Nothing of it is to be believed where it is
    `strange`; `probability` is None where it could not even be asked.
    """

    probability: float | None
    networks: tuple[float, ...] = ()
    logistic: float = 0.0
    middle: float = 0.0
    reach: float = 0.0
    distance: float = 0.0
    strange: Strange | None = None

    @property
    def low(self) -> float:
        """The lower end of what the networks' spread allows."""
        return float(sigmoid(self.middle - self.reach))

    @property
    def high(self) -> float:
        """The upper end."""
        return float(sigmoid(self.middle + self.reach))

    def answer(self, threshold: float) -> Answer:
        """What is answered where a case is called malignant from `threshold` on."""
        if self.strange is not None or self.probability is None:
            return "strange"
        if abs(self.middle - float(logit(threshold))) < self.reach:
            return "unsure"
        return "malignant" if self.probability >= threshold else "benign"


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighed:
    """A case with all that a page shows of it.

    `values`, `read` (in standard deviations from the average known case), `shares` (log-odds that a measure
    brings to the networks) and `line` (to the logistic regression) are (30,), in the order of `MEASURES`;
    `benign` and `malignant` say how the known cases lie there. `drawing` is an SVG. Where the verdict is that
    the values are impossible, there is nothing but them.
    """

    values: tuple[float, ...]
    verdict: Verdict
    drawing: str = ""
    read: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    line: tuple[float, ...] = ()
    benign: tuple[Lie, ...] = ()
    malignant: tuple[Lie, ...] = ()
    near: tuple[Near, ...] = ()
    near_drawings: tuple[str, ...] = ()
    stages: Mapping[str, float] | None = None


def weigh(
    values: Sequence[float],
    changes: tuple[tuple[int, float], ...],
    follow: bool,
    cache: ModelCache,
) -> Iterator[Progress | Weighed]:
    """A job: weigh 30 values, some of them changed (number in `MEASURES`, new value).

    With `follow` the other measures go along as they do in known cases. Raises `ModelUnavailable`.
    """
    yield Progress(0, 1)
    thresholds = cache.card(MODEL).thresholds
    changed = list(values)
    for number, value in changes:
        changed[number] = value
    wrong = impossible(changed)
    if wrong is not None:
        yield Weighed(values=tuple(changed), verdict=Verdict(probability=None, strange=wrong))
        return
    yield cache.run(
        MODEL,
        lambda model: _weigh(model.module, np.array(values), dict(changes), follow, thresholds),
    )


def _weigh(
    module: torch.nn.Module,
    values: np.ndarray,
    changes: dict[int, float],
    follow: bool,
    thresholds: Mapping[str, float],
) -> Weighed:
    assert isinstance(module, RiskEnsemble)
    started = time.perf_counter()
    values = _changed(module, values, changes, follow)
    (verdict,) = verdicts(module, values[None], thresholds)
    asked = time.perf_counter()
    given = torch.from_numpy(values[None]).float().to(module.scale.device)
    read = module.read(given)
    shares = integrated_gradients(module, read)[0]
    line = logistic_shares(module, read)[0]
    benign, malignant = lie_of_known(module)
    near = nearest(module, read[0])
    explained = time.perf_counter()
    drawing = draw_nuclei(values)
    near_drawings = tuple(_known_drawing(each.case) for each in near)
    stages = {
        "the networks, and whether the case is strange": asked - started,
        "reasons and nearest cases": explained - asked,
        "drawings": time.perf_counter() - explained,
    }
    return Weighed(
        values=tuple(map(float, values)),
        verdict=verdict,
        drawing=drawing,
        read=tuple(map(float, read[0].cpu())),
        shares=tuple(map(float, shares)),
        line=tuple(map(float, line)),
        benign=benign,
        malignant=malignant,
        near=near,
        near_drawings=near_drawings,
        stages=stages,
    )


@functools.cache
def _known_drawing(case: int) -> str:
    return draw_nuclei(cases().values[case], small=True)


def _changed(module: RiskEnsemble, values: np.ndarray, changes: dict[int, float], follow: bool) -> np.ndarray:
    if not changes:
        return values
    if not follow:
        changed = values.copy()
        changed[list(changes)] = list(changes.values())
        return changed
    wanted = values.copy()
    wanted[list(changes)] = list(changes.values())
    with torch.inference_mode():
        both = torch.from_numpy(np.stack([values, wanted])).float().to(module.scale.device)
        before, after = module.read(both).cpu().double().numpy()
        new = {number: float(after[number]) for number in changes}
        moved = followed(before, new, module.precision.cpu().double().numpy(), follow=True)
        written = module.written(torch.from_numpy(moved).float().to(module.scale.device))
    changed = written.cpu().double().numpy()
    changed[list(changes)] = list(changes.values())
    return changed


def verdicts(
    module: RiskEnsemble, values: np.ndarray, thresholds: Mapping[str, float]
) -> tuple[Verdict, ...]:
    """What is said of cases (N, 30) whose values are possible."""
    said = ask(module, values)
    precision = module.precision.cpu().double().numpy()
    with torch.inference_mode():
        given = torch.from_numpy(values).float().to(module.scale.device)
        read = module.read(given).cpu().double().numpy()
    far = distances(read, precision)
    found = []
    for row in range(len(values)):
        strange = None
        if far[row] > thresholds["strange"]:
            worst, expected = strangest(read[row], precision)
            expected_read = read[row].copy()
            expected_read[worst] = expected
            with torch.inference_mode():
                written = module.written(torch.from_numpy(expected_read).float().to(module.scale.device))
            strange = explain(worst, float(values[row, worst]), float(written[worst]))
        found.append(
            Verdict(
                probability=float(said.probabilities[row]),
                networks=tuple(sorted(map(float, sigmoid(said.networks[:, row])))),
                logistic=float(sigmoid(said.logistic[row])),
                middle=float(said.middle[row]),
                reach=float(thresholds["agreement"] * said.spread[row]),
                distance=float(far[row]),
                strange=strange,
            )
        )
    return tuple(found)


def lie_of_known(module: RiskEnsemble) -> tuple[tuple[Lie, ...], tuple[Lie, ...]]:
    """How the benign and the malignant known cases lie on each measure."""
    everyone = cases()
    with torch.inference_mode():
        given = torch.from_numpy(everyone.values[everyone.known]).float().to(module.scale.device)
        read = module.read(given).cpu().numpy()
    sick = everyone.malignant[everyone.known]
    both = []
    for rows in (read[~sick], read[sick]):
        quantiles = np.quantile(rows, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0).T
        both.append(
            tuple(
                Lie(low=float(a), quarter=float(b), middle=float(c), three_quarters=float(d), high=float(e))
                for a, b, c, d, e in quantiles
            )
        )
    return both[0], both[1]


@dataclass(frozen=True, kw_only=True, eq=False)
class Flips:
    """The smallest change that flips an answer, by all measures together and by one alone; None for none.

    `strange` say whether the changed case would be refused.
    """

    together: Flip | None
    alone: Flip | None
    together_strange: bool
    alone_strange: bool


def find_flips(values: Sequence[float], threshold: float, cache: ModelCache) -> Iterator[Progress | Flips]:
    """A job: what would have to be another way. Values must be possible. Raises `ModelUnavailable`."""
    yield Progress(0, 1)
    thresholds = cache.card(MODEL).thresholds
    yield cache.run(MODEL, lambda model: _flips(model.module, np.array(values), threshold, thresholds))


def _flips(
    module: torch.nn.Module, values: np.ndarray, threshold: float, thresholds: Mapping[str, float]
) -> Flips:
    assert isinstance(module, RiskEnsemble)
    together = smallest_change(module, values, threshold, module.precision.cpu().double().numpy())
    alone = one_alone(module, values, threshold)

    def is_strange(flip: Flip | None) -> bool:
        if flip is None:
            return False
        return (
            impossible(flip.values) is not None
            or verdicts(module, flip.values[None], thresholds)[0].strange is not None
        )

    return Flips(
        together=together,
        alone=alone,
        together_strange=is_strange(together),
        alone_strange=is_strange(alone),
    )


def of_kind(kind: str) -> list[int]:
    """Numbers of the ten measures of a kind."""
    start = KINDS.index(kind) * len(MEASURES) // len(KINDS)
    return list(range(start, start + len(MEASURES) // len(KINDS)))


def weigh_many(values: np.ndarray, cache: ModelCache) -> Iterator[tuple[Verdict, np.ndarray]]:
    """Verdicts of cases (N, 30), and the shares (30,) of their measures; any of them may be impossible.

    Raises `ModelUnavailable`.
    """
    thresholds = cache.card(MODEL).thresholds
    wrong = [impossible(row) for row in values]
    possible = np.array([each is None for each in wrong])
    found: list[tuple[Verdict, np.ndarray]] = [
        (Verdict(probability=None, strange=each), np.zeros(len(MEASURES))) for each in wrong
    ]
    if possible.any():
        said, shares = cache.run(MODEL, lambda model: _many(model.module, values[possible], thresholds))
        for place, verdict, row in zip(np.flatnonzero(possible), said, shares, strict=True):
            found[place] = (verdict, row)
    yield from found


def _many(
    module: torch.nn.Module, values: np.ndarray, thresholds: Mapping[str, float]
) -> tuple[tuple[Verdict, ...], np.ndarray]:
    assert isinstance(module, RiskEnsemble)
    read = module.read(torch.from_numpy(values).float().to(module.scale.device))
    return verdicts(module, values, thresholds), integrated_gradients(module, read)
