"""What both roads make of one picture: their answers, and what they look at as pictures ready for a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.classical_vs_deep import drawn, feature_pictures, hand_made
from dlintro_demos.classical_vs_deep.drawn import Answer
from dlintro_demos.classical_vs_deep.hand_made import Expert, train_expert
from dlintro_demos.classical_vs_deep.learned import recognise
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache


@dataclass(frozen=True, kw_only=True, eq=False)
class ByHand:
    """The expert's answer and what it looks at.

    `pictures` (PNG) are those of the groups that have one, by key; `hues` (12,) the share of each, or None
    where it does not look at colours.
    """

    answer: Answer
    pictures: dict[str, bytes]
    hues: tuple[float, ...] | None


@dataclass(frozen=True, kw_only=True, eq=False)
class ByItself:
    """The network's answer, its first filters, and what its first and second layer answer (PNG)."""

    answer: Answer
    filters: bytes
    first: bytes
    second: bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class Looked:
    """`small` is what both get (PNG); a road that was not asked is None."""

    small: bytes
    by_hand: ByHand | None
    by_itself: ByItself | None


def look(rgb: np.ndarray, keys: Sequence[str], cache: ModelCache | None) -> Iterator[Progress | Looked]:
    """A job: show a picture, (H, W, 3) uint8, to the expert of `keys` and to the network.

    Without keys the expert is not asked, without a cache the network is not. Raises `ModelUnavailable`.
    """
    small = drawn.shrink(rgb)
    expert: Expert | None = None
    for step in train_expert(keys) if keys else ():
        if isinstance(step, Progress):
            yield step
        else:
            expert = step
    yield Looked(
        small=encode_png(feature_pictures.enlarged(small)),
        by_hand=_by_hand(expert, small) if expert else None,
        by_itself=_by_itself(cache, small) if cache else None,
    )


def _by_hand(expert: Expert, small: np.ndarray) -> ByHand:
    return ByHand(
        answer=expert.recognise(small),
        pictures={
            key: encode_png(make(small))
            for key, make in feature_pictures.HAND_MADE.items()
            if key in expert.keys
        },
        hues=tuple(hand_made.hues(small).tolist()) if "colour" in expert.keys else None,
    )


def _by_itself(cache: ModelCache, small: np.ndarray) -> ByItself:
    seen = recognise(small, cache)
    return ByItself(
        answer=seen.answer,
        filters=encode_png(feature_pictures.filters(seen.filters)),
        first=encode_png(feature_pictures.answers(seen.first)),
        second=encode_png(feature_pictures.answers(seen.second)),
    )
