"""Things that people make: a ball, a cup, a car and a house. See `grown.py` for what the functions give."""

from __future__ import annotations

import numpy as np

from dlintro_demos.shared.things.outlines import CREAM, DARK, box, ellipse, mix, smooth
from dlintro_demos.shared.things.shading import Part

GLASS, METAL = (np.array(rgb, np.float32) for rgb in ((168, 208, 228), (186, 190, 194)))
ROOFS = np.array([(150, 62, 44), (92, 76, 70), (76, 88, 104), (170, 104, 60)], np.float32)


def _against(colour: np.ndarray) -> np.ndarray:
    """Cream on a colour, a darker tone on white."""
    return CREAM if colour.min() < 170 else np.array((74, 110, 168), np.float32)


def ball(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """A globe: plain, with panels, with a belt or with spots, seen from any side."""
    basis = np.linalg.qr(rng.normal(size=(3, 3)))[0].astype(np.float32)
    other, kind, count = _against(colour), int(rng.integers(4)), int(rng.integers(2, 4))
    belt = rng.uniform(0.18, 0.4)

    def pattern(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        z = np.sqrt(np.clip(1 - (u / 0.92) ** 2 - (v / 0.92) ** 2, 0, 1))
        x, y, w = (row[0] * u / 0.92 + row[1] * v / 0.92 + row[2] * z for row in basis)
        if kind == 1:
            share = np.sin(count * np.arctan2(y, x)) * 12 * np.hypot(x, y)
        elif kind == 2:
            share = (belt - np.abs(w)) * 30
        else:
            share = (0.2 - np.hypot(np.abs(x) - 0.5, np.abs(y) - 0.5)) * 30
        return mix(colour, other, np.clip(share + 0.5, 0, 1))

    body = Part(
        outline=ellipse(0, 0, 0.92, 0.92),
        colour=colour,
        pattern=pattern if kind else None,
        gloss=rng.uniform(0.2, 1),
    )
    return [body]


def cup(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """A mug from the side and a little from above, with a handle, a rim and perhaps a stripe."""
    top, foot = rng.uniform(0.54, 0.66), rng.uniform(0.38, 0.6)
    high, low, rim = -rng.uniform(0.5, 0.72), rng.uniform(0.56, 0.74), rng.uniform(0.1, 0.17)
    lean = np.linspace(0, np.pi, 24)
    arc = np.stack([foot * np.cos(lean), low + rim * 0.8 * np.sin(lean)], 1)
    outline = np.concatenate([[(-top, high), (top, high)], arc]) - (0.14, 0)
    band, other = int(rng.integers(3)), _against(colour)

    def pattern(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        curved = v - rim * 0.8 * np.sqrt(np.clip(1 - ((u + 0.14) / top) ** 2, 0, 1))
        share = (0.12 - np.abs(curved)) * 30 if band == 1 else np.sin(u * 14) * 6 - 3
        return mix(colour, other, np.clip(share + 0.5, 0, 1))

    def barrel(u: np.ndarray, _: np.ndarray) -> np.ndarray:
        return 0.62 * np.sqrt(np.clip(1 - ((u + 0.14) / (max(top, foot) * 1.02)) ** 2, 0.02, 1))

    turn = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 24)
    reach, tall, start = rng.uniform(0.36, 0.46), rng.uniform(0.3, 0.42), (foot + top) / 2 - 0.22
    outer, inner = (
        np.stack([start + (reach - thin) * np.cos(turn), 0.03 + (tall - thin) * np.sin(turn)], 1)
        for thin in (0.0, 0.14)
    )
    drink = np.array((92, 56, 34), np.float32) if rng.random() < 0.5 else colour * np.float32(0.5)
    return [
        Part(outline=np.concatenate([outer, inner[::-1]]), colour=colour),
        Part(
            outline=outline,
            colour=colour,
            pattern=pattern if band else None,
            relief=0,
            bump=barrel,
            gloss=0.5,
        ),
        Part(outline=ellipse(-0.14, high, top, rim), colour=colour * np.float32(0.6) + 90, relief=0),
        Part(outline=ellipse(-0.14, high + 0.015, top * 0.9, rim * 0.8), colour=drink, relief=0),
    ]


def car(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """From the side: a body with a cabin, windows, two wheels, lights."""
    roof, back, front = -rng.uniform(0.42, 0.56), -rng.uniform(0.5, 0.82), rng.uniform(0.24, 0.46)
    bonnet, floor = -rng.uniform(0.0, 0.1), 0.34
    shell = [
        (-0.93, floor),
        (-0.97, 0.2),
        (-0.97, 0.02),
        (-0.9, -0.08),
        (back - 0.04, -0.1),
        (back + 0.16, roof),
    ]
    shell += [
        (front - 0.22, roof),
        (front + 0.1, -0.08),
        (0.86, bonnet + 0.02),
        (0.97, 0.12),
        (0.97, 0.22),
        (0.92, floor),
    ]
    outline = smooth(np.array([*shell, (0.8, floor), (-0.8, floor)]), 6)
    pillar = (back + front) / 2 + rng.uniform(-0.1, 0.1)
    panes = [
        np.array(
            [
                (back + 0.12, -0.1),
                (back + 0.24, roof + 0.09),
                (pillar - 0.03, roof + 0.09),
                (pillar - 0.03, -0.1),
            ]
        ),
        np.array(
            [
                (pillar + 0.04, -0.1),
                (pillar + 0.04, roof + 0.09),
                (front - 0.25, roof + 0.09),
                (front - 0.02, -0.1),
            ]
        ),
    ]
    wheel = rng.uniform(0.2, 0.26)
    parts = [Part(outline=outline, colour=colour, relief=0.5, gloss=0.7)]
    parts += [Part(outline=pane, colour=GLASS, relief=0.2, gloss=0.6) for pane in panes]
    parts.append(
        Part(outline=box(pillar - 0.012, -0.06, pillar + 0.012, floor - 0.02), colour=colour * 0.6, relief=0)
    )
    parts.append(Part(outline=ellipse(0.9, 0.08, 0.07, 0.06), colour=CREAM, gloss=0.8))
    parts.append(
        Part(outline=box(-0.97, 0.04, -0.9, 0.14), colour=np.array((190, 40, 36), np.float32), relief=0)
    )
    for x in (-0.55, 0.56):
        parts.append(Part(outline=ellipse(x, floor, wheel, wheel), colour=DARK, relief=0.4, gloss=0.2))
        parts.append(Part(outline=ellipse(x, floor, wheel * 0.5, wheel * 0.5), colour=METAL, relief=0.6))
    return parts


def house(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """A wall, a roof with tiles, a chimney, a door and windows."""
    wide, eaves, top = rng.uniform(0.6, 0.78), -rng.uniform(0.05, 0.2), -rng.uniform(0.8, 0.95)
    flat, floor = float(rng.choice([0.0, 0.0, 0.35])), rng.uniform(0.7, 0.85)
    slate = ROOFS[int(rng.integers(len(ROOFS)))] * rng.uniform(0.85, 1.15)
    over = wide + 0.16
    roof = np.array([(-over, eaves + 0.03), (-flat - 0.03, top), (flat + 0.03, top), (over, eaves + 0.03)])
    rows = rng.uniform(18, 30)

    def tiles(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        line = np.clip(np.sin(v * rows * 1.6) * 3 - 1.8, 0, 1) + 0.4 * np.clip(np.sin(u * rows) * 3 - 2, 0, 1)
        return mix(slate.astype(np.float32), slate.astype(np.float32) * np.float32(0.6), np.clip(line, 0, 1))

    door, side = rng.uniform(-0.12, 0.12) * (1 + (wide > 0.7)), 0.13
    stack = rng.uniform(0.3, 0.42) * (1 if rng.random() < 0.5 else -1)
    wood = np.array([(104, 70, 44), (60, 92, 130), (150, 44, 40), (70, 110, 70)], np.float32)[
        int(rng.integers(4))
    ]
    parts = [
        Part(outline=box(stack - 0.09, top, stack + 0.09, eaves), colour=slate * 0.8, relief=0),
        Part(outline=box(-wide, eaves, wide, floor), colour=colour, relief=0.06, gloss=0),
        Part(outline=roof, colour=slate, pattern=tiles, relief=0.12, gloss=0.05),
        Part(outline=box(door - side, 0.28, door + side, floor), colour=wood, relief=0.2, gloss=0.1),
    ]
    pane = rng.uniform(0.1, 0.13)
    for x in (-wide * 0.6 + door * 0.3, wide * 0.6 + door * 0.3):
        y = rng.uniform(0.18, 0.26)
        parts.append(
            Part(outline=box(x - pane - 0.03, y - 0.16, x + pane + 0.03, y + 0.16), colour=CREAM, relief=0)
        )
        for left, right in ((x - pane, x - 0.012), (x + 0.012, x + pane)):
            parts.append(Part(outline=box(left, y - 0.13, right, y + 0.13), colour=GLASS * 0.8, relief=0))
    return parts
