"""“Can it fool you?”: a piece of a real photo beside the network's version of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.super_resolution.samples import SAMPLES, SCALE
from dlintro_demos.super_resolution.upscale import Upscaled, upscale

SIDE = 48  # px of the small picture; its piece of the original is four times that
# Sample and top left corner in its small picture: pieces with something to look at.
ROUNDS: tuple[tuple[str, int, int], ...] = (
    ("coffee", 40, 30),
    ("cat", 40, 8),
    ("astronaut", 80, 10),
    ("astronaut", 10, 64),
    ("cat", 20, 27),
    ("coffee", 8, 50),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """The same piece twice, PNG: as the camera took it, and made by the network of a sixteenth of that."""

    real: bytes
    made: bytes
    title: str


def make_pair(number: int, cache: ModelCache) -> Iterator[Progress | Pair]:
    """Round `number`, counted from 0; after the last they begin again. Raises `ModelUnavailable`."""
    key, left, top = ROUNDS[number % len(ROUNDS)]
    sample = next(sample for sample in SAMPLES if sample.key == key)
    small = np.ascontiguousarray(sample.load()[top : top + SIDE, left : left + SIDE])
    scale = SCALE
    real = sample.truth()[top * scale : (top + SIDE) * scale, left * scale : (left + SIDE) * scale]
    for step in upscale(small, method="photographic", scale=4, faithful=True, cache=cache):
        if isinstance(step, Upscaled):
            made = step.rgb
        else:
            yield step
    yield Pair(
        real=encode_png(np.ascontiguousarray(real)),
        made=encode_png(made),
        title=sample.title,
    )
