"""What a probability is worth: sensitivity, specificity, calibration, net benefit, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.gallery.runtime.importing import LOCK

BINS = 10
RESAMPLED = 2_000
TINY = 1e-6


def logit(probability: np.ndarray | float) -> np.ndarray:
    """Log-odds of probabilities, which are kept a millionth away from 0 and 1."""
    held = np.clip(probability, TINY, 1 - TINY)
    return np.log(held / (1 - held))


def sigmoid(logits: np.ndarray | float) -> np.ndarray:
    """The probabilities of log-odds."""
    return 1 / (1 + np.exp(-np.asarray(logits, np.float64)))


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Shares at a threshold, of the malignant and of the benign cases, that are called what they are."""

    sensitivity: float
    specificity: float


def rates(probabilities: np.ndarray, malignant: np.ndarray, threshold: float) -> Rates:
    """At and above `threshold` a case is called malignant; (N,) and (N,) bool, with some of both kinds."""
    called = probabilities >= threshold
    return Rates(sensitivity=float(called[malignant].mean()), specificity=float((~called)[~malignant].mean()))


def sensitive_threshold(probabilities: np.ndarray, malignant: np.ndarray, wanted: float) -> float:
    """The highest threshold that calls at least the share `wanted` of the malignant ones so."""
    scores = np.sort(probabilities[malignant])
    may_miss = int(np.floor((1 - wanted) * len(scores) + 1e-9))
    return float(scores[may_miss])


def brier(probabilities: np.ndarray, malignant: np.ndarray) -> float:
    """Mean squared difference from the truth: 0 is perfect, 0.25 is “half” for everybody (Brier, 1950)."""
    return float(((probabilities - malignant) ** 2).mean())


def area_under_curve(scores: np.ndarray, malignant: np.ndarray) -> float:
    """Share of pairs of a malignant and a benign case in which the former scores higher; ties count half."""
    with LOCK:
        from scipy.stats import rankdata

    ranks = rankdata(scores)
    sick = int(malignant.sum())
    return float((ranks[malignant].sum() - sick * (sick + 1) / 2) / (sick * (len(scores) - sick)))


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Cases with probabilities in a tenth: how many, what they were given on average, how many were sick."""

    said: float
    found: float
    count: int


def reliability(probabilities: np.ndarray, malignant: np.ndarray, bins: int = BINS) -> tuple[Bin, ...]:
    """The bins of equal width that hold any case."""
    which = np.minimum((probabilities * bins).astype(int), bins - 1)
    return tuple(
        Bin(
            said=float(probabilities[which == each].mean()),
            found=float(malignant[which == each].mean()),
            count=int((which == each).sum()),
        )
        for each in range(bins)
        if (which == each).any()
    )


def calibration_error(probabilities: np.ndarray, malignant: np.ndarray, bins: int = BINS) -> float:
    """Expected calibration error: how far said and found are apart in a bin, on average over the cases."""
    found = reliability(probabilities, malignant, bins)
    return sum(each.count * abs(each.said - each.found) for each in found) / len(probabilities)


def interval(
    figure: Callable[[np.ndarray], float], malignant: np.ndarray, *, seed: int = 0, times: int = RESAMPLED
) -> tuple[float, float]:
    """95 % bootstrap interval of `figure(numbers of cases)`, drawn again within each of the two kinds."""
    chance = np.random.default_rng(seed)
    kinds = [np.flatnonzero(malignant), np.flatnonzero(~malignant)]
    drawn = [figure(np.concatenate([chance.choice(kind, len(kind)) for kind in kinds])) for _ in range(times)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def moved(probabilities: np.ndarray, before: float, after: float) -> np.ndarray:
    """What probabilities become where not the share `before` is malignant, but `after` (Bayes)."""
    return sigmoid(logit(probabilities) + logit(after) - logit(before))


@dataclass(frozen=True, kw_only=True)
class Thousand:
    """What becomes of 1,000 women: found, missed, frightened for nothing, and rightly sent home."""

    found: int
    missed: int
    frightened: int
    sent_home: int


def thousand(at: Rates, prevalence: float) -> Thousand:
    """Whole women who add up to 1,000, `prevalence` of them (0 to 1) with a malignant lump."""
    sick = round(1000 * prevalence)
    found = round(sick * at.sensitivity)
    sent_home = round((1000 - sick) * at.specificity)
    return Thousand(found=found, missed=sick - found, frightened=1000 - sick - sent_home, sent_home=sent_home)


def net_benefit(
    probabilities: np.ndarray, malignant: np.ndarray, thresholds: Sequence[float], prevalence: float
) -> list[float]:
    """Net benefit at each threshold probability, in malignant cases found per person (Vickers, 2006).

    The probabilities hold for the share of malignant cases among these; they are moved to `prevalence`.
    """
    there = moved(probabilities, float(malignant.mean()), prevalence)
    benefits = []
    for threshold in thresholds:
        at = rates(there, malignant, threshold)
        harm = (1 - prevalence) * (1 - at.specificity) * threshold / (1 - threshold)
        benefits.append(prevalence * at.sensitivity - harm)
    return benefits


def benefit_of_all(thresholds: Sequence[float], prevalence: float) -> list[float]:
    """Net benefit of calling everybody malignant."""
    return [prevalence - (1 - prevalence) * each / (1 - each) for each in thresholds]
