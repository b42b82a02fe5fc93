"""What the page shows, as jobs: faces and how they were found, a box drawn by hand, faces hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from dlintro_demos.faces.analysis import analyse, drawn_face
from dlintro_demos.faces.evidence import barcode, cluster, embedding_map, pair_distances
from dlintro_demos.faces.face import Box, CloseUp, Face, PhotoFaces
from dlintro_demos.faces.privacy import Way, hide_faces
from dlintro_demos.faces.samples import labelled
from dlintro_demos.gallery.intake.images import encode_jpeg, encode_png
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.face_detector import Detail

SHOWN = 1280  # px; a larger photo is shown smaller
BESIDE = 480  # px; pictures that stand beside others
CROWDED = 20  # boxes; of more, only thin lines
INK = (255, 196, 0)
DOTS = (0, 229, 255)


@dataclass(frozen=True, kw_only=True, eq=False)
class Looked:
    """A photo's faces with close-ups, the photo as JPEG of at most 1280 px, what each stage kept, JPEG."""

    found: PhotoFaces
    preview: bytes
    stages: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Distances between the bundled faces: of one person, and of two; how many faces were not found."""

    same: np.ndarray
    different: np.ndarray
    faces: int
    missed: int


def look(key: str, rgb: np.ndarray, cache: ModelCache, detail: Detail) -> Iterator[Progress | Looked]:
    """Find the faces of (H, W, 3) uint8."""
    for step in analyse(key, rgb, cache, detail=detail):
        if isinstance(step, Progress):
            yield replace(step, total=step.total * 1.2)
    assert isinstance(step, PhotoFaces)
    found = replace(step, faces=tuple(_with_close_up(rgb, face) for face in step.faces))
    yield Looked(found=found, preview=_preview(rgb), stages=_stages(rgb, found))


def look_there(key: str, rgb: np.ndarray, box: Box, cache: ModelCache) -> Iterator[Progress | Face]:
    """The face in a box that a visitor drew in (H, W, 3) uint8."""
    yield Progress(0, 1, "looking there")
    yield _with_close_up(rgb, drawn_face(key, rgb, box, cache))


def preview_hidden(rgb: np.ndarray, boxes: Sequence[Box], way: Way) -> Iterator[bytes]:
    """The photo with the faces in `boxes` hidden, as JPEG of at most 1280 px."""
    yield _preview(hide_faces(rgb, boxes, way))


def hidden_file(rgb: np.ndarray, boxes: Sequence[Box], way: Way) -> Iterator[bytes]:
    """The same in full size, as PNG."""
    yield encode_png(hide_faces(rgb, boxes, way))


def grouped(embeddings: np.ndarray, threshold: float) -> Iterator[np.ndarray]:
    """`cluster`, as a job."""
    yield cluster(embeddings, threshold)


def mapped(embeddings: np.ndarray) -> Iterator[np.ndarray]:
    """`embedding_map`, as a job."""
    yield embedding_map(embeddings)


def measure_pairs(cache: ModelCache) -> Iterator[Progress | Pairs]:
    """All pairs of the bundled, labelled faces."""
    material = labelled()
    embeddings, names = [], []
    for number, (rgb, who) in enumerate(material):
        yield Progress(number, len(material), f"face {number + 1} of {len(material)}")
        *_, found = analyse(f"labelled-{number}", rgb, cache)
        assert isinstance(found, PhotoFaces)
        if found.faces:
            embeddings.append(max(found.faces, key=lambda face: face.probability).embedding)
            names.append(who)
    same, different = pair_distances(np.stack(embeddings), names)
    yield Pairs(same=same, different=different, faces=len(names), missed=len(material) - len(names))


def shrunk(rgb: np.ndarray, side: int) -> np.ndarray:
    """The picture at most `side` px long."""
    factor = side / max(rgb.shape[:2])
    if factor >= 1:
        return rgb
    size = [max(1, round(length * factor)) for length in rgb.shape[1::-1]]
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)


def _preview(rgb: np.ndarray) -> bytes:
    return encode_jpeg(shrunk(rgb, SHOWN), quality=88)


def _with_close_up(rgb: np.ndarray, face: Face) -> Face:
    pattern = encode_png(barcode(face.embedding))
    return replace(face, close_up=CloseUp(surroundings=with_landmarks(rgb, face), pattern=pattern))


def with_landmarks(rgb: np.ndarray, face: Face) -> bytes:
    """The face's surroundings with its five landmarks, JPEG."""
    x0, y0, x1, y1 = face.box
    reach = 0.35 * max(x1 - x0, y1 - y0)
    height, width = rgb.shape[:2]
    left, top = (int(max(0, min(value - reach, limit - 2))) for value, limit in ((x0, width), (y0, height)))
    piece = rgb[top : max(top + 2, int(y1 + reach)), left : max(left + 2, int(x1 + reach))]
    factor = 240 / max(piece.shape[:2])
    size = [max(1, round(length * factor)) for length in piece.shape[1::-1]]
    drawn = cv2.resize(piece, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
    for x, y in (face.landmarks - (left, top)) * factor:
        cv2.circle(drawn, (round(float(x)), round(float(y))), 6, (0, 0, 0), -1, cv2.LINE_AA)
        cv2.circle(drawn, (round(float(x)), round(float(y))), 4, DOTS, -1, cv2.LINE_AA)
    return encode_jpeg(drawn)


def _stages(rgb: np.ndarray, found: PhotoFaces) -> tuple[bytes, ...]:
    small = shrunk(rgb, BESIDE)
    factor = small.shape[1] / rgb.shape[1]
    pictures = []
    for stage in found.stages:
        drawn = small.copy()
        for x0, y0, x1, y1 in np.rint(stage.kept * factor).astype(int).tolist():
            if len(stage.kept) < CROWDED:
                cv2.rectangle(drawn, (x0, y0), (x1, y1), (0, 0, 0), 3)
            cv2.rectangle(drawn, (x0, y0), (x1, y1), INK, 1)
        pictures.append(encode_jpeg(drawn))
    return tuple(pictures)
