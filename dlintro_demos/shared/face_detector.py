"""Find faces: the three networks of MTCNN one after the other, and what each of them kept.

Zhang et al., "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks", 2016; the
networks and weights are facenet-pytorch's, and a test compares the boxes with its `detect_face`. The
cascade is written anew here because theirs does not tell what each stage kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import torch
from facenet_pytorch.models.mtcnn import ONet, PNet, RNet
from torch import nn
from torchvision.ops import nms

from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache

MODEL = "mtcnn"
Detail = Literal["normal", "high"]
SIDES: dict[Detail, int] = {"normal": 1024, "high": 1920}  # px, the working size
SMALLEST: dict[Detail, int] = {"normal": 40, "high": 20}  # px there, the smallest face
SMALL_PICTURE = 320  # px; below, faces of 20 px are looked for
LIKELY = 0.9  # boxes less likely are no faces, unless nothing better is there
GREY = 127  # around the picture: faces at its edge are then found and aligned as others are
PYRAMID = 0.709  # each level of the pyramid beside the one before
KEEP = (0.6, 0.7, 0.7)  # probability that a stage asks for
BATCH = 512


@dataclass(frozen=True, kw_only=True, eq=False)
class Detection:
    """A face: `box` (4,) and `landmarks` (5, 2) float32 in the picture's pixels, and its probability."""

    box: np.ndarray
    landmarks: np.ndarray
    probability: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Stage:
    """One network of the detector at work: how many boxes it looked at, and those it kept, (K, 4) float32."""

    name: str
    looked_at: int
    kept: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """All faces, the likeliest first; `fallback` says that none was likely and the best one is given."""

    detections: tuple[Detection, ...]
    stages: tuple[Stage, ...]
    fallback: bool
    device: str


class Mtcnn(nn.Module):
    """The three networks; each takes (N, 3, H, W) float32 in -1..1."""

    def __init__(self) -> None:
        super().__init__()
        self.proposal, self.refinement, self.output = PNet(False), RNet(False), ONet(False)


def _of(loaded: Loaded) -> Mtcnn:
    assert isinstance(loaded.module, Mtcnn)
    return loaded.module


def load_mtcnn(files: Sequence[Path]) -> nn.Module:
    """The networks of a card's three files: P-, R- and O-Net."""
    module = Mtcnn()
    for network, path in zip((module.proposal, module.refinement, module.output), files, strict=True):
        network.load_state_dict(torch.load(path, weights_only=True))
    return module


def detect(rgb: np.ndarray, cache: ModelCache, *, detail: Detail = "normal") -> Found:
    """Faces in (H, W, 3) uint8. Raises `ModelUnavailable`."""
    return cache.run(MODEL, lambda loaded: _detect(rgb, loaded, detail))


def landmarks_in(rgb: np.ndarray, box: np.ndarray, cache: ModelCache) -> tuple[np.ndarray, float]:
    """Landmarks (5, 2) in a box that somebody drew, and the probability that it holds a face: O-Net alone."""
    padded, margin, scale = _prepare(rgb, max(rgb.shape[:2]))
    square = _squared(box[None].astype(np.float32) * scale + margin)
    _, scores, points = cache.run(
        MODEL, lambda loaded: _look(_of(loaded).output, padded, square, 48, loaded.device)
    )
    return (_placed(square, points)[0] - margin) / scale, float(scores[0])


@torch.inference_mode()
def _detect(rgb: np.ndarray, loaded: Loaded, detail: Detail) -> Found:
    padded, margin, scale = _prepare(rgb, SIDES[detail])
    smallest = SMALLEST["high"] if max(rgb.shape[:2]) < SMALL_PICTURE else SMALLEST[detail]
    module, device = _of(loaded), loaded.device

    proposals, windows = _propose(module.proposal, padded, smallest, device)
    regression, scores, _ = _look(module.refinement, padded, proposals, 24, device)
    kept = scores > KEEP[1]
    boxes, scores, regression = proposals[kept], scores[kept], regression[kept]
    best = _suppress(boxes, scores, 0.7)
    refined = _squared(_shifted(boxes[best], regression[best]))

    regression, scores, points = _look(module.output, padded, refined, 48, device)
    kept = scores > KEEP[2]
    squares, scores = refined[kept], scores[kept]
    landmarks, boxes = _placed(squares, points[kept]), _shifted(squares, regression[kept])
    best = _suppress_contained(boxes, scores, 0.7)
    boxes, landmarks, scores = boxes[best], landmarks[best], scores[best]

    likely = scores >= LIKELY
    fallback = not likely.any() and len(scores) > 0
    if fallback:
        likely[:1] = True

    def back(values: np.ndarray) -> np.ndarray:
        return ((values - margin) / scale).astype(np.float32)

    found = zip(back(boxes[likely]), back(landmarks[likely]), scores[likely], strict=True)
    return Found(
        detections=tuple(Detection(box=b, landmarks=p, probability=float(s)) for b, p, s in found),
        stages=(
            Stage(name="P-Net", looked_at=windows, kept=back(proposals)),
            Stage(name="R-Net", looked_at=len(proposals), kept=back(refined)),
            Stage(name="O-Net", looked_at=len(refined), kept=back(boxes)),
        ),
        fallback=fallback,
        device=str(device),
    )


