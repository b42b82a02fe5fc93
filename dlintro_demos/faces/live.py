"""Faces on a live camera: boxes, and the names that people have in this visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlintro_demos.faces.analysis import find_faces
from dlintro_demos.faces.face import Book, Face, Thresholds
from dlintro_demos.faces.people import Suggestion, suggest
from dlintro_demos.gallery.runtime.model_cache import ModelCache

SIDE = 640  # px, of the longer side of a picture that is sent
KEY = "live"  # of the photo that each picture is for a moment: nothing remembers it


class Still:
    """The picture that was taken last, (H, W, 3) uint8, until the page fetches it."""

    def __init__(self) -> None:
        self.rgb: np.ndarray | None = None

    def take(self) -> np.ndarray | None:
        """Fetch it; None where there is none."""
        rgb, self.rgb = self.rgb, None
        return rgb


def look_live(
    rgb: np.ndarray,
    said: Mapping[str, str],
    *,
    book: Book,
    known: Mapping[str, Face],
    thresholds: Thresholds,
    still: Still,
    cache: ModelCache,
) -> dict[str, Any]:
    """Boxes and names for a picture, (H, W, 3) uint8, which is taken if the browser says `record`.

    `known` are the visit's faces by key. Raises `ModelUnavailable`.
    """
    found = find_faces(KEY, rgb, cache)
    faces = () if found.fallback else found.faces
    answers = suggest(book, faces, known, thresholds)
    names = {key: person.name for key, person in book.people.items()}
    boxes = [_box(face, answers[face.key], names, rgb.shape) for face in faces]
    answer: dict[str, Any] = {"boxes": boxes, **_words([box["label"] for box in boxes])}
    if "record" in said:
        still.rgb = rgb
        answer["recorded"] = 1
    return answer


def _box(face: Face, answer: Suggestion, names: Mapping[str, str], shape: tuple[int, ...]) -> dict[str, Any]:
    height, width = shape[:2]
    left, top, right, bottom = face.box
    name = names.get(answer.person or "", "")
    return {
        "box": [left / width, top / height, right / width, bottom / height],
        "label": "?" if not name else name if answer.level == "sure" else f"{name}?",
        "level": answer.level,
    }


def _words(labels: list[str]) -> dict[str, str]:
    """Who is there, for the eyes and for a screen reader."""
    if not labels:
        return {"words": "Nobody", "more": "No face is surely one. Come closer, or turn on a light."}
    known = sorted(label for label in labels if label != "?")
    strangers = len(labels) - len(known)
    if strangers:
        known.append("one I don't know" if strangers == 1 else f"{strangers} I don't know")
    return {"words": ", ".join(known), "more": "" if not strangers else "Take a picture to name them."}
