"""Cutting a picture into tiles whose context is computed and thrown away, so that no seam shows."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """Pixels `left <= x < right`, `top <= y < bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top

    @property
    def pixels(self) -> int:
        """Area."""
        return (self.right - self.left) * (self.bottom - self.top)

    def slices(self, scale: int = 1) -> tuple[slice, slice]:
        """Rows and columns of an array `scale` times as large."""
        return (
            slice(self.top * scale, self.bottom * scale),
            slice(self.left * scale, self.right * scale),
        )

    def within(self, other: Box) -> Box:
        """This box, counted from the other's corner."""
        return Box(
            self.left - other.left, self.top - other.top, self.right - other.left, self.bottom - other.top
        )


@dataclass(frozen=True)
class Tile:
    """`core` is kept; `context` is what the network sees, larger but where the picture ends."""

    core: Box
    context: Box


def plan_tiles(width: int, height: int, *, core: int, overlap: int) -> list[Tile]:
    """Tiles of about equal size whose cores cover the picture exactly, row by row.

    Args:
        core: the most pixels a core has on a side; the picture is one tile where that costs no more.
        overlap: pixels of context on every side that is not the picture's own border.
    """
    if min(width, height, core) < 1 or overlap < 0:
        raise ValueError("Tiles need a picture of at least one pixel.")
    columns, rows = _cuts(width, core, overlap), _cuts(height, core, overlap)
    return [
        Tile(
            core=Box(left, top, right, bottom),
            context=Box(
                max(0, left - overlap),
                max(0, top - overlap),
                min(width, right + overlap),
                min(height, bottom + overlap),
            ),
        )
        for top, bottom in rows
        for left, right in columns
    ]


def work_pixels(width: int, height: int, *, core: int, overlap: int) -> int:
    """Pixels that the network really sees: the picture and the context of its tiles."""

    def along(length: int) -> int:
        cuts = _cuts(length, core, overlap)
        return sum(min(length, end + overlap) - max(0, start - overlap) for start, end in cuts)

    return along(width) * along(height)


def _cuts(length: int, core: int, overlap: int) -> list[tuple[int, int]]:
    """Even pieces of a side; a side that fits a core with its context is left whole."""
    pieces = 1 if length <= core + 2 * overlap else math.ceil(length / core)
    edges = [round(length * i / pieces) for i in range(pieces + 1)]
    return list(itertools.pairwise(edges))
