"""The network: a U-Net that says how deep inside a nucleus every second pixel is, and where the edge is.

Star-convex heads after Schmidt et al. 2018 (StarDist): one logit for "inside a nucleus, near its middle",
and the logarithms of the distances to the edge in 32 directions. Group norm (Wu and He 2018), because a
batch is small.
"""

from __future__ import annotations

import torch
from torch import nn

RAYS = 32
STRIDE = 2
"""One answer for each 2 x 2 pixels."""
MULTIPLE = 16
"""Sides of what goes in are multiples of this."""
EMBEDDING = 1280
"""Numbers that the classifier of photographs (`shared/imagenet.py`) makes of a picture."""
_GROUPS = 8


class Block(nn.Module):
    """Two convolutions of 3 x 3 with group norm, around them a short cut."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)
        self.first_norm = nn.GroupNorm(_GROUPS, channels_out)
        self.second = nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False)
        self.second_norm = nn.GroupNorm(_GROUPS, channels_out)
        self.short_cut = (
            nn.Identity() if channels_in == channels_out else nn.Conv2d(channels_in, channels_out, 1)
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """(n, channels_in, h, w) to (n, channels_out, h, w)."""
        inner = torch.relu(self.first_norm(self.first(features)))
        return torch.relu(self.second_norm(self.second(inner)) + self.short_cut(features))


class StarNet(nn.Module):
    """The U-Net; `widths` are its channels at strides 2, 4, 8 and 16.

    `strange_weight` (1280,) and `strange_bias` are a logistic regression on the embedding of another network,
    which tells microscope pictures from others: see `strangeness.py`.
    """

    def __init__(self, widths: tuple[int, ...] = (32, 64, 128, 192)) -> None:
        super().__init__()
        self.fold = nn.PixelUnshuffle(STRIDE)
        channels = (3 * STRIDE**2, *widths)
        self.down = nn.ModuleList(Block(channels[at], channels[at + 1]) for at in range(len(widths)))
        self.lateral = nn.ModuleList(
            nn.Conv2d(widths[at + 1], widths[at], 1) for at in range(len(widths) - 1)
        )
        self.up = nn.ModuleList(Block(width, width) for width in widths[:-1])
        self.head = nn.Conv2d(widths[0], 64, 3, padding=1)
        self.out = nn.Conv2d(64, 1 + RAYS, 1)
        self.register_buffer("strange_weight", torch.zeros(EMBEDDING))
        self.register_buffer("strange_bias", torch.zeros(1))
        with torch.no_grad():  # begins with “no nucleus”, and edges 7 px away
            assert self.out.bias is not None
            self.out.bias.copy_(torch.tensor([-2.0] + [2.0] * RAYS))

    def encode(self, pixels: torch.Tensor) -> list[torch.Tensor]:
        """Features at strides 2, 4, 8 and 16."""
        features = self.fold(pixels)
        levels = []
        for at, block in enumerate(self.down):
            features = block(torch.max_pool2d(features, 2) if at else features)
            levels.append(features)
        return levels

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """(n, 3, h, w), about 0 to 1, to (n, 33, h / 2, w / 2): a logit and 32 logarithms of pixels."""
        levels = self.encode(pixels)
        features = levels[-1]
        for at in reversed(range(len(self.up))):
            larger = nn.functional.interpolate(self.lateral[at](features), scale_factor=2.0, mode="nearest")
            features = self.up[at](larger + levels[at])
        return self.out(torch.relu(self.head(features)))
