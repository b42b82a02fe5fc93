"""Enlarging a picture by one of several methods: the same tiles, progress and result for all of them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from PIL import Image

from dlintro_demos.runtime.jobs import Progress
from dlintro_demos.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.super_resolution.networks import forward_in_steps
from dlintro_demos.super_resolution.tiles import Tile, plan_tiles

Scale = Literal[2, 4]
NETWORK_SCALE = 4  # the networks here enlarge four times; two times is their mean over 2x2 pixels


@dataclass(frozen=True, kw_only=True)
class Method:
    """A way to enlarge. `model` is the key of a card, None for plain interpolation.

    `core` and `overlap` are the tile's sides in input pixels: overlap covers what an output pixel sees, and
    two more for the bicubic step that keeps a result faithful.
    """

    key: str
    title: str
    about: str
    model: str | None = None
    resample: Image.Resampling = Image.Resampling.BICUBIC
    core: int = 512
    overlap: int = 0


METHODS: dict[str, Method] = {
    method.key: method
    for method in (
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
class Upscaled:
    """A finished picture: `rgb` (scale * H, scale * W, 3) uint8, `alpha` the same without channels, or None.

    `stages` are seconds by stage, `note` says where the device was not the one asked for.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    method: str
    scale: int
    faithful: bool
    tiles: int
    stages: dict[str, float]
    device: str
    note: str = ""

    @property
    def seconds(self) -> float:
        """Seconds in all."""
        return sum(self.stages.values())


def upscale(
    rgb: np.ndarray,
    alpha: np.ndarray | None = None,
    *,
    method: str,
    scale: Scale,
    faithful: bool,
    cache: ModelCache,
) -> Iterator[Progress | Upscaled]:
    """Enlarge a picture; yields `Progress` and last the `Upscaled`.

    Args:
        rgb: (H, W, 3) uint8.
        alpha: (H, W) uint8 or None; enlarged by bicubic interpolation.
        method: a key of `METHODS`.
        faithful: one step of back-projection, so that the result shrunk again gives the input back
            (Irani and Peleg 1991); for networks only, and only good for clean input.
        cache: where the networks come from.

    Memory is that of the result and of one tile, whatever the size. Raises `ModelUnavailable`.
    """
    how = METHODS[method]
    if how.model is None:
        yield from _interpolate(rgb, alpha, how, scale)
        return
    started = time.perf_counter()
    loaded = cache.get(how.model)
    height, width = rgb.shape[:2]
    tiles = plan_tiles(width, height, core=how.core, overlap=how.overlap)
    total = sum(tile.context.pixels for tile in tiles)
    enlarged = np.empty((height * scale, width * scale, 3), np.uint8)
    stages: defaultdict[str, float] = defaultdict(float, model=time.perf_counter() - started)

    done = 0
    for number, tile in enumerate(tiles, start=1):
        started = time.perf_counter()
        low = _to_tensor(rgb[tile.context.slices()])
        for step in _network(how.model, loaded, low, cache):
            if isinstance(step, torch.Tensor):
                high = step
            else:
                note = f"tile {number} of {len(tiles)}" if len(tiles) > 1 else ""
                yield Progress(done + step * tile.context.pixels, total, note)
        network_done = time.perf_counter()
        enlarged[tile.core.slices(scale)] = _finish(low, high, tile, scale, faithful)
        stages["network"] += network_done - started
        stages["back-projection and pixels"] += time.perf_counter() - network_done
        done += tile.context.pixels
        yield Progress(done, total, f"tile {number} of {len(tiles)}")

    started = time.perf_counter()
    large_alpha = None if alpha is None else _resize(alpha, scale, Image.Resampling.BICUBIC)
    stages["alpha"] += time.perf_counter() - started
    loaded = cache.get(how.model)  # where it is now: it may have moved to the CPU
    yield Upscaled(
        rgb=enlarged,
        alpha=large_alpha,
        method=method,
        scale=scale,
        faithful=faithful,
        tiles=len(tiles),
        stages=dict(stages),
        device=str(loaded.device),
        note=loaded.note,
    )


def _network(
    key: str, loaded: Loaded, low: torch.Tensor, cache: ModelCache
) -> Iterator[float | torch.Tensor]:
    """The network on one tile: in steps on the CPU; in one call elsewhere, where memory may run out."""
    if loaded.device.type != "cpu":
        with torch.inference_mode():
            high = cache.run(key, lambda model: model.module(low.to(model.device)).cpu())
        yield high
    else:
        yield from forward_in_steps(loaded.module, low)


@torch.inference_mode()
def _finish(low: torch.Tensor, high: torch.Tensor, tile: Tile, scale: int, faithful: bool) -> np.ndarray:
    """From the network's output on the context to the pixels of the core, (h, w, 3) uint8."""
    if scale != NETWORK_SCALE:
        high = F.avg_pool2d(high, NETWORK_SCALE // scale)
    if faithful:
        missing = low - F.avg_pool2d(high, scale)
        high = high + F.interpolate(missing, scale_factor=scale, mode="bicubic", align_corners=False)
    core = high[0][(slice(None), *tile.core.within(tile.context).slices(scale))]
    return (core.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()


def _to_tensor(rgb: np.ndarray) -> torch.Tensor:
    """(h, w, 3) uint8 to (1, 3, h, w) float32 in 0..1, channels last in memory."""
    tensor = torch.tensor(np.ascontiguousarray(rgb)).permute(2, 0, 1)[None]
    return tensor.to(torch.float32, memory_format=torch.channels_last) / 255


def _interpolate(
    rgb: np.ndarray, alpha: np.ndarray | None, how: Method, scale: Scale
) -> Iterator[Progress | Upscaled]:
    """Bicubic or Lanczos, strip by strip: Pillow looks beyond the strip's box, so there is no seam."""
    started = time.perf_counter()
    height, width = rgb.shape[:2]
    tiles = plan_tiles(width, height, core=how.core, overlap=0)
    picture = Image.fromarray(rgb)
    enlarged = np.empty((height * scale, width * scale, 3), np.uint8)
    for number, tile in enumerate(tiles, start=1):
        core = tile.core
        size = ((core.right - core.left) * scale, (core.bottom - core.top) * scale)
        box = (core.left, core.top, core.right, core.bottom)
        enlarged[core.slices(scale)] = np.asarray(picture.resize(size, how.resample, box=box))
        yield Progress(number, len(tiles))
    yield Upscaled(
        rgb=enlarged,
        alpha=None if alpha is None else _resize(alpha, scale, how.resample),
        method=how.key,
        scale=scale,
        faithful=False,
        tiles=len(tiles),
        stages={"interpolation": time.perf_counter() - started},
        device="cpu",
    )


def _resize(channel: np.ndarray, scale: int, resample: Image.Resampling) -> np.ndarray:
    height, width = channel.shape
    return np.asarray(Image.fromarray(channel).resize((width * scale, height * scale), resample))
