"""The bundled pictures: photographs out of scikit-image, drawings of our own, and three that must fail."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from PIL import Image

from dlintro_demos.super_resolution import drawings
from dlintro_demos.super_resolution.degrade import area_average

SCALE = 4  # the small picture is the original's mean over blocks of 4 x 4 pixels
OUR_OWN = "Drawing: drawn by this gallery's own program, CC0"


class SamplesUnavailable(RuntimeError):
    """The bundled photographs are not where they should be; the message says the way out."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A bundled picture: what to show, and the original it was made from.

    `method` is the recommended key of `METHODS`; `lesson` says, for a picture of kind "limit", what fails and
    why, and is empty for the others. `original` makes the truth.
    """

    key: str
    title: str
    alt: str
    credit: str
    licence: str
    kind: Literal["photo", "drawing", "limit"]
    method: Literal["ours", "compact", "photographic"]
    original: Callable[[], np.ndarray] = field(repr=False)
    lesson: str = ""

    def load(self) -> np.ndarray:
        """The small picture to enlarge, (H, W, 3) uint8 sRGB; read-only. May raise `SamplesUnavailable`."""
        return _small(self.original)

    def truth(self) -> np.ndarray:
        """What it was made from, (4H, 4W, 3) uint8 sRGB; read-only. May raise `SamplesUnavailable`."""
        return _original(self.original)


@cache
def _original(original: Callable[[], np.ndarray]) -> np.ndarray:
    return _read_only(original())


@cache
def _small(original: Callable[[], np.ndarray]) -> np.ndarray:
    return _read_only(area_average(_original(original), SCALE))


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


def _photograph(name: str, box: tuple[int, int, int, int], size: tuple[int, int] | None = None) -> np.ndarray:
    """`box` (left, top, right, bottom) of a photograph in scikit-image, made smaller to `size` if given.

    The package is looked up, not imported: importing it costs a second.
    """
    spec = importlib.util.find_spec("skimage")
    way_out = "run: pip install scikit-image"
    if spec is None or not spec.submodule_search_locations:
        raise SamplesUnavailable(
            f"The sample photographs come with scikit-image, which is missing; {way_out}"
        )
    path = Path(spec.submodule_search_locations[0]) / "data" / name
    if not path.is_file():
        raise SamplesUnavailable(f"scikit-image is here without its picture {name}; {way_out}")
    with Image.open(path) as file:
        rgb = np.array(file.convert("RGB").crop(box))
    return rgb if size is None else cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)


SAMPLES: tuple[Sample, ...] = (
    Sample(
        key="astronaut",
        title="Astronaut",
        alt="A smiling astronaut in an orange suit, between a flag and a model of the space shuttle",
        credit="Photo: Eileen Collins, by NASA, public domain",
        licence="Public domain",
        kind="photo",
        method="ours",
        original=partial(_photograph, "astronaut.png", (0, 0, 512, 448)),
    ),
    Sample(
        key="coffee",
        title="Coffee",
        alt="Espresso in a red cup, with a spoon on a red saucer, on a wooden table",
        credit="Photo: by Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0",
        licence="CC0",
        kind="photo",
        method="ours",
        original=partial(_photograph, "coffee.png", (40, 0, 520, 400)),
    ),
    Sample(
        key="cat",
        title="Cat",
        alt="The face of a tabby cat with green eyes, looking to the right",
        credit="Photo: Chelsea the cat, by Stéfan van der Walt, CC0",
        licence="CC0",
        kind="photo",
        method="photographic",
        original=partial(_photograph, "chelsea.png", (16, 0, 448, 300)),
    ),
    Sample(
        key="retina",
        title="Inside an eye",
        alt="The back of a human eye: fine red vessels on orange, around a darker spot",
        credit="Photo: by Mikael Häggström, CC0; our networks have learned from it",
        licence="CC0",
        kind="photo",
        method="ours",
        original=partial(_photograph, "retina.jpg", (250, 330, 1146, 1002)),
    ),
    Sample(
        key="cartoon",
        title="Cartoon",
        alt="A drawing: a robot flies a kite on a green hill, a ginger cat watches",
        credit=OUR_OWN,
        licence="CC0",
        kind="drawing",
        method="compact",
        original=drawings.cartoon,
    ),
)

LIMITS: tuple[Sample, ...] = (
    Sample(
        key="small-text",
        title="Small text",
        alt="A medicine label of five lines of text, each smaller than the one above",
        credit=OUR_OWN,
        licence="CC0",
        kind="limit",
        method="compact",
        original=drawings.medicine_label,
        lesson="The small lines become strokes that only look like letters and digits: a few pixels do not "
        "hold a digit, and the network has never learnt to read.",
    ),
    Sample(
        key="small-face",
        title="Small face",
        alt="A smiling astronaut in an orange suit, her face only about eighteen pixels wide",
        credit="Photo: Eileen Collins, by NASA, public domain",
        licence="Public domain",
        kind="limit",
        method="photographic",
        original=partial(_photograph, "astronaut.png", (64, 0, 448, 320), (288, 240)),
        lesson="Eyes and mouth are guesses: a face eighteen pixels wide does not hold them, so the network "
        "draws a stranger.",
    ),
    Sample(
        key="fine-pattern",
        title="Fine pattern",
        alt="A drawing: rows of windows on a long building, ever finer towards the distance",
        credit=OUR_OWN,
        licence="CC0",
        kind="limit",
        method="photographic",
        original=drawings.long_building,
        lesson="The distant windows are finer than the pixels of the small picture, so they are not in it: "
        "the network draws bars and blinds in their place.",
    ),
)
