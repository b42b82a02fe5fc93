"""Drawings to begin with that neither road has seen, and four on which they may fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial

import cv2
import numpy as np

from dlintro_demos.shared.things import draw

CREDIT = "Synthetic: drawn by this gallery's own program, and not among the training pictures"
LARGE = 224  # px


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A picture to begin with; `lesson` says, for one that must fail, what fails and why."""

    key: str
    title: str
    alt: str
    make: Callable[[], np.ndarray] = field(repr=False)
    lesson: str = ""
    credit: str = CREDIT

    def load(self) -> np.ndarray:
        """(224, 224, 3) uint8 RGB, read-only: drawn once."""
        return _drawn(self)


@cache
def _drawn(sample: Sample) -> np.ndarray:
    rgb = sample.make()
    rgb.setflags(write=False)
    return rgb


def _thing(kind: str, seed: int, alt: str, *, title: str = "", **options: str | bool) -> Sample:
    return Sample(
        key=f"{kind}-{seed}",
        title=title or kind.capitalize(),
        alt=alt,
        make=partial(draw, kind, seed, side=LARGE, **options),  # type: ignore[arg-type]
    )


def _noise() -> np.ndarray:
    spots = np.random.default_rng(1).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    return cv2.resize(spots, (LARGE, LARGE), interpolation=cv2.INTER_NEAREST)


SAMPLES: tuple[Sample, ...] = (
    _thing("apple", 40_003, "A red apple", colour="red"),
    _thing("ball", 40_008, "A blue ball", colour="blue"),
    _thing("pear", 40_001, "A green pear", colour="green"),
    _thing("cup", 40_005, "A blue cup", colour="blue"),
    _thing("fish", 40_004, "An orange fish", colour="orange"),
    _thing(
        "star", 40_006, "A flat yellow star on white paper", title="Flat star", colour="yellow", flat=True
    ),
)

LIMITS: tuple[Sample, ...] = (
    Sample(
        key="red-ball",
        title="Red ball",
        alt="A plain red ball",
        make=partial(draw, "ball", 40_002, side=LARGE, colour="red"),
        lesson="A plain red ball. What tells it from an apple is a hollow and a stalk that are not there, "
        "a few pixels of 1,024. Both roads may call it an apple.",
    ),
    Sample(
        key="house",
        title="House",
        alt="A drawn white house with a dark roof",
        make=partial(draw, "house", 40_001, side=LARGE, colour="white"),
        lesson="Neither road was ever shown a house, but this one is drawn like the things they know. "
        "If one of them names it anyway, that is the mistake to look for.",
    ),
    Sample(
        key="noise",
        title="Noise",
        alt="Coloured dots without any order",
        make=_noise,
        lesson="There is nothing on it. Without an “I don't know”, a road would have to name one of eight.",
    ),
    Sample(
        key="grey",
        title="Nothing",
        alt="An even grey",
        make=lambda: np.full((LARGE, LARGE, 3), 140, np.uint8),
        lesson="One grey, no edge, no colour: all features are empty.",
    ),
)
