"""EfficientNet-Lite0, taught ImageNet-1k, and a run of it that shows, or silences, what is inside.

Nothing hooks into the shared module: `run` calls its parts one by one, so many visitors may do so at once.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import timm
import torch
from PIL import Image
from timm.data import ImageNetInfo
from timm.layers import Conv2dSame
from torch import nn

from dlintro_demos.shared.packed import Activation, call, pack, packed

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache

MODEL = "efficientnet_lite0"
CLASSES = 1_000
SIDE = 224  # px, of the middle that it sees
RESIZED = 256  # px, the shorter side before that
LOOK_SIDE = 448  # px, of the same middle, where its maps are looked at: twice as fine
MEAN, DEVIATION = 127.0, 128.0  # grey levels

STOPS = (
    "stem", "block 0.0", "block 1.0", "block 1.1", "block 2.0", "block 2.1", "block 3.0", "block 3.1",
    "block 3.2", "block 4.0", "block 4.1", "block 4.2", "block 5.0", "block 5.1", "block 5.2", "block 5.3",
    "block 6.0",
)  # fmt: skip

FIRST_SHOWN = 6  # of the stops, counted from 1, before the visitor moves the slider


class ClassifierFormatError(ValueError):
    """A weights file that does not fit EfficientNet-Lite0; the message says what is wrong."""


def load_lite0(files: Sequence[Path]) -> nn.Module:
    """`tf_efficientnet_lite0` of timm, filled from the pip package's file.

    The file has other names but the same order and shapes. Raises `ClassifierFormatError`.
    """
    (path,) = files
    network: Any = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    ours = network.state_dict()
    try:
        theirs = torch.load(path, map_location="cpu", weights_only=True)
        same = [(key, value) for key, value in zip(ours, theirs.values(), strict=True)]
        network.load_state_dict(dict(same))
    except (OSError, RuntimeError, ValueError, AttributeError, pickle.UnpicklingError) as error:
        raise ClassifierFormatError(f"{path.name} does not hold EfficientNet-Lite0: {error}") from error
    network = network.eval().requires_grad_(requires_grad=False).to(memory_format=torch.channels_last)
    blocks = (convolutions(block) for stage in network.blocks for block in stage)
    for conv, norm in ((network.conv_stem, network.bn1), *chain(*blocks), (network.conv_head, network.bn2)):
        after: Activation = "relu6" if isinstance(norm.act, nn.ReLU6) else "none"
        pack(conv, norm, after, far=isinstance(conv, Conv2dSame))
    return network


def convolutions(block: Any) -> tuple[tuple[nn.Conv2d, Any], ...]:
    """A block's convolutions in order, each with its batch norm: at the end a depthwise, a pointwise one."""
    if hasattr(block, "conv_pwl"):
        return (block.conv_pw, block.bn1), (block.conv_dw, block.bn2), (block.conv_pwl, block.bn3)
    return (block.conv_dw, block.bn1), (block.conv_pw, block.bn2)


@functools.cache
def labels() -> tuple[str, ...]:
    """The thousand classes of ImageNet-1k in words, in the order of the outputs."""
    info = ImageNetInfo()
    return tuple(info.index_to_description(index) for index in range(CLASSES))


def prepare(rgb: np.ndarray, *, side: int = SIDE) -> torch.Tensor:
    """The middle of a picture as the network wants it: (H, W, 3) uint8 to (1, 3, side, side) float32.

    The shorter side becomes 256 px (for a `side` of 224), by bicubic interpolation of the part that is kept,
    so that a picture of any shape costs the same.
    """
    height, width = rgb.shape[:2]
    kept = min(height, width) * SIDE / RESIZED
    left, top = (width - kept) / 2, (height - kept) / 2
    box = (left, top, left + kept, top + kept)
    small = Image.fromarray(rgb).resize((side, side), Image.Resampling.BICUBIC, box=box)
    pixels = torch.from_numpy(np.array(small)).permute(2, 0, 1)[None].float()
    return ((pixels - MEAN) / DEVIATION).contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A place on the way where one may look: after the ReLU6 of a depthwise convolution."""

    name: str
    channels: int
    stride: int
    """Input pixels from one place of the map to the next."""

    def centre(self, place: int) -> int:
        """The input pixel in the middle of what a row or column of the map looks at.

        Every halving is padded at the far side ("same", as TensorFlow does), so its place p looks at 2p + 1.
        """
        return self.stride * (place + 1) - 1


def stops(network: Any) -> tuple[Stop, ...]:
    """From the first convolution to the last block, in order."""
    found = [Stop(name="stem", channels=network.conv_stem.out_channels, stride=2)]
    stride = 2
    for stage, blocks in enumerate(network.blocks):
        for number, block in enumerate(blocks):
            stride *= block.conv_dw.stride[0]
            found.append(
                Stop(name=f"block {stage}.{number}", channels=block.conv_dw.out_channels, stride=stride)
            )
    return tuple(found)


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """`logits` (N, 1000); `embedding` (N, 1280), before the last layer; `maps` by the stop's name."""

    logits: torch.Tensor
    embedding: torch.Tensor
    maps: dict[str, torch.Tensor]


