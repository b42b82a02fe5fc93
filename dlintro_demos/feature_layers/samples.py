"""The bundled photographs with their licences, eight samples to begin with, and three that must fail."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import numpy as np
from PIL import Image

from dlintro_demos.feature_layers import drawings

FOLDER = Path(__file__).with_name("pictures")
OUR_OWN = "Drawing: drawn by this gallery's own program, CC0"


class SamplesUnavailable(RuntimeError):
    """The bundled photographs are not where they should be; the message says the way out."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A bundled photograph; `truth` is the ImageNet-1k class, 0 to 999, of the main thing, if any fits."""

    key: str
    alt: str
    credit: str
    licence: str
    origin: str
    truth: int | None = None

    @property
    def path(self) -> Path:
        """Its file, WebP."""
        return FOLDER / f"{self.key}.webp"

    def load(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB, at most 480 px; read-only. May raise `SamplesUnavailable`."""
        return _bundled(self.path)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A picture to begin with; `lesson` says, for one that must fail, what fails and why."""

    key: str
    title: str
    alt: str
    credit: str
    make: Callable[[], np.ndarray] = field(repr=False)
    lesson: str = ""

    def load(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB; read-only. May raise `SamplesUnavailable`."""
        return _made(self.make)


@cache
def pictures() -> tuple[Picture, ...]:
    """All bundled photographs, in the order of `pictures.toml`."""
    table = tomllib.loads((FOLDER / "pictures.toml").read_text(encoding="utf-8"))
    return tuple(Picture(**entry) for entry in table["pictures"])


def picture(key: str) -> Picture:
    """The bundled photograph of that key; raises `KeyError` where there is none."""
    return {one.key: one for one in pictures()}[key]


@cache
def _bundled(path: Path) -> np.ndarray:
    if not path.is_file():
        raise SamplesUnavailable(
            f"The picture {path.name} is missing from {path.parent}; "
            "get the whole repository again, or run: python -m training.feature_layers.pictures"
        )
    return _read(path)


@cache
def _made(make: Callable[[], np.ndarray]) -> np.ndarray:
    rgb = make()
    rgb.setflags(write=False)
    return rgb


def _read(path: Path) -> np.ndarray:
    with Image.open(path) as file:
        rgb = np.array(file.convert("RGB"))
    rgb.setflags(write=False)
    return rgb


def _photograph(name: str) -> np.ndarray:
    """A photograph in scikit-image; the package is looked up, not imported: importing it costs a second."""
    spec = importlib.util.find_spec("skimage")
    way_out = "run: pip install scikit-image"
    if spec is None or not spec.submodule_search_locations:
        raise SamplesUnavailable(
            f"The sample photographs come with scikit-image, which is missing; {way_out}"
        )
    path = Path(spec.submodule_search_locations[0]) / "data" / name
    if not path.is_file():
        raise SamplesUnavailable(f"scikit-image is here without its picture {name}; {way_out}")
    return _read(path)


def _from_folder(key: str, title: str) -> Sample:
    found = picture(key)
    return Sample(key=key, title=title, alt=found.alt, credit=found.credit, make=found.load)


SAMPLES: tuple[Sample, ...] = (
    Sample(
        key="apple",
        title="Apple",
        alt="A shiny green apple with a stem, on a wooden table",
        credit=OUR_OWN,
        make=drawings.apple,
    ),
    Sample(
        key="cat",
        title="Cat",
        alt="The face of a tabby cat with green eyes, looking to the right",
        credit="Photo: Chelsea the cat, by Stéfan van der Walt, CC0",
        make=partial(_photograph, "chelsea.png"),
    ),
    Sample(
        key="coffee",
        title="Coffee",
        alt="Espresso in a red cup, with a spoon on a red saucer, on a wooden table",
        credit="Photo: by Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0",
        make=partial(_photograph, "coffee.png"),
    ),
    _from_folder("giant-panda", "Panda"),
    _from_folder("citrus-fruits", "Citrus fruit"),
    _from_folder("black-hammer", "Hammer"),
    _from_folder("louvre", "City square"),
    Sample(
        key="traffic-light",
        title="Drawing",
        alt="A drawing of a traffic light that shows red, before houses",
        credit=OUR_OWN,
        make=drawings.traffic_light,
    ),
)

LIMITS: tuple[Sample, ...] = (
    Sample(
        key="astronaut",
        title="A person",
        alt="A smiling astronaut in an orange suit, between a flag and a model of the space shuttle",
        credit="Photo: Eileen Collins, by NASA, public domain",
        make=partial(_photograph, "astronaut.png"),
        lesson="No person is among its thousand classes, so it never says one: it names the helmet and the "
        "suit as things that it was taught, a football helmet or a bobsled, and is sure of none.",
    ),
    Sample(
        key="text",
        title="A page",
        alt="Ten lines of black print on pale paper",
        credit=OUR_OWN,
        make=drawings.page_of_text,
        lesson="It was never taught to read: print is a pattern to it, and it calls the page a web site "
        "or a menu, what such patterns are most often found on in its photographs.",
    ),
    Sample(
        key="purple-apple",
        title="Purple apple",
        alt="A shiny purple apple with a stem, on a table of pink wood",
        credit=OUR_OWN,
        make=drawings.purple_apple,
        lesson="It still says Granny Smith, which is green: that is the only apple among its classes, and "
        "here the form and the shine count for more than the colour.",
    ),
)
