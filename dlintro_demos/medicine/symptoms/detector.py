"""Whether a sentence sounds like an emergency: two heads on its vector, and its words and letters.

Three that err differently: the heads know what is meant, the weights of words and letters what is written.
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
MOST = 15.0  # of the log odds that a head gives, either way: beyond, it says no more than “sure”


def alarm_scores(sentences: Sequence[str], cache: ModelCache) -> tuple[np.ndarray, np.ndarray]:
    """How much sentences sound like emergencies, 0 to 1 (N,), and the likeliest kind of each (N,).

    Raises `ModelUnavailable`.
    """
    vectors = embed(sentences, cache)
    return cache.run(MODEL, lambda model: scored(model.module, vectors, sentences))


def scored(module: nn.Module, vectors: np.ndarray, sentences: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The same of sentences with their vectors (N, 384)."""
    assert isinstance(module, SymptomHead)
    meant, kinds = of_vectors(module, vectors)
    return 1 / (1 + np.exp(-(meant.sum(0) + of_words(module, sentences)) / 3)), kinds


def of_vectors(head: SymptomHead, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vectors (N, 384) to the log odds of an emergency by either head (2, N) and the likeliest kind (N,)."""
    with torch.inference_mode():
        points = torch.from_numpy(vectors).to(head.temperature.device)
        logits = torch.stack([head.alarm(points), head.curved(points)])
        kinds, others = logits[..., : head.kinds], logits[..., head.kinds :]
        odds = (kinds.logsumexp(2) - others.logsumexp(2)).clamp(-MOST, MOST)
        return odds.cpu().numpy(), kinds.log_softmax(2).sum(0).argmax(1).cpu().numpy()


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