def run(
    network: Any,
    x: torch.Tensor,
    *,
    look: Collection[str] = (),
    gain: Mapping[str, torch.Tensor] | None = None,
) -> Run:
    """EfficientNet-Lite0 on pictures that `prepare` made, (N, 3, H, W).

    Args:
        look: names of the stops whose maps are wanted, (N, channels, h, w) each.
        gain: by the stop's name, (M, channels): what its maps are multiplied by, as 0 to silence a channel. A
            single picture fans out there: what comes before is computed once, and the results have M rows.

    Without `gain` the logits are the network's own. Raises `KeyError` for a name that is none. On the CPU,
    where nobody asks for gradients and nothing is silenced, packed convolutions answer: the same to 1e-4.
    """
    gain = gain or {}
    unknown = {*look, *gain} - {stop.name for stop in stops(network)}
    if unknown:
        raise KeyError(f"no such stops: {sorted(unknown)}")
    maps: dict[str, torch.Tensor] = {}

    def pass_by(name: str, features: torch.Tensor) -> torch.Tensor:
        if name in gain:
            features = features * gain[name][:, :, None, None]
        if name in look:
            maps[name] = features.clone()  # later layers compute in place
        return features

    even = all(side % 32 == 0 for side in x.shape[2:])
    step = _packed_step if even and not gain and packed(network.conv_stem, x) else _plain_step
    x = pass_by("stem", step(network.conv_stem, network.bn1, x))
    for stage, blocks in enumerate(network.blocks):
        for number, block in enumerate(blocks):
            *widen, depthwise, project = convolutions(block)
            before = x if block.has_skip else None
            for conv, norm in widen:
                x = step(conv, norm, x)
            x = pass_by(f"block {stage}.{number}", step(*depthwise, x))
            x = step(*project, x, before)
    embedding = network.global_pool(step(network.conv_head, network.bn2, x))
    return Run(logits=network.classifier(embedding), embedding=embedding, maps=maps)


def _plain_step(conv: Any, norm: Any, x: torch.Tensor, add: torch.Tensor | None = None) -> torch.Tensor:
    x = norm(conv(x))
    return x if add is None else x + add


def _packed_step(conv: Any, _norm: Any, x: torch.Tensor, add: torch.Tensor | None = None) -> torch.Tensor:
    return call(conv, x, add)


def silenced(stop: Stop, *rows: Collection[int]) -> torch.Tensor:
    """A `gain` for `run`: one row for each collection of channels that are set to zero, (rows, channels)."""
    gain = torch.ones(len(rows), stop.channels)
    for row, channels in zip(gain, rows, strict=True):
        row[list(channels)] = 0
    return gain


def embeddings_of(batch: torch.Tensor, cache: ModelCache) -> np.ndarray:
    """Prepared pictures, (N, 3, H, W), to what the last layer gets, (N, 1280) float32.

    Raises `ModelUnavailable`.
    """
    return cache.together(MODEL, _embed, batch.numpy())


@torch.inference_mode()
def _embed(model: Loaded, pixels: np.ndarray) -> np.ndarray:
    return run(model.module, on_device(pixels, model)).embedding.float().cpu().numpy()


def on_device(pixels: np.ndarray, model: Loaded) -> torch.Tensor:
    """Prepared pictures, (N, 3, H, W), where the network is, and as it wants them in memory."""
    return torch.from_numpy(pixels).to(model.device).contiguous(memory_format=torch.channels_last)
