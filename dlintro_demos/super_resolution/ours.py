"""Our own network: bicubic interpolation and what a few convolutions add to it, made for the CPU."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn
from torch.func import functional_call

from dlintro_demos.super_resolution.making import EVEN, KERNELS, Reader, Shares, apart, cubic, read_making

CUBIC = -0.5  # Keys' parameter, as Pillow's BICUBIC has it
NOISE = 0.3  # of He's initialisation, beside the identity


class OursFormatError(ValueError):
    """A weights file that is not one of ours; the message says what is wrong."""


class Ours(nn.Module):
    """Residual over bicubic, all at the input's resolution, one pixel shuffle at the end.

    `depth` convolutions of 3 x 3 px, ReLU between them, `width` channels; the first one's features are added
    again before the last (Shi et al. 2016 for the sub-pixel convolution, Kim et al. 2016 for the residual).
    An output pixel sees `depth` input pixels to every side.

    Input (N, 3, H, W), output (N, 3, scale * H, scale * W), both float32 RGB in 0..1; the output may leave
    the range by a little.
    """

    cubic: torch.Tensor

    def __init__(self, *, scale: int, width: int, depth: int) -> None:
        """Begins as bicubic: the last convolution is zero, those before the last hand their input on.

        A body convolution starts as the identity and a little noise: trained, that is as if it had a skip of
        its own (Ding et al. 2021), at no cost when it runs.
        """
        super().__init__()
        if scale not in (2, 4) or width < 1 or depth < 2:
            raise OursFormatError(f"no network of scale {scale}, width {width}, depth {depth}")
        self.scale, self.width, self.depth = scale, width, depth
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(depth - 2))
        self.tail = nn.Conv2d(width, 3 * scale**2, 3, padding=1)
        nn.init.kaiming_normal_(self.head.weight, nonlinearity="relu")
        nn.init.zeros_(self.tail.weight)
        for name, weights in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(weights)
            elif name.startswith("body"):
                noise = nn.init.kaiming_normal_(torch.empty_like(weights), nonlinearity="relu")
                nn.init.dirac_(weights).data.add_(noise, alpha=NOISE)
        self.register_buffer("cubic", cubic_kernels(scale), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Enlarge."""
        first = F.relu(self.head(x - 0.5), inplace=True)
        return F.pixel_shuffle(self.residual(first) + self.bicubic(x), self.scale)

    def residual(self, first: torch.Tensor) -> torch.Tensor:
        """What is added to bicubic, (N, 3 * scale², H, W), from the first convolution's (N, width, H, W)."""
        features = first
        for convolution in self.body:
            features = F.relu(convolution(features), inplace=True)
        return self.tail(features + first)

    def bicubic(self, x: torch.Tensor) -> torch.Tensor:
        """Bicubic interpolation before its pixel shuffle: (N, 3, H, W) to (N, 3 * scale², H, W)."""
        return F.conv2d(F.pad(x, (2, 2, 2, 2), mode="replicate"), self.cubic, groups=3)


class Adaptive(nn.Module):
    """Our network with weights that depend on how the picture was made small (see `making.py`).

    For each kernel it learns a factor for every channel of the inner convolutions (as feature-wise linear
    modulation does, Perez et al. 2018), a change of the first and of the last convolution, and of all biases.
    What runs is a plain `Ours`: of several kernels that may have been it, a weighted sum, and a mean of that
    and of the `averaged` network, which is best where blocks of pixels were averaged (see `making.apart`).
    """

    def __init__(self, network: Ours, reader: Reader | None = None, averaged: Ours | None = None) -> None:
        """Begins as `network` for every kernel; without a `reader` all kernels are as likely.

        `averaged` has the shape of `network`; where there is none, nothing is averaged with it.
        """
        super().__init__()
        self.network, self.reader, self.averaged = network, reader, averaged
        self.changes = nn.ParameterList(  # flat, as only four dimensions can have their channels last
            [
                torch.zeros(len(KERNELS), len(weights) if _is_factor(name) else weights.numel())
                for name, weights in network.named_parameters()
            ]
        )

    def weights(self, shares: torch.Tensor) -> dict[str, torch.Tensor]:
        """Of a plain network, by name; `shares` (kernels,) add up to 1."""
        weights = {}
        for (name, plain), changes in zip(self.network.named_parameters(), self.changes, strict=True):
            change = shares @ changes
            if _is_factor(name):
                weights[name] = plain * (1 + change[:, None, None, None])
            else:
                weights[name] = plain + change.view(plain.shape)
        return weights

    def forward(self, x: torch.Tensor, shares: torch.Tensor | Shares = EVEN) -> torch.Tensor:
        """As `Ours` does, for a picture made small so; it does not read `x`, which may be a part of one.

        Safe for several threads at once where nothing learns.
        """
        if not torch.is_grad_enabled():
            large: torch.Tensor = self.fitted(shares)(x)
            return large
        weights = self.weights(torch.as_tensor(shares, dtype=x.dtype, device=x.device))
        output: torch.Tensor = functional_call(self.network, weights, x)  # changes the module meanwhile
        return output

    @torch.no_grad()
    def fitted(self, shares: torch.Tensor | Shares) -> Ours:
        """The plain network for pictures made small so."""
        plain = copy.deepcopy(self.network)
        if self.averaged is None:
            weights = self.weights(torch.as_tensor(shares).to(self.changes[0]))
        else:
            told, amount = apart(tuple(float(share) for share in shares))
            weights = self.weights(torch.tensor(told).to(self.changes[0]))
            for name, average in self.averaged.named_parameters():
                weights[name] = average.lerp(weights[name], amount)
        plain.load_state_dict(weights)
        return plain


