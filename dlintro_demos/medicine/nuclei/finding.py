"""The network's way: tile by tile, so that a large picture needs no more memory than a small one."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import torch

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.medicine.nuclei.kinds import kind_of
from dlintro_demos.medicine.nuclei.network import MULTIPLE
from dlintro_demos.medicine.nuclei.star_convex import Stars, draw_stars, stars_in
from dlintro_demos.medicine.nuclei.stretching import stretch
from dlintro_demos.shared.tiles import Tile, plan_tiles

MODEL = "nuclei"
CORE = 512
"""px: a tile's side without its context."""
CONTEXT = 64
"""px around a tile: as far as the largest nucleus that is looked for reaches."""
LARGE, USUAL = 24.0, 18.0
"""px: where the median nucleus is larger than the first, the picture is looked at again, made so small that
the nucleus has the second: a large one is found in parts before.
"""
LOOKS = 3
"""At most so often."""
SMALLEST, LARGEST = 8.0, 96.0
"""px: the median nuclei between which the count was measured."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """What was found: `stars`, in pixels of the picture, and the `scale` at which it was looked at.

    `depth` (h / 2, w / 2) float32 is the network's first answer for the first tile.
    """

    stars: Stars
    scale: float
    depth: np.ndarray

    @property
    def count(self) -> int:
        """How many nuclei."""
        return len(self.stars.outlines)

    @property
    def diameters(self) -> np.ndarray:
        """(n,): each as a circle of the same area, px."""
        return diameters_of(self.stars.labels, self.count)


def diameters_of(labels: np.ndarray, count: int) -> np.ndarray:
    """(count,): each label as a circle of the same area, px."""
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1 : count + 1]
    return np.asarray(2 * np.sqrt(areas / np.pi))


@dataclass(frozen=True, eq=False)
class _Part:
    """What one tile gave."""

    outlines: np.ndarray
    middles: np.ndarray
    sureness: np.ndarray
    depth: np.ndarray


def find(rgb: np.ndarray, cache: ModelCache) -> Iterator[Progress | Found]:
    """A job: (h, w, 3) uint8 to `Found`. Raises `ModelUnavailable`."""
    found = yield from _find_at(rgb, 1.0, cache)
    for _ in range(LOOKS - 1):
        middle = float(np.median(found.diameters)) if found.count else 0.0
        if middle * found.scale <= LARGE:
            break
        found = yield from _find_at(rgb, USUAL / middle, cache)
    yield found


def _find_at(rgb: np.ndarray, scale: float, cache: ModelCache) -> Generator[Progress, None, Found]:
    """All tiles at one scale; returns `Found`."""
    height, width = rgb.shape[:2]
    least = cache.card(MODEL).thresholds[f"sureness_{kind_of(rgb)}"]
    pixels = resize(stretch(rgb), scale)
    tiles = plan_tiles(pixels.shape[1], pixels.shape[0], core=CORE, overlap=CONTEXT)
    parts: list[_Part] = []
    for done, tile in enumerate(tiles):
        yield Progress(done, len(tiles), "finding nuclei")
        parts.append(cache.run(MODEL, partial(_of_tile, pixels, tile, least)))
    overlap = cache.card(MODEL).thresholds["overlap"]
    outlines = np.concatenate([each.outlines for each in parts]) / scale
    middles = np.concatenate([each.middles for each in parts]) / scale
    sureness = np.concatenate([each.sureness for each in parts])
    stars = draw_stars(outlines, middles, sureness, (height, width), overlap=overlap)
    return Found(stars=stars, scale=scale, depth=parts[0].depth)


def resize(pixels: np.ndarray, scale: float) -> np.ndarray:
    """(h, w, 3) float32 made smaller; a `scale` of 1 changes nothing."""
    if scale == 1:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _of_tile(pixels: np.ndarray, tile: Tile, least: float, model: Loaded) -> _Part:
    """The nuclei whose middles lie in the tile's core, and are at least so sure; none where none has room."""
    part = pixels[tile.context.slices()]
    height, width = part.shape[:2]
    padded = cv2.copyMakeBorder(part, 0, -height % MULTIPLE, 0, -width % MULTIPLE, cv2.BORDER_REPLICATE)
    with torch.inference_mode():
        batch = torch.from_numpy(padded).permute(2, 0, 1)[None].to(model.device)
        answer = model.module(batch)
        probability = torch.sigmoid(answer[0, 0]).cpu().numpy()
        distances = torch.exp(answer[0, 1:]).cpu().numpy()
    overlap = model.card.thresholds["overlap"]
    outlines, sureness, middles = stars_in(
        probability, distances, (height, width), least=least, overlap=overlap
    )
    corner = np.array([tile.context.left, tile.context.top])
    at, core = middles + corner, tile.core
    here = ((at >= (core.left, core.top)) & (at < (core.right, core.bottom))).all(axis=1)
    here &= min(height, width) >= SMALLEST
    return _Part(outlines[here] + corner, at[here], sureness[here], probability)
