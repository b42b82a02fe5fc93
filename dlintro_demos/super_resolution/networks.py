"""The super-resolution networks: PyTorch modules from spandrel, filled with weights read from ncnn files.

This module is imported where one of them is used: torchvision comes with spandrel, two seconds and 170 MB
that our own network does without.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import spandrel
import torch
from spandrel.architectures.Compact.__arch.SRVGG import SRVGGNetCompact
from spandrel.architectures.ESRGAN.__arch.RRDB import RRDBNet
from torch import nn

from dlintro_demos.super_resolution.ncnn import (
    NcnnFormatError,
    compact_state_dict,
    read_ncnn,
    rrdb_state_dict,
)


def load_compact(files: Sequence[Path]) -> nn.Module:
    """SRVGGNetCompact (Real-ESRGAN animevideov3), x4, from its `.param` and `.bin`.

    Input (N, 3, H, W) and output (N, 3, 4H, 4W) float32 RGB in 0..1. Raises `NcnnFormatError`.
    """
    return _module(compact_state_dict(read_ncnn(*files)))


def load_photographic(files: Sequence[Path]) -> nn.Module:
    """RRDBNet (Real-ESRGAN x4plus), x4, from its `.param` and `.bin`.

    Input (N, 3, H, W) and output (N, 3, 4H, 4W) float32 RGB in 0..1. Raises `NcnnFormatError`.
    """
    return _module(rrdb_state_dict(read_ncnn(*files)))


def _module(state: dict[str, torch.Tensor]) -> nn.Module:
    try:
        descriptor = spandrel.ModelLoader(device="cpu").load_from_state_dict(state)
    except (RuntimeError, KeyError, spandrel.UnsupportedModelError) as error:
        raise NcnnFormatError(f"The weights do not fit a network we know: {error}") from error
    module: nn.Module = descriptor.model.eval().requires_grad_(requires_grad=False).float()
    return module.to(memory_format=torch.channels_last)


@torch.inference_mode()
def forward_in_steps(module: nn.Module, x: torch.Tensor) -> Iterator[float | torch.Tensor]:
    """`module(x)` in pieces: yields the share done (0 to 1) after each, and last the output.

    A tile of the photographic network takes seconds, one of its residual blocks a fraction of one: so a
    visitor sees progress and can cancel. Networks of unknown structure run in one piece. The output is the
    same, bit for bit, as `module(x)`. Inference mode holds only while a step runs, not for the caller.
    """
    if isinstance(module, RRDBNet) and not module.shuffle_factor:
        yield from _rrdb_steps(module, x)
    elif isinstance(module, SRVGGNetCompact):
        yield from _compact_steps(module, x)
    else:
        yield module(x)


def activations(module: nn.Module, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features of an early and a late layer, and the output; raises `TypeError` for another network."""
    if isinstance(module, SRVGGNetCompact):
        first, activation, *middle, last = module.body
        early = activation(first(x))
        base = nn.functional.interpolate(x, scale_factor=module.upscale, mode="nearest")
    elif isinstance(module, RRDBNet):
        head, *middle, last = module.model
        early, base = head(x), None
    else:
        raise TypeError(f"There are no pictures of the inside of a {type(module).__name__} yet.")
    late = early
    for layer in middle:
        late = layer(late)
    return early, late, last(late) if base is None else module.upsampler(last(late)) + base


def _rrdb_steps(module: RRDBNet, x: torch.Tensor) -> Iterator[float | torch.Tensor]:
    """First convolution, residual blocks with one skip around them all, then the layers that enlarge."""
    head, trunk, *tail = module.model
    count = len(trunk.sub) + len(tail)
    features = head(x)
    body = features
    for done, block in enumerate(trunk.sub, start=1):
        body = block(body)
        yield done / count
    x = features + body
    del features, body
    for done, layer in enumerate(tail, start=len(trunk.sub) + 1):
        x = layer(x)
        if done < count:
            yield done / count
    yield x


def _compact_steps(module: SRVGGNetCompact, x: torch.Tensor) -> Iterator[float | torch.Tensor]:
    """Convolutions and activations in a row, then pixel shuffle over the nearest-neighbour enlargement."""
    features = x
    for done, layer in enumerate(module.body, start=1):
        features = layer(features)
        if isinstance(layer, nn.Conv2d):
            yield done / (len(module.body) + 1)
    enlarged = module.upsampler(features)
    enlarged += nn.functional.interpolate(x, scale_factor=module.upscale, mode="nearest")
    yield enlarged
