"""The first look at a picture: the answer, what the network saw of it, and three depths at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dlintro_demos.feature_layers.atlas import Atlas, outstanding
from dlintro_demos.feature_layers.classifier import Answer, classify, logits_of
from dlintro_demos.feature_layers.evidence import covered
from dlintro_demos.feature_layers.guesses import Guess, chances, top_guesses
from dlintro_demos.feature_layers.walk import lit_up, maps_of, montage, visible
from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.imagenet import LOOK_SIDE, MODEL, prepare

GLANCES = ("block 0.0", "block 3.1", "block 6.0")  # edges, parts, things
TILE, ACROSS = 112, 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Looked:
    """The answer; the square that the network saw (JPEG); six outstanding channels at three depths (JPEG)."""

    answer: Answer
    seen: bytes
    glances: tuple[bytes, ...]


def telling(maps: np.ndarray, atlas: Atlas, stop: str) -> np.ndarray:
    """How much each channel's map, (channels, h, w), shows of a picture: (channels,), larger is more.

    At the first stop those whose answer varies most for its size, as edges do; later those that answer more
    than they usually do.
    """
    means = maps.mean((1, 2))
    if stop == GLANCES[0]:
        return maps.std((1, 2)) / (means + 0.2)
    return outstanding(means, atlas.usual[stop], atlas.spread[stop])


def look_at(rgb: np.ndarray, cache: ModelCache) -> Iterator[Progress | Looked]:
    """Name a picture, (H, W, 3) uint8, and look inside at three depths. Raises `ModelUnavailable`."""
    yield Progress(0, 2, "naming it")
    answer = classify(rgb, cache)
    yield Progress(1, 2, "looking inside")
    atlas = Atlas.read(cache.card(MODEL))
    pixels = prepare(rgb, side=LOOK_SIDE)
    maps = cache.run(MODEL, lambda model: maps_of(model.module, pixels, model.device, *GLANCES))
    picture = visible(pixels)
    glances = []
    for stop in GLANCES:
        chosen = np.argsort(-telling(maps[stop], atlas, stop), kind="stable")[: 2 * ACROSS]
        glances.append(montage([lit_up(picture, maps[stop][channel], TILE) for channel in chosen], ACROSS))
    yield Looked(
        answer=answer,
        seen=encode_jpeg(picture),
        glances=tuple(encode_jpeg(glance) for glance in glances),
    )


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """The answer with parts covered: its best guess, and how likely the classes asked for are now."""

    best: Guess
    probabilities: tuple[float, ...]


def hide(
    rgb: np.ndarray, cells: np.ndarray, indices: tuple[int, ...], cache: ModelCache
) -> Iterator[Progress | Hidden]:
    """Cover cells, (14, 14) bool, of what the network sees with grey, and ask again.

    Raises `ModelUnavailable`.
    """
    yield Progress(0, 1)
    temperature = cache.card(MODEL).thresholds["temperature"]
    batch = covered(prepare(rgb), cells[None])
    logits = logits_of(batch, cache)
    yield Hidden(
        best=top_guesses(logits[0], temperature, 1)[0],
        probabilities=tuple(chances(logits, index, temperature)[0] for index in indices),
    )
