"""Pictures that this gallery draws, the same on every call: two apples, a traffic light, a page of text."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIDE = 448  # px
_CENTRE = (224.0, 236.0)
_RADIUS = 132.0
_LIGHT = np.array((-0.45, -0.62, 0.64))
_PAGE = (
    "A network that has seen a",
    "million photographs knows a",
    "thousand things by name. It",
    "was never taught to read, so",
    "a page like this one is for",
    "it a pattern of dark marks",
    "on something pale, and it",
    "calls the page by whatever",
    "such a pattern is most often",
    "found on in its pictures.",
)


def apple() -> np.ndarray:
    """A green apple with a stem on a wooden table, (448, 448, 3) uint8 RGB."""
    rng = np.random.default_rng(7)
    x, y = np.meshgrid(np.arange(SIDE, dtype=np.float32), np.arange(SIDE, dtype=np.float32))
    picture = _table(x, y, rng)
    u, v = (x - _CENTRE[0]) / _RADIUS, (y - _CENTRE[1]) / _RADIUS
    angle = np.arctan2(v, u)
    # a circle, pushed in at the top and, less so, at the bottom, and narrower below
    outline = 1 - 0.16 * np.exp(-(((angle + np.pi / 2) / 0.42) ** 2)) + 0.05 * np.cos(2 * angle)
    outline -= 0.05 * np.exp(-(((angle - np.pi / 2) / 0.5) ** 2)) + 0.05 * np.sin(angle)
    distance = np.hypot(u, v) / outline
    shadow = np.exp(-(((u - 0.18) / 1.05) ** 2) - ((v - 0.84) / 0.17) ** 2)
    picture *= 1 - 0.75 * shadow[..., None]
    skin = _skin(u, v, np.clip(distance, 0, 1), rng)
    inside = np.clip((1 - distance) * _RADIUS, 0, 1)[..., None]
    drawn = Image.fromarray(_bytes(picture * (1 - inside) + skin * inside))
    _draw_stem(drawn)
    return cv2.GaussianBlur(np.array(drawn), (0, 0), 0.7)


def purple_apple() -> np.ndarray:
    """`apple` with green and blue exchanged, (448, 448, 3) uint8 RGB: the same form, another colour."""
    return np.ascontiguousarray(apple()[..., [0, 2, 1]])


def page_of_text() -> np.ndarray:
    """Ten lines of print on paper, (448, 448, 3) uint8 RGB."""
    drawn = Image.new("RGB", (SIDE, SIDE), (240, 236, 226))
    draw = ImageDraw.Draw(drawn)
    font = ImageFont.load_default(26)
    for number, line in enumerate(_PAGE):
        draw.text((30, 34 + 38 * number), line, fill=(30, 28, 30), font=font)
    return np.array(drawn)


def traffic_light() -> np.ndarray:
    """A traffic light that shows red, drawn flat, before houses, (448, 448, 3) uint8 RGB."""
    drawn = Image.new("RGB", (2 * SIDE, 2 * SIDE), (150, 200, 236))
    draw = ImageDraw.Draw(drawn)
    for left, top, colour in ((0, 420, "#b9a68c"), (230, 520, "#9c8b79"), (610, 380, "#c2b29b")):
        draw.rectangle((left, top, left + 270, 896), fill=colour)
        for window in range(12):
            across, down = left + 30 + window % 3 * 80, top + 40 + window // 3 * 110
            draw.rectangle((across, down, across + 46, down + 66), fill="#54697a")
    draw.rectangle((424, 600, 472, 896), fill="#3b3f42")
    draw.rounded_rectangle((318, 60, 578, 680), 40, fill="#16181a", outline="#3c4043", width=8)
    for centre, colour in ((170, "#ff3a26"), (370, "#4a3a10"), (570, "#123f24")):
        draw.ellipse((358, centre - 90, 538, centre + 90), fill=colour, outline="#050505", width=8)
        draw.chord((340, centre - 112, 556, centre + 60), 180, 360, outline="#2c3033", width=14)
    draw.ellipse((400, 110, 450, 150), fill="#ffb0a4")
    return np.array(drawn.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def _table(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A grey-blue wall above boards with a grain, (448, 448, 3) float32, 0 to 255."""
    grain = cv2.GaussianBlur(rng.normal(size=x.shape).astype(np.float32), (0, 0), sigmaX=40, sigmaY=0.9)
    grain = grain / grain.std() + 0.6 * np.sin(y / 3.1 + 2 * np.sin(x / 70))
    wood = np.array((150, 98, 56), np.float32) + grain[..., None] * np.array((11, 9, 7), np.float32)
    wood *= (0.72 + 0.5 * (y / SIDE - 0.55))[..., None]
    wall = np.array((196, 200, 202), np.float32) * (1.04 - 0.22 * x / SIDE)[..., None]
    edge = np.clip((y - 262) / 6, 0, 1)[..., None]
    return wall * (1 - edge) + wood * edge


def _skin(u: np.ndarray, v: np.ndarray, distance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The lit surface: a dome with a hollow around the stem, (448, 448, 3) float32, 0 to 255."""
    hollow = np.exp(-((u / 0.34) ** 2) - ((v + 0.78) / 0.17) ** 2)
    height = np.sqrt(np.clip(1 - distance**2, 0.002, 1)) - 0.3 * hollow
    slope_y, slope_x = np.gradient(cv2.GaussianBlur(height, (0, 0), 2) * _RADIUS)
    normal = np.stack((-slope_x, -slope_y, np.ones_like(u)), axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = _LIGHT / np.linalg.norm(_LIGHT)
    facing = np.clip(normal @ light, 0, 1)[..., None]
    middle = light + np.array((0, 0, 1))
    gloss = np.clip(normal @ (middle / np.linalg.norm(middle)), 0, 1)[..., None]
    blotches = cv2.GaussianBlur(rng.normal(size=u.shape).astype(np.float32), (0, 0), 14)
    specks = cv2.GaussianBlur((rng.random(u.shape) > 0.996).astype(np.float32), (0, 0), 1.1)
    green = np.array((142, 186, 54), np.float32) + blotches[..., None] * np.array((160, 80, 48), np.float32)
    green += np.array((70, 55, 75), np.float32) * np.clip(specks * 5, 0, 1)[..., None]
    green += np.array((36, 8, 8), np.float32) * hollow[..., None]
    bounce = np.clip(normal[..., 1:2], 0, 1) * np.array((34, 22, 8), np.float32)
    lit: np.ndarray = green * (0.3 + 0.85 * facing) + bounce + 200 * gloss**60 + 26 * gloss**8
    return lit * (1 - 0.35 * hollow[..., None])


def _draw_stem(drawn: Image.Image) -> None:
    draw = ImageDraw.Draw(drawn)
    points = [(221, 140), (222, 122), (227, 104), (237, 84)]
    draw.line(points, fill=(66, 44, 24), width=9, joint="curve")
    draw.line([(x - 2, y) for x, y in points], fill=(122, 88, 50), width=3, joint="curve")
    draw.ellipse((231, 77, 244, 89), fill=(92, 66, 38))


def _bytes(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture, 0, 255).astype(np.uint8)
