"""What just happened: the pixels, what an early and a late layer saw in them, and what the network added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import nn

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.super_resolution.making import EVEN, Shares
from dlintro_demos.super_resolution.ours import Ours, fitted

LARGEST = 96  # px; a larger part makes pictures too busy to read, and the photographic network slow
SCALE = 4
_DARKER = np.array([0x21, 0x66, 0xAC], np.float32)  # blue and orange differ for every kind of colour vision
_BRIGHTER = np.array([0xE0, 0x82, 0x14], np.float32)
_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


@dataclass(frozen=True, kw_only=True, eq=False)
class Explanation:
    """Pictures of one run on a part of the input, (h, w, 3); all uint8 RGB.

    `box` is that part: left, top, right, bottom in pixels of the input.

    `pixels`, `bicubic`, `network` and `added` are (4h, 4w, 3): the input with its pixels showing, plain
    enlargement, the network's, and the difference of the last two in brightness, where orange is brighter,
    blue darker and white unchanged. `added_range` is the difference, in grey levels of 255, at full colour.

    `early` and `late` are the most active feature maps of a layer, strongest first, (rows, columns) uint8
    each stretched to its own range, dark to bright.
    """

    box: tuple[int, int, int, int]
    pixels: np.ndarray
    bicubic: np.ndarray
    network: np.ndarray
    added: np.ndarray
    added_range: float
    early: tuple[np.ndarray, ...]
    late: tuple[np.ndarray, ...]


def explain(
    rgb: np.ndarray,
    cache: ModelCache,
    *,
    model: str = "super_resolution_ours_x4_clean",
    making: Shares | None = None,
    maps: int = 9,
) -> Explanation:
    """Look inside a network while it enlarges the liveliest part of a picture four times.

    Args:
        rgb: (H, W, 3) uint8; of a picture over `LARGEST` pixels on a side, the window with the most edges.
        model: the key of a card whose network is ours, a compact or an RRDB one.
        making: how likely each kernel made the picture small, for a network that asks.
        maps: feature maps shown of each layer.

    The layers are called one by one, without hooks: other visitors share the module.
    """
    left, top, right, bottom = box = _liveliest(rgb)
    rgb = rgb[top:bottom, left:right]
    height, width = rgb.shape[:2]
    early, late, network = cache.run(
        model, lambda loaded: _look(fitted(loaded.module, making or EVEN), loaded.device, rgb)
    )
    size = (width * SCALE, height * SCALE)
    picture = Image.fromarray(rgb)
    bicubic = np.asarray(picture.resize(size, Image.Resampling.BICUBIC))
    added, added_range = _signed_picture((network.astype(np.float32) - bicubic) @ _LUMINANCE)
    return Explanation(
        box=box,
        pixels=np.asarray(picture.resize(size, Image.Resampling.NEAREST)),
        bicubic=bicubic,
        network=network,
        added=added,
        added_range=added_range,
        early=_strongest(early, maps),
        late=_strongest(late, maps),
    )


@torch.inference_mode()
def _look(
    module: nn.Module, device: torch.device, rgb: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (channels, rows, columns) of an early and a late layer, and the enlarged crop as uint8."""
    tensor = torch.tensor(np.ascontiguousarray(rgb)).permute(2, 0, 1)[None].to(device)
    early, late, output = _activations(module, tensor.float() / 255)
    enlarged = (output[0].clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0)
    return early[0].cpu().numpy(), late[0].cpu().numpy(), enlarged.cpu().numpy()


def _activations(module: nn.Module, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Early (first activation; first convolution of an RRDB) and late (last activation) features, output."""
    if isinstance(module, Ours):
        early = nn.functional.relu(module.head(x - 0.5))
        late = early
        for layer in module.body:
            late = nn.functional.relu(layer(late))
        output = nn.functional.pixel_shuffle(module.tail(late + early) + module.bicubic(x), module.scale)
        return early, late, output
    from dlintro_demos.super_resolution.networks import activations  # imported to load it

    return activations(module, x)


def _strongest(features: np.ndarray, count: int) -> tuple[np.ndarray, ...]:
    """The maps that vary most over the crop; one that repeats an earlier one is passed over.

    Two maps repeat each other where their correlation is above 0.9 in size, so that nine pictures show nine
    things.
    """
    border = 3 if min(features.shape[1:]) > 12 else 0  # where zero padding, not the picture, is what varies
    inner = features[:, border : features.shape[1] - border, border : features.shape[2] - border]
    flat = inner.reshape(len(features), -1)
    centred = flat - flat.mean(axis=1, keepdims=True)
    spread = np.linalg.norm(centred, axis=1)
    unit = centred / np.maximum(spread, 1e-12)[:, None]
    order = np.argsort(-spread, kind="stable")
    chosen: list[int] = []
    for channel in order:
        if len(chosen) < count and np.all(np.abs(unit[chosen] @ unit[channel]) < 0.9):
            chosen.append(int(channel))
    rest = [int(channel) for channel in order if channel not in chosen]
    return tuple(_stretched(features[channel]) for channel in (chosen + rest)[:count])


def _stretched(feature: np.ndarray) -> np.ndarray:
    """To 0..255, between the 2nd and the 98th percentile."""
    low, high = np.percentile(feature, (2, 98))
    stretched = (feature - low) / max(float(high - low), 1e-6)
    return (np.clip(stretched, 0, 1) * 255).round().astype(np.uint8)


def _liveliest(rgb: np.ndarray) -> tuple[int, int, int, int]:
    """The window of at most `LARGEST` pixels a side whose brightness changes most from pixel to pixel."""
    height, width = rgb.shape[:2]
    rows, columns = min(height, LARGEST), min(width, LARGEST)
    grey = rgb.astype(np.float32) @ _LUMINANCE
    change = np.zeros((height + 1, width + 1))
    change[1:-1, 1:] += np.abs(np.diff(grey, axis=0))
    change[1:, 1:-1] += np.abs(np.diff(grey, axis=1))
    summed = change.cumsum(axis=0).cumsum(axis=1)
    inside = summed[rows:, columns:] - summed[:-rows, columns:] - summed[rows:, :-columns]
    inside += summed[:-rows, :-columns]
    top, left = np.unravel_index(int(inside.argmax()), inside.shape)
    return int(left), int(top), int(left) + columns, int(top) + rows


def _signed_picture(difference: np.ndarray) -> tuple[np.ndarray, float]:
    """Blue below zero, orange above; and the size of a difference at full colour, 8 grey levels or more."""
    full = max(8.0, float(np.percentile(np.abs(difference), 99.5)))
    share = np.clip(np.abs(difference) / full, 0, 1)[..., None]
    colour = np.where(difference[..., None] < 0, _DARKER, _BRIGHTER)
    return ((1 - share) * 255 + share * colour).round().astype(np.uint8), full
