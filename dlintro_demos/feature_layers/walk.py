"""From layer to layer with one picture: which channels answer to it, to what in it, what else they like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import cv2
import numpy as np
import torch

from dlintro_demos.feature_layers.atlas import Atlas, outstanding
from dlintro_demos.feature_layers.preferred import is_drawn, preferred_input
from dlintro_demos.feature_layers.samples import pictures
from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.imagenet import DEVIATION, LOOK_SIDE, MEAN, MODEL, Stop, prepare, run, stops

SHOWN = 12  # channels in the gallery of a stop
PLACES = 4  # crops of a picture
TILE, LARGE, CROP = 176, 352, 112  # px
SMALLEST = 24  # px of a crop before it is enlarged: less shows nothing
DARK = 0.22  # of its brightness, where a channel is silent

Order = Literal["outstanding", "strongest"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """A channel at work: its mean over the picture, by how many deviations that is more than usual for it,
    the picture (JPEG), lit where it answers, and whether its preferred input was drawn."""

    channel: int
    mean: float
    outstanding: float
    lit: bytes
    drawn: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A stop on the way, how far it looks (px), the channels that answer most, and how many are silent."""

    stop: Stop
    reach: int
    seen: tuple[Seen, ...]
    silent: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Closer:
    """One channel: where it answers (JPEG), crops of those places, the nine bundled pictures that excite it
    most (one JPEG, three by three) with their alt texts, and the synthetic picture it likes best, if any."""

    lit: bytes
    crops: tuple[bytes, ...]
    nine: bytes
    nine_alt: str
    preferred: bytes | None


def visible(pixels: torch.Tensor) -> np.ndarray:
    """What the network sees, as a picture: (1, 3, H, W) of `prepare` to (H, W, 3) uint8."""
    grey = pixels[0].permute(1, 2, 0) * DEVIATION + MEAN
    return grey.round().clamp(0, 255).byte().contiguous().numpy()


def lit_up(rgb: np.ndarray, features: np.ndarray, side: int) -> np.ndarray:
    """A square picture, dark where a map (h, w) is 0, bright where it is largest."""
    small = cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA)
    share = cv2.resize(features, (side, side)) / max(float(features.max()), 1e-6)
    return (small * (DARK + (1 - DARK) * share[..., None])).astype(np.uint8)


def montage(tiles: Sequence[np.ndarray], across: int) -> np.ndarray:
    """Square pictures of one size, so many in a row; the last row must be full."""
    rows = [np.concatenate(tiles[first : first + across], 1) for first in range(0, len(tiles), across)]
    return np.concatenate(rows)


def stop_named(network: Any, name: str) -> Stop:
    """Raises `KeyError`."""
    return {stop.name: stop for stop in stops(network)}[name]


def maps_of(network: Any, pixels: torch.Tensor, device: torch.device, *names: str) -> dict[str, np.ndarray]:
    """Maps of one prepared picture by the stop's name, (channels, h, w) float32."""
    with torch.inference_mode():
        seen = run(network, pixels.to(device), look=names).maps
    return {name: maps[0].float().cpu().numpy() for name, maps in seen.items()}


def walk(rgb: np.ndarray, name: str, order: Order, cache: ModelCache) -> Iterator[Progress | Layer]:
    """The channels of the stop `name` that answer most to a picture, (H, W, 3) uint8.

    Raises `ModelUnavailable`; `KeyError` for a stop that is none.
    """
    yield Progress(0, 2, "through the network")
    network = cache.get(MODEL).module
    card = cache.card(MODEL)
    atlas, stop = Atlas.read(card), stop_named(network, name)
    pixels = prepare(rgb, side=LOOK_SIDE)
    maps = cache.run(MODEL, lambda model: maps_of(model.module, pixels, model.device, name)[name])
    yield Progress(1, 2, "drawing")
    means = maps.mean((1, 2))
    above = outstanding(means, atlas.usual[name], atlas.spread[name])
    chosen = np.argsort(-(above if order == "outstanding" else means), kind="stable")[:SHOWN]
    picture = visible(pixels)
    seen = tuple(
        Seen(
            channel=int(channel),
            mean=float(means[channel]),
            outstanding=float(above[channel]),
            lit=encode_jpeg(lit_up(picture, maps[channel], TILE)),
            drawn=is_drawn(card, name, int(channel)),
        )
        for channel in chosen
    )
    yield Layer(
        stop=stop,
        reach=atlas.reach[name],
        seen=seen,
        silent=int((maps.max((1, 2)) <= 0).sum()),
    )


