"""The classical way: Otsu's threshold, distances to the edge, and a watershed from the deepest places.

Otsu 1979 for the threshold, Beucher and Lantuéjoul 1979 for the watershed. The numbers below were chosen on
the same pictures as the network's thresholds, by `python -m training.medicine.nuclei classical`. Tried
on the stained ones and no better there: the red channel, the haematoxylin of a colour deconvolution, the
darkest of three classes.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from scipy.ndimage import binary_fill_holes
from skimage.feature import peak_local_max
from skimage.measure import label
from skimage.morphology import remove_small_objects
from skimage.segmentation import watershed

from dlintro_demos.medicine.nuclei.kinds import Kind, kind_of

BLUR = 1.0
"""px: the picture is smoothed so far before its threshold is looked for."""
APART: Mapping[Kind, int] = {"fluorescence": 5, "stained": 7}
"""px: two places are two nuclei if they are farther apart than this."""
SMALLEST: Mapping[Kind, int] = {"fluorescence": 20, "stained": 40}
"""px: fewer are no nucleus."""


def find_by_threshold(
    rgb: np.ndarray, *, blur: float = BLUR, apart: int | None = None, smallest: int | None = None
) -> np.ndarray:
    """(h, w, 3) uint8 to labels (h, w) int32; nuclei are what covers less of the picture, bright or dark.

    `apart` and `smallest` are by kind of picture unless they are given.
    """
    apart = APART[kind_of(rgb)] if apart is None else apart
    smallest = SMALLEST[kind_of(rgb)] if smallest is None else smallest
    grey = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), blur)
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    inside = grey > threshold
    if inside.mean() > 0.5:
        inside = ~inside
    inside = remove_small_objects(binary_fill_holes(inside), max_size=smallest)
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    depth = cv2.GaussianBlur(depth, (0, 0), 1)
    deepest = peak_local_max(depth, min_distance=apart, labels=label(inside), exclude_border=False)
    seeds = np.zeros(grey.shape, np.int32)
    seeds[tuple(deepest.T)] = np.arange(1, len(deepest) + 1)
    return np.asarray(watershed(-depth, seeds, mask=inside), np.int32)
