"""The network's first convolution, number by number: what one pixel of a feature map is made of.

`conv_stem` slides a kernel of 3 x 3 pixels and three colours over the picture, two pixels at a time; batch
norm then scales and shifts the sum, and ReLU6 clips it to 0..6.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.imagenet import DEVIATION, MEAN, MODEL, prepare

KERNEL = 3  # px, a side of the kernel
CEILING = 6.0  # of ReLU6
FILTERS = 8  # of the first convolution, to choose from


@dataclass(frozen=True, kw_only=True, eq=False)
class Convolution:
    """All that one channel of the first convolution computes with, on one picture of H x W pixels.

    `feature_map` is the network's own result; `window` takes one of its values apart.
    """

    channel: int
    picture: np.ndarray
    """(H, W, 3) uint8, RGB: what the network sees, to look at."""
    pixels: np.ndarray
    """(H, W, 3) float32, RGB: the same as the network gets it, (x - 127) / 128. Not padded."""
    kernel: np.ndarray
    """(3, 3, 3) float32: row, column, colour, as in `pixels`."""
    scale: float
    shift: float
    """Batch norm makes `scale * sum + shift` of a sum."""
    feature_map: np.ndarray
    """(h, w) float32, 0 to 6, after ReLU6."""
    stride: int
    """Pixels of the picture from one pixel of the map to the next."""
    pad: tuple[int, int]
    """Rows of zeros above the picture, and columns of zeros at its left. Below and at its right, there are as
    many as the last window needs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Window:
    """How one pixel of a feature map comes about. Arrays are (3, 3, 3) float64: row, column, colour."""

    window: np.ndarray
    """The pixels under the kernel; beyond the edge of the picture they are 0."""
    products: np.ndarray
    sum: float
    normalised: float
    """The sum after batch norm."""
    activation: float
    """After ReLU6: the value of the pixel, up to the network's rounding."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One channel: 27 weights by row, column and colour, and what batch norm makes of their sum."""

    channel: int
    kernel: tuple[float, ...]
    scale: float
    shift: float


@dataclass(frozen=True, kw_only=True, eq=False)
class FirstLayer:
    """All that a browser needs to compute the liveliest channels on its own, see `Convolution`.

    `pixels` are the picture's bytes, (height, width, 3) uint8 RGB; the maps have `rows` and `columns`.
    """

    pixels: bytes
    height: int
    width: int
    rows: int
    columns: int
    stride: int
    pad: tuple[int, int]
    filters: tuple[Filter, ...]


def first_layer(rgb: np.ndarray, cache: ModelCache) -> Iterator[Progress | FirstLayer]:
    """The eight channels that vary most on a picture, (H, W, 3) uint8. Raises `ModelUnavailable`."""
    yield Progress(0, 1)
    pixels = prepare(rgb)
    found = cache.run(
        MODEL,
        lambda model: [
            first_convolution(model.module, pixels, channel)
            for channel in liveliest(model.module, pixels, FILTERS)
        ],
    )
    height, width = found[0].picture.shape[:2]
    rows, columns = found[0].feature_map.shape
    yield FirstLayer(
        pixels=found[0].picture.tobytes(),
        height=height,
        width=width,
        rows=rows,
        columns=columns,
        stride=found[0].stride,
        pad=found[0].pad,
        filters=tuple(
            Filter(
                channel=each.channel,
                kernel=tuple(each.kernel.ravel().tolist()),
                scale=each.scale,
                shift=each.shift,
            )
            for each in found
        ),
    )


