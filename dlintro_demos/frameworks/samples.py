"""The digit that stands on the paper before anybody has drawn one; drawn by this program."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

SIDE, PEN, BLACK = 96, 9, "7"
"""Cells of the paper's side and of the pen's width, and black, as `gallery/ui/components/sketch` has them."""
STROKES = ((22, 20), (72, 20), (44, 78))


def _seven() -> str:
    paper = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(paper).line(STROKES, 255, PEN, joint="curve")
    ink = np.asarray(paper) > 127
    return "".join(BLACK if cell else "0" for cell in ink.ravel())


SEVEN = _seven()
"""The cells of a sketch, row by row."""
