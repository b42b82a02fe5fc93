"""Which words say what an appointment is called, what to be reminded of, what to buy: a tagger on MiniLM.

A small bidirectional GRU reads what MiniLM makes of each token, and says of each how likely it belongs there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file
from torch import nn

from dlintro_demos.shared.sentence_embeddings import MODEL as EMBEDDER
from dlintro_demos.shared.sentence_embeddings import WIDTH, encode_tokens

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

MODEL = "assistant_titles"
INTENTS = ("calendar_add", "reminder_add", "shopping_add")
HIDDEN = 64


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """A word at `start` to `end` of the sentence, and how likely it belongs to a title."""

    start: int
    end: int
    probability: float


class TitleTagger(nn.Module):
    """States of tokens to logits."""

    def __init__(self) -> None:
        super().__init__()
        self.intents = nn.Embedding(len(INTENTS), WIDTH)
        self.dropout = nn.Dropout(0.3)
        self.gru = nn.GRU(WIDTH, HIDDEN, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * HIDDEN, 1)

    def forward(self, states: torch.Tensor, intents: torch.Tensor) -> torch.Tensor:
        """(N, T, 384) and the numbers of the intents (N,), to (N, T)."""
        read, _ = self.gru(self.dropout(states + self.intents(intents)[:, None]))
        return self.out(self.dropout(read))[..., 0]


def load_tagger(files: Sequence[Path]) -> TitleTagger:
    """The trained tagger. Raises `RuntimeError` where the file has other shapes."""
    module = TitleTagger()
    module.load_state_dict({name: value.float() for name, value in load_file(files[0]).items()})
    return module


def tag(sentence: str, intent: str, cache: ModelCache) -> tuple[Tagged, ...]:
    """All words of a normalised sentence; none for intents without a title. Raises `ModelUnavailable`."""
    if intent not in INTENTS or not sentence:
        return ()
    states, places = cache.run(EMBEDDER, lambda model: encode_tokens(model.module, sentence))
    said = cache.run(MODEL, lambda model: _probabilities(model.module, states, INTENTS.index(intent)))
    return of_words(sentence, places, said)


def _probabilities(module: Any, states: torch.Tensor, intent: int) -> list[float]:
    where = module.out.weight.device
    with torch.inference_mode():
        logits = module(states[None].to(where), torch.tensor([intent], device=where))
    return [float(each) for each in logits[0].sigmoid()]


def of_words(sentence: str, places: Sequence[tuple[int, int]], said: Sequence[float]) -> tuple[Tagged, ...]:
    """Words from tokens: each as likely as the mean of its own."""
    words = []
    for match in re.finditer(r"[^\s,;:!?\"“”]+", sentence):
        own = [
            each
            for each, (start, end) in zip(said, places, strict=True)
            if start < match.end() and end > match.start()
        ]
        if own:
            words.append(Tagged(start=match.start(), end=match.end(), probability=sum(own) / len(own)))
    return tuple(words)
