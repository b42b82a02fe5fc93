"""What a sentence asks for: a linear head on its embedding and words; below a threshold, "I don't know"."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from dlintro_demos.assistant.normalise import Normal, normalise
from dlintro_demos.assistant.phrases import NONE, phrasings, words
from dlintro_demos.shared.sentence_embeddings import MODEL as EMBEDDER
from dlintro_demos.shared.sentence_embeddings import WIDTH, embed

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

MODEL = "assistant_intents"
BUCKETS = 2_048  # of the hashed words
SHARE = 1.0  # length of the words' part beside the embedding's 1
NEAREST = 3  # training phrases shown


class IntentHead(nn.Module):
    """Features to logits of the intents, the last of them "none"; and what the page shows of the training.

    `phrases` (P, 384) are the embeddings of the written phrasings, in their order; `plane` (384, 2) and
    `centre` (384,) put a sentence onto the map of intents.
    """

    phrases: torch.Tensor
    plane: torch.Tensor
    centre: torch.Tensor
    drawn: Any  # the map of intents, once somebody has drawn it (`intent_map.py`)

    def __init__(self, intents: int, phrases: int) -> None:
        super().__init__()
        self.head = nn.Linear(WIDTH + BUCKETS, intents)
        self.register_buffer("phrases", torch.zeros(phrases, WIDTH))
        self.register_buffer("plane", torch.zeros(WIDTH, 2))
        self.register_buffer("centre", torch.zeros(WIDTH))


def load_head(files: Sequence[Path]) -> IntentHead:
    """The trained head. Raises `RuntimeError` where the file has other shapes."""
    state = {name: value.float() for name, value in load_file(files[0]).items()}
    module = IntentHead(len(state["head.bias"]), len(state["phrases"]))
    module.load_state_dict(state)
    return module


@dataclass(frozen=True, kw_only=True)
class Guess:
    """`intent` is the likeliest, `known` whether it was meant at all, `confidence` how sure it is of that.

    `top` are the three likeliest with their probabilities, `nearest` phrasings as (phrase, intent, cosine),
    `place` is on the map of intents.
    """

    intent: str
    known: bool
    confidence: float
    top: tuple[tuple[str, float], ...]
    nearest: tuple[tuple[str, str, float], ...]
    place: tuple[float, float]


def hashed(sentences: Sequence[str]) -> np.ndarray:
    """Words, pairs of words and letters in threes, hashed: (N, 2048) float32 of length 1."""
    rows = np.zeros((len(sentences), BUCKETS), np.float32)
    for row, sentence in zip(rows, sentences, strict=True):
        said = re.findall(r"[a-z']+|\d", sentence.lower())
        pairs = [f"{a} {b}" for a, b in pairwise(said)]
        threes = [f"<{word}>"[at : at + 3] for word in said for at in range(len(word))]
        for token, weight in [(t, 1.0) for t in said + pairs] + [(f"#{t}", 0.4) for t in threes]:
            row[zlib.crc32(token.encode()) % BUCKETS] += weight
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return SHARE * rows / np.maximum(lengths, 1e-9)


def features(vectors: np.ndarray, sentences: Sequence[str]) -> np.ndarray:
    """Embeddings (N, 384) and their sentences to what the head reads, (N, 2432) float32."""
    return np.concatenate([vectors, hashed(sentences)], axis=1)


def names() -> tuple[str, ...]:
    """The intents in the order of the head's outputs."""
    return (*phrasings(), NONE)


def plain_words(sentence: str, cache: ModelCache) -> Normal:
    """The sentence as the head and the slots read it. Raises `ModelUnavailable`."""
    return cache.run(EMBEDDER, lambda model: normalise(sentence, _vocabulary(model.module), words()))


def _vocabulary(encoder: Any) -> frozenset[str]:
    """Whole English words among the embedder's pieces."""
    if not hasattr(encoder, "whole_words"):
        pieces = encoder.tokenizer.get_vocab()
        encoder.whole_words = frozenset(word for word in pieces if word.isalpha() and len(word) > 1)
    return encoder.whole_words


def understand(sentence: str, cache: ModelCache) -> Guess:
    """What a normalised sentence asks for. Raises `ModelUnavailable`."""
    vector = embed([sentence], cache)
    threshold = cache.card(MODEL).thresholds["known"]
    return cache.run(MODEL, lambda model: _guess(model.module, vector, sentence, threshold))


def _guess(module: torch.nn.Module, vector: np.ndarray, sentence: str, threshold: float) -> Guess:
    assert isinstance(module, IntentHead)
    device = module.plane.device
    with torch.inference_mode():
        row = torch.from_numpy(features(vector, [sentence])).to(device)
        probabilities = module.head(row)[0].softmax(0).cpu().numpy()
        near = (module.phrases @ row[0, :WIDTH]).cpu().numpy()
        place = ((row[0, :WIDTH] - module.centre) @ module.plane).tolist()
    known = names()
    order = np.argsort(-probabilities)
    best = int(probabilities[:-1].argmax())
    confidence = known_score(probabilities[None])[0]
    written = [(phrase, intent) for intent, phrases in phrasings().items() for phrase in phrases]
    return Guess(
        intent=known[best],
        known=bool(confidence >= threshold),
        confidence=float(confidence),
        top=tuple((known[index], float(probabilities[index])) for index in order[:3]),
        nearest=tuple((*written[index], float(near[index])) for index in np.argsort(-near)[:NEAREST]),
        place=(place[0], place[1]),
    )


def known_score(probabilities: np.ndarray) -> np.ndarray:
    """How sure it is that a sentence was meant for it, (N, intents) to (N,).

    The mean of two: all that is not "none", and the likeliest intent.
    """
    inside = probabilities[:, :-1]
    return (1 - probabilities[:, -1] + inside.max(1)) / 2
