"""Why it says so: shares of each measure, the nearest known cases, and the smallest change that flips it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import IntegratedGradients

from dlintro_demos.medicine.risk.measures import MEASURES, cases, spans
from dlintro_demos.medicine.risk.network import RiskEnsemble, ask

STEPS = 64  # of integrated gradients
NEAREST = 5
SWEEP = 60  # values tried of one measure alone
TURNS = 60  # of the search for the smallest change
MARGIN = 0.02  # log-odds beyond the threshold


def integrated_gradients(module: RiskEnsemble, read: torch.Tensor) -> np.ndarray:
    """Log-odds that each measure brings, (N, 30), on the way from the average known case to these (N, 30).

    Cases are given as the networks read them. Of the mean of the networks' log-odds (Sundararajan et al.,
    2017); a row adds up to its difference from those of the average case.
    """
    explain = IntegratedGradients(lambda given: module(given).mean(0))
    with torch.enable_grad():
        shares = explain.attribute(read, baselines=torch.zeros_like(read), n_steps=STEPS)
    return shares.detach().cpu().double().numpy()


def logistic_shares(module: RiskEnsemble, read: torch.Tensor) -> np.ndarray:
    """The same of the logistic regression, (N, 30): coefficient times measure, which is exact."""
    return (module.logistic.weight * read).detach().cpu().double().numpy()


@dataclass(frozen=True, kw_only=True)
class Near:
    """A known case: its number, whether it was malignant, and how far it is away.

    `apart` is the root of the mean squared difference, in standard deviations of a measure.
    """

    case: int
    malignant: bool
    apart: float


def nearest(module: RiskEnsemble, read: torch.Tensor) -> tuple[Near, ...]:
    """The five known cases nearest to one (30,), as it is read."""
    everyone = cases()
    known = everyone.known
    others = module.read(torch.from_numpy(everyone.values[known]).float().to(read.device))
    apart = (others - read).square().mean(1).sqrt().cpu().numpy()
    return tuple(
        Near(
            case=int(known[place]),
            malignant=bool(everyone.malignant[known[place]]),
            apart=float(apart[place]),
        )
        for place in np.argsort(apart)[:NEAREST]
    )


def followed(
    read: np.ndarray, changes: dict[int, float], precision: np.ndarray, *, follow: bool
) -> np.ndarray:
    """A case (30,) as it is read, with some measures changed; the others `follow` as they do in known cases.

    They move by the conditional mean of a normal distribution with that `precision`: -P_oo⁻¹ P_oc (change).
    """
    moved = read.copy()
    held = np.array(sorted(changes), int)
    if not len(held):
        return moved
    moved[held] = [changes[number] for number in held]
    others = np.setdiff1d(np.arange(len(read)), held)
    if follow and len(others):
        pull = precision[np.ix_(others, held)] @ (moved[held] - read[held])
        moved[others] -= np.linalg.solve(precision[np.ix_(others, others)], pull)
    return moved


@dataclass(frozen=True, kw_only=True, eq=False)
class Flip:
    """A changed case on the other side of a threshold: its 30 `values`, and what is said of it then.

    `distance` is how far it moved: Mahalanobis, or for a single `measure` its standard deviations.
    """

    values: np.ndarray
    probability: float
    distance: float
    measure: int | None = None


def smallest_change(
    module: RiskEnsemble, values: np.ndarray, threshold: float, precision: np.ndarray
) -> Flip | None:
    """The nearest case across `threshold`, where measures move together as they do in known cases.

    Newton's way to the nearest point of the border in Mahalanobis distance (as DeepFool, Moosavi-Dezfooli et
    al., 2016, with the known cases' covariance): the border is taken for flat, again and again. None where
    it does not arrive.
    """
    covariance = np.linalg.inv(precision)
    start = _read(module, values)
    above = ask(module, values[None]).probabilities[0] >= threshold
    goal = np.log(threshold / (1 - threshold)) + (-MARGIN if above else MARGIN)
    here = start
    for _ in range(TURNS):
        height, slope = _odds(module, here)
        along = covariance @ slope
        here = 0.5 * here + 0.5 * (start + along * (goal - height + slope @ (here - start)) / (slope @ along))
        changed = _written(module, here)
        said = float(ask(module, changed[None]).probabilities[0])
        if (said >= threshold) != above and abs(_odds(module, here)[0] - goal) < MARGIN / 2:
            away = _read(module, changed) - start
            return Flip(values=changed, probability=said, distance=float(np.sqrt(away @ precision @ away)))
    return None


def one_alone(module: RiskEnsemble, values: np.ndarray, threshold: float) -> Flip | None:
    """The flip by one measure alone that needs the fewest standard deviations, within the known values."""
    start = _read(module, values)
    above = ask(module, values[None]).probabilities[0] >= threshold
    tried = np.repeat(values[None], len(MEASURES) * SWEEP, 0)
    for number, span in enumerate(spans()):
        tried[number * SWEEP : (number + 1) * SWEEP, number] = np.linspace(span.least, span.most, SWEEP)
    said = ask(module, tried).probabilities
    moved = np.abs(_read_all(module, tried) - start).max(1)
    moved[(said >= threshold) == above] = np.inf
    best = int(moved.argmin())
    if not np.isfinite(moved[best]):
        return None
    return Flip(
        values=tried[best],
        probability=float(said[best]),
        distance=float(moved[best]),
        measure=best // SWEEP,
    )


def _odds(module: RiskEnsemble, read: np.ndarray) -> tuple[float, np.ndarray]:
    """Log-odds of the ensemble's probability of a case as it is read, and their slope (30,)."""
    with torch.enable_grad():
        given = torch.from_numpy(read).float().to(module.scale.device).requires_grad_()
        height = torch.logit(module(given[None]).sigmoid().mean(), eps=1e-6)
        (slope,) = torch.autograd.grad(height, given)
    return float(height.detach()), slope.cpu().double().numpy()


def _read_all(module: RiskEnsemble, values: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        given = torch.from_numpy(values).float().to(module.scale.device)
        return module.read(given).cpu().double().numpy()


def _read(module: RiskEnsemble, values: np.ndarray) -> np.ndarray:
    return _read_all(module, values[None])[0]


def _written(module: RiskEnsemble, read: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        given = torch.from_numpy(read).float().to(module.scale.device)
        return module.written(given[None])[0].cpu().double().numpy()


def largest(shares: Sequence[float] | np.ndarray, count: int) -> list[int]:
    """Numbers of the largest shares by their size, the largest first."""
    return [int(each) for each in np.argsort(-np.abs(np.asarray(shares)))[:count]]
