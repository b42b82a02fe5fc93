"""Whether the count can be believed: is it a microscope picture, with nuclei of a size that was measured?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.nuclei.finding import LARGEST, MODEL, SMALLEST, Found
from dlintro_demos.medicine.nuclei.strangeness import strangeness_of
from dlintro_demos.medicine.nuclei.stretching import LEAST
from dlintro_demos.shared.imagenet import MODEL as CLASSIFIER

MODELS = (MODEL, CLASSIFIER)
"""What is needed to count and to judge."""
SIDE = 32
"""px: a smaller picture is not judged."""
SMOOTH = 0.5
"""Share of a picture's variance that smoothing by `BLUR` px leaves at least: with less it is grain and
nothing else. Microscope pictures keep most of it, noise next to nothing."""
BLUR = 1.5
Doubt = Literal[
    "", "tiny", "plain", "no microscope", "noise", "none", "unsure", "small nuclei", "large nuclei"
]
WORDS: Mapping[Doubt, str] = {
    "tiny": f"The picture has fewer than {SIDE} pixels on a side: too few to say anything.",
    "plain": "The picture is of one colour nearly everywhere. There is nothing to count.",
    "no microscope": "This does not look like the microscope pictures that it learned from. What it outlines "
    "here are most likely no nuclei.",
    "noise": "This is grain from pixel to pixel, and hardly anything larger. What it outlines here are no "
    "nuclei. If there are some, take the picture with more light.",
    "none": "It finds none here. If there are nuclei, they are too small for it, out of focus, or of a kind "
    "that it does not know.",
    "unsure": "It is unsure of most of what it outlines here. Nuclei may be too small for it, out of "
    "focus, or of a kind that it does not know.",
    "small nuclei": f"Half of these nuclei are smaller than {SMALLEST:.0f} pixels, less than it was measured "
    "on. Enlarge the picture, or take one at a higher magnification.",
    "large nuclei": f"Half of these nuclei are larger than {LARGEST:.0f} pixels, more than it was measured "
    "on. Make the picture smaller.",
}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """`doubt` says why the count is not to be believed, `strangeness` are the log odds that the
    picture is none of a microscope's.
    """

    doubt: Doubt
    strangeness: float

    @property
    def known(self) -> bool:
        """Whether there is no doubt."""
        return not self.doubt

    @property
    def words(self) -> str:
        """The doubt, for a visitor."""
        return WORDS.get(self.doubt, "")


def judge(rgb: np.ndarray, found: Found, cache: ModelCache) -> Judgement:
    """Weigh a picture, (h, w, 3) uint8, and what was found in it; the first doubt counts."""
    strangeness = strangeness_of(rgb, cache)
    return Judgement(
        doubt=_doubt(rgb, found, strangeness, cache.card(MODEL).thresholds), strangeness=strangeness
    )


def _doubt(rgb: np.ndarray, found: Found, strangeness: float, thresholds: Mapping[str, float]) -> Doubt:
    if min(rgb.shape[:2]) < SIDE:
        return "tiny"
    low, high = np.percentile(rgb[::2, ::2], [0.5, 99.8])
    if high - low < 2 * LEAST:
        return "plain"
    if strangeness > thresholds["strangeness"]:
        return "no microscope"
    if not found.count:
        return "none"
    middle = float(np.median(found.diameters))
    if middle < SMALLEST:
        return "small nuclei"
    if middle > LARGEST:
        return "large nuclei"
    if float(np.median(found.stars.sureness)) < thresholds["median_sureness"]:
        return "unsure"
    return "noise" if smoothness(rgb) < SMOOTH else ""


def smoothness(rgb: np.ndarray) -> float:
    """Share of the variance of brightness that smoothing leaves, from 0 to 1; (h, w, 3) uint8."""
    grey = rgb.mean(axis=2, dtype=np.float32)
    return float(cv2.GaussianBlur(grey, (0, 0), BLUR).var() / max(float(grey.var()), 1e-6))
