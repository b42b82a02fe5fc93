"""Pictures that are none of nuclei: to measure how many of them are refused."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from dlintro_demos.medicine.nuclei.samples import page_of_text, photograph
from dlintro_demos.shared.things import THINGS
from dlintro_demos.shared.things import draw as draw_thing
from training.medicine.nuclei.pictures import Part

REPOSITORY = Path(__file__).parents[3]
PHOTOGRAPHS = (
    "astronaut.png", "brick.png", "camera.png", "chelsea.png", "chessboard_GRAY.png", "clock_motion.png",
    "coffee.png", "coins.png", "color.png", "grass.png", "gravel.png", "horse.png", "hubble_deep_field.jpg",
    "logo.png", "moon.png", "motorcycle_left.png", "page.png", "phantom.png", "retina.jpg", "rocket.jpg",
    "text.png",
)  # fmt: skip
"""scikit-image's, all that are no microscope's; only measured on."""


def others(part: Part) -> Iterator[tuple[str, np.ndarray]]:
    """Names and pictures (h, w, 3) uint8. Every third photograph of the repository is measured on, every
    third chosen on, the others learned from; scikit-image's are all measured on.
    """
    which = ("measure", "choose", "learn").index(part)
    photographs = sorted((REPOSITORY / "dlintro_demos/feature_layers/pictures").glob("*.webp"))
    for path in photographs[which::3]:
        yield path.stem, cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    for number, thing in enumerate(sorted(THINGS)):
        if number % 3 == which:
            yield f"drawn {thing}", draw_thing(thing, number)
    if part != "measure":
        return
    for name in PHOTOGRAPHS:
        yield name, photograph(name)
    yield "page of text", page_of_text()
    folder = importlib.util.find_spec("sklearn").submodule_search_locations[0]
    for name in ("china.jpg", "flower.jpg"):
        yield name, cv2.cvtColor(cv2.imread(str(Path(folder) / "datasets/images" / name)), cv2.COLOR_BGR2RGB)
