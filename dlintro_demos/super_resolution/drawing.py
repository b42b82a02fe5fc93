"""A cartoon of our own, drawn by program: the kind of picture the compact network was made for. CC0."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

OVERSAMPLING = 4  # drawn this much larger, then averaged: Pillow's shapes have no smooth edges themselves
Colour = str
Point = tuple[float, float]

SKY, SUN, CLOUD = "#bfe6f7", "#ffd24a", "#ffffff"
FAR_HILL, HILL, NEAR = "#a8d8a0", "#7cc47f", "#57ab63"
INK, RED, CREAM, BROWN, WOOD = "#24303f", "#e4572e", "#fff3dc", "#8a5a3b", "#b9794d"
LEAF, DARK_LEAF, GLASS, FUR, BELLY, PINK = "#3f8f57", "#2f7547", "#8fd3f0", "#f2a04a", "#ffe3bd", "#f58ca0"


def draw_scene(side: int = 512) -> np.ndarray:
    """A cat on a hill with its house, tree, kite and balloon: (side, side, 3) uint8 RGB."""
    large = side * OVERSAMPLING
    image = Image.new("RGB", (large, large), SKY)
    pen = _Pen(ImageDraw.Draw(image), large / 512)
    _sky(pen)
    _hills(pen)
    _house(pen)
    _tree(pen)
    _kite(pen)
    _cat(pen)
    _flowers(pen)
    return np.asarray(image.resize((side, side), Image.Resampling.BOX))


class _Pen:
    """Shapes in units of a 512 px picture, with an ink outline where `line` is above zero."""

    def __init__(self, draw: ImageDraw.ImageDraw, unit: float):
        self._draw = draw
        self._unit = unit

    def polygon(self, points: list[Point], fill: Colour, line: float = 3) -> None:
        self._draw.polygon(self._scaled(points), fill=fill)
        if line:
            self.stroke([*points, points[0], points[1]], line)

    def stroke(self, points: list[Point], line: float = 3, colour: Colour = INK) -> None:
        self._draw.line(self._scaled(points), fill=colour, width=self._width(line), joint="curve")
        for point in (points[0], points[-1]):
            self.disc(point, line / 2, line / 2, colour, line=0)

    def disc(self, centre: Point, rx: float, ry: float, fill: Colour, line: float = 3) -> None:
        (x, y), grown = centre, line / 2
        if line:
            self._ellipse(x, y, rx + grown, ry + grown, INK)
        self._ellipse(x, y, rx - grown, ry - grown, fill)

    def _ellipse(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        corners = self._scaled([(x - rx, y - ry), (x + rx, y + ry)])
        self._draw.ellipse(corners, fill=fill)

    def _scaled(self, points: list[Point]) -> list[Point]:
        return [(x * self._unit, y * self._unit) for x, y in points]

    def _width(self, line: float) -> int:
        return max(1, round(line * self._unit))


def _arc(centre: Point, rx: float, ry: float, start: float, end: float, steps: int = 40) -> list[Point]:
    """Points on an ellipse between two angles in degrees, clockwise from the right."""
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(centre[0] + rx * math.cos(a), centre[1] + ry * math.sin(a)) for a in angles]


def _sky(pen: _Pen) -> None:
    for angle in range(0, 360, 30):
        a = math.radians(angle)
        inner, outer = ((430 + r * math.cos(a), 82 + r * math.sin(a)) for r in (56, 72))
        pen.stroke([inner, outer], 5, "#f2b632")
    pen.disc((430, 82), 44, 44, SUN)
    for x, y, size in ((118, 84, 1.0), (284, 52, 0.7)):
        for dx, dy, r in ((-38, 8, 22), (-8, -6, 30), (28, 4, 24)):
            pen.disc((x + dx * size, y + dy * size), r * size, r * size * 0.86, CLOUD, line=0)


def _hills(pen: _Pen) -> None:
    for base, height, wave, shift, colour in (
        (300, 34, 170, 20, FAR_HILL), (346, 30, 230, 130, HILL), (404, 22, 300, 250, NEAR),
    ):  # fmt: skip
        top = [(x, base - height * math.sin((x + shift) * 2 * math.pi / wave / 2)) for x in range(-8, 528, 4)]
        pen.polygon([*top, (528, 520), (-8, 520)], colour, line=0)
        pen.stroke(top, 3)


def _house(pen: _Pen) -> None:
    pen.polygon([(356, 238), (380, 238), (380, 196), (356, 196)], BROWN)
    pen.polygon([(300, 352), (300, 258), (424, 258), (424, 352)], CREAM)
    pen.polygon([(284, 264), (362, 196), (440, 264)], RED)
    for row, y in enumerate((232, 248)):
        half = (y - 200) * 78 / 64
        xs = [x for x in range(294 + 8 * row, 440, 16) if abs(x - 362) < half - 8]
        for x in xs:
            pen.stroke(_arc((x, y), 8, 6, 0, 180, 12), 1.6, "#a83a1c")
    pen.polygon([(346, 352), (346, 302), (378, 302), (378, 352)], WOOD)
    pen.disc((371, 328), 2.4, 2.4, SUN, line=0)
    for x in (314, 388):
        pen.polygon([(x, 302), (x, 276), (x + 24, 276), (x + 24, 302)], GLASS, 2.6)
        pen.stroke([(x + 12, 276), (x + 12, 302)], 1.8)
        pen.stroke([(x, 289), (x + 24, 289)], 1.8)


def _tree(pen: _Pen) -> None:
    pen.polygon([(52, 372), (60, 284), (80, 284), (90, 372)], WOOD)
    for x, y, r in ((44, 262, 34), (98, 258, 36), (70, 222, 42)):
        pen.disc((x, y), r, r, LEAF)
    for x, y, r in ((46, 264, 30), (96, 260, 32), (70, 226, 38)):
        pen.disc((x, y), r, r, LEAF, line=0)
    for x, y in ((58, 212), (84, 232), (40, 256), (104, 264), (70, 254)):
        pen.stroke(_arc((x, y), 8, 6, 20, 160, 12), 2.4, DARK_LEAF)
    for x, y in ((52, 236), (92, 214), (110, 246), (34, 274)):
        pen.disc((x, y), 5, 5, RED, 1.6)


def _kite(pen: _Pen) -> None:
    string = [(214 + 16 * t - 42 * t * t / 40, 128 + 15 * t) for t in range(11)]
    pen.stroke(string, 1.6)
    top, right, bottom, left = (204, 78), (232, 108), (214, 150), (184, 116)
    pen.polygon([top, right, bottom, left], "#7f6bd6")
    pen.polygon([top, right, (208, 112)], SUN, 2)
    pen.polygon([(208, 112), bottom, left], PINK, 2)


def _cat(pen: _Pen) -> None:
    tail = [(x, y) for x, y in _arc((322, 424), 46, 46, 150, -40)]
    pen.stroke(tail, 22)
    pen.stroke(tail, 16, FUR)
    pen.disc((238, 424), 62, 58, FUR)
    pen.disc((238, 436), 34, 38, BELLY, line=0)
    for x in (208, 268):
        pen.disc((x, 476), 22, 13, FUR)
        for dx in (-7, 0, 7):
            pen.stroke([(x + dx, 477), (x + dx, 485)], 1.8)
    for outer, inner in (
        ([(176, 322), (180, 262), (222, 296)], [(185, 310), (187, 278), (210, 296)]),
        ([(300, 322), (296, 262), (254, 296)], [(291, 310), (289, 278), (266, 296)]),
    ):
        pen.polygon(outer, FUR)
        pen.polygon(inner, PINK, line=0)
    pen.disc((238, 338), 68, 56, FUR)
    for dx, length in ((-18, 16), (0, 22), (18, 16)):
        pen.stroke([(238 + dx, 286), (238 + dx * 0.8, 286 + length)], 5, "#c9772a")
    pen.disc((238, 362), 32, 22, BELLY, line=0)
    for x in (212, 264):
        pen.disc((x, 334), 13, 15, "#ffffff", 2.6)
        pen.disc((x + 1, 336), 7.5, 10, INK, line=0)
        pen.disc((x + 4, 331), 3, 3, "#ffffff", line=0)
    pen.polygon([(230, 351), (246, 351), (238, 360)], PINK, 2)
    pen.stroke(_arc((228, 361), 10, 8, 0, 150, 16), 2.4)
    pen.stroke(_arc((248, 361), 10, 8, 180, 30, 16), 2.4)
    for side in (-1, 1):
        for dy, slope in ((-4, -5), (2, 0), (8, 5)):
            pen.stroke([(238 + side * 36, 358 + dy), (238 + side * 84, 356 + dy + slope)], 1.4)
    pen.polygon([(206, 392), (270, 392), (262, 404), (214, 404)], RED, 2.4)
    pen.disc((238, 406), 7, 7, SUN, 2.2)


def _flowers(pen: _Pen) -> None:
    for x, y, colour in ((36, 452, RED), (92, 484, "#ffffff"), (132, 440, SUN), (404, 470, "#ffffff"),
                         (452, 430, RED), (478, 484, SUN)):  # fmt: skip
        pen.stroke([(x, y), (x + 2, y + 22)], 2.4, DARK_LEAF)
        for angle in range(0, 360, 72):
            a = math.radians(angle)
            pen.disc((x + 7 * math.cos(a), y + 7 * math.sin(a)), 5, 5, colour, 1.4)
        pen.disc((x, y), 4, 4, "#f2b632" if colour != SUN else BROWN, line=0)
