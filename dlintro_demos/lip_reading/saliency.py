"""Which frames a reading hangs on: each span is hidden in turn, and the loss of probability measured.

Hidden are landmarks and pixels alike: for the network they then stand where they stand on average. Zeiler and
Fergus, "Visualizing and Understanding Convolutional Networks", 2014, do so with squares of a picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.grammar import WORDS
from dlintro_demos.lip_reading.landmarks import normalise
from dlintro_demos.lip_reading.mouths import look
from dlintro_demos.lip_reading.reading import MIX, MODEL, decode, logits_of, mixed, views

SPAN = 5
"""Frames that are hidden at once, a fifth of a second."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Saliency:
    """`lost` (spans, 6): by how much the probability of each word that was read falls, 0 to 1, with a span of
    `SPAN` frames hidden; negative where it rises.
    """

    lost: np.ndarray


def hide_spans(clip: Clip, cache: ModelCache) -> Iterator[Progress | Saliency]:
    """A job: read a clip with landmarks, one span hidden after the other.

    Raises `ModelUnavailable` and `TrackError`.
    """
    assert clip.track is not None
    points, pixels, keep = views(normalise(clip.track), look(clip.mouths))
    spans = range(0, points.shape[1], SPAN)
    before = _posteriors(cache, points, pixels, keep)
    words = [int(each.argmax()) for each in before]
    lost = np.zeros((len(spans), len(WORDS)), np.float32)
    for number, start in enumerate(spans):
        yield Progress(number, len(spans), "hiding frames")
        fewer, darker = points.clone(), pixels.clone()
        fewer[:, start : start + SPAN] = 0
        darker[:, start : start + SPAN] = 0
        after = _posteriors(cache, fewer, darker, keep)
        lost[number] = [old[word] - new[word] for old, new, word in zip(before, after, words, strict=True)]
    yield Saliency(lost=lost)


def _posteriors(cache: ModelCache, *shown: torch.Tensor) -> list[np.ndarray]:
    return mixed(decode(cache.run(MODEL, lambda model: logits_of(model, *shown))).ways, MIX)
