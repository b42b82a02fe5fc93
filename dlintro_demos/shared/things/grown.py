"""Things that grow, and a star: outlines in units (x to the right, y down, about 1 to each side).

Each function takes the random numbers of one drawing and its colour, (3,) float32 RGB, and gives the parts,
the one at the back first.
"""

from __future__ import annotations

import numpy as np

from dlintro_demos.shared.things.outlines import (
    BARK,
    CREAM,
    DARK,
    blush,
    ellipse,
    mix,
    smooth,
    spots,
    stem_and_leaf,
    strip,
)
from dlintro_demos.shared.things.shading import Part


def apple(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """Round, narrower below, with a hollow for the stem; often blushed, sometimes with a leaf."""
    angle = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    deep, slim, tall = rng.uniform(0.16, 0.26), rng.uniform(0.08, 0.2), rng.uniform(0.9, 1.02)
    radius = 0.9 - deep * np.exp(-(((angle - 1.5 * np.pi) / 0.36) ** 2))
    radius -= 0.07 * np.exp(-(((angle - 0.5 * np.pi) / 0.3) ** 2))
    outline = np.stack(
        [radius * np.cos(angle) * (0.98 - slim * np.sin(angle)), radius * np.sin(angle) * tall], 1
    )

    def hollow(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return -0.6 * np.exp(-((u / 0.34) ** 2) - ((v + 0.74) / 0.2) ** 2)

    skin = blush(rng, colour, streaks=rng.random() < 0.6)
    body = Part(outline=outline, colour=colour, pattern=skin, bump=hollow, gloss=rng.uniform(0.3, 1.0))
    return [body, *stem_and_leaf(rng, -0.6)]


def banana(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """A bent body with three long faces and brown ends."""
    bend, wide = rng.uniform(0.9, 1.5), rng.uniform(0.2, 0.28)
    along = np.linspace(-1, 1, 40)
    radius = 1 / np.sin(bend / 1.15) if bend < 1.5 else 1.0
    angle = along * bend * 0.85
    middle = np.stack([radius * np.sin(angle), radius * np.cos(angle)], 1)
    middle -= (0, middle[:, 1].mean())
    width = wide * np.clip(1 - np.abs(along) ** 3.2, 0, 1) ** 0.6 + 0.045
    normal = np.stack([np.sin(angle), np.cos(angle)], 1)
    outer, inner = middle + normal * width[:, None], middle - normal * width[:, None] * 0.9
    scale = 0.98 / np.abs(np.concatenate([outer, inner])).max()
    outer, inner = outer * scale, inner * scale
    brown = spots(rng, int(rng.integers(0, 7)), 0.035)
    centre_y = (middle[0, 1] - radius * np.cos(angle[0])) * scale

    def pattern(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        off = (np.hypot(u, v - centre_y) / (radius * scale) - 1) / (wide / radius)
        ridge = np.exp(-(((off - 0.25) / 0.06) ** 2)) * 0.14 + np.clip(-off, 0, 1) * 0.12
        return mix(colour * np.float32(1.02), BARK, np.clip(ridge + brown(u, v) * 0.8, 0, 1))

    body = Part(outline=np.concatenate([outer, inner[::-1]]), colour=colour, pattern=pattern, gloss=0.2)
    ends = [
        Part(outline=np.concatenate([outer[some], inner[some][::-1]]), colour=BARK, relief=0.6, gloss=0.1)
        for some in (slice(0, 4), slice(-2, None))
    ]
    return [body, *ends]


def pear(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """A round belly and a neck, speckled, with a stem."""
    neck, belly = rng.uniform(0.2, 0.34), rng.uniform(0.6, 0.76)
    half = [(0.0, -0.86), (neck * 0.75, -0.8), (neck, -0.5), (neck + 0.1, -0.16), (belly, 0.32)]
    half += [(belly * 0.86, 0.72), (belly * 0.35, 0.94)]
    points = np.array(half + [(-x, y) for x, y in half[:0:-1]])
    skin, specks = blush(rng, colour, streaks=False), spots(rng, 26, 0.018)

    def pattern(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return mix(skin(u, v), BARK, specks(u, v) * 0.35)

    body = Part(outline=smooth(points), colour=colour, pattern=pattern, gloss=rng.uniform(0.2, 0.6))
    return [body, *stem_and_leaf(rng, -0.84)]


def star(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """Five points, faceted."""
    inner = rng.uniform(0.4, 0.56)
    angle = np.arange(10) * np.pi / 5 - np.pi / 2
    radius = np.where(np.arange(10) % 2, inner, 0.97) + rng.normal(0, 0.015, 10)
    outline = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)

    def facets(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return 0.1 * np.abs(np.mod(np.arctan2(v, u) + np.pi / 2, 0.4 * np.pi) - 0.2 * np.pi) * np.hypot(u, v)

    bump = facets if rng.random() < 0.6 else None
    return [Part(outline=outline, colour=colour, relief=rng.uniform(0.5, 0.9), bump=bump, gloss=0.4)]


def leaf(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """A blade with a tip, a middle rib with veins, and a stalk."""
    wide, teeth = rng.uniform(0.36, 0.58), rng.uniform(0.0, 0.035)
    along = np.linspace(0, 1, 48)
    half = wide * np.sin(np.pi * along ** rng.uniform(0.65, 1.0)) ** 0.85 * (1.1 - 0.25 * along)
    half = half + teeth * np.abs(np.sin(along * 40)) * (half > 0.02)
    x = -0.72 + 1.68 * along
    lower = np.stack([x, half], 1)
    veins = int(rng.integers(4, 8))

    def pattern(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        rib = np.exp(-((v / 0.022) ** 2))
        side = np.exp(-((np.sin((u - np.abs(v) * 0.9) * veins * 1.9) / 0.16) ** 2)) * 0.5
        return mix(colour, colour * np.float32(0.5) + 96, np.clip(rib + side, 0, 0.8))

    def roof(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return -0.22 * np.abs(v) + 0.05 * np.sin(u * 5)

    blade = np.concatenate([lower, lower[::-1] * (1, -1)])
    return [
        strip([(-0.99, rng.uniform(-0.12, 0.12)), (-0.84, 0.02), (-0.6, 0.0)], 0.03, colour * 0.7),
        Part(outline=blade, colour=colour, pattern=pattern, relief=0.12, bump=roof, gloss=0.15),
    ]


def fish(rng: np.random.Generator, colour: np.ndarray) -> list[Part]:
    """From the side: body, tail, fins, an eye; plain, striped or scaly."""
    fat, tail = rng.uniform(0.36, 0.56), rng.uniform(0.34, 0.52)
    body = smooth(
        np.array(
            [
                (0.96, 0.03),
                (0.6, -fat * 0.8),
                (0.1, -fat),
                (-0.4, -fat * 0.45),
                (-0.62, 0),
                (-0.4, fat * 0.45),
                (0.1, fat * 0.95),
                (0.6, fat * 0.72),
            ]
        )
    )
    fork = smooth(
        np.array(
            [(-0.5, 0), (-0.8, -tail * 0.8), (-0.98, -tail), (-0.84, 0), (-0.98, tail), (-0.8, tail * 0.8)]
        )
    )
    fin = smooth(
        np.array([(0.34, -fat * 0.85), (0.0, -fat - 0.24), (-0.3, -fat - 0.14), (-0.26, -fat * 0.6)])
    )
    side = smooth(np.array([(0.3, 0.1), (0.0, 0.04), (-0.12, 0.26), (0.12, 0.26)]))
    kind, other = int(rng.integers(3)), CREAM if rng.random() < 0.6 else colour * np.float32(0.5)
    count = rng.uniform(7, 12)

    def pattern(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        if kind == 1:
            share = (np.sin(u * count + np.cos(v * 3)) - 0.45) * 5 * (u < 0.45)
        else:
            row = np.floor(v * 9)
            arc = np.hypot(np.mod(u * 9 + row * 0.5, 1) - 0.2, np.mod(v * 9, 1) - 0.5)
            share = np.exp(-(((arc - 0.5) / 0.12) ** 2)) * 0.45 * (u < 0.42) * (kind == 2)
        pale = np.clip((v - 0.05) * 1.4, 0, 0.5)
        return mix(mix(colour, CREAM, pale), other, np.clip(share, 0, 1))

    flesh = colour * np.float32(0.84)
    return [
        Part(outline=fork, colour=flesh, relief=0.3, gloss=0.2),
        Part(outline=fin, colour=flesh, relief=0.3, gloss=0.2),
        Part(outline=body, colour=colour, pattern=pattern, relief=0.9, gloss=rng.uniform(0.3, 0.8)),
        Part(outline=side, colour=flesh * 0.9, relief=0.4, gloss=0.2),
        Part(outline=ellipse(0.64, -0.1, 0.09, 0.09), colour=CREAM, relief=0, gloss=0),
        Part(outline=ellipse(0.66, -0.1, 0.05, 0.05), colour=DARK, relief=0.5, gloss=0.8),
    ]
