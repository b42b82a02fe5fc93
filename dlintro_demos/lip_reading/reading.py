"""A clip, read: six words, how sure of each, what else it might have been, and when each was said."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.decoder import Decoding, Graph, greedy, likeliest
from dlintro_demos.lip_reading.grammar import SPOKEN, WORDS, class_of, spell
from dlintro_demos.lip_reading.landmarks import POINTS, mirror, normalise
from dlintro_demos.lip_reading.mouths import look
from dlintro_demos.lip_reading.network import Logits, prepare_pixels

MODEL = "lip_reader"
ALTERNATIVES = 5
MIX = {"words": 0.3, "slots": 1.5}
"""How much each way to say the sentence counts, chosen on validation clips; they sum to 1 / temperature."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """A slot's word, the probability that it is right, and all others with theirs, the likeliest first."""

    word: str
    probability: float
    others: tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """What a clip says.

    `confidence` is the probability of the word that is the least sure. `in_grammar` is the natural logarithm
    of the probability that the frames are a sentence of the grammar at all. `sentences` are the likeliest,
    with how likely each is. `distance` is how far the clip is from what the network was taught with, about 1
    for such clips, 0 where the reader does not measure it. `greedy` is what is read without the grammar.
    `timeline` (T, 6): the probability that a frame belongs to a slot's word.
    """

    words: tuple[Word, ...]
    confidence: float
    in_grammar: float
    sentences: tuple[tuple[str, float], ...]
    greedy: str
    timeline: np.ndarray
    distance: float = 0.0

    @property
    def sentence(self) -> str:
        """The six words."""
        return " ".join(each.word for each in self.words)

    def known(self, thresholds: Mapping[str, float]) -> bool:
        """Whether it is sure enough to say so; `thresholds` of the model's card."""
        return (
            self.confidence >= thresholds["confidence"]
            and self.in_grammar >= thresholds["in_grammar"]
            and self.distance <= thresholds.get("distance", math.inf)
        )


def read(clip: Clip, cache: ModelCache) -> Reading:
    """Read a clip, by its pixels alone where it has no track. Raises `TrackError` and `ModelUnavailable`."""
    moved = None if clip.track is None else normalise(clip.track)
    shown = views(moved, look(clip.mouths))
    return interpret(cache.run(MODEL, lambda model: logits_of(model, *shown)))


@torch.inference_mode()
def logits_of(model: Loaded, *shown: torch.Tensor) -> Logits:
    """What a model says of `views`."""
    return model.module(*(each.to(model.device) for each in shown))


def views(moved: np.ndarray | None, seen: np.ndarray) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A clip and its mirror image, as the network takes them; then both again without their landmarks, which
    made it likelier to be right about real clips (training/lip_reading/__main__.py).

    Args:
        moved: (T, 59, 3), `landmarks.normalise`; None where there are none, then the two come once.
        seen: (T, 2, 24, 48), `mouths.look`.

    Returns:
        Points (2, T, 177), pixels (2, T, 2, 24, 48) and `keep` (4, 2), float32.
    """
    still = np.zeros((len(seen), len(POINTS), 3), np.float32) if moved is None else moved
    points = torch.from_numpy(np.stack([still, mirror(still)])).flatten(2)
    pixels = prepare_pixels(torch.from_numpy(np.stack([seen, seen[..., ::-1]])))
    alone = [[0.0, 1.0], [0.0, 1.0]]
    return points, pixels, torch.tensor(alone if moved is None else [[1.0, 1.0], [1.0, 1.0], *alone])


def interpret(logits: Logits, mix: Mapping[str, float] = MIX) -> Reading:
    """What the logits of one clip's views mean, all views counting the same."""
    decoded = decode(logits)
    return compose(
        mixed(decoded.ways, mix),
        in_grammar=float(np.mean([each.in_grammar for each in decoded.words])),
        greedy=" ".join(SPOKEN[each] for each in decoded.greedy),
        timeline=decoded.words[0].timeline,
        distance=float(logits.distance.mean()),
    )


def compose(
    posteriors: Sequence[np.ndarray],
    *,
    in_grammar: float,
    greedy: str,
    timeline: np.ndarray,
    distance: float = 0.0,
) -> Reading:
    """The reading of a clip, any reader's, from the probabilities of each slot's words."""
    best = [int(each.argmax()) for each in posteriors]
    read_words = tuple(
        Word(
            word=WORDS[slot][word],
            probability=float(each[word]),
            others=tuple(
                (WORDS[slot][other], float(each[other])) for other in np.argsort(-each) if other != word
            ),
        )
        for slot, (each, word) in enumerate(zip(posteriors, best, strict=True))
    )
    return Reading(
        words=read_words,
        confidence=min(each.probability for each in read_words),
        in_grammar=in_grammar,
        distance=distance,
        sentences=tuple((spell(said), p) for said, p in likeliest(posteriors, ALTERNATIVES)),
        greedy=greedy,
        timeline=timeline,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Decoded:
    """A clip's logits, decoded: `words` a view; `ways` by way, view and slot; `greedy` of the first view."""

    words: list[Decoding]
    ways: dict[str, list[tuple[np.ndarray, ...]]]
    greedy: list[int]


def decode(logits: Logits) -> Decoded:
    """Every way to say the sentence, of every view of a clip."""
    words = logits.words.float().log_softmax(2).cpu().numpy()
    slots = [each.float().softmax(1).cpu().numpy() for each in logits.slots]
    by_words = [words_graph().decode(each) for each in words]
    return Decoded(
        words=by_words,
        ways={
            "words": [each.posteriors for each in by_words],
            "slots": [tuple(each[view] for each in slots) for view in range(len(words))],
        },
        greedy=greedy(words[0]),
    )


def mixed(ways: Mapping[str, Sequence[Sequence[np.ndarray]]], mix: Mapping[str, float]) -> list[np.ndarray]:
    """One distribution a slot: the weighted geometric mean of all ways and views."""
    result = []
    for slot in range(len(WORDS)):
        score = sum(
            weight * np.mean([np.log(view[slot] + 1e-12) for view in ways[way]], axis=0)
            for way, weight in mix.items()
        )
        power = np.exp(score - score.max())
        result.append(power / power.sum())
    return result


@functools.cache
def words_graph() -> Graph:
    """The grammar, a token a word."""
    return Graph(
        [[(class_of(slot, word),) for word in range(len(words))] for slot, words in enumerate(WORDS)]
    )
