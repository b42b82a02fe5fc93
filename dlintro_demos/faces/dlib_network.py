"""dlib's face recognition network in PyTorch: the same numbers as dlib, several faces at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn

from dlintro_demos.faces.dlib_weights import DlibConvolution, DlibNetwork, read_dlib
from dlintro_demos.shared.packed import call, pack, packed

# Blocks after the first pooling, in forward order: True halves the picture (dlib's `ares_down`).
BLOCKS = (False,) * 3 + (True,) + (False,) * 3 + (True,) + (False,) * 2 + (True,) + (False,) * 2 + (True,)


class _Block(nn.Module):
    """Two convolutions beside a skip; where it halves, both sides are zero-extended to the larger shape."""

    def __init__(self, first: nn.Conv2d, second: nn.Conv2d, *, down: bool):
        super().__init__()
        self.first, self.second, self.down = first, second, down

    def pack(self) -> None:
        pack(self.first, activation="relu")
        pack(self.second, activation="none" if self.down else "relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if packed(self.first, x):
            y = call(self.first, x)
            if not self.down:
                return call(self.second, y, x)
            y = call(self.second, y)
        else:
            y = self.second(F.relu(self.first(x), inplace=True))
        skip = F.avg_pool2d(x, 2) if self.down else x
        if self.down:
            size = [max(pair) for pair in zip(y.shape[1:], skip.shape[1:], strict=True)]
            y, skip = _extend(y, size), _extend(skip, size)
        return F.relu(y + skip, inplace=True)


def _extend(x: torch.Tensor, size: Sequence[int]) -> torch.Tensor:
    channels, rows, columns = (want - have for want, have in zip(size, x.shape[1:], strict=True))
    return F.pad(x, (0, columns, 0, rows, 0, channels))


class DlibFaceNetwork(nn.Module):
    """Input (N, 3, 150, 150) float32 RGB in 0..255, output (N, 128) float32; compare by L2."""

    mean: torch.Tensor

    def __init__(self, network: DlibNetwork):
        super().__init__()
        layers = iter(network.convolutions)
        self.register_buffer("mean", torch.from_numpy(network.mean.copy()).reshape(1, 3, 1, 1))
        self.stem = _conv(next(layers))
        self.blocks = nn.Sequential(*_blocks(layers))
        self.dense = nn.Linear(network.dense.shape[0], network.dense.shape[1], bias=False)
        self.dense.weight.data = torch.from_numpy(network.dense.T.copy())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Embed."""
        x = (x - self.mean) / 256
        x = call(self.stem, x) if packed(self.stem, x) else F.relu(self.stem(x), inplace=True)
        x = F.max_pool2d(x, 3, 2)
        return self.dense(self.blocks(x).mean(dim=(2, 3)))


def _conv(layer: DlibConvolution) -> nn.Conv2d:
    filters, channels, side, _ = layer.weight.shape
    convolution = nn.Conv2d(channels, filters, side, stride=layer.stride, padding=layer.padding)
    convolution.weight.data = torch.from_numpy(layer.weight.copy())
    convolution.bias = nn.Parameter(torch.from_numpy(layer.bias.copy()))
    return convolution


def _blocks(layers: Iterator[DlibConvolution]) -> Iterator[_Block]:
    for down in BLOCKS:
        yield _Block(_conv(next(layers)), _conv(next(layers)), down=down)


def load_dlib(files: Sequence[Path]) -> nn.Module:
    """The network of a card's one file, ready to run. Raises `DlibFormatError`."""
    (path,) = files
    network = DlibFaceNetwork(read_dlib(path.read_bytes())).to(memory_format=torch.channels_last)
    pack(network.stem, activation="relu")
    for block in network.blocks:
        assert isinstance(block, _Block)
        block.pack()
    return network