def first_convolution(network: Any, pixels: torch.Tensor, channel: int) -> Convolution:
    """Channel `channel` of EfficientNet-Lite0's `conv_stem` on a picture that `classifier.prepare` made.

    `pixels` is (1, 3, H, W) float32, RGB. Raises `ValueError` for another shape and `IndexError` for a
    channel that is none.
    """
    _check(pixels)
    convolution, norm = network.conv_stem, network.bn1
    if not 0 <= channel < convolution.out_channels:
        raise IndexError(f"Channel {channel} is none of the {convolution.out_channels}.")
    seen = _to_numpy(pixels[0].permute(1, 2, 0))
    stride = convolution.stride[0]
    scale, shift = _fold(norm, channel)
    height, width = seen.shape[:2]
    return Convolution(
        channel=channel,
        picture=np.clip(np.rint(seen * DEVIATION + MEAN), 0, 255).astype(np.uint8),
        pixels=seen,
        kernel=_to_numpy(convolution.weight[channel].permute(1, 2, 0)),
        scale=scale,
        shift=shift,
        feature_map=_to_numpy(_maps(network, pixels)[channel]),
        stride=stride,
        pad=(_pad_before(height, stride), _pad_before(width, stride)),
    )


def window(convolution: Convolution, row: int, column: int) -> Window:
    """The arithmetic of pixel `row`, `column` of the feature map, counted from 0 at the top left.

    Computed in float64, from the network's float32 numbers. Raises `IndexError` beyond the map.
    """
    rows, columns = convolution.feature_map.shape
    if not (0 <= row < rows and 0 <= column < columns):
        raise IndexError(f"There is no pixel {row}, {column} in a map of {rows} x {columns}.")
    seen = _under_the_kernel(convolution, row, column)
    products = seen * convolution.kernel
    total = float(products.sum())
    normalised = convolution.scale * total + convolution.shift
    return Window(
        window=seen,
        products=products,
        sum=total,
        normalised=normalised,
        activation=min(max(normalised, 0.0), CEILING),
    )


def liveliest(network: Any, pixels: torch.Tensor, count: int) -> list[int]:
    """The `count` channels of the first convolution whose maps vary most on this picture, the first the most.

    `pixels` is (1, 3, H, W) as for `first_convolution`; how much a map varies is its standard deviation.
    """
    _check(pixels)
    spread = _maps(network, pixels).flatten(1).std(1)
    return [int(channel) for channel in spread.argsort(descending=True, stable=True)[:count]]


def _check(pixels: torch.Tensor) -> None:
    if pixels.ndim != 4 or pixels.shape[:2] != (1, 3):
        raise ValueError(f"One picture of three colours is needed, (1, 3, H, W), not {tuple(pixels.shape)}.")


def _maps(network: Any, pixels: torch.Tensor) -> torch.Tensor:
    """(channels, h, w) float32 on the CPU, after ReLU6."""
    with torch.inference_mode():
        there = pixels.to(network.conv_stem.weight.device)
        found: torch.Tensor = network.bn1(network.conv_stem(there))
    return found[0].float().cpu()


def _fold(norm: Any, channel: int) -> tuple[float, float]:
    """Batch norm, (x - mean) / deviation * weight + bias, as a scale and a shift."""
    mean, variance, weight, bias = (
        float(numbers[channel]) for numbers in (norm.running_mean, norm.running_var, norm.weight, norm.bias)
    )
    scale = weight / math.sqrt(variance + norm.eps)
    return scale, bias - mean * scale


def _pad_before(side: int, stride: int) -> int:
    """TensorFlow's "same": half of what the last window sticks out is before the picture, rounded down."""
    outside = (math.ceil(side / stride) - 1) * stride + KERNEL - side
    return max(outside, 0) // 2


def _under_the_kernel(convolution: Convolution, row: int, column: int) -> np.ndarray:
    """(3, 3, 3) float64: the pixels of a window, 0 where it reaches over the edge."""
    top = row * convolution.stride - convolution.pad[0]
    left = column * convolution.stride - convolution.pad[1]
    seen = np.zeros((KERNEL, KERNEL, 3))
    inside = convolution.pixels[max(top, 0) : top + KERNEL, max(left, 0) : left + KERNEL]
    first_row, first_column = max(-top, 0), max(-left, 0)
    seen[first_row : first_row + inside.shape[0], first_column : first_column + inside.shape[1]] = inside
    return seen


def _to_numpy(tensor: torch.Tensor) -> np.ndarray:
    return np.ascontiguousarray(tensor.detach().float().cpu().numpy())
