"""Features made visible: what the experts measure and what the network answers, as small pictures."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from skimage.color import rgb2gray
from skimage.filters import sobel

from dlintro_demos.classical_vs_deep import hand_made

LARGE = 192  # px
GAP = 2  # px around a tile, on each side
FRAME = 20  # its grey
GREY = 128


def enlarged(rgb: np.ndarray) -> np.ndarray:
    """A small square picture with its pixels to be seen, (192, 192, 3) uint8."""
    return cv2.resize(rgb, (LARGE, LARGE), interpolation=cv2.INTER_NEAREST)


def edges(rgb: np.ndarray) -> np.ndarray:
    """Bright where light changes to dark: (192, 192, 3) uint8 of a (32, 32, 3) picture."""
    return enlarged(_grey(sobel(rgb2gray(rgb))))


def directions(rgb: np.ndarray) -> np.ndarray:
    """In each of 16 fields a line for each direction of an edge, the brighter the stronger.

    The feature itself forgets how strong a field's edges are; without that the empty fields would dazzle.
    """
    strength = hand_made.directions(rgb, 1)[:, :, 0, 0]
    strength = strength * hand_made.cells(sobel(rgb2gray(rgb))).reshape(*strength.shape[:2], 1)
    strength = strength / max(float(strength.max()), 1e-6)
    picture = np.zeros((LARGE, LARGE), np.uint8)
    size = LARGE // hand_made.CELLS
    for row, column, number in sorted(np.ndindex(strength.shape), key=lambda place: strength[place]):
        # a gradient across, so the edge itself runs at a right angle to it
        angle = np.pi * (number + 0.5) / hand_made.DIRECTIONS + np.pi / 2
        x, y = (column + 0.5) * size, (row + 0.5) * size
        reach = 0.46 * size * np.array((np.cos(angle), np.sin(angle)))
        ends = [np.round((np.array((x, y)) + sign * reach) * 16).astype(int).tolist() for sign in (-1, 1)]
        shade = int(255 * strength[row, column, number])
        if shade > 8:
            cv2.line(picture, ends[0], ends[1], shade, 2, cv2.LINE_AA, 4)
    for place in range(size, LARGE, size):
        picture[place], picture[:, place] = np.maximum(picture[place], 48), np.maximum(picture[:, place], 48)
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)


def texture(rgb: np.ndarray) -> np.ndarray:
    """Every pixel in the grey of its pattern."""
    return enlarged(_grey(hand_made.patterns(rgb)))


def tiny(rgb: np.ndarray) -> np.ndarray:
    """Eight pixels to a side."""
    return enlarged(hand_made.tiny(rgb))


HAND_MADE = {"edges": edges, "directions": directions, "texture": texture, "pixels": tiny}


def filters(weights: np.ndarray) -> np.ndarray:
    """Sixteen filters, (16, 5, 5, 3) float, as colours: grey is nothing, a colour is what it looks for."""
    tiles = []
    for one in weights:
        scale = max(float(np.abs(one).max()), 1e-6)
        tile = np.clip(GREY + 127 * one / scale, 0, 255).astype(np.uint8)
        tiles.append(cv2.resize(tile, (44, 44), interpolation=cv2.INTER_NEAREST))
    return _grid(tiles, 4)


def answers(maps: np.ndarray, count: int = 16) -> np.ndarray:
    """The `count` maps, (channels, h, w) float, that answer most, in their order: dark none, bright much."""
    chosen = sorted(np.argsort(-maps.max((1, 2)), kind="stable")[:count])
    brightest = max(float(maps.max()), 1e-6)
    tiles = []
    for number in chosen:
        grey = (255 * np.sqrt(np.clip(maps[number] / brightest, 0, 1))).astype(np.uint8)
        large = cv2.resize(grey, (48, 48), interpolation=cv2.INTER_NEAREST)
        tiles.append(cv2.cvtColor(cv2.applyColorMap(large, cv2.COLORMAP_MAGMA), cv2.COLOR_BGR2RGB))
    return _grid(tiles, 4)


def _grey(values: np.ndarray) -> np.ndarray:
    top = max(float(values.max()), 1e-6)
    grey = np.clip(255 * values / top, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def _grid(tiles: Sequence[np.ndarray], columns: int) -> np.ndarray:
    """Tiles of one size side by side, with dark gaps."""
    rows = []
    for start in range(0, len(tiles), columns):
        row = [
            np.pad(tile, ((GAP, GAP), (GAP, GAP), (0, 0)), constant_values=FRAME)
            for tile in tiles[start : start + columns]
        ]
        rows.append(np.hstack(row))
    return np.ascontiguousarray(np.vstack(rows))
