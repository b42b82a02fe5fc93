"""The work of the page for a visitor's own video: a face becomes lips, and they are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.lip_reading.film import GREEN, ORANGE, Film, film
from dlintro_demos.lip_reading.recording import Recording, open_recording
from dlintro_demos.lip_reading.watching import Sentence, Watched, read_clip


@dataclass(frozen=True, kw_only=True, eq=False)
class Stranger:
    """A video of somebody, read: `meshed` is the film with the mesh's lips on it, `notes` say what was
    changed on the way.
    """

    watched: Watched
    meshed: Film
    notes: tuple[str, ...]


def read_video(data: bytes, said: Sentence, cache: ModelCache) -> Iterator[Progress | Stranger]:
    """A job: find the lips in the bytes of a video, and read them; `said` is what was asked for.

    Raises `ClipError`, `UnreadableMedia` and `ModelUnavailable`.
    """
    for step in open_recording(data, cache):
        if isinstance(step, Progress):
            yield Progress(step.done, step.total + 1, step.note)
    assert isinstance(step, Recording)
    assert step.lips is not None
    yield Progress(10, 11, "reading the lips")
    yield Stranger(
        watched=read_clip(step.clip, cache, said=said, stages=step.seconds),
        meshed=film(_with_mesh(step.clip.mouths, step.lips)),
        notes=step.notes,
    )


def _with_mesh(mouths: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """Crops (T, 64, 128, 3) with both edges of the lips, (T, 40, 2), drawn on them."""
    drawn = mouths.copy()
    half = lips.shape[1] // 2
    for frame, points in zip(drawn, np.rint(lips * 16).astype(np.int32), strict=True):
        for edge, colour in ((points[:half], GREEN), (points[half:], ORANGE)):
            cv2.polylines(frame, [edge], True, colour, 1, cv2.LINE_AA, shift=4)
    return drawn
