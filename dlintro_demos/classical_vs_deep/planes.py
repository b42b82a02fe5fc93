"""Where a network changes its answer: on the flat sheet through three curves, as a picture and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt

from dlintro_demos.classical_vs_deep.layer_stack import Stack
from dlintro_demos.classical_vs_deep.learners import MNIST1D
from dlintro_demos.classical_vs_deep.plot import SMALL, curve_svg
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.shared.mnist1d import CLASSES, POINTS, Examples

LETTERS = "ABC"  # the three curves
MARGIN = 0.45  # of the triangle's extent, around it
SIDE = 320  # points of the plane, each way
LARGE = 2  # px of the picture for one point of the plane
INK = (27, 27, 38)
LABELLED = 0.008  # of the plane: smaller regions get no number
# Pale, so that the dark numbers on them are read; the number says the class, the colour only helps.
REGIONS = np.array(
    [
        (174, 199, 232), (255, 187, 120), (152, 223, 138), (255, 152, 150), (197, 176, 213),
        (210, 180, 170), (247, 182, 210), (205, 205, 205), (219, 219, 141), (158, 218, 229),
    ],
    np.uint8,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Plane:
    """The flat sheet through three curves of the 40-dimensional space that curves live in.

    `curves` (3, 40) float32; `classes` (3,) what they are; `places` (3, 2) where they lie on the sheet, x and
    y from 0 to 1, y upwards; `grid` (side, side, 40) the curve at each point, the top row first.
    """

    curves: np.ndarray
    classes: np.ndarray
    places: np.ndarray
    grid: np.ndarray

    def answers(self, stack: Stack) -> np.ndarray:
        """The class that the network gives each point of the grid, (side, side) int64."""
        side = len(self.grid)
        return stack.answer(self.grid.reshape(side * side, POINTS)).reshape(side, side)


def three_curves(seed: int) -> Examples:
    """Three test curves of three classes."""
    test, rng = MNIST1D.test(), np.random.default_rng(seed)
    classes = rng.choice(CLASSES, 3, replace=False)
    some = [int(rng.choice(np.flatnonzero(test.y == each))) for each in classes]
    return Examples(x=test.x[some], y=test.y[some])


def plane_through(three: Examples, side: int = SIDE) -> Plane:
    """The plane of three curves, with a margin. Raises `ValueError` where they lie on one line."""
    first, second, third = three.x.astype(np.float64)
    along = second - first
    across = third - first
    length = np.linalg.norm(along)
    if length:
        along = along / length
        across = across - (across @ along) * along
    height = np.linalg.norm(across)
    if height <= 1e-6 * np.linalg.norm(third - first) or length == 0:
        raise ValueError("Three different curves are needed, not on one line.")
    axes = np.stack([along, across / height])
    flat = (three.x - first) @ axes.T
    middle = (flat.min(0) + flat.max(0)) / 2
    reach = float((flat.max(0) - flat.min(0)).max()) * (0.5 + MARGIN)
    steps = np.linspace(-reach, reach, side)
    x, y = np.meshgrid(middle[0] + steps, middle[1] - steps)
    grid = first + np.stack([x, y], -1) @ axes
    return Plane(
        curves=three.x,
        classes=three.y,
        places=(flat - middle) / (2 * reach) + 0.5,
        grid=grid.astype(np.float32),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """The answers of one network on a plane, ready for a page.

    `curves` (SVG) and `kinds` are those of A, B and C; `picture` (PNG) is the sheet, in `words` too.
    """

    curves: tuple[str, ...]
    kinds: tuple[int, ...]
    picture: bytes
    words: str


def colour_sheet(stack: Stack, seed: int) -> Iterator[Sheet]:
    """A job: the sheet through the three curves of a seed, coloured by the answers of one network."""
    plane = plane_through(three_curves(seed))
    answers = plane.answers(stack)
    yield Sheet(
        curves=tuple(curve_svg(curve, **SMALL) for curve in plane.curves.tolist()),
        kinds=tuple(plane.classes.tolist()),
        picture=plane_picture(plane, answers),
        words=in_words(plane, stack, answers),
    )


def in_words(plane: Plane, stack: Stack, answers: np.ndarray) -> str:
    """What it says of the three curves, and what covers most of the sheet."""
    said = stack.answer(plane.curves)
    parts = [
        f"{letter} (kind {truth}) {'rightly' if truth == answer else f'wrongly as {answer}'}"
        for letter, truth, answer in zip(LETTERS, plane.classes, said, strict=True)
    ]
    shares = np.bincount(answers.ravel(), minlength=CLASSES) / answers.size
    most = [f"kind {kind} {shares[kind]:.0%}" for kind in np.argsort(-shares)[:3] if shares[kind] > 0.005]
    return f"It names {', '.join(parts)}. Largest regions: {', '.join(most)}."


def plane_picture(plane: Plane, answers: np.ndarray) -> bytes:
    """Regions with their numbers, borders, and the three curves as A, B and C: PNG, four px a point."""
    large = answers.repeat(LARGE, 0).repeat(LARGE, 1)
    rgb = REGIONS[large]
    border = np.zeros(large.shape, bool)
    border[:, 1:] |= large[:, 1:] != large[:, :-1]
    border[1:] |= large[1:] != large[:-1]
    border[:, :-1] |= border[:, 1:]
    border[:-1] |= border[1:]
    rgb[border] = INK
    picture = Image.fromarray(rgb)
    draw = ImageDraw.Draw(picture)
    font, side = ImageFont.load_default(32), len(large)
    taken = [(x * side, (1 - y) * side) for x, y in plane.places.tolist()]
    for kind in range(CLASSES):
        mine = answers == kind
        if mine.mean() >= LABELLED:
            draw.text(_middle_of(mine, taken), str(kind), INK, font, "mm")
    for letter, (x, y) in zip(LETTERS, taken, strict=True):
        draw.ellipse((x - 21, y - 21, x + 21, y + 21), "white", INK, 3)
        draw.text((x, y), letter, INK, font, "mm")
    return encode_png(np.asarray(picture))


def _middle_of(region: np.ndarray, taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The point of a region that is farthest from its border and from what is drawn already, in px."""
    room = distance_transform_edt(np.pad(region, 1))[1:-1, 1:-1]
    rows, columns = np.indices(region.shape)
    for x, y in taken:
        near = np.hypot(columns * LARGE - x, rows * LARGE - y) / LARGE
        room = np.where(region, np.minimum(room, np.maximum(near - 4, 0.01)), 0)
    row, column = np.unravel_index(int(room.argmax()), room.shape)
    return (int(column) + 0.5) * LARGE, (int(row) + 0.5) * LARGE
