"""Google's face mesh: 468 landmarks of one face, in a picture and from frame to frame.

Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019. Its
TensorFlow Lite file runs in OpenCV, on the CPU. As there, a face is looked for only where none is followed:
a frame's landmarks say where to look in the next one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from torch import nn

from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.shared.face_detector import Detection, detect

MODEL = "face_mesh"
SIDE = 192  # px, of the square that the network sees
POINTS = 468
LEFT_EYE, RIGHT_EYE = 33, 263
"""Outer corners of the eyes, at the picture's left and right where the face is upright."""
AROUND = 1.5  # times the face: the side of that square
LANDMARKS, PRESENCE = "conv2d_20", "conv2d_30"  # layers; OpenCV gives one a call
PRESENT = 0.0  # log-odds; below, nobody is there
CHECKED = 5  # frames from one look at the presence, or for a lost face, to the next


class MeshFormatError(ValueError):
    """A file that is not the face mesh; the message says what is wrong."""


@dataclass(frozen=True, eq=False)
class Region:
    """A square of a picture: the middle in pixels, the side, and the turn of its upper edge in radians."""

    x: float
    y: float
    side: float
    turn: float

    def to_picture(self) -> np.ndarray:
        """The affine matrix (2, 3) from pixels of the network's square to those of the picture."""
        scale = self.side / SIDE
        cosine, sine = scale * np.cos(self.turn), scale * np.sin(self.turn)
        matrix = np.array([[cosine, -sine, self.x], [sine, cosine, self.y]])
        matrix[:, 2] -= matrix[:, :2] @ (SIDE / 2, SIDE / 2)
        return matrix


@dataclass(frozen=True, eq=False)
class Mesh:
    """`points` (468, 3) float32: x, y in pixels of the picture, and depth on the same scale, less is nearer.

    `presence`: natural log-odds that it is a face at all.
    """

    points: np.ndarray
    presence: float

    @property
    def region(self) -> Region:
        """Where to look for the same face in the next frame."""
        across = self.points[RIGHT_EYE, :2] - self.points[LEFT_EYE, :2]
        low, high = self.points[:, :2].min(axis=0), self.points[:, :2].max(axis=0)
        x, y = (low + high) / 2
        return Region(float(x), float(y), AROUND * float((high - low).max()), _angle(across))


class FaceMesh(nn.Module):
    """The network, one call at a time: OpenCV's are not for several threads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._network = cv2.dnn.readNetFromTFLite(str(path))
        self._lock = threading.Lock()

    def forward(self, square: np.ndarray) -> np.ndarray:
        """Landmarks (468, 3) float32, in pixels of the square (192, 192, 3) uint8 RGB."""
        return self._run(square, LANDMARKS).reshape(POINTS, 3).copy()

    def presence(self, square: np.ndarray) -> float:
        """Log-odds that the square shows a face."""
        return float(self._run(square, PRESENCE).ravel()[0])

    def _run(self, square: np.ndarray, layer: str) -> np.ndarray:
        with self._lock:
            self._network.setInput(cv2.dnn.blobFromImage(square, 1 / 255))
            return self._network.forward(layer)


def load_mesh(files: Sequence[Path]) -> nn.Module:
    """The network of a card's one file. Raises `MeshFormatError`."""
    (path,) = files
    try:
        network = FaceMesh(path)
        network(np.zeros((SIDE, SIDE, 3), np.uint8))
    except (cv2.error, ValueError) as error:
        raise MeshFormatError(f"{path.name} does not hold the face mesh: {error}") from error
    return network


def region_of(face: Detection) -> Region:
    """Where the mesh looks for a detected face."""
    left, top, right, bottom = map(float, face.box)
    side = AROUND * max(right - left, bottom - top)
    return Region((left + right) / 2, (top + bottom) / 2, side, _angle(face.landmarks[1] - face.landmarks[0]))


def look(rgb: np.ndarray, region: Region, cache: ModelCache) -> Mesh:
    """The face in a region of (H, W, 3) uint8. Raises `ModelUnavailable`."""
    square = _cut(rgb, region)
    return cache.run(MODEL, lambda model: _mesh(model, square, region, _of(model).presence(square)))


def find(rgb: np.ndarray, cache: ModelCache) -> Mesh | None:
    """The largest face of (H, W, 3) uint8, None where there is none. Raises `ModelUnavailable`."""
    for face in find_all(rgb, cache):
        mesh = look(rgb, face.region, cache)  # from the crop that all later frames will have
        if mesh.presence >= PRESENT:
            return mesh
    return None


def find_all(rgb: np.ndarray, cache: ModelCache) -> Iterator[Mesh]:
    """The faces of (H, W, 3) uint8, the largest first: what the detector finds and the mesh takes for one.

    Raises `ModelUnavailable`.
    """
    found = detect(rgb, cache)
    if found.fallback:
        return
    for face in sorted(found.detections, key=lambda each: -float(np.ptp(each.box[[1, 3]]))):
        mesh = look(rgb, region_of(face), cache)
        if mesh.presence >= PRESENT:
            yield mesh


def follow(
    frames: Iterable[np.ndarray], cache: ModelCache, first: Mesh | None = None
) -> Iterator[Mesh | None]:
    """The largest face of the first frame that has one, in each frame; None where it is lost.

    `first` is the face in the first frame, where it is known. Whether it is still there is asked every fifth
    frame, and as often a lost one is looked for. Raises `ModelUnavailable`.
    """
    mesh = first
    for number, rgb in enumerate(frames):
        check = number % CHECKED == 0
        if mesh and number:
            mesh = _next(rgb, mesh, cache, check=check)
        if not mesh and check:
            mesh = find(rgb, cache)
        yield mesh


def _next(rgb: np.ndarray, before: Mesh, cache: ModelCache, *, check: bool) -> Mesh | None:
    region = before.region
    square = _cut(rgb, region)
    presence = before.presence
    if check:
        presence = cache.run(MODEL, lambda model: _of(model).presence(square))
    if presence < PRESENT:
        return None
    mesh = cache.run(MODEL, lambda model: _mesh(model, square, region, presence))
    height, width = rgb.shape[:2]
    after = mesh.region
    gone = not (0 < after.x < width and 0 < after.y < height and after.side > 1)
    return None if gone else mesh


def _mesh(model: Loaded, square: np.ndarray, region: Region, presence: float) -> Mesh:
    points = _of(model)(square)
    matrix = region.to_picture()
    placed = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    depth = points[:, 2:] * (region.side / SIDE)
    return Mesh(np.concatenate([placed, depth], axis=1).astype(np.float32), presence)


def _cut(rgb: np.ndarray, region: Region) -> np.ndarray:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        rgb, region.to_picture(), (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )


def _of(loaded: Loaded) -> FaceMesh:
    assert isinstance(loaded.module, FaceMesh)
    return loaded.module


def _angle(across: np.ndarray) -> float:
    return float(np.arctan2(across[1], across[0]))
