"""What a face, a photo and the thresholds of a face network are: the words all of this demo speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from dlintro_demos.shared.face_detector import Stage

Level = Literal["sure", "maybe", "unknown"]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class CloseUp:
    """A face to look at: its surroundings with the landmarks, JPEG, and its embedding as a pattern, PNG."""

    surroundings: bytes
    pattern: bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class Face:
    """One face in one photo.

    `key` is unique in a visit. `box` is x0, y0, x1, y1 in the photo's upright pixels; it may reach over the
    edge. `landmarks` is (5, 2) float32, x and y of the eye at the picture's left, the other eye, the nose,
    and the mouth's corners. `probability` is the detector's, 0 to 1. `embedding` is (D,) float32. `chip` is
    the aligned piece that the network saw, as JPEG. `drawn` says that a visitor drew the box. `close_up` is
    there where the page shows one photo.
    """

    key: str
    box: Box
    landmarks: np.ndarray
    probability: float
    embedding: np.ndarray
    chip: bytes
    drawn: bool = False
    close_up: CloseUp | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class PhotoFaces:
    """What was found in a photo of `width` x `height` pixels; `seconds` by stage of the work.

    `fallback` says that no box was likely enough, so that the likeliest is given.
    """

    key: str
    width: int
    height: int
    faces: tuple[Face, ...]
    stages: tuple[Stage, ...]
    seconds: Mapping[str, float]
    device: str
    fallback: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class AlbumPhoto:
    """A photo of the visit. `original` is the file as it came, `preview` a JPEG of at most 480 px a side.

    `names` came with the file, by the key of a face in `found` or in `drawn`: faces where somebody drew a box
    before, and the detector found none.
    """

    key: str
    name: str
    preview: bytes
    original: bytes
    found: PhotoFaces
    drawn: tuple[Face, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Distances below which two embeddings are surely, or maybe, of one person; from the embedder's card."""

    sure: float
    maybe: float

    def level(self, distance: float) -> Level:
        """The distance in words."""
        return "sure" if distance < self.sure else "maybe" if distance < self.maybe else "unknown"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody a visitor named."""

    key: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Book:
    """Who is who: people by key, the person of each tagged face, and the pairs (face, person) that are not.

    Never changed: every change in `people.py` gives a new book, so undoing is keeping the old one.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    refusals: frozenset[tuple[str, str]] = frozenset()
