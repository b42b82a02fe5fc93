"""Reader of weights in ncnn's format, as far as super-resolution networks use it.

A model is a text file (`.param`: magic, counts, one layer a line) and a binary file (`.bin`: the weights of
those layers, in the same order, without names). Source: the format as ncnn's own reader defines it; agreement
with ncnn is tested layer by layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

MAGIC = "7767517"
FLOAT16_TAG = 0x01306B47
WEIGHTLESS = {
    "Input", "Split", "Concat", "Eltwise", "BinaryOp", "Interp", "PixelShuffle", "ReLU"
}  # fmt: skip


class NcnnFormatError(ValueError):
    """The files are not a model that this reader understands; says where it stopped."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NcnnLayer:
    """A layer with weights.

    Convolution: `weight` (out, in, k, k) and `bias` (out,); PReLU: `weight` (channels,), `bias` None.
    Both float32.
    """

    kind: str
    name: str
    weight: np.ndarray
    bias: np.ndarray | None


def read_ncnn(param: Path, binary: Path) -> list[NcnnLayer]:
    """The layers that have weights, in order. Raises `NcnnFormatError` unless every byte is accounted for."""
    lines = param.read_text(encoding="ascii", errors="replace").splitlines()
    if not lines or lines[0].strip() != MAGIC:
        raise NcnnFormatError(f"{param.name} is not an ncnn .param file: it does not begin with {MAGIC}.")
    try:
        declared = int(lines[1].split()[0])
    except (IndexError, ValueError):
        raise NcnnFormatError(f"{param.name}: the line of counts is missing.") from None
    rows = [line.split() for line in lines[2:] if line.strip()]
    if len(rows) != declared:
        raise NcnnFormatError(f"{param.name}: {len(rows)} layers instead of the {declared} it declares.")

    reader = _Reader(binary)
    layers = [layer for row in rows if (layer := _read_layer(row, reader)) is not None]
    if reader.left:
        raise NcnnFormatError(f"{binary.name}: {reader.left} bytes are left over.")
    return layers


def compact_state_dict(layers: list[NcnnLayer]) -> dict[str, torch.Tensor]:
    """Keys of SRVGGNetCompact: the i-th layer with weights, convolution or PReLU, is `body.{i}`."""
    return _state_dict(layers, [f"body.{i}" for i in range(len(layers))])


def rrdb_state_dict(layers: list[NcnnLayer]) -> dict[str, torch.Tensor]:
    """Keys of Real-ESRGAN's RRDBNet, whatever its number of blocks. Raises `NcnnFormatError`."""
    blocks = (len(layers) - 6) // 15
    body = [f"body.{i}.rdb{j}.conv{k}" for i in range(blocks) for j in (1, 2, 3) for k in (1, 2, 3, 4, 5)]
    tail = ["conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"]
    return _state_dict(layers, ["conv_first", *body, *tail])


def _state_dict(layers: list[NcnnLayer], names: list[str]) -> dict[str, torch.Tensor]:
    if len(layers) != len(names):
        raise NcnnFormatError(f"{len(layers)} layers with weights, where the network has {len(names)}.")
    state: dict[str, torch.Tensor] = {}
    for name, layer in zip(names, layers, strict=True):
        state[f"{name}.weight"] = torch.from_numpy(layer.weight)
        if layer.bias is not None:
            state[f"{name}.bias"] = torch.from_numpy(layer.bias)
    return state


def _read_layer(row: list[str], reader: _Reader) -> NcnnLayer | None:
    try:
        kind, name, inputs, outputs = row[0], row[1], int(row[2]), int(row[3])
        options = dict(field.split("=", 1) for field in row[4 + inputs + outputs :])
        if kind == "Convolution":
            channels, kernel, count = int(options["0"]), int(options["1"]), int(options["6"])
            weight = reader.float16(count).reshape(channels, -1, kernel, kernel)
            bias = reader.float32(channels) if options.get("5") == "1" else np.zeros(channels, np.float32)
            return NcnnLayer(kind=kind, name=name, weight=weight, bias=bias)
        if kind == "PReLU":
            return NcnnLayer(kind=kind, name=name, weight=reader.float32(int(options["0"])), bias=None)
    except NcnnFormatError:
        raise
    except (IndexError, KeyError, ValueError) as error:
        raise NcnnFormatError(f"Layer {' '.join(row[:2])!r} cannot be read: {error}.") from error
    if kind not in WEIGHTLESS:
        raise NcnnFormatError(f"Layer {name!r} is a {kind}, which this reader does not know.")
    return None


class _Reader:
    """Takes arrays off the front of a file."""

    def __init__(self, path: Path):
        self.name = path.name
        self.data = path.read_bytes()
        self.at = 0

    @property
    def left(self) -> int:
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        if not 0 <= count <= self.left:
            raise NcnnFormatError(f"{self.name} ends too early: {count} bytes wanted, {self.left} left.")
        self.at += count
        return self.data[self.at - count : self.at]

    def float32(self, count: int) -> np.ndarray:
        return np.frombuffer(self.take(4 * count), "<f4").copy()

    def float16(self, count: int) -> np.ndarray:
        """Float16 values behind their tag, padded to four bytes."""
        tag = int.from_bytes(self.take(4), "little")
        if tag != FLOAT16_TAG:
            raise NcnnFormatError(f"{self.name}: weights tagged {tag:#010x} instead of {FLOAT16_TAG:#010x}.")
        padded = self.take((2 * count + 3) // 4 * 4)
        return np.frombuffer(padded, "<f2", count).astype(np.float32)
