"""Reads dlib's face recognition network (ResNet-29, v1) out of dlib's own file format.

The format is dlib's `serialize`, by its source: an *int* is a control byte (low four bits: how many bytes
follow; 0x80: negative) and its magnitude, little-endian; a *float* is an int mantissa and an int exponent of
two; a *tensor* is an int version 2, four int sides and raw float32. Layers are found by their length-prefixed
names; a layer's record is read whole, what lies between is not ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

INPUT, CONVOLUTION, AFFINE, DENSE = b"input_rgb_image_sized", b"con_4", b"affine_", b"fc_2"
CONVOLUTIONS = 29
OUTPUTS = 128


class DlibFormatError(ValueError):
    """A file that does not hold the network; the message says what is wrong."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DlibConvolution:
    """One convolution, the affine layer behind it folded in: `weight` (out, in, k, k), `bias` (out,)."""

    weight: np.ndarray
    bias: np.ndarray
    stride: int
    padding: int


@dataclass(frozen=True, kw_only=True, eq=False)
class DlibNetwork:
    """The network's numbers in forward order: `mean` (3,) RGB, `dense` (256, 128)."""

    mean: np.ndarray
    convolutions: tuple[DlibConvolution, ...]
    dense: np.ndarray


class _Reader:
    def __init__(self, data: bytes, position: int = 0):
        self.data = data
        self.position = position

    def take(self, count: int) -> bytes:
        piece = self.data[self.position : self.position + count]
        if count < 0 or len(piece) < count:
            raise DlibFormatError("the file ends in the middle of a record")
        self.position += count
        return piece

    def integer(self) -> int:
        control = self.take(1)[0]
        magnitude = int.from_bytes(self.take(control & 0x0F), "little")
        return -magnitude if control & 0x80 else magnitude

    def real(self) -> float:
        return math.ldexp(self.integer(), self.integer())

    def tensor(self) -> np.ndarray:
        if self.integer() != 2:
            raise DlibFormatError("a tensor of another version")
        shape = [self.integer() for _ in range(4)]
        if min(shape) < 0 or math.prod(shape) > 10_000_000:
            raise DlibFormatError(f"a tensor of shape {shape}")
        return np.frombuffer(self.take(4 * math.prod(shape)), "<f4").reshape(shape)


def read_dlib(data: bytes) -> DlibNetwork:
    """Read the file's bytes. Raises `DlibFormatError`."""
    means = [_mean(_Reader(data, place)) for place in _places(data, INPUT)]
    raw = [_convolution(_Reader(data, place)) for place in _places(data, CONVOLUTION)]
    affines = [_affine(_Reader(data, place)) for place in _places(data, AFFINE)]
    dense = [_dense(_Reader(data, place)) for place in _places(data, DENSE)]
    if (len(means), len(raw), len(affines), len(dense)) != (1, CONVOLUTIONS, CONVOLUTIONS, 1):
        raise DlibFormatError(f"{len(raw)} convolutions, {len(affines)} affine layers, {len(dense)} dense")
    return DlibNetwork(mean=means[0], convolutions=_shaped(raw, affines), dense=dense[0])


def _places(data: bytes, tag: bytes) -> list[int]:
    """Where the records of that name begin, behind the name."""
    marked = bytes([1, len(tag)]) + tag
    places, found = [], data.find(marked)
    while found >= 0:
        places.append(found + len(marked))
        found = data.find(marked, found + 1)
    return places


def _mean(reader: _Reader) -> np.ndarray:
    return np.array([reader.real() for _ in range(3)], np.float32)


def _convolution(reader: _Reader) -> tuple[np.ndarray, int, int, int, int]:
    numbers = reader.tensor().ravel()
    filters, rows, columns, stride, stride_x, padding, padding_x = (reader.integer() for _ in range(7))
    if (rows, stride, padding) != (columns, stride_x, padding_x):
        raise DlibFormatError("a convolution that is not square")
    return numbers, filters, rows, stride, padding


def _affine(reader: _Reader) -> tuple[np.ndarray, np.ndarray]:
    numbers = reader.tensor().ravel()
    half = numbers.size // 2
    return numbers[:half], numbers[half:]


def _dense(reader: _Reader) -> np.ndarray:
    outputs, inputs = reader.integer(), reader.integer()
    weight = reader.tensor().ravel()
    if outputs != OUTPUTS or weight.size != inputs * outputs:
        raise DlibFormatError(f"a dense layer of {outputs} outputs and {weight.size} weights")
    return weight.reshape(inputs, outputs)


def _shaped(
    raw: list[tuple[np.ndarray, int, int, int, int]], affines: list[tuple[np.ndarray, np.ndarray]]
) -> tuple[DlibConvolution, ...]:
    """Give each convolution its shape, and fold its affine layer in."""
    layers = []
    for (numbers, filters, side, stride, padding), (gamma, beta) in zip(raw, affines, strict=True):
        if gamma.size != filters or numbers.size < filters * (side * side + 1) or not side:
            raise DlibFormatError(f"a convolution of {filters} filters and {numbers.size} weights")
        bias = numbers[-filters:]
        weight = numbers[:-filters].reshape(filters, -1, side, side)
        layers.append(
            DlibConvolution(
                weight=weight * gamma[:, None, None, None],
                bias=bias * gamma + beta,
                stride=stride,
                padding=padding,
            )
        )
    return tuple(layers)
