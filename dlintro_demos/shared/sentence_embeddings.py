"""Sentences as points: all-MiniLM-L6-v2 (Reimers and Gurevych 2019; Wang et al. 2020) in plain PyTorch.

BERT's encoder (Devlin et al. 2018), six layers of 384; the mean of the tokens' outputs, scaled to length 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

MODEL = "minilm"
WIDTH = 384
HEADS = 12
LONGEST = 128  # tokens; what comes after is not read
BATCH = 32  # sentences at once
EPSILON = 1e-12  # of the layer norms


class EmbedderFormatError(ValueError):
    """Files that do not hold all-MiniLM-L6-v2; the message says what is wrong."""


class Layer(nn.Module):
    """One layer of BERT's encoder: attention and two linear maps, each added to its input and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.wider, self.narrower = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.norm_attention = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.norm_output = nn.LayerNorm(WIDTH, eps=EPSILON)

    def forward(self, x: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """(N, tokens, 384) to the same; `seen` (N, 1, 1, tokens) is False at padding."""
        query, key, value = (
            linear(x).unflatten(2, (HEADS, -1)).transpose(1, 2)
            for linear in (self.query, self.key, self.value)
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        x = self.norm_attention(x + self.output(mixed.transpose(1, 2).flatten(2)))
        return self.norm_output(x + self.narrower(functional.gelu(self.wider(x))))


class SentenceEncoder(nn.Module):
    """Token numbers to sentence vectors. It carries the `tokenizer` that makes the numbers."""

    def __init__(self, tokenizer: Tokenizer, *, layers: int = 6) -> None:
        super().__init__()
        tokenizer.enable_truncation(LONGEST)
        tokenizer.no_padding()
        self.tokenizer = tokenizer
        self.words = nn.Embedding(tokenizer.get_vocab_size(), WIDTH)
        self.positions = nn.Embedding(512, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))

    def forward(self, tokens: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """`tokens` (N, T) int64, `seen` (N, T) bool, False at padding; to (N, 384) of length 1."""
        x = self.each(tokens, seen)
        weight = seen[..., None].to(x.dtype)
        return functional.normalize((x * weight).sum(1) / weight.sum(1), dim=1)

    def each(self, tokens: torch.Tensor, seen: torch.Tensor, layers: int | None = None) -> torch.Tensor:
        """The same, but what it makes of each token, (N, T, 384), or what its first `layers` make of it."""
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.norm(self.words(tokens) + self.positions(places) + self.kinds.weight[0])
        for layer in self.layers[:layers]:
            x = layer(x, seen[:, None, None, :])
        return x


# What the published file calls the parts of a layer.
_THEIRS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "output": "attention.output.dense",
    "norm_attention": "attention.output.LayerNorm",
    "wider": "intermediate.dense",
    "narrower": "output.dense",
    "norm_output": "output.LayerNorm",
}
_FRONT = {
    "words": "word_embeddings",
    "positions": "position_embeddings",
    "kinds": "token_type_embeddings",
    "norm": "LayerNorm",
}


def load_encoder(files: Sequence[Path]) -> SentenceEncoder:
    """The encoder from the published `model.safetensors` and `tokenizer.json`.

    Raises `EmbedderFormatError`.
    """
    weights, tokenizer = files
    try:
        encoder = SentenceEncoder(Tokenizer.from_file(str(tokenizer)))
        theirs = load_file(weights)
        encoder.load_state_dict({name: theirs[_published(name)] for name in encoder.state_dict()})
    except Exception as error:
        raise EmbedderFormatError(
            f"{weights.name} and {tokenizer.name} do not hold all-MiniLM-L6-v2: {error}"
        ) from error
    return encoder.eval().requires_grad_(requires_grad=False)


def _published(name: str) -> str:
    first, *rest = name.split(".")
    if first != "layers":
        return ".".join(("embeddings", _FRONT[first], *rest))
    number, part, kind = rest
    return f"encoder.layer.{number}.{_THEIRS[part]}.{kind}"


def encode(encoder: Any, sentences: Sequence[str]) -> np.ndarray:
    """Sentences of any length to (N, 384) float32 of length 1; only the first 128 tokens are read."""
    rows = [row.ids for row in encoder.tokenizer.encode_batch(list(sentences))]
    vectors = np.zeros((len(rows), WIDTH), np.float32)
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))  # so that little is padding
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            vectors[chosen] = (
                encoder(*_padded(encoder, [rows[index] for index in chosen])).float().cpu().numpy()
            )
    return vectors


def _padded(encoder: Any, rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token numbers (N, T) on the encoder's device, and where they are no padding, (N, T)."""
    device = encoder.words.weight.device
    tokens = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
    seen = torch.arange(tokens.shape[1]) < torch.tensor([len(row) for row in rows])[:, None]
    return tokens.to(device), seen.to(device)


def first_layers(
    sentences: Sequence[str], layers: int, cache: ModelCache
) -> tuple[torch.Tensor, torch.Tensor]:
    """What the first `layers` make of each token, (N, T, 384) float32, and where there is one, (N, T).

    Both on the CPU. Sentences are read together: a few, of each the first 128 tokens. Raises
    `ModelUnavailable`.
    """
    return cache.run(MODEL, lambda model: _first_layers(model.module, sentences, layers))


def _first_layers(encoder: Any, sentences: Sequence[str], layers: int) -> tuple[torch.Tensor, torch.Tensor]:
    with torch.inference_mode():
        tokens, seen = _padded(encoder, [row.ids for row in encoder.tokenizer.encode_batch(list(sentences))])
        return encoder.each(tokens, seen, layers).float().cpu(), seen.cpu()


def embed(sentences: Sequence[str], cache: ModelCache) -> np.ndarray:
    """Sentences to (N, 384) float32 of length 1, by the cached model. Raises `ModelUnavailable`."""
    return cache.run(MODEL, lambda model: encode(model.module, sentences))


def whole_words(cache: ModelCache) -> frozenset[str]:
    """The words that the encoder knows in one piece, most of them English. Raises `ModelUnavailable`."""
    return cache.run(MODEL, lambda model: _whole_words(model.module))


def _whole_words(encoder: Any) -> frozenset[str]:
    if not hasattr(encoder, "whole_words"):
        pieces = encoder.tokenizer.get_vocab()
        encoder.whole_words = frozenset(word for word in pieces if word.isalpha() and len(word) > 1)
    found: frozenset[str] = encoder.whole_words
    return found


def encode_tokens(encoder: Any, sentence: str) -> tuple[torch.Tensor, list[tuple[int, int]]]:
    """What the encoder makes of each token, (T, 384) on its device, and from where to where each stands in
    the sentence; those that it adds itself stand at (0, 0). Only the first 128 tokens are read."""
    row = encoder.tokenizer.encode(sentence)
    tokens = torch.tensor([row.ids], device=encoder.words.weight.device)
    with torch.inference_mode():
        return encoder.each(tokens, torch.ones_like(tokens, dtype=torch.bool))[0], row.offsets
