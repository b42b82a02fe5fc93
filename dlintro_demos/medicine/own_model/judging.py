"""Judge an operator's model: everything is chosen on half of its labelled rows, and told on the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from dlintro_demos.gallery.intake.tables import TableLimits
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.nuclei.strangeness import look_of
from dlintro_demos.medicine.own_model.mounted import (
    PICTURE,
    VALIDATION,
    OwnCard,
    as_wanted,
    batches,
    given_logits,
    load,
    read_card,
    read_rows,
)
from dlintro_demos.medicine.own_model.strangers import Near, learn_near
from dlintro_demos.medicine.risk.scoring import Bin, calibration_error, reliability, sensitive_threshold

SENSITIVITY = 0.98  # wanted of the threshold, on the half that chooses
RIGHT = 0.95  # wanted of the answers that are given, on the same half
SEED = 18


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """What the half of the rows says that nothing was chosen on.

    `positive` (N,) are calibrated probabilities of the positive class, `before` the same before calibration,
    `is_positive` (N,) bool the truth. `confidence` (N,) is that of the likeliest class, `right` (N,) whether
    it is the true one. `threshold`, `known` (the least confidence) and `temperature` were chosen on the
    other half. `near` tells pictures of something else; there is none where the file gives probabilities.
    """

    card: OwnCard
    positive: np.ndarray
    before: np.ndarray
    is_positive: np.ndarray
    confidence: np.ndarray
    right: np.ndarray
    threshold: float
    known: float
    temperature: float
    near: Near | None = None

    @property
    def answered(self) -> float:
        """Share of rows that are answered."""
        return float((self.confidence >= self.known).mean())

    @property
    def right_of_answered(self) -> float:
        """Share of the answers that are right; 0 where none is given."""
        answered = self.confidence >= self.known
        return float(self.right[answered].mean()) if answered.any() else 0.0

    def bins(self) -> dict[str, tuple[tuple[Bin, ...], float]]:
        """Reliability and expected calibration error, after and before calibration."""
        return {
            name: (reliability(said, self.is_positive), calibration_error(said, self.is_positive))
            for name, said in (("Calibrated", self.positive), ("Before calibration", self.before))
        }


def judge(folder: Path, limits: TableLimits, cache: ModelCache) -> Iterator[Progress | Judged]:
    """A job: read the folder, ask the network about its pictures, and judge. Raises `ModelUnavailable`."""
    yield Progress(0, 1, "reading")
    card = read_card(folder)
    rows = read_rows(folder, card, limits)
    labels = np.array([label for label, _ in rows])
    if PICTURE in rows[0][1].cells:
        network = load(folder, card)
        found: list[np.ndarray] = []
        looks: list[np.ndarray] = []
        for pictures in batches(folder, rows):
            yield Progress(len(looks), len(rows), "asking the network")
            with torch.inference_mode():
                found.append(network(as_wanted(pictures, card)).double().numpy())
            looks += [look_of(rgb, cache) for rgb in pictures]
        yield Progress(len(rows), len(rows), "showing it something else")
        near = learn_near(np.stack(looks), _half(labels == card.classes.index(card.positive)), cache)
        yield replace(weigh_up(card, labels, np.concatenate(found)), near=near)
    else:
        yield weigh_up(card, labels, given_logits(folder / VALIDATION, card, rows))


def weigh_up(card: OwnCard, labels: np.ndarray, logits: np.ndarray) -> Judged:
    """Judge labels (N,) and logits (N, classes)."""
    place = card.classes.index(card.positive)
    chooses = _half(labels == place)
    tells = ~chooses
    temperature = fit_temperature(logits[chooses], labels[chooses])
    probabilities = softmax(logits / temperature, axis=1)
    confidence, right = probabilities.max(1), probabilities.argmax(1) == labels
    return Judged(
        card=card,
        positive=probabilities[tells, place],
        before=softmax(logits[tells], axis=1)[:, place],
        is_positive=labels[tells] == place,
        confidence=confidence[tells],
        right=right[tells],
        threshold=sensitive_threshold(probabilities[chooses, place], labels[chooses] == place, SENSITIVITY),
        known=least_confidence(confidence[chooses], right[chooses]),
        temperature=temperature,
    )


def _half(positive: np.ndarray) -> np.ndarray:
    """Half of the positive rows and half of the others, by chance, always the same."""
    chance = np.random.default_rng(SEED)
    chosen = np.zeros(len(positive), bool)
    for kind in (True, False):
        numbers = chance.permutation(np.flatnonzero(positive == kind))
        chosen[numbers[: len(numbers) // 2]] = True
    return chosen


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """What logits (N, classes) are divided by for the least log loss (Guo et al., 2017)."""

    def loss(log: float) -> float:
        return float(-log_softmax(logits / np.exp(log), axis=1)[np.arange(len(labels)), labels].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def least_confidence(confidence: np.ndarray, right: np.ndarray) -> float:
    """The lowest confidence from which on `RIGHT` of the answers are right; 1 where no such one is."""
    order = np.argsort(-confidence)
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= RIGHT)
    return float(confidence[order][enough[-1]]) if len(enough) else 1.0
