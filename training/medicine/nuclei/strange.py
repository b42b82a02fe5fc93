"""Telling microscope pictures from others: a logistic regression on the classifier's embedding.

Learned from the pictures that the network learned from, as they are and in other colours, and from a third
of the repository's photographs and drawn things, whole, in grey, in parts and in other colours.

Tried for brown stains, which it refuses: with the haematoxylin of a colour deconvolution alone
(`skimage.color.rgb2hed`) the network outlines 326 nuclei in scikit-image's `ihc`, where it finds 25 without.
That picture's log odds fall from 2.7 to 1.0, which is stranger than fruit, flowers and snow presented so
(-1.1 to 0.3), and no labelled picture in brown is at hand to measure a count by. So it stays refused.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.nuclei.network import StarNet
from dlintro_demos.medicine.nuclei.strangeness import look_of
from training.medicine.nuclei.others import others
from training.medicine.nuclei.patches import recolour
from training.medicine.nuclei.pictures import Labelled

ACCEPTED = 0.98
"""Share of the microscope pictures to choose by that are not refused."""


def learn_strangeness(network: StarNet, pictures: Sequence[Labelled], cache: ModelCache) -> float:
    """Put the regression into the network's buffers; the threshold, by the pictures to choose by."""
    generator = np.random.default_rng(18)
    usual = [each for each in pictures if each.part == "learn"]
    looks = [look_of(each.rgb, cache) for each in usual if each.kind == "stained" or generator.random() < 0.3]
    looks += [
        look_of(_other_colours(each.rgb, each.kind == "fluorescence", generator), cache)
        for each in usual
        if each.kind == "stained" or generator.random() < 0.2
    ]
    strange = [look_of(seen, cache) for _, rgb in others("learn") for seen in _changed(rgb, generator)]
    regression = LogisticRegression(C=10.0, class_weight="balanced", max_iter=3000)
    regression.fit(np.stack([*looks, *strange]), np.repeat([0, 1], [len(looks), len(strange)]))
    network.strange_weight.copy_(torch.from_numpy(regression.coef_[0]).float())
    network.strange_bias.copy_(torch.from_numpy(regression.intercept_).float())
    chosen = [look_of(each.rgb, cache) for each in pictures if each.part == "choose"]
    return float(np.quantile(regression.decision_function(np.stack(chosen)), ACCEPTED))


def _changed(rgb: np.ndarray, generator: np.random.Generator) -> list[np.ndarray]:
    """A picture that is no microscope's: whole, in grey, a part of it, and that in other colours."""
    height, width = rgb.shape[:2]
    top, left = generator.integers(height // 2 + 1), generator.integers(width // 2 + 1)
    part = np.ascontiguousarray(rgb[top : top + height // 2, left : left + width // 2])
    grey = np.repeat(rgb.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    return [rgb, grey, part, _other_colours(part, bool(generator.random() < 0.3), generator)]


def _other_colours(rgb: np.ndarray, grey: bool, generator: np.random.Generator) -> np.ndarray:
    pixels = recolour(rgb.astype(np.float32) / 255, grey, generator)
    return (np.clip(pixels, 0, 1) * 255).astype(np.uint8)
