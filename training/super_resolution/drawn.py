"""Pictures of what few free photographs show: lettering, and fronts of buildings with their lattices.

Drawn by a program, seeded, at twice their size and averaged down, so that edges are as soft as a lens leaves
them.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIDE = 640
FINER = 2
FONTS = sorted((Path(matplotlib.get_data_path()) / "fonts/ttf").glob("DejaVu*.ttf"))
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?-&"


def drawn_pictures(count: int, seed: int) -> list[np.ndarray]:
    """`count` pictures (640, 640, 3) uint8, lettering and fronts in turn."""
    generator = np.random.default_rng(seed)
    return [(_front if number % 2 else _lettering)(generator) for number in range(count)]


def _lettering(generator: np.random.Generator) -> np.ndarray:
    """Lines of letters in several sizes, on paper or on a wall, turned by a few degrees."""
    paper, ink = _two_colours(generator)
    side = SIDE * FINER
    picture = Image.new("RGB", (side, side), tuple(paper))
    canvas, top = ImageDraw.Draw(picture), 0
    while top < side:
        size = int(np.exp(generator.uniform(np.log(14), np.log(140))))
        font = ImageFont.truetype(FONTS[generator.integers(len(FONTS))], size)
        words = "".join(generator.choice(list(LETTERS + " " * 12), size=side * 2 // size))
        canvas.text((int(generator.integers(-20, 80)), top), words, fill=tuple(ink), font=font)
        top += int(size * generator.uniform(1.1, 1.7))
    return _seen(np.asarray(picture), generator, 0.15)


def _front(generator: np.random.Generator) -> np.ndarray:
    """Windows in rows, with frames, blinds or bars, seen at an angle."""
    side = SIDE * FINER
    wall, _ = _two_colours(generator)
    picture = np.full((side, side, 3), wall, np.uint8)
    wide, high = (int(generator.integers(24, 150)) for _ in range(2))
    gap_x, gap_y = (int(generator.integers(4, 50)) for _ in range(2))
    _, glass = _two_colours(generator)
    _, frame = _two_colours(generator)
    bars = int(generator.integers(0, 12))
    lying = generator.random() < 0.5
    for top in range(0, side, high + gap_y):
        for left in range(0, side, wide + gap_x):
            shade = (glass * generator.uniform(0.6, 1.2)).clip(0, 255).astype(int).tolist()
            corner = (left + wide, top + high)
            cv2.rectangle(picture, (left, top), corner, shade, -1)
            for bar in range(1, bars + 1):
                at = bar / (bars + 1)
                ends = (
                    ((left, top + int(high * at)), (left + wide, top + int(high * at)))
                    if lying
                    else ((left + int(wide * at), top), (left + int(wide * at), top + high))
                )
                cv2.line(picture, *ends, frame.tolist(), int(generator.integers(1, 4)))
            cv2.rectangle(picture, (left, top), corner, frame.tolist(), int(generator.integers(1, 5)))
    return _seen(picture, generator, 0.3)


def _two_colours(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A light and a dark one, or the other way round, mostly of little colour."""
    light = generator.uniform(130, 255) + generator.normal(0, 18, 3)
    dark = generator.uniform(0, 110) + generator.normal(0, 18, 3)
    pair = [each.clip(0, 255).astype(int) for each in (light, dark)]
    return (pair[0], pair[1]) if generator.random() < 0.7 else (pair[1], pair[0])


def _seen(flat: np.ndarray, generator: np.random.Generator, tilt: float) -> np.ndarray:
    """In perspective, in uneven light, with a little grain of its own surface."""
    side = SIDE * FINER
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    inset = generator.uniform(-0.05, tilt, (4, 2)).astype(np.float32) * np.sign(0.5 - square)
    corners = (square + inset) * flat.shape[0]
    projection = cv2.getPerspectiveTransform(corners, square * side)
    large = cv2.warpPerspective(
        flat, projection, (side, side), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT
    )
    picture = cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    light = cv2.resize(
        generator.uniform(0.75, 1.1, (3, 3)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC
    )
    grain = cv2.GaussianBlur(generator.normal(0, 1, (SIDE, SIDE)).astype(np.float32), (0, 0), 0.8)
    return (
        (picture * light[..., None] + 6 * generator.random() * grain[..., None]).clip(0, 255).astype(np.uint8)
    )
