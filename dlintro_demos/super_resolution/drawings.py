"""Pictures drawn by program, for the samples: our own work, the same on every machine, CC0."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float]
Colour = tuple[int, int, int]

FINE = 3  # drawn this many times larger, then averaged: smooth edges
INK: Colour = (43, 36, 52)
WHITE: Colour = (255, 255, 255)


class Canvas:
    """Outlined shapes in pixels of the finished picture, origin at the top left."""

    def __init__(self, picture: Image.Image) -> None:
        """Draw on `picture`, which is `FINE` times as large as the finished one."""
        self._picture = picture
        self._draw = ImageDraw.Draw(picture)

    def finished(self) -> np.ndarray:
        """(H, W, 3) uint8."""
        return np.array(self._picture.reduce(FINE))

    def disc(self, centre: Point, rx: float, ry: float, fill: Colour, ink: float = 4) -> None:
        """An ellipse; `ink` is the outline's width, inside it."""
        (x, y), line = centre, round(ink * FINE)
        box = [value * FINE for value in (x - rx, y - ry, x + rx, y + ry)]
        self._draw.ellipse(box, fill, INK if line else None, line)

    def box(self, corners: tuple[float, ...], radius: float, fill: Colour, ink: float = 4) -> None:
        """A rectangle (left, top, right, bottom) with round corners."""
        line = round(ink * FINE)
        scaled = [value * FINE for value in corners]
        self._draw.rounded_rectangle(scaled, radius * FINE, fill, INK if line else None, line)

    def shape(self, points: Sequence[Point], fill: Colour, ink: float = 4) -> None:
        """A polygon; its outline lies on its edge."""
        self._draw.polygon([(x * FINE, y * FINE) for x, y in points], fill)
        if ink:
            self.line([*points, points[0], points[1]], ink)

    def line(self, points: Sequence[Point], width: float = 4, fill: Colour = INK) -> None:
        """A polyline with round joints and ends."""
        scaled = [(x * FINE, y * FINE) for x, y in points]
        self._draw.line(scaled, fill, round(width * FINE), joint="curve")
        half = width * FINE / 2
        for x, y in (scaled[0], scaled[-1]):
            self._draw.ellipse((x - half, y - half, x + half, y + half), fill)

    def blobs(self, discs: Sequence[tuple[float, float, float]], fill: Colour, ink: float = 4) -> None:
        """Discs (x, y, radius) that have one outline together: a cloud, the crown of a tree."""
        for grow, colour in ((ink, INK), (0, fill)):
            for x, y, radius in discs:
                self.disc((x, y), radius + grow, radius + grow, colour, ink=0)

    def text(self, where: Point, words: str, size: float, fill: Colour = INK) -> None:
        """One line, centred on `where`, in Pillow's own font (Aileron, CC0)."""
        font = ImageFont.load_default(size * FINE)
        self._draw.text((where[0] * FINE, where[1] * FINE), words, fill, font, anchor="mm")


def curve(start: Point, bend: Point, end: Point, steps: int = 24) -> list[Point]:
    """Points of the quadratic Bézier curve from `start` to `end`, drawn towards `bend`."""
    points = []
    for i in range(steps + 1):
        t = i / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        points.append(
            (a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]),
        )
    return points


def _vertical_gradient(width: int, height: int, top: Colour, bottom: Colour) -> Image.Image:
    share = np.linspace(0, 1, height * FINE)[:, None]
    column = np.array(top) * (1 - share) + np.array(bottom) * share
    pixels = np.broadcast_to(column[:, None].round().astype(np.uint8), (height * FINE, width * FINE, 3))
    return Image.fromarray(np.ascontiguousarray(pixels))


def cartoon() -> np.ndarray:
    """A robot flies a kite on a hill and a cat watches: (640, 896, 3) uint8."""
    canvas = Canvas(_vertical_gradient(896, 640, (104, 190, 240), (252, 240, 214)))
    _sky(canvas)
    _hills(canvas)
    _tree(canvas)
    _kite(canvas, hand=(546, 268))
    _robot(canvas)
    _cat(canvas)
    _flowers(canvas)
    return canvas.finished()


def _sky(canvas: Canvas) -> None:
    for ray in range(16):
        angle = math.tau * ray / 16
        towards = (math.cos(angle), math.sin(angle))
        near, far = 74, 98 if ray % 2 else 88
        canvas.line(
            [
                (790 + near * towards[0], 110 + near * towards[1]),
                (790 + far * towards[0], 110 + far * towards[1]),
            ],
            7,
            (247, 180, 40),
        )
    canvas.disc((790, 110), 62, 62, (255, 214, 74), ink=5)
    for x, y, size in ((470, 76, 1.0), (84, 112, 0.8)):
        puffs = ((0, 0, 40), (44, -20, 46), (92, -4, 38), (-38, 12, 26), (126, 12, 24))
        canvas.blobs([(x + dx * size, y + dy * size, r * size) for dx, dy, r in puffs], WHITE)


