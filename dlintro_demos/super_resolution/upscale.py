"""Enlarging a picture by one of several methods: the same tiles, progress and result for all of them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NotRequired, TypedDict, Unpack, overload

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from PIL import Image

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.shared.tiles import Box, Tile, plan_tiles
from dlintro_demos.super_resolution.making import AREA, Shares, downscaled, downscaling_kernel
from dlintro_demos.super_resolution.ours import Adaptive, Ours, read
from dlintro_demos.super_resolution.situation import Situation

Scale = Literal[2, 4]


@dataclass(frozen=True, kw_only=True)
class Method:
    """A way to enlarge. `model` is the key of a card, None for plain interpolation; what stands in braces in
    it is the scale and the situation, where there is a network for each.

    `core` and `overlap` are the tile's sides in input pixels: overlap covers what an output pixel sees, and
    what keeps a result faithful: `REACH` to make it small (our own), two for bicubic. `views` are how many of
    the eight ways to turn and mirror a picture the network sees; the result is their mean (Timofte et al.
    2016).
    """

    key: str
    title: str
    about: str
    model: str | None = None
    resample: Image.Resampling = Image.Resampling.BICUBIC
    core: int = 512
    overlap: int = 0
    views: int = 1

    def card(self, scale: Scale, situation: Situation = "clean") -> str | None:
        """Key of the card of the network that runs."""
        return None if self.model is None else self.model.format(scale=scale, situation=situation)

    @property
    def chooses(self) -> bool:
        """Whether there is a network for each scale and situation."""
        return self.model is not None and "{" in self.model


OURS = Method(
    key="ours",
    title="Our own network",
    about="Quick and true: trained here, on photographs, to add what is sure and to invent little.",
    model="super_resolution_ours_x{scale}_{situation}",
    core=320,
    overlap=21,
)
METHODS: dict[str, Method] = {
    method.key: method
    for method in (
        OURS,
        replace(
            OURS,
            key="best",
            title="Our own, eight times",
            about="A little truer, eight times as slow: the mean of what our network makes of the photo "
            "turned and mirrored in all eight ways.",
            views=8,
        ),
        Method(
            key="compact",
            title="Compact network",
            about="Quick. Made for drawings; on photos it paints a little.",
            model="realesrgan_compact",
            core=256,
            overlap=20,
        ),
        Method(
            key="photographic",
            title="Photographic network",
            about="Slow. Looks like a photo, and invents what it cannot know.",
            model="realesrgan_photographic",
            core=128,
            overlap=32,
        ),
        Method(key="bicubic", title="Bicubic", about="No network: a smooth curve through the pixels."),
        Method(
            key="lanczos",
            title="Lanczos",
            about="No network: a sharper curve, with faint rings.",
            resample=Image.Resampling.LANCZOS,
        ),
    )
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Strip:
    """The next rows of a result: `rgb` (h, scale * W, 3) uint8 on white, `alpha` (h, scale * W) or None."""

    rgb: np.ndarray
    alpha: np.ndarray | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """A tile that is done: `rgb` (h, w, 3) uint8 is `core`, in pixels of the input, enlarged."""

    core: Box
    rgb: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Upscaled:
    """A finished picture: `rgb` (scale * H, scale * W, 3) uint8 on white, `alpha` the same without channels,
    or None. `see_through` makes of both what a file holds.

    `stages` are seconds by stage, `note` says where the device was not the one asked for. `making` is how
    likely each kernel made the picture small, where the network is one that asks.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    method: str
    scale: int
    faithful: bool
    strength: float
    tiles: int
    stages: dict[str, float]
    device: str
    note: str = ""
    making: Shares | None = None

    @property
    def seconds(self) -> float:
        """Seconds in all."""
        return sum(self.stages.values())


class Wanted(TypedDict):
    """How a picture is to be enlarged, and where the networks come from (`cache`).

    `method` is a key of `METHODS`. `faithful` is one step of back-projection, so that the result shrunk again
    gives the input back (Irani and Peleg 1991): for networks only, and only good for clean input. `situation`
    ("clean" unless given) chooses among our own networks. `strength` (1 unless given) is how much of what the
    network adds to bicubic interpolation is kept, 0 to 1.
    """

    method: str
    scale: Scale
    faithful: bool
    cache: ModelCache
    situation: NotRequired[Situation]
    strength: NotRequired[float]


