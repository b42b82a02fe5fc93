"""Several branches while a convolution learns, one 3 x 3 convolution when it runs.

As in edge-oriented convolution blocks (Zhang et al. 2021): beside the 3 x 3 kernel a 1 x 1 one, and 1 x 1
ones before fixed filters for edges. All is linear in the kernel, so the branches are added up before the
convolution, not after it: learning costs no more time, and what was learned merges without a rest.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn
from torch.nn.utils import parametrize

from dlintro_demos.super_resolution.ours import Ours

EDGES = torch.tensor(
    [
        [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
        [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
        [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    ],
    dtype=torch.float32,
)
"""Sobel's filters along both axes, and Laplace's: (3, 3, 3)."""


class Branches(nn.Module):
    """A kernel (out, in, 3, 3) and its branches, added up; they begin with nothing to add."""

    edges: torch.Tensor

    def __init__(self, out_channels: int, in_channels: int) -> None:
        """Branches of a convolution."""
        super().__init__()
        self.point = nn.Parameter(torch.zeros(out_channels, in_channels))
        self.mixed = nn.Parameter(torch.randn(len(EDGES), out_channels, in_channels) / in_channels**0.5)
        self.strength = nn.Parameter(torch.zeros(len(EDGES), out_channels))
        self.register_buffer("edges", EDGES.clone(), persistent=False)

    def forward(self, kernel: torch.Tensor) -> torch.Tensor:
        """The kernel that runs, (out, in, 3, 3)."""
        with torch.autocast(kernel.device.type, enabled=False):
            along_edges = torch.einsum("eo,eoi,ehw->oihw", self.strength, self.mixed, self.edges)
            return kernel + F.pad(self.point[..., None, None], (1, 1, 1, 1)) + along_edges


def convolutions(network: Ours) -> list[nn.Conv2d]:
    """All that learn, from the first to the last."""
    return [network.head, *network.body, network.tail]


def branch(network: Ours) -> None:
    """Give every convolution branches."""
    for layer in convolutions(network):
        parametrize.register_parametrization(layer, "weight", Branches(*layer.weight.shape[:2]))


def merged(network: Ours) -> Ours:
    """The same function without branches, with weights of its own."""
    plain = Ours(scale=network.scale, width=network.width, depth=network.depth)
    for layer, learned in zip(convolutions(plain), convolutions(network), strict=True):
        layer.weight.data = learned.weight.detach().clone()
        assert layer.bias is not None
        assert learned.bias is not None
        layer.bias.data = learned.bias.detach().clone()
    return plain


def deepened(network: Ours, depth: int) -> Ours:
    """The same function with more convolutions before the last: they hand on what they get, as ReLU does."""
    deeper = Ours(scale=network.scale, width=network.width, depth=depth)
    deeper.head, deeper.tail = network.head, network.tail
    for layer, learned in zip(deeper.body, network.body, strict=False):
        layer.load_state_dict(learned.state_dict())
    for layer in list(deeper.body)[len(network.body) :]:
        assert isinstance(layer, nn.Conv2d)
        nn.init.dirac_(layer.weight)
    return deeper


def mixed(learned: Ours, start: Ours, share: float) -> Ours:
    """The mean of two networks of one shape, the first learned on from the second: `share` of the first."""
    result, other = merged(learned), merged(start).state_dict()
    result.load_state_dict(
        {name: other[name].lerp(value, share) for name, value in result.state_dict().items()}
    )
    return result
