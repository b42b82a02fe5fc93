"""Nuclei drawn after a case's measures: how large, uneven, dented and lopsided. A drawing, no photograph."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np

from dlintro_demos.medicine.risk.measures import NAMES

WIDTH, HEIGHT = 300, 280  # px
POINTS = 60  # of an outline
SCALE = 2.0  # px for a unit of length
LEAST, MOST = 3.0, 27.0  # units of length that are drawn
SPOTS = 14  # of a nucleus' texture
PLACES = ((52, 56), (150, 48), (246, 60), (54, 208), (146, 138), (242, 214), (150, 232))
LARGE = (2, 3, 5)  # these are the three "worst" of a case, the others are as its means say


def draw_nuclei(values: Sequence[float] | np.ndarray, *, small: bool = False) -> str:
    """Seven nuclei as an SVG of 300 x 280, or `small` of half that, from 30 possible values.

    Radius, texture, smoothness, concavity, concave points and symmetry are taken from the means, and for
    three nuclei from the "worst"; the radius varies with its standard error. The same values give the same.
    """
    measures = dict(zip(NAMES, values, strict=True))
    chance = random.Random(18)  # noqa: S311 - a drawing keeps no secret
    shapes = []
    for number, place in enumerate(PLACES):
        kind = "worst" if number in LARGE else "mean"
        shapes.append(_nucleus(measures, kind, place, chance))
    box = f"0 0 {WIDTH} {HEIGHT}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" '
        f'width="{WIDTH // (2 if small else 1)}" height="{HEIGHT // (2 if small else 1)}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f6e7f1"/>{"".join(shapes)}</svg>'
    )


def _nucleus(measures: dict[str, float], kind: str, place: tuple[int, int], chance: random.Random) -> str:
    radius = measures[f"{kind} radius"] + chance.gauss(0, 1) * measures["radius error"]
    radius = min(max(radius, LEAST), MOST) * SCALE
    outline = _outline(measures, kind, radius, chance)
    path = " ".join(f"{place[0] + x:.1f},{place[1] + y:.1f}" for x, y in outline)
    grain = min(measures[f"{kind} texture"] / 40, 1.0)
    spots = []
    for _ in range(SPOTS):
        angle, out = chance.uniform(0, math.tau), radius * 0.62 * math.sqrt(chance.random())
        size, dark = radius * chance.uniform(0.08, 0.2), chance.random() < 0.5
        x, y = place[0] + out * math.cos(angle), place[1] + out * math.sin(angle)
        spots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" '
            f'fill="{"#2f1450" if dark else "#d9b8ea"}" opacity="{0.75 * grain:.2f}"/>'
        )
    return f'<polygon points="{path}" fill="#7d4fa8" stroke="#3f1f66" stroke-width="1.6"/>{"".join(spots)}'


def _outline(
    measures: dict[str, float], kind: str, radius: float, chance: random.Random
) -> list[tuple[float, float]]:
    """Points around the middle: a circle, lopsided, uneven, and dented."""
    lopsided = min(measures[f"{kind} symmetry"], 0.7)
    uneven = min(measures[f"{kind} smoothness"], 0.3)
    deep = min(measures[f"{kind} concavity"], 1.3) ** 0.5 * 0.42
    dents = [
        (chance.uniform(0, math.tau), chance.uniform(0.5, 1.0))
        for _ in range(max(1, round(min(measures[f"{kind} concave points"], 0.3) * 34)))
    ]
    heading = chance.uniform(0, math.tau)
    points = []
    for step in range(POINTS):
        angle = math.tau * step / POINTS
        reach = 1 + 0.7 * lopsided * (math.cos(angle - heading) + 0.4 * math.cos(2 * (angle - heading)))
        reach += chance.gauss(0, 0.35 * uneven)
        for where, share in dents:
            apart = math.remainder(angle - where, math.tau)
            reach -= deep * share * math.exp(-((apart / 0.28) ** 2))
        points.append(
            (radius * max(reach, 0.25) * math.cos(angle), radius * max(reach, 0.25) * math.sin(angle))
        )
    return points
