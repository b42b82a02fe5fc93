"""The bundled pictures that are most like a picture, at an early, a middle and the last layer."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch

from dlintro_demos.feature_layers.atlas import DEPTHS, Atlas
from dlintro_demos.feature_layers.samples import Picture, pictures
from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.imagenet import MODEL, prepare, run

NEAREST = 6
# Two pictures are one where they are that like at every depth: of the bundled ones no two different are, at
# most 0.59, and a copy in another size or quality nearly always is.
ITSELF = 0.65
NEAR = 0.3  # at the last layer: of bundled pictures of two classes, one pair in a thousand is nearer
SMALL = 240  # px, at most, of a picture beside others


@dataclass(frozen=True, kw_only=True)
class Alike:
    """A bundled picture, its middle to look at (JPEG, square), and its likeness: the cosine between the two,
    -1 to 1, about the bundled mean."""

    picture: Picture
    small: bytes
    likeness: float


def features_of(rgb: np.ndarray, network: Any, device: torch.device | None = None) -> dict[str, np.ndarray]:
    """What a picture is like at three depths (`atlas.DEPTHS`), float32 vectors.

    Early and middle: the maps' means and deviations over the picture; late: what the last layer decides by.
    """
    with torch.inference_mode():
        seen = run(network, prepare(rgb).to(device or "cpu"), look=[DEPTHS["early"], DEPTHS["middle"]])
    early, middle = (seen.maps[name][0].flatten(1) for name in (DEPTHS["early"], DEPTHS["middle"]))
    vectors = {
        "early": torch.cat([early.mean(1), early.std(1)]),
        "middle": torch.cat([middle.mean(1), middle.std(1)]),
        "late": seen.embedding[0],
    }
    return {depth: vector.float().cpu().numpy() for depth, vector in vectors.items()}


def look_alikes(rgb: np.ndarray, cache: ModelCache) -> Iterator[Progress | dict[str, tuple[Alike, ...]]]:
    """The six nearest bundled pictures by depth (`DEPTHS`), the nearest first; not the picture itself, also
    not where this is a copy of it.

    Raises `ModelUnavailable`.
    """
    yield Progress(0, 1)
    atlas = Atlas.read(cache.card(MODEL))
    features = cache.run(MODEL, lambda model: features_of(rgb, model.module, model.device))
    known = {picture.key: picture for picture in pictures()}
    likeness = {}
    for depth in DEPTHS:
        centred = features[depth] - atlas.centre[depth]
        likeness[depth] = atlas.alike[depth] @ (centred / max(float(np.linalg.norm(centred)), 1e-9))
    itself = np.minimum.reduce(list(likeness.values())) >= ITSELF
    found = {}
    for depth in DEPTHS:
        order = [number for number in np.argsort(-likeness[depth], kind="stable") if not itself[number]]
        found[depth] = tuple(
            Alike(
                picture=known[atlas.keys[number]],
                small=small(known[atlas.keys[number]]),
                likeness=float(likeness[depth][number]),
            )
            for number in order[:NEAREST]
        )
    yield found


@functools.cache
def small(picture: Picture) -> bytes:
    """The middle of a bundled picture, a square of at most 240 px (JPEG)."""
    rgb = picture.load()
    side = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    shown = min(side, SMALL)
    square = rgb[top : top + side, left : left + side]
    return encode_jpeg(cv2.resize(square, (shown, shown), interpolation=cv2.INTER_AREA))
