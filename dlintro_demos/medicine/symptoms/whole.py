"""Whether a complaint, read whole and with what it denies, is an emergency: by the last layers of MiniLM.

They learned on from where all-MiniLM-L6-v2 has them, twice, from other beginnings; the layers below are as
published. The other readers of `detector.py` never see a denial: it is cut out before they read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from dlintro_demos.medicine.symptoms.spelling import Word, put_right
from dlintro_demos.shared.sentence_embeddings import WIDTH, Layer, first_layers

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

BELOW = 2  # layers of the encoder that are as published
LAYERS = 4  # that learned on
READERS = 2  # that did: the mean of what they say counts
POOLS = 4  # weighted means of the tokens, beside the plain one
UNITS = 256
WINDOW = 60  # words that are read together; in longer complaints the likeliest part counts
CHARACTERS = 600  # and of what is no word, too: the encoder reads 128 tokens
BATCH = 32  # windows at once
_RUN = re.compile(r"([^\w\s])\1{3,}")


@dataclass(frozen=True, kw_only=True)
class Whole:
    """The log odds of an emergency, the number of its likeliest kind, and the window that it stands in."""

    odds: float
    kind: int
    window: str = ""


class WholeReader(nn.Module):
    """Four layers of BERT's encoder, means of the tokens by learned weights, and two linear maps.

    Input: what the layers below make of each token, (N, T, 384), and `seen` (N, T), False at padding; output:
    logits (N, kinds + 1), the last for “none”.
    """

    def __init__(self, kinds: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.pools = nn.Linear(WIDTH, POOLS)
        self.first, self.last = nn.Linear(WIDTH * (POOLS + 1), UNITS), nn.Linear(UNITS, kinds + 1)
        self.dropped, self.dropped_within = nn.Dropout(0.1), nn.Dropout(0.3)

    def forward(self, x: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """Read."""
        for layer in self.layers:
            x = layer(x, seen[:, None, None, :])
        weights = self.pools(x).masked_fill(~seen[..., None], -1e4).softmax(1)
        means = torch.einsum("ntp,ntd->npd", weights, x).flatten(1)
        plain = (x * seen[..., None]).sum(1) / seen.sum(1, keepdim=True)
        features = functional.gelu(self.first(self.dropped(torch.cat([means, plain], 1))))
        logits: torch.Tensor = self.last(self.dropped_within(features))
        return logits


def odds_of(logits: torch.Tensor) -> torch.Tensor:
    """The log odds of an emergency, (N, kinds + 1) to (N,)."""
    return logits[:, :-1].logsumexp(1) - logits[:, -1]


def windows(text: str, words: Sequence[Word]) -> list[str]:
    """A plain text, put right, in parts of whole sentences of up to `WINDOW` words; longer ones are cut.

    Of a mark that is repeated three are left.
    """
    groups: list[list[Word]] = []
    for _, sentence in groupby(words, key=lambda word: word.sentence):
        said = list(sentence)
        for at in range(0, len(said), WINDOW):
            piece = said[at : at + WINDOW]
            if groups and not at and len(groups[-1]) + len(piece) <= WINDOW:
                groups[-1] += piece
            else:
                groups.append(piece)
    borders = [0, *(group[0].begin for group in groups[1:]), len(text)]
    parts = (
        _RUN.sub(r"\1\1\1", put_right(text, group, begin, end))
        for group, (begin, end) in zip(groups, pairwise(borders), strict=True)
    )
    return [part[at : at + CHARACTERS] for part in parts for at in range(0, len(part), CHARACTERS)]


def whole_of(text: str, words: Sequence[Word], model: str, cache: ModelCache) -> Whole:
    """A complaint of at least one word, read by each `WholeReader` of the cached `model`.

    Raises `ModelUnavailable`.
    """
    parts = windows(text, words)
    return max(
        (_likeliest(parts[at : at + BATCH], model, cache) for at in range(0, len(parts), BATCH)),
        key=lambda whole: whole.odds,
    )


def _likeliest(parts: Sequence[str], model: str, cache: ModelCache) -> Whole:
    features, seen = first_layers(parts, BELOW, cache)
    logits = cache.run(model, lambda given: read_whole(given.module, features, seen))
    odds = odds_of(logits)
    best = int(odds.argmax())
    return Whole(odds=float(odds[best]), kind=int(logits[best, :-1].argmax()), window=parts[best])


def read_whole(module: nn.Module, features: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """The mean logits (N, kinds + 1) of a head's readers, of what the layers below make of each token."""
    assert isinstance(module.whole, nn.ModuleList)
    device = next(module.parameters()).device
    with torch.inference_mode():
        said = [reader(features.to(device), seen.to(device)).log_softmax(1) for reader in module.whole]
        return torch.stack(said).mean(0).cpu()
