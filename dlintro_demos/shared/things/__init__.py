"""Things that this gallery draws by a program, each time a little different: apples, balls, cups and more.

Synthetic on purpose: no photograph has to be licensed, and there are as many as a lesson needs. The forms
are in `grown.py` and `made.py`, light and paint in `shading.py`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from dlintro_demos.shared.things import grown, made
from dlintro_demos.shared.things.outlines import Shape
from dlintro_demos.shared.things.shading import Pose, paint

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (206, 34, 40),
    "orange": (240, 128, 28),
    "yellow": (244, 204, 44),
    "green": (104, 168, 48),
    "blue": (44, 104, 206),
    "purple": (140, 66, 176),
    "white": (234, 232, 226),
}
"""RGB of the colour names; a drawn thing is near its colour, lighter and darker by the light on it."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A kind of thing: `title` is one of them ("apple"), `phrase` with its article, `plural` many.

    `colours` are those that it comes in, by name, when none is asked for; `turns` is how far it may lie
    turned, in degrees to either side.
    """

    key: str
    title: str
    phrase: str
    plural: str
    colours: tuple[str, ...]
    turns: float
    shape: Shape


def _thing(
    key: str, shape: Shape, colours: str, *, turns: float, phrase: str = "", plural: str = ""
) -> Thing:
    return Thing(
        key=key,
        title=key,
        phrase=phrase or f"a {key}",
        plural=plural or f"{key}s",
        colours=tuple(colours.split()),
        turns=turns,
        shape=shape,
    )


# The colours overlap on purpose: none of them tells what a thing is.
THINGS: dict[str, Thing] = {
    thing.key: thing
    for thing in (
        _thing("apple", grown.apple, "red green red yellow green", turns=35, phrase="an apple"),
        _thing("ball", made.ball, "red green yellow blue orange white", turns=180),
        _thing("banana", grown.banana, "yellow yellow yellow green", turns=180),
        _thing("pear", grown.pear, "green yellow green red", turns=40),
        _thing("cup", made.cup, "red blue white yellow green", turns=10),
        _thing("star", grown.star, "yellow red blue orange green", turns=180),
        _thing("leaf", grown.leaf, "green green yellow red orange", turns=180, plural="leaves"),
        _thing("fish", grown.fish, "orange blue red yellow green", turns=40, plural="fish"),
        _thing("car", made.car, "red blue yellow green white", turns=8),
        _thing("house", made.house, "white yellow red blue orange", turns=4),
    )
}


def draw(
    key: str, seed: int, *, side: int = 224, colour: str | None = None, flat: bool = False
) -> np.ndarray:
    """One thing before a table, paper or a wall: (side, side, 3) uint8 RGB, the same for the same arguments.

    Form, size, place, turn, shade and light vary with the seed; so does the colour, unless it is given. Flat:
    plain areas on white paper, as with a felt-tip pen.

    Raises:
        KeyError: no such thing in `THINGS`.
        ValueError: no such colour in `COLOURS`, a side below 8 px, or a negative seed.
    """
    thing = THINGS[key]
    if colour is not None and colour not in COLOURS:
        raise ValueError(f"No colour {colour!r}; there are {', '.join(COLOURS)}.")
    if side < 8:
        raise ValueError(f"A side of at least 8 px, not {side}.")
    rng = np.random.default_rng([zlib.crc32(key.encode()), seed])
    name = colour or thing.colours[int(rng.integers(len(thing.colours)))]
    base = np.array(COLOURS[name], np.float32) * rng.uniform(0.86, 1.08) + rng.normal(0, 7, 3)
    size = rng.uniform(0.27, 0.43)
    room = 0.47 - size
    pose = Pose(
        x=side * (0.5 + rng.uniform(-room, room)),
        y=side * (0.5 + rng.uniform(-room, room)),
        size=side * size,
        turn=float(np.radians(rng.uniform(-thing.turns, thing.turns))),
        mirrored=bool(rng.random() < 0.5),
    )
    return paint(thing.shape(rng, base.astype(np.float32)), pose, side, rng, flat=flat)
