"""The network's file: its weights, and what the pictures looked like that it learned from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from dlintro_demos.medicine.nuclei.network import StarNet


class NucleiFormatError(ValueError):
    """A weights file that is not this network's; the message says what is wrong."""


def save_nuclei(network: StarNet, path: Path) -> None:
    """Write weights and buffers."""
    save_file({key: value.detach().contiguous() for key, value in network.state_dict().items()}, path)


def load_nuclei(files: Sequence[Path]) -> nn.Module:
    """The network of a card's one file, ready to run. Raises `NucleiFormatError`."""
    (path,) = files
    network = StarNet()
    try:
        network.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError) as error:
        raise NucleiFormatError(f"{path.name} does not hold our network: {error}") from error
    network.eval().requires_grad_(requires_grad=False)
    return network.to(memory_format=torch.channels_last)