def _hills(canvas: Canvas) -> None:
    canvas.disc((700, 700), 520, 260, (126, 196, 120), ink=5)
    canvas.disc((300, 780), 700, 300, (152, 214, 104), ink=5)
    for i in range(26):
        x = 14 + i * 35.3
        y = 520 + 70 * abs(math.sin(i * 2.4)) + 20 * math.cos(i * 1.7)
        canvas.line(curve((x, y), (x + 2, y - 9), (x + 9, y - 15), 6), 3, (74, 140, 70))
        canvas.line(curve((x, y), (x - 1, y - 8), (x - 6, y - 13), 6), 3, (74, 140, 70))


def _tree(canvas: Canvas) -> None:
    canvas.shape([(116, 500), (124, 380), (148, 380), (160, 500)], (150, 98, 60), ink=5)
    crown = ((136, 300, 66), (84, 342, 48), (188, 342, 50), (136, 356, 60), (100, 278, 44), (176, 280, 42))
    canvas.blobs(crown, (70, 158, 88), ink=5)
    for x, y in ((92, 316), (146, 276), (184, 338), (122, 362), (156, 326)):
        canvas.disc((x, y), 11, 11, (226, 60, 52), ink=3)


def _kite(canvas: Canvas, hand: Point) -> None:
    top, left, right, tail = (300, 40), (246, 104), (352, 112), (292, 190)
    canvas.line(curve(hand, (440, 250), (299, 106), 40), 2.5)
    for corner, colour in (
        ((top, left), (238, 84, 76)),
        ((top, right), (255, 203, 70)),
        ((tail, left), (72, 128, 214)),
        ((tail, right), (86, 184, 120)),
    ):
        canvas.shape([corner[0], corner[1], (299, 107)], colour, ink=0)
    canvas.line([top, left, tail, right, top, left], 4)
    canvas.line([top, tail], 2.5)
    canvas.line([left, (299, 107), right], 2.5)
    ribbon = curve(tail, (340, 226), (296, 256)) + curve((296, 256), (256, 284), (288, 322))
    canvas.line(ribbon, 2.5)
    for x, y in (ribbon[14], ribbon[28], ribbon[42]):
        canvas.shape(
            [(x - 13, y - 8), (x + 13, y + 8), (x + 13, y - 8), (x - 13, y + 8)], (238, 84, 76), ink=2.5
        )


def _robot(canvas: Canvas) -> None:
    steel, teal = (206, 216, 226), (64, 176, 186)
    for x in (622, 690):
        canvas.box((x - 15, 486, x + 15, 552), 6, steel)
        canvas.box((x - 30, 540, x + 26, 566), 13, (238, 126, 66))
    for path in (curve((620, 376), (546, 372), (546, 276)), curve((692, 372), (752, 400), (748, 448))):
        canvas.line(path, 24)
        canvas.line(path, 16, steel)
    canvas.disc((546, 268), 17, 17, teal)
    canvas.disc((748, 456), 17, 17, teal)
    canvas.box((602, 340, 710, 500), 26, teal, ink=5)
    canvas.box((624, 366, 688, 424), 10, (242, 246, 236))
    canvas.blobs(((645, 388, 9), (666, 388, 9)), (238, 84, 76), ink=0)
    canvas.shape([(636.6, 391), (674.4, 391), (655.5, 414)], (238, 84, 76), ink=0)
    for x, colour in ((636, (255, 203, 70)), (656, (86, 184, 120)), (676, (238, 84, 76))):
        canvas.disc((x, 456), 8, 8, colour, ink=3)
    canvas.line([(656, 232), (656, 186)], 6)
    canvas.disc((656, 180), 13, 13, (238, 84, 76))
    for x in (580, 732):
        canvas.box((x - 12, 262, x + 12, 304), 8, (238, 126, 66))
    canvas.box((586, 226, 726, 338), 34, steel, ink=5)
    for x in (626, 686):
        canvas.disc((x, 274), 22, 22, WHITE)
        canvas.disc((x - 6, 272), 10, 10, INK, ink=0)
        canvas.disc((x - 10, 267), 4, 4, WHITE, ink=0)
    canvas.line(curve((632, 308), (656, 332), (680, 308)), 5)
    canvas.disc((604, 306), 9, 6, (246, 164, 160), ink=0)
    canvas.disc((708, 306), 9, 6, (246, 164, 160), ink=0)