def _is_factor(name: str) -> bool:
    """Whether a weight is changed by a factor for each output channel."""
    return name.startswith("body") and name.endswith("weight")


def _adaptive(plain: Ours, kernels: Sequence[str], tensors: dict[str, torch.Tensor]) -> Adaptive:
    """Not yet with its weights; `tensors` say which parts it has."""
    if tuple(kernels) != KERNELS:
        raise OursFormatError(f"it knows other kernels: {kernels}")
    parts = {name.split(".")[0] for name in tensors}
    return Adaptive(
        plain,
        Reader() if "reader" in parts else None,
        copy.deepcopy(plain) if "averaged" in parts else None,
    )


def read(network: nn.Module, rgb: np.ndarray) -> Shares | None:
    """How likely each kernel made (H, W, 3) uint8 small; None for a network that does not ask."""
    if not isinstance(network, Adaptive):
        return None
    return EVEN if network.reader is None else read_making(network.reader, rgb)


def fitted(network: nn.Module, shares: Shares | None) -> nn.Module:
    """The plain network for pictures made small so; networks of other kinds are what they are."""
    return network.fitted(shares) if isinstance(network, Adaptive) and shares else network


def cubic_kernels(scale: int) -> torch.Tensor:
    """Keys' cubic convolution as 5 x 5 kernels, (3 * scale², 1, 5, 5): one for each output pixel.

    A pixel's centre lies at (i + 0.5) / scale - 0.5 input pixels from its input pixel's; weights beyond four
    pixels are zero.
    """
    phase = (torch.arange(scale, dtype=torch.float64) + 0.5) / scale - 0.5
    distance = (torch.arange(-2, 3, dtype=torch.float64) - phase[:, None]).abs()
    line = cubic(distance, CUBIC)  # (scale, 5)
    kernels = line[:, None, :, None] * line[None, :, None, :]
    return kernels.reshape(1, scale**2, 1, 5, 5).repeat(3, 1, 1, 1, 1).flatten(0, 1).float()


def save_ours(network: Ours | Adaptive, path: Path) -> None:
    """Write the weights, and in the file's metadata what `load_ours` needs to build the network."""
    # One entry only: the order of several differs from run to run, and so would the file's SHA-256.
    plain = network.network if isinstance(network, Adaptive) else network
    entry = {key: getattr(plain, key) for key in ("scale", "width", "depth")}
    shape = json.dumps(entry | ({"kernels": KERNELS} if isinstance(network, Adaptive) else {}))
    tensors = {key: value.detach().contiguous() for key, value in network.state_dict().items()}
    save_file(tensors, path, metadata={"network": shape})


def load_ours(files: Sequence[Path]) -> nn.Module:
    """The network of a card's one file, ready to run. Raises `OursFormatError`."""
    (path,) = files
    try:
        with safe_open(path, framework="pt") as file:
            shape = json.loads((file.metadata() or {})["network"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no mapping
        kernels = shape.pop("kernels", None)
        plain = Ours(**shape)
        network = plain if kernels is None else _adaptive(plain, kernels, tensors)
        network.load_state_dict(tensors)
    except (SafetensorError, AttributeError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise OursFormatError(f"{path.name} does not hold our network: {error}") from error
    network.eval().requires_grad_(requires_grad=False)
    return network.to(memory_format=torch.channels_last)