def look_closer(rgb: np.ndarray, name: str, channel: int, cache: ModelCache) -> Iterator[Progress | Closer]:
    """One channel of a stop: on this picture, on the bundled ones, and what it likes best.

    Raises `ModelUnavailable`, `SamplesUnavailable`; `KeyError` for a stop that is none.
    """
    yield Progress(0, 2, "through the network")
    network = cache.get(MODEL).module
    card = cache.card(MODEL)
    atlas, stop = Atlas.read(card), stop_named(network, name)
    pixels = prepare(rgb, side=LOOK_SIDE)
    maps = cache.run(MODEL, lambda model: maps_of(model.module, pixels, model.device, name)[name][channel])
    yield Progress(1, 2, "looking through the bundled pictures")
    picture, reach = visible(pixels), atlas.reach[name]
    crops = [crop_at(picture, stop, row, column, reach) for row, column in peaks(maps, stop, reach)]
    preferred = preferred_input(card, name, channel)
    nine, nine_alt = nine_best(name, channel, cache)
    yield Closer(
        lit=encode_jpeg(lit_up(picture, maps, LARGE)),
        crops=tuple(encode_jpeg(crop) for crop in crops),
        nine=nine,
        nine_alt=nine_alt,
        preferred=None if preferred is None else encode_jpeg(np.asarray(preferred)),
    )


def peaks(features: np.ndarray, stop: Stop, reach: int) -> list[tuple[int, int]]:
    """Rows and columns where a map (h, w) is highest, at most four, none near another one."""
    rest = features.copy()
    apart = max(1, round(max(reach, SMALLEST) / stop.stride / 2))
    found: list[tuple[int, int]] = []
    while len(found) < PLACES and rest.max() > 0:
        row, column = divmod(int(rest.argmax()), rest.shape[1])
        found.append((row, column))
        rest[max(0, row - apart) : row + apart + 1, max(0, column - apart) : column + apart + 1] = 0
    return found


def crop_at(picture: np.ndarray, stop: Stop, row: int, column: int, reach: int) -> np.ndarray:
    """What a place of a map looks at, out of the (448, 448, 3) picture: (112, 112, 3) uint8."""
    side = min(max(reach, SMALLEST), len(picture))
    top, left = (min(max(stop.centre(place) - side // 2, 0), len(picture) - side) for place in (row, column))
    crop = picture[top : top + side, left : left + side]
    way = cv2.INTER_AREA if side > CROP else cv2.INTER_CUBIC
    return cv2.resize(crop, (CROP, CROP), interpolation=way)


@lru_cache(maxsize=2_000)
def nine_best(name: str, channel: int, cache: ModelCache) -> tuple[bytes, str]:
    """The nine bundled pictures that excite a channel most, there where they do: a JPEG and its alt text."""
    atlas, stop = Atlas.read(cache.card(MODEL)), stop_named(cache.get(MODEL).module, name)
    known = {picture.key: picture for picture in pictures()}
    best = [(known[atlas.keys[number]], row, column) for number, row, column in atlas.best[name][channel]]
    crops = [
        crop_at(
            visible(prepare(picture.load(), side=LOOK_SIDE)), stop, int(row), int(column), atlas.reach[name]
        )
        for picture, row, column in best
    ]
    return encode_jpeg(montage(crops, 3)), "Parts of: " + "; ".join(picture.alt for picture, _, _ in best)
