"""Pictures to begin with: some of scikit-image's, some that this program draws, and some that must fail."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dlintro_demos.medicine.nuclei.drawn import Drawn, draw

OUR_OWN = "Drawing: by this gallery's own program, CC0; it knows how many nuclei it drew"
_LINES = (
    "A page of print is black on white,",
    "as stained nuclei are dark on bright.",
    "Its letters are small, round and many,",
    "and there is not one nucleus among",
    "them. Whatever counts here counts",
    "letters, however sure it may be.",
)


class SamplesUnavailable(RuntimeError):
    """A bundled picture is not where it should be; the message says the way out."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A picture to begin with; `drawn` has its truth where this program drew it, `lesson` says what fails."""

    key: str
    title: str
    alt: str
    credit: str
    make: Callable[[], np.ndarray] | None = field(default=None, repr=False)
    draw: Callable[[], Drawn] | None = field(default=None, repr=False)
    lesson: str = ""

    def load(self) -> np.ndarray:
        """(h, w, 3) uint8 RGB, read-only. May raise `SamplesUnavailable`."""
        if self.draw is not None:
            return self.draw().rgb
        assert self.make is not None
        return _made(self.make)

    @property
    def truth(self) -> np.ndarray | None:
        """(h, w) int32 labels, of a drawing only."""
        return None if self.draw is None else self.draw().labels


@cache
def _made(make: Callable[[], np.ndarray]) -> np.ndarray:
    rgb = make()
    rgb.setflags(write=False)
    return rgb


def photograph(name: str, box: tuple[int, int, int, int] | None = None) -> np.ndarray:
    """A picture in scikit-image, or its `box` (left, top, right, bottom); the package is not imported.

    Raises `SamplesUnavailable`.
    """
    spec = importlib.util.find_spec("skimage")
    folder = spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else "missing"
    path = Path(folder) / "data" / name
    if not path.is_file():
        raise SamplesUnavailable(
            f"The picture {name} comes with scikit-image, which is missing or lacks it; "
            "run: pip install scikit-image"
        )
    with Image.open(path) as file:
        return np.array(file.convert("RGB").crop(box) if box else file.convert("RGB"))


def page_of_text() -> np.ndarray:
    """Six lines of print, (360, 480, 3) uint8 RGB."""
    page = Image.new("RGB", (480, 360), (244, 240, 232))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(24)
    for number, line in enumerate(_LINES):
        pen.text((24, 28 + 52 * number), line, fill=(30, 28, 32), font=font)
    return np.array(page)


SAMPLES: tuple[Sample, ...] = (
    Sample(
        key="crowded",
        title="Drawn, crowded",
        alt="Ninety bright nuclei on a dark ground, in clumps, many of which touch",
        credit=OUR_OWN,
        draw=partial(draw, "fluorescence", 3, count=90, crowded=True),
    ),
    Sample(
        key="tissue",
        title="Drawn, stained",
        alt="Seventy purple nuclei on pink tissue",
        credit=OUR_OWN,
        draw=partial(draw, "stained", 3, count=70),
    ),
    Sample(
        key="shadow",
        title="Drawn, in shadow",
        alt="Sixty purple nuclei on pink tissue, lit from the left, in shadow on the right",
        credit=OUR_OWN,
        draw=partial(draw, "stained", 3, count=60, uneven=True),
    ),
    Sample(
        key="spread",
        title="Drawn, apart",
        alt="Sixty bright nuclei on a dark ground, each apart from the others",
        credit=OUR_OWN,
        draw=partial(draw, "fluorescence", 3, count=60),
    ),
)

LIMITS: tuple[Sample, ...] = (
    Sample(
        key="glands",
        title="Bowel tissue",
        alt="Glands of a bowel under the microscope: blue nuclei, and brown where a protein was marked",
        credit="Photo: colonic glands, by the Center for Microscopy and Molecular Imaging (CMMI), "
        "no known copyright restrictions",
        make=partial(photograph, "ihc.png"),
        lesson="Real tissue, but in a brown stain that it has never seen. The threshold counts the brown.",
    ),
    Sample(
        key="cell",
        title="One cell",
        alt="A single large cell, bright on grey, in a hologram",
        credit="Photo: a cell in saline, quantitative phase, by Paul Müller and others, CC0",
        make=partial(photograph, "cell.png"),
        lesson="A hologram of one cell, hundreds of pixels wide: neither the kind of picture nor the size "
        "that it learned from.",
    ),
    Sample(
        key="cat",
        title="A cat",
        alt="The face of a tabby cat with green eyes",
        credit="Photo: Chelsea the cat, by Stéfan van der Walt, CC0",
        make=partial(photograph, "chelsea.png"),
        lesson="No nuclei here. A program that always answers would count some in the fur.",
    ),
    Sample(
        key="page",
        title="A page",
        alt="Six lines of black print on pale paper",
        credit=OUR_OWN.split(";")[0],
        make=page_of_text,
        lesson="Letters are small and dark, as stained nuclei are.",
    ),
    Sample(
        key="galaxies",
        title="Galaxies",
        alt="Hundreds of bright galaxies on black, in a photograph by the Hubble telescope",
        credit="Photo: Hubble deep field, by NASA, public domain",
        make=partial(photograph, "hubble_deep_field.jpg", (0, 0, 512, 512)),
        lesson="Bright spots on black, like nuclei that glow.",
    ),
)


def sample(key: str) -> Sample:
    """The sample of that key; raises `KeyError`."""
    return {each.key: each for each in (*SAMPLES, *LIMITS)}[key]
