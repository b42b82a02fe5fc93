"""What the faces tests share: the real networks, and a photograph that may be shown."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import skimage
from PIL import Image

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY

CARDS = read_cards(REPOSITORY / "models")


@cache
def real_cache() -> ModelCache:
    return ModelCache(CARDS)


@cache
def astronaut() -> np.ndarray:
    """Eileen Collins, by NASA, public domain: (512, 512, 3) uint8."""
    with Image.open(Path(skimage.__file__).parent / "data" / "astronaut.png") as image:
        return np.array(image.convert("RGB"))
