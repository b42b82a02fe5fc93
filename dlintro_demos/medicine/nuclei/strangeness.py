"""How little a picture looks like one from a microscope, by the classifier that knows photographs.

A network that finds nuclei has never seen anything else, and says nothing of a cat. The classifier has seen
1.3 million photographs: a logistic regression on its embedding tells the two apart.
"""

from __future__ import annotations

import numpy as np

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.nuclei.finding import MODEL
from dlintro_demos.shared.imagenet import embeddings_of, prepare


def look_of(rgb: np.ndarray, cache: ModelCache) -> np.ndarray:
    """(1280,) float32 of length 1: what the middle of a picture, (h, w, 3) uint8, looks like."""
    embedding = embeddings_of(prepare(rgb), cache)[0]
    return np.asarray(embedding / max(float(np.linalg.norm(embedding)), 1e-6))


def strangeness_of(rgb: np.ndarray, cache: ModelCache) -> float:
    """Log odds that a picture, (h, w, 3) uint8, is none of a microscope's. Raises `ModelUnavailable`."""
    module = cache.get(MODEL).module
    weight, bias = (module.get_buffer(f"strange_{each}").cpu().numpy() for each in ("weight", "bias"))
    return float(look_of(rgb, cache) @ weight + bias[0])
