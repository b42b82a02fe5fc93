"""A low-rank adapter (Hu et al., LoRA, 2021): MiniLM as it is, and small matrices that learned beside it.

What is learned is a fiftieth of the network; added to its weights it costs nothing more to run.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from dlintro_demos.shared.sentence_embeddings import WIDTH, SentenceEncoder

RANK = 8
LAYERS = 6
SCALE = 2.0
SIZES = {  # of the linear maps of a layer that are adapted: in, out
    "query": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "output": (WIDTH, WIDTH),
    "wider": (WIDTH, 4 * WIDTH),
    "narrower": (4 * WIDTH, WIDTH),
}
BYTES = 4 * (12 * WIDTH + 13) * WIDTH  # of one layer of MiniLM, in memory: twelve squares, biases and norms


class LowRank(nn.Module):
    """What is added to a linear map: `down` (rank, in), then `up` (out, rank), which begins at zero."""

    def __init__(self, wide: int, out: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(RANK, wide) / math.sqrt(wide))
        self.up = nn.Parameter(torch.zeros(out, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) to (..., out)."""
        return SCALE * functional.linear(functional.linear(x, self.down), self.up)

    def added(self) -> torch.Tensor:
        """The same as one matrix, (out, in)."""
        return SCALE * (self.up @ self.down)


class Adapter(nn.Module):
    """The matrices of all layers."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.ModuleDict({name: LowRank(*size) for name, size in SIZES.items()}) for _ in range(LAYERS)
        )

    def on(self, encoder: SentenceEncoder) -> SentenceEncoder:
        """An encoder with these added to its weights; it shares the table of words with the other."""
        shared: dict[int, Any] = {id(each): each for each in (encoder.words, encoder.tokenizer)}
        tuned = copy.deepcopy(encoder, shared)
        with torch.no_grad():
            for layer, added in zip(tuned.layers, self.layers, strict=True):
                assert isinstance(added, nn.ModuleDict)
                for name, low in added.items():
                    assert isinstance(low, LowRank)
                    weight = getattr(layer, name).weight
                    weight += low.added().to(weight)
        return tuned.eval().requires_grad_(requires_grad=False)