def _cat(canvas: Canvas) -> None:
    ginger, dark, cream = (244, 160, 74), (206, 110, 40), (255, 236, 206)
    tail = curve((448, 548), (520, 560), (506, 492))
    canvas.line(tail, 26)
    canvas.line(tail, 18, ginger)
    canvas.disc((404, 512), 54, 66, ginger, ink=5)
    canvas.disc((398, 528), 28, 42, cream, ink=0)
    for x in (380, 420):
        canvas.disc((x, 570), 22, 13, cream)
    for side in (-1, 1):
        x = 398 + 40 * side
        canvas.shape([(x - 24 * side, 404), (x + 18 * side, 362), (x + 16 * side, 426)], ginger, ink=5)
        canvas.shape(
            [(x - 8 * side, 400), (x + 12 * side, 380), (x + 10 * side, 412)], (246, 164, 160), ink=0
        )
    canvas.disc((398, 440), 62, 50, ginger, ink=5)
    for dx in (-16, 0, 16):
        canvas.line([(398 + dx, 398), (398 + dx * 0.8, 414)], 6, dark)
    for y in (500, 520):
        canvas.line(curve((448, y), (436, y + 3), (428, y), 6), 6, dark)
    canvas.disc((398, 462), 26, 17, cream, ink=0)
    for x in (374, 422):
        canvas.disc((x, 436), 13, 15, (150, 210, 96), ink=3)
        canvas.disc((x + 3, 434), 5, 11, INK, ink=0)
        canvas.disc((x + 5, 429), 3, 3, WHITE, ink=0)
    canvas.shape([(390, 454), (406, 454), (398, 463)], (232, 96, 104), ink=2.5)
    canvas.line(curve((398, 464), (394, 474), (384, 470), 8), 3)
    canvas.line(curve((398, 464), (402, 474), (412, 470), 8), 3)
    for side in (-1, 1):
        for dy in (-8, 2, 12):
            canvas.line([(398 + 34 * side, 462 + dy / 2), (398 + 84 * side, 458 + dy * 1.6)], 2.2)


def _flowers(canvas: Canvas) -> None:
    for x, y, colour in (
        (70, 566, (238, 84, 76)),
        (212, 600, WHITE),
        (286, 548, (255, 203, 70)),
        (540, 606, (214, 110, 200)),
        (812, 566, WHITE),
        (856, 612, (238, 84, 76)),
    ):
        canvas.line([(x, y), (x + 2, y + 30)], 4, (60, 128, 64))
        petals = [math.tau * i / 6 for i in range(6)]
        canvas.blobs([(x + 11 * math.cos(a), y + 11 * math.sin(a), 7) for a in petals], colour, ink=2.5)
        canvas.disc((x, y), 7, 7, (247, 180, 40), ink=2.5)


def medicine_label() -> np.ndarray:
    """Five lines of words and numbers, each smaller than the one above: (480, 640, 3) uint8."""
    canvas = Canvas(Image.new("RGB", (640 * FINE, 480 * FINE), (66, 110, 128)))
    canvas.box((28, 24, 612, 456), 18, (252, 248, 236), ink=0)
    for y, size, words in (
        (94, 82, "Cough syrup"),
        (186, 52, "shake before use"),
        (258, 36, "one spoon, 3 times a day"),
        (320, 25, "not before 06:35, not after 19:58"),
        (368, 18, "batch 83B8-6095, use before 08/2036"),
    ):
        canvas.text((320, y), words, size)
    canvas.line([(70, 414), (570, 414)], 8, (200, 84, 60))
    return canvas.finished()


def long_building() -> np.ndarray:
    """Windows in rows that run towards a vanishing point at the right: (384, 512, 3) uint8.

    Their distance falls from 36 px at the left to under 4 px, that is less than a pixel of the small picture.
    """
    width, height, horizon, vanishing = 512, 384, 300.0, 548.0
    x = ((np.arange(width * FINE) + 0.5) / FINE)[None, :]
    y = ((np.arange(height * FINE) + 0.5) / FINE)[:, None]
    nearness = (vanishing - x) / vanishing
    along = vanishing / nearness
    up = (horizon - y) / nearness
    picture = np.empty((height * FINE, width * FINE, 3), np.float32)
    picture[:] = _mix((118, 176, 222), (246, 226, 204), (y / horizon).clip(0, 1) + 0 * x)
    street = (y > horizon) & (up < -56)
    picture[street] = (124, 122, 128)
    wall = (up >= -56) & (up <= 268)
    picture[wall] = (222, 184, 146)
    column, row = np.broadcast_to(along / 36 % 1, wall.shape), up / 36 % 1
    glass = wall & (up > 4) & (up < 254) & (column > 0.26) & (column < 0.78) & (row > 0.24) & (row < 0.80)
    picture[glass] = _mix((52, 76, 112), (112, 150, 182), row)[glass]
    frame = glass & ((abs(column - 0.52) < 0.03) | (abs(row - 0.58) < 0.03))
    picture[frame] = (240, 232, 220)
    return np.array(Image.fromarray(picture.round().astype(np.uint8)).reduce(FINE))


def _mix(start: Colour, end: Colour, share: np.ndarray) -> np.ndarray:
    """(H, W, 3) from `start` where `share` (H, W) is 0 to `end` where it is 1."""
    part = share[..., None].astype(np.float32)
    return np.array(start, np.float32) * (1 - part) + np.array(end, np.float32) * part