def upscale(
    rgb: np.ndarray, alpha: np.ndarray | None = None, **wanted: Unpack[Wanted]
) -> Iterator[Progress | Upscaled]:
    """Enlarge a picture; yields `Progress` and last the `Upscaled`.

    `rgb` is (H, W, 3) uint8, on white where `alpha`, (H, W) uint8 or None, says that it is see-through: so
    each colour counts as much as it is seen, and what is hidden does not bleed into the edges. Memory is that
    of the result and of one row of tiles, whatever the size. Raises `ModelUnavailable`.
    """
    height, width = (side * wanted["scale"] for side in rgb.shape[:2])
    large = np.empty((height, width, 3), np.uint8)
    large_alpha = None if alpha is None else np.empty((height, width), np.uint8)
    top = 0
    for step in upscale_strips(rgb, alpha, **wanted):
        if isinstance(step, Strip):
            rows = slice(top, top + len(step.rgb))
            large[rows] = step.rgb
            if large_alpha is not None:
                large_alpha[rows] = step.alpha
            top = rows.stop
        elif isinstance(step, Upscaled):
            yield replace(step, rgb=large, alpha=large_alpha)
        else:
            yield step


def upscale_strips(
    rgb: np.ndarray, alpha: np.ndarray | None = None, **wanted: Unpack[Wanted]
) -> Iterator[Progress | Strip | Upscaled]:
    """Like `upscale`, but the picture comes from top to bottom; the `Upscaled` at the end has no rows.

    The `Progress` after a tile has the tile, a `Piece`, as its `so_far`.
    """
    scale, cache, faithful = wanted["scale"], wanted["cache"], wanted["faithful"]
    situation, strength = wanted.get("situation", "clean"), wanted.get("strength", 1.0)
    how = METHODS[wanted["method"]]
    key = how.card(scale, situation)
    if key is None:
        yield from _interpolate(rgb, alpha, how, scale)
        return
    started = time.perf_counter()
    loaded = cache.get(key)
    height, width = rgb.shape[:2]
    tiles = plan_tiles(width, height, core=how.core, overlap=how.overlap)
    total = sum(tile.context.pixels for tile in tiles)
    stages: defaultdict[str, float] = defaultdict(float, model=time.perf_counter() - started)
    started = time.perf_counter()
    making = cache.run(key, lambda model: read(model.module, rgb))
    if making is not None:
        stages["how it was made small"] = time.perf_counter() - started
    kernel = downscaling_kernel(making or AREA, scale)

    done = 0
    for number, tile in enumerate(tiles, start=1):
        rows, columns = tile.core.slices(scale)
        if tile.core.left == 0:
            strip = np.empty((rows.stop - rows.start, width * scale, 3), np.uint8)
        started = time.perf_counter()
        low = _to_tensor(rgb[tile.context.slices()])
        for step in _network(key, loaded, low, making, cache, how.views):
            if isinstance(step, torch.Tensor):
                high = step
            else:
                note = f"tile {number} of {len(tiles)}" if len(tiles) > 1 else ""
                yield Progress(done + step * tile.context.pixels, total, note)
        network_done = time.perf_counter()
        strip[:, columns] = _finish(low, high, tile, scale, kernel if faithful else None, strength)
        stages["network"] += network_done - started
        stages["back-projection and pixels"] += time.perf_counter() - network_done
        done += tile.context.pixels
        piece = Piece(core=tile.core, rgb=strip[:, columns])
        yield Progress(done, total, f"tile {number} of {len(tiles)}", piece)
        if tile.core.right == width:
            started = time.perf_counter()
            across = Box(0, tile.core.top, width, tile.core.bottom)
            yield Strip(rgb=strip, alpha=_resize(alpha, scale, Image.Resampling.BICUBIC, across))
            stages["alpha"] += time.perf_counter() - started

    loaded = cache.get(key)  # where it is now: it may have moved to the CPU
    yield Upscaled(
        rgb=strip[:0],
        alpha=None,
        method=how.key,
        scale=scale,
        faithful=faithful,
        strength=strength,
        tiles=len(tiles),
        stages=dict(stages),
        device=str(loaded.device),
        note=loaded.note,
        making=making,
    )


def _network(
    key: str, loaded: Loaded, low: torch.Tensor, making: Shares | None, cache: ModelCache, views: int
) -> Iterator[float | torch.Tensor]:
    """The network on one tile: yields the share done, and last the mean over the views."""
    total = torch.zeros(())
    for view in range(views):
        for step in _one_view(key, loaded, turned(low, view), making, cache):
            if isinstance(step, torch.Tensor):
                total = total + turned_back(step, view)
            else:
                yield (view + step) / views
        if view + 1 < views:
            yield (view + 1) / views
    yield total / views


