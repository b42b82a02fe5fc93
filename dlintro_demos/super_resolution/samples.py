"""The pictures that come with the page. Origins and licences: LICENSES.md beside this file."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dlintro_demos.super_resolution.degrade import Degradation, degrade
from dlintro_demos.super_resolution.drawing import draw_scene

Box = tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A bundled picture: what goes in, and the original it was made from.

    `alt` is for those who do not see the picture; `shows` says, for a limit, what to look for.
    """

    key: str
    title: str
    alt: str
    credit: str
    licence: str
    kind: Literal["photo", "drawing", "limit"]
    method: Literal["compact", "photographic"] = "compact"
    shows: str = ""
    original: Callable[[], np.ndarray] = field(repr=False)

    def truth(self) -> np.ndarray:
        """The original (H, W, 3) uint8, sides at most 512 and multiples of 4. A copy: yours to change."""
        return _truth(self.original).copy()

    def load(self) -> np.ndarray:
        """The input (H / 4, W / 4, 3) uint8: each pixel the mean of 4x4 of the original."""
        return degrade(_truth(self.original), Degradation(scale=4))


@functools.lru_cache(maxsize=16)
def _truth(original: Callable[[], np.ndarray]) -> np.ndarray:
    return original()


def _photo(name: str, box: Box, shrink: int = 1) -> Callable[[], np.ndarray]:
    """A part (left, top, right, bottom) of one of scikit-image's pictures, `shrink` times smaller."""

    def read() -> np.ndarray:
        # looked up, not imported: importing scikit-image takes a second
        spec = importlib.util.find_spec("skimage")
        if spec is None or not spec.submodule_search_locations:
            raise FileNotFoundError("The sample photos come with scikit-image: pip install scikit-image")
        path = Path(spec.submodule_search_locations[0]) / "data" / name
        with Image.open(path) as image:
            part = image.convert("RGB").crop(box)
            size = ((box[2] - box[0]) // shrink, (box[3] - box[1]) // shrink)
            return np.asarray(part.resize(size, Image.Resampling.BOX))

    return read


def _text() -> np.ndarray:
    """Small print: in the input its letters are five pixels tall. Pillow's built-in typeface."""
    image = Image.new("RGB", (512, 128), "#fbf9f4")
    draw = ImageDraw.Draw(image)
    for line, y in (("The quick brown fox jumps over 17 lazy dogs", 8),
                    ("Total  £ 1,486.39    Paid 28.06.2019", 48),
                    ("ILLEGIBLE? Read it: B8 5S 0O rn m cl d", 88)):  # fmt: skip
        draw.text((10, y), line, fill="#26262b", font=ImageFont.load_default(23))
    return np.asarray(image)


def _patterns() -> np.ndarray:
    """Stripes that fan out, a check and a weave, faint, finer and finer until the input cannot hold them."""
    side = 256
    y, x = np.mgrid[0:side, 0 : 2 * side].astype(np.float32)
    fan = np.sin(np.arctan2(y - side / 2, x + 24) * 170)
    fine = np.sin(x * (0.25 + x / 700)) * np.sin(y * (0.25 + x / 700))
    wave = np.where(x < side, fan, fine)
    tint = np.where((x < side)[..., None], np.float32([196, 182, 158]), np.float32([150, 176, 190]))
    return np.clip(tint + 34 * wave[..., None], 0, 255).astype(np.uint8)


_SCIKIT = "scikit-image's sample pictures"
_OWN = "Drawn by a program of this gallery"

SAMPLES: tuple[Sample, ...] = (
    Sample(
        key="cat",
        title="Chelsea the cat",
        alt="A tabby cat with green eyes looks past the camera.",
        credit=f"Photo: Stefan van der Walt, CC0, from {_SCIKIT}",
        licence="CC0",
        kind="photo",
        original=_photo("chelsea.png", (0, 0, 448, 300)),
    ),
    Sample(
        key="drawing",
        title="Cartoon",
        alt="A drawn orange cat sits on a green hill with a tree, a house, a kite and the sun.",
        credit=f"{_OWN}, CC0",
        licence="CC0",
        kind="drawing",
        original=draw_scene,
    ),
    Sample(
        key="astronaut",
        title="Astronaut",
        alt="Eileen Collins in an orange space suit, smiling, before a model of the space shuttle.",
        credit=f"Photo: NASA (Eileen Collins), public domain, from {_SCIKIT}",
        licence="Public domain",
        kind="photo",
        original=_photo("astronaut.png", (0, 0, 512, 512)),
    ),
    Sample(
        key="coffee",
        title="Coffee",
        alt="An espresso in a red cup on a wooden table, a spoon on the saucer.",
        credit=f"Photo: Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0, from {_SCIKIT}",
        licence="CC0",
        kind="photo",
        original=_photo("coffee.png", (64, 0, 576, 400)),
    ),
    Sample(
        key="rocket",
        title="Rocket",
        alt="A rocket stands lit between lattice towers at dusk.",
        credit=f"Photo: SpaceX (DSCOVR launch), public domain, from {_SCIKIT}",
        licence="Public domain",
        kind="photo",
        original=_photo("rocket.jpg", (64, 0, 576, 424)),
    ),
)

LIMITS: tuple[Sample, ...] = (
    Sample(
        key="small-text",
        title="Small text",
        alt="Three lines of very small print.",
        credit=f"{_OWN}, CC0",
        licence="CC0",
        kind="limit",
        shows="The strokes come out crisp, the letters wrong: it draws what letters tend to look like.",
        original=_text,
    ),
    Sample(
        key="small-face",
        title="A tiny face",
        alt="A smiling face, about fifteen pixels wide.",
        credit=f"Photo: NASA (Eileen Collins), public domain, from {_SCIKIT}",
        licence="Public domain",
        kind="limit",
        method="photographic",
        shows="Eyes and teeth appear that the few pixels never held: it is a face, but nobody's.",
        original=_photo("astronaut.png", (64, 0, 384, 320), shrink=2),
    ),
    Sample(
        key="fine-patterns",
        title="Fine patterns",
        alt="Faint stripes that fan out, and a faint check that gets finer to the right.",
        credit=f"{_OWN}, CC0",
        licence="CC0",
        kind="limit",
        shows="Where stripes are finer than the pixels it draws others, in another direction.",
        original=_patterns,
    ),
)