def _prepare(rgb: np.ndarray, side: int) -> tuple[np.ndarray, int, float]:
    """The picture at working size in a grey frame, the frame's width, and the scale."""
    scale = min(1.0, side / max(rgb.shape[:2]))
    if scale < 1:
        size = [max(1, round(length * scale)) for length in rgb.shape[1::-1]]
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    longest = max(rgb.shape[:2])
    margin = round((0.3 if longest <= 400 else 0.1) * longest)
    framed = cv2.copyMakeBorder(
        rgb, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(GREY, GREY, GREY)
    )
    return framed, margin, scale


def _normalised(pictures: np.ndarray, device: torch.device) -> torch.Tensor:
    """(N, H, W, 3) uint8 to (N, 3, H, W) float32 in -1..1."""
    batch = torch.from_numpy(np.ascontiguousarray(pictures)).to(device).permute(0, 3, 1, 2)
    return (batch.float() - 127.5) * 0.0078125


def _propose(
    network: nn.Module, rgb: np.ndarray, smallest: int, device: torch.device
) -> tuple[np.ndarray, int]:
    """P-Net over a pyramid of sizes: square boxes (K, 4), and how many windows it looked at."""
    height, width = rgb.shape[:2]
    scale, windows = 12 / smallest, 0
    found: list[np.ndarray] = []
    level = rgb
    while min(height, width) * scale >= 12:
        size = (int(width * scale + 1), int(height * scale + 1))
        level = cv2.resize(rgb if not found else level, size, interpolation=cv2.INTER_AREA)
        regression, probability = network(_normalised(level[None], device))
        chance = probability[0, 1]
        windows += chance.numel()
        rows, columns = torch.nonzero(chance >= KEEP[0], as_tuple=True)
        corner = torch.stack([columns, rows, columns, rows], dim=1).float() * 2
        corner += torch.tensor([1.0, 1.0, 12.0, 12.0], device=corner.device)
        boxes = (corner / scale).floor()
        table = torch.cat([boxes, chance[rows, columns, None], regression[0][:, rows, columns].T], dim=1)
        found.append(table[nms(table[:, :4], table[:, 4], 0.5)].cpu().numpy())
        scale *= PYRAMID
    every = np.concatenate(found) if found else np.empty((0, 9), np.float32)
    every = every[_suppress(every[:, :4], every[:, 4], 0.7)]
    sides = np.tile(every[:, 2:4] - every[:, :2], 2)
    return _squared(every[:, :4] + every[:, 5:9] * sides), windows


def _look(
    network: nn.Module, rgb: np.ndarray, boxes: np.ndarray, side: int, device: torch.device
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """R- or O-Net on pieces: box corrections (K, 4), probabilities (K,), O-Net's points (K, 10)."""
    if not len(boxes):
        return np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty((0, 10), np.float32)
    height, width = rgb.shape[:2]
    corners = np.trunc(boxes).astype(int)
    left, top = np.clip(corners[:, 0] - 1, 0, width - 1), np.clip(corners[:, 1] - 1, 0, height - 1)
    right, bottom = np.clip(corners[:, 2], left + 1, width), np.clip(corners[:, 3], top + 1, height)
    pieces = np.stack(
        [
            cv2.resize(rgb[t:b, x:r], (side, side), interpolation=cv2.INTER_AREA)
            for x, t, r, b in zip(left, top, right, bottom, strict=True)
        ]
    )
    parts = [
        network(_normalised(pieces[start : start + BATCH], device)) for start in range(0, len(pieces), BATCH)
    ]
    columns = [torch.cat(column).cpu().numpy() for column in zip(*parts, strict=True)]
    points = columns[1] if len(columns) == 3 else np.empty((len(boxes), 0), np.float32)
    return columns[0], columns[-1][:, 1], points


def _suppress(boxes: np.ndarray, scores: np.ndarray, overlap: float) -> np.ndarray:
    return nms(torch.from_numpy(boxes), torch.from_numpy(scores), overlap).numpy()


def _suppress_contained(boxes: np.ndarray, scores: np.ndarray, overlap: float) -> np.ndarray:
    """Non-maximum suppression by the overlap's share of the smaller box, best first."""
    order, keep = np.argsort(-scores, kind="stable"), []
    areas = (boxes[:, 2:] - boxes[:, :2] + 1).prod(axis=1)
    while order.size:
        best, order = order[0], order[1:]
        keep.append(best)
        low = np.maximum(boxes[best, :2], boxes[order, :2])
        high = np.minimum(boxes[best, 2:], boxes[order, 2:])
        shared = np.maximum(0, high - low + 1).prod(axis=1)
        order = order[shared / np.minimum(areas[best], areas[order]) <= overlap]
    return np.array(keep, int)


def _squared(boxes: np.ndarray) -> np.ndarray:
    """Squares with the boxes' centres and longer sides."""
    side = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True)
    corner = (boxes[:, :2] + boxes[:, 2:]) / 2 - side / 2
    return np.concatenate([corner, corner + side], axis=1).astype(np.float32)


def _shifted(boxes: np.ndarray, regression: np.ndarray) -> np.ndarray:
    sides = np.tile(boxes[:, 2:] - boxes[:, :2] + 1, 2)
    return boxes + regression * sides


def _placed(squares: np.ndarray, points: np.ndarray) -> np.ndarray:
    """O-Net's points, five x and five y in shares of the square, as (K, 5, 2) pixels."""
    shares = points.reshape(-1, 2, 5).transpose(0, 2, 1)
    sides = (squares[:, 2:] - squares[:, :2] + 1)[:, None]
    return squares[:, None, :2] + shares * sides - 1