def _one_view(
    key: str, loaded: Loaded, low: torch.Tensor, making: Shares | None, cache: ModelCache
) -> Iterator[float | torch.Tensor]:
    """In steps on the CPU; in one call elsewhere, where memory may run out."""
    told = () if making is None else (making,)
    if loaded.device.type != "cpu":
        with torch.inference_mode():
            high = cache.run(key, lambda model: model.module(low.to(model.device), *told).cpu())
        yield high
    elif isinstance(loaded.module, Ours | Adaptive):
        with torch.inference_mode():
            high = loaded.module(low, *told)
        yield high
    else:
        from dlintro_demos.super_resolution.networks import forward_in_steps  # imported to load it

        yield from forward_in_steps(loaded.module, low)


def turned(picture: torch.Tensor, view: int) -> torch.Tensor:
    """(N, C, H, W) in one of eight ways; 0 is as it is."""
    turned = picture.rot90(view % 4, (2, 3))
    return turned.flip(3) if view >= 4 else turned


def turned_back(picture: torch.Tensor, view: int) -> torch.Tensor:
    """What undoes `turned`."""
    return (picture.flip(3) if view >= 4 else picture).rot90(-view % 4, (2, 3))


@torch.inference_mode()
def _finish(
    low: torch.Tensor,
    high: torch.Tensor,
    tile: Tile,
    scale: int,
    kernel: torch.Tensor | None,
    strength: float,
) -> np.ndarray:
    """From the network's output on the context to the pixels of the core, (h, w, 3) uint8.

    With a `kernel` (see `downscaling_kernel`) made small again it is nearer to the input.
    Where the network enlarges more than asked for, the result is its mean over squares of pixels.
    """
    more = high.shape[-1] // (low.shape[-1] * scale)
    if more > 1:
        high = F.avg_pool2d(high, more)
    if strength < 1:
        # With antialias, PyTorch's curve is Pillow's.
        plain = F.interpolate(low, scale_factor=scale, mode="bicubic", antialias=True)
        high = torch.lerp(plain, high, strength)
    if kernel is not None:
        missing = low - downscaled(high, kernel, scale)
        high = high + F.interpolate(missing, scale_factor=scale, mode="bicubic", align_corners=False)
    core = high[0][(slice(None), *tile.core.within(tile.context).slices(scale))]
    return (core.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()


def _to_tensor(rgb: np.ndarray) -> torch.Tensor:
    """(h, w, 3) uint8 to (1, 3, h, w) float32 in 0..1, channels last in memory."""
    tensor = torch.tensor(np.ascontiguousarray(rgb)).permute(2, 0, 1)[None]
    return tensor.to(torch.float32, memory_format=torch.channels_last) / 255


def _interpolate(
    rgb: np.ndarray, alpha: np.ndarray | None, how: Method, scale: Scale
) -> Iterator[Progress | Strip | Upscaled]:
    """Bicubic or Lanczos, tile by tile: Pillow looks beyond the tile, so there is no seam."""
    started = time.perf_counter()
    height, width = rgb.shape[:2]
    tiles = plan_tiles(width, height, core=how.core, overlap=0)
    for number, tile in enumerate(tiles, start=1):
        rows, columns = tile.core.slices(scale)
        if tile.core.left == 0:
            strip = np.empty((rows.stop - rows.start, width * scale, 3), np.uint8)
        strip[:, columns] = _resize(rgb, scale, how.resample, tile.core)
        piece = Piece(core=tile.core, rgb=strip[:, columns])
        yield Progress(number, len(tiles), so_far=piece)
        if tile.core.right == width:
            across = Box(0, tile.core.top, width, tile.core.bottom)
            yield Strip(rgb=strip, alpha=_resize(alpha, scale, how.resample, across))
    yield Upscaled(
        rgb=strip[:0],
        alpha=None,
        method=how.key,
        scale=scale,
        faithful=False,
        strength=1.0,
        tiles=len(tiles),
        stages={"interpolation": time.perf_counter() - started},
        device="cpu",
    )


@overload
def _resize(pixels: None, scale: int, how: Image.Resampling, box: Box) -> None: ...


@overload
def _resize(pixels: np.ndarray, scale: int, how: Image.Resampling, box: Box) -> np.ndarray: ...


def _resize(pixels: np.ndarray | None, scale: int, how: Image.Resampling, box: Box) -> np.ndarray | None:
    """What lies in a box of a picture or channel, enlarged; None stays None."""
    if pixels is None:
        return None
    size = ((box.right - box.left) * scale, (box.bottom - box.top) * scale)
    corners = (box.left, box.top, box.right, box.bottom)
    return np.asarray(Image.fromarray(pixels).resize(size, how, box=corners))
