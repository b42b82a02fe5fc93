"""From a photo to faces that can be compared: detect, align, embed."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from dlintro_demos.faces.alignment import align
from dlintro_demos.faces.embedders import Embedder, pick_embedder
from dlintro_demos.faces.face import Box, Face, PhotoFaces
from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.face_detector import Detail, Found, detect, landmarks_in

MOST_FACES = 200  # a visitor's page shows no more


def analyse(
    key: str,
    rgb: np.ndarray,
    cache: ModelCache,
    *,
    detail: Detail = "normal",
    embedder: Embedder | None = None,
) -> Iterator[Progress | PhotoFaces]:
    """Find and embed the faces of (H, W, 3) uint8; `key` names the photo. Raises `ModelUnavailable`.

    The faces are numbered from left to right, for each `detail` anew.
    """
    yield Progress(0, 3, "looking for faces")
    clock = [time.perf_counter()]
    found = detect(rgb, cache, detail=detail)
    clock.append(time.perf_counter())
    yield Progress(2, 3, "comparing")
    numbered = f"{key}/" if detail == "normal" else f"{key}/{detail}-"
    faces, aligned = _faces(numbered, rgb, found, embedder or pick_embedder(cache), cache)
    clock += [clock[-1] + aligned, time.perf_counter()]
    steps = ("find faces", "align", "embed")
    yield PhotoFaces(
        key=key,
        width=rgb.shape[1],
        height=rgb.shape[0],
        faces=faces,
        stages=found.stages,
        seconds=dict(zip(steps, np.diff(clock).tolist(), strict=True)),
        device=found.device,
        fallback=found.fallback,
    )


def find_faces(key: str, rgb: np.ndarray, cache: ModelCache, *, detail: Detail = "normal") -> PhotoFaces:
    """`analyse` in one go."""
    *_, last = analyse(key, rgb, cache, detail=detail)
    assert isinstance(last, PhotoFaces)
    return last


def drawn_key(photo: str, box: Box) -> str:
    """What names a face that a visitor drew in a photo: where it is, so that no two have one name."""
    return f"{photo}/drawn-{'-'.join(f'{edge:.0f}' for edge in box)}"


def drawn_face(key: str, rgb: np.ndarray, box: Box, cache: ModelCache) -> Face:
    """The face in a box that a visitor drew in (H, W, 3) uint8; its probability may be low."""
    frame = np.array(box, np.float32)
    landmarks, probability = landmarks_in(rgb, frame, cache)
    chip = align(rgb, landmarks)
    (embedding,) = pick_embedder(cache).embed(chip[None], cache)
    return Face(
        key=key,
        box=box,
        landmarks=landmarks,
        probability=probability,
        embedding=embedding,
        chip=encode_jpeg(chip),
        drawn=True,
    )


def _faces(
    numbered: str, rgb: np.ndarray, found: Found, embedder: Embedder, cache: ModelCache
) -> tuple[tuple[Face, ...], float]:
    """The faces from left to right, and the seconds that aligning took."""
    started = time.perf_counter()
    detections = sorted(found.detections[:MOST_FACES], key=lambda detection: float(detection.box[0]))
    if not detections:
        return (), 0.0
    chips = np.stack([align(rgb, detection.landmarks) for detection in detections])
    aligned = time.perf_counter() - started
    embeddings = embedder.embed(chips, cache)
    faces = (
        Face(
            key=f"{numbered}{number}",
            box=tuple(detection.box.tolist()),
            landmarks=detection.landmarks,
            probability=detection.probability,
            embedding=embedding,
            chip=encode_jpeg(chip),
        )
        for number, (detection, chip, embedding) in enumerate(zip(detections, chips, embeddings, strict=True))
    )
    return tuple(faces), aligned
