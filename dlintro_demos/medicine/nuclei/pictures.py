"""What is shown of a picture: brightened so that it can be seen, with outlines over it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from scipy.ndimage import find_objects

from dlintro_demos.gallery.intake.images import encode_webp
from dlintro_demos.medicine.nuclei.stretching import stretch

SHOWN = 640
"""px: the longest side of what is shown; smaller pictures are enlarged to it, three times at most."""
OURS, CLASSICAL, AGREED = (60, 235, 215), (255, 160, 30), (255, 255, 255)
"""Colours of outlines, RGB: the network's, the classical way's, and those of both."""
_SHADOW = (12, 12, 20)
Lines = Sequence[tuple[Sequence[np.ndarray], tuple[int, int, int]]]


def outlines_of(labels: np.ndarray) -> list[np.ndarray]:
    """The outline of each label's largest part, (k, 2) x and y in px, in the order of their numbers."""
    found = []
    for number, place in enumerate(find_objects(labels), start=1):
        if place is None:
            continue
        mask = np.pad((labels[place] == number).astype(np.uint8), 1)
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        corner = np.array([place[1].start - 1, place[0].start - 1])
        found.append(max(contours, key=len)[:, 0] + corner)
    return found


def show(rgb: np.ndarray, lines: Lines = ()) -> bytes:
    """A WebP file of a picture, (h, w, 3) uint8, with outlines in px of it, each group in its colour."""
    return encode_webp(draw(rgb, lines), quality=85)


def draw(rgb: np.ndarray, lines: Lines = ()) -> np.ndarray:
    """What `show` encodes, (h, w, 3) uint8."""
    height, width = rgb.shape[:2]
    scale = min(SHOWN / max(height, width), 3.0)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    seen = np.ascontiguousarray(np.clip(cv2.resize(stretch(rgb), size, interpolation=how), 0, 1) * 255)
    drawn = seen.astype(np.uint8)
    for colour, thick in ((_SHADOW, 4), (None, 2)):
        for outlines, own in lines:
            places = [np.rint((each + 0.5) * scale * 16).astype(np.int32) for each in outlines]
            cv2.polylines(drawn, places, True, colour or own, thick, cv2.LINE_AA, 4)
    return drawn


def show_depth(depth: np.ndarray) -> bytes:
    """A WebP file of the network's first answer, (h, w) from 0 to 1: the brighter, the deeper inside."""
    grey = (np.clip(depth / max(float(depth.max(initial=0)), 0.5), 0, 1) * 255).astype(np.uint8)
    scale = min(SHOWN / 2 / max(grey.shape), 3.0)
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    coloured = cv2.applyColorMap(cv2.resize(grey, size), cv2.COLORMAP_VIRIDIS)
    return encode_webp(cv2.cvtColor(coloured, cv2.COLOR_BGR2RGB), quality=85)


def show_rays(rgb: np.ndarray, middles: np.ndarray, outlines: np.ndarray) -> bytes:
    """A WebP file of a picture with the rays of nuclei, from (n, 2) to (n, 32, 2), x and y in px."""
    rays = [np.stack([middle, end]) for middle, ends in zip(middles, outlines, strict=True) for end in ends]
    return show(rgb, [(rays, OURS)])
