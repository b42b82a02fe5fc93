"""Whether a complaint sounds like an emergency: by networks, by what is nearest, and by words and letters.

Four that err differently. Three read what is left beside what is denied: two the vector of that, who know
what is meant, and one its words, who knows what is written. The fourth reads all that was said, denials, too
(`whole.py`): where something may be denied it counts most, and a rule that finds an emergency counts, too.
What surely fits a pattern, or surely is no complaint, is doubted a little.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from dlintro_demos.medicine.symptoms.head import GRAMS, MODEL, SymptomHead
from dlintro_demos.shared.sentence_embeddings import embed

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

LENGTHS = (3, 4)  # of runs of letters
WHOLE, RUN = 1.0, 0.5  # what a word, or two that follow each other, and a run of letters count
MOST = 15.0  # of the log odds that the network gives, either way: beyond, it says no more than “sure”
NEAREST = 6  # of the sentences that it learned from, of either sort
SHARPNESS = 30.0  # cosines to log odds
DOUBT = np.array([0.5, 0.25])  # log odds lost for each by which a pattern, or none, is surer than `FROM`
FROM = 0.5
SHARE = 0.75  # of the log odds by all that was said, beside the others', where nothing may be denied
PART, AT_MOST, RULE = 0.5, 3.0, 1.0  # of the others' log odds elsewhere, so far as they count; of a rule
NOTHING = -3.0  # instead of the others', where hardly anything is left beside what is denied
# Chosen on rounds 22 to 27 of the tests, by readers who had not learned from them.
SURE = 0.01  # nothing is surer than by that from 1


def score_of(whole: float, part: float | None, *, denied: bool, ruled: bool) -> float:
    """How much a complaint sounds like an emergency, 0 to 1.

    `whole` are log odds by those who read all of it, `part` by the others of the part that is likeliest to be
    one, if anything is left. `denied` says that something may be, `ruled` that a rule finds an emergency.
    """
    if denied:
        others = NOTHING if part is None else PART * min(max(part, -AT_MOST), AT_MOST)
        odds = whole + others + RULE * ruled
    else:
        odds = SHARE * whole + (NOTHING if part is None else part)
    return float(1 / (1 + np.exp(-odds)))


def part_odds(sentences: Sequence[str], fit: np.ndarray, cache: ModelCache) -> np.ndarray:
    """The log odds of an emergency by all but those who read the whole, (N,).

    `fit` (2,) is how surely all of the complaint fits a pattern, and none, 0 to 1. Raises `ModelUnavailable`.
    """
    vectors = embed(sentences, cache)
    return cache.run(MODEL, lambda model: odds_by(model.module, vectors, sentences, fit))


def odds_by(module: nn.Module, vectors: np.ndarray, sentences: Sequence[str], fit: np.ndarray) -> np.ndarray:
    """The same of sentences with vectors (N, 384)."""
    assert isinstance(module, SymptomHead)
    with torch.inference_mode():
        points = torch.from_numpy(vectors).to(module.temperature.device)
        logits = module.alarm(points)
        kinds, others = logits[:, : module.kinds], logits[:, module.kinds :]
        odds = (kinds.logsumexp(1) - others.logsumexp(1)).clamp(-MOST, MOST) + of_nearest(module, points)
        by_vector = odds.cpu().numpy()
    fits = np.clip(fit, SURE, 1 - SURE)
    doubt = (DOUBT * np.maximum(np.log(fits / (1 - fits)) - FROM, 0)).sum()
    found: np.ndarray = (by_vector + of_words(module, sentences)) / 3 - doubt
    return found


def of_nearest(head: SymptomHead, points: torch.Tensor) -> torch.Tensor:
    """How much nearer the nearest emergencies are than the nearest others, (N, 384) to (N,), as log odds."""
    cosines = points @ head.examples.T
    urgent = cosines[:, head.urgent > 0].topk(NEAREST, dim=1).values
    others = cosines[:, head.urgent == 0].topk(NEAREST, dim=1).values
    return SHARPNESS * (urgent.mean(1) - others.mean(1))


def of_words(head: SymptomHead, sentences: Sequence[str]) -> np.ndarray:
    """The log odds of an emergency by words and runs of letters, (N,)."""
    weights = head.grams.cpu().numpy()
    return np.array([weights[places] @ values for places, values in map(grams, sentences)])


def grams(sentence: str) -> tuple[np.ndarray, np.ndarray]:
    """The words, pairs of words and runs of letters of a sentence: their places in the table, and values.

    The values have length 1. Places are hashed (Weinberger et al. 2009).
    """
    words = sentence.split()
    text = f" {' '.join(words)} "
    counts: dict[str, float] = defaultdict(float)
    for word in {*words, *map(" ".join, pairwise(words))}:
        counts[f"w{word}"] = WHOLE
    for length in LENGTHS:
        for at in range(len(text) - length + 1):
            counts[f"c{text[at : at + length]}"] += RUN
    places = np.array([zlib.crc32(each.encode()) % GRAMS for each in counts])
    values = np.array(list(counts.values()), np.float32)
    return places, values / max(float(np.linalg.norm(values)), 1e-9)
