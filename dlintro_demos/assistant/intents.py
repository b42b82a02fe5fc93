"""What a sentence asks for: linear heads on its embedding, and a vote of the phrasings that lie nearest.

Below a threshold, "I don't know".
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from dlintro_demos.assistant.adapter import BYTES, LAYERS, Adapter
from dlintro_demos.assistant.normalise import Normal, normalise
from dlintro_demos.assistant.phrases import NONE, phrasings, title_words, words, written
from dlintro_demos.shared.sentence_embeddings import MODEL as EMBEDDER
from dlintro_demos.shared.sentence_embeddings import WIDTH, SentenceEncoder, encode, whole_words

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

MODEL = "assistant_intents"
NEAREST = 3  # training phrases shown
TUNED = 0.85
"""Share of the tuned network in what the heads say; the rest is MiniLM as it came, which errs elsewhere."""
VOTERS, VOTE = 5, 0.4  # nearest phrasings that vote, and their share in which of the intents it is


class IntentHead(nn.Module):
    """Vectors of sentences to probabilities of the intents, the last "none"; and what the page shows.

    `head` takes vectors of MiniLM with the `adapter`, `plain` those of MiniLM as it came. `phrases` (P, 384)
    are the first kind of the written phrasings, in their order, `owners` (P,) their intents; `plane` (384, 2)
    and `centre` (384,) put a sentence onto the map of intents.
    """

    phrases: torch.Tensor
    owners: torch.Tensor
    plane: torch.Tensor
    centre: torch.Tensor
    bytes_beside = LAYERS * BYTES  # of MiniLM with the adapter, see `tuned`
    drawn: Any  # the map of intents, once somebody has drawn it (`intent_map.py`)

    def __init__(self) -> None:
        super().__init__()
        counts = torch.tensor([len(lines) for lines in phrasings().values()])
        self.adapter = Adapter()
        self.head = nn.Linear(WIDTH, len(counts) + 1)
        self.plain = nn.Linear(WIDTH, len(counts) + 1)
        self.register_buffer("phrases", torch.zeros(int(counts.sum()), WIDTH))
        self.register_buffer("owners", torch.arange(len(counts)).repeat_interleave(counts), persistent=False)
        self.register_buffer("plane", torch.zeros(WIDTH, 2))
        self.register_buffer("centre", torch.zeros(WIDTH))
        self._tuned: list[SentenceEncoder] = []  # in a list, so that it is no part of this module

    def forward(self, tuned: torch.Tensor, plain: torch.Tensor) -> torch.Tensor:
        """(N, 384) each, to (N, intents): the mean of what two heads say, `TUNED` of the first.

        Of what they do not give to "none", the nearest phrasings have a share of `VOTE`.
        """
        said = TUNED * self.head(tuned).softmax(1) + (1 - TUNED) * self.plain(plain).softmax(1)
        some, nothing = said[:, :-1], said[:, -1:]
        nearest = (tuned @ self.phrases.T).topk(VOTERS).indices
        votes = functional.one_hot(self.owners[nearest], some.shape[1]).to(some).mean(1)
        return torch.cat(((1 - VOTE) * some + VOTE * votes * some.sum(1, keepdim=True), nothing), 1)

    def tuned(self, encoder: Any) -> SentenceEncoder:
        """MiniLM with the adapter added to its weights, on the device where it is."""
        device = encoder.words.weight.device
        here = [each for each in self._tuned if each.words.weight.device == device]
        if not here:
            here = self._tuned = [self.adapter.to(device).on(encoder)]
        return here[0]


def load_head(files: Sequence[Path]) -> IntentHead:
    """The trained head. Raises `RuntimeError` where the file has other shapes, or other phrasings.

    The phrases are stored as whole numbers to 127 of each vector's own scale: length 1 is made again.
    """
    state = {name: value.float() for name, value in load_file(files[0]).items()}
    state["phrases"] = functional.normalize(state["phrases"], dim=1)
    module = IntentHead()
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


def names() -> tuple[str, ...]:
    """The intents in the order of the head's outputs."""
    return (*phrasings(), NONE)


def plain_words(sentence: str, cache: ModelCache) -> Normal:
    """The sentence as the head and the slots read it. Raises `ModelUnavailable`."""
    return normalise(sentence, _all_words(whole_words(cache)), words())


@functools.lru_cache(1)
def _all_words(whole: frozenset[str]) -> frozenset[str]:
    return whole | title_words()


def vectors(sentences: Sequence[str], cache: ModelCache) -> np.ndarray:
    """Normalised sentences to (N, 384) float32 of length 1, by MiniLM with the adapter.

    Raises `ModelUnavailable`.
    """
    head = cache.run(MODEL, lambda model: model.module)
    assert isinstance(head, IntentHead)
    return cache.run(EMBEDDER, lambda model: encode(head.tuned(model.module), sentences))


def understand(sentence: str, cache: ModelCache) -> Guess:
    """What a normalised sentence asks for. Raises `ModelUnavailable`."""
    vector = vectors([sentence], cache)
    plain = cache.run(EMBEDDER, lambda model: encode(model.module, [sentence]))
    threshold = cache.card(MODEL).thresholds["known"]
    return cache.run(MODEL, lambda model: _guess(model.module, vector, plain, threshold))


def _guess(module: torch.nn.Module, vector: np.ndarray, plain: np.ndarray, threshold: float) -> Guess:
    assert isinstance(module, IntentHead)
    with torch.inference_mode():
        row, beside = (torch.from_numpy(each).to(module.plane.device) for each in (vector, plain))
        probabilities = module(row, beside)[0].cpu().numpy()
        near = (module.phrases @ row[0]).cpu().numpy()
        place = ((row[0] - module.centre) @ module.plane).tolist()
    known = names()
    order = np.argsort(-probabilities)
    best = int(probabilities[:-1].argmax())
    confidence = known_score(probabilities[None])[0]
    return Guess(
        intent=known[best],
        known=bool(confidence >= threshold),
        confidence=float(confidence),
        top=tuple((known[index], float(probabilities[index])) for index in order[:3]),
        nearest=tuple((*written()[index], float(near[index])) for index in np.argsort(-near)[:NEAREST]),
        place=(place[0], place[1]),
    )


def known_score(probabilities: np.ndarray) -> np.ndarray:
    """How sure it is that a sentence was meant for it, (N, intents) to (N,).

    The mean of two: all that is not "none", and the likeliest intent.
    """
    inside = probabilities[:, :-1]
    return (1 - probabilities[:, -1] + inside.max(1)) / 2
