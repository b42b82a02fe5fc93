"""A sheet of the worst pictures: the truth, the network and the classical way beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.medicine.nuclei.classical import find_by_threshold
from dlintro_demos.medicine.nuclei.finding import Found
from dlintro_demos.medicine.nuclei.pictures import AGREED, CLASSICAL, OURS, draw, outlines_of
from training.medicine.nuclei.evaluation import Score, f1
from training.medicine.nuclei.pictures import Labelled

_SIZE = (480, 380)


def write_sheet(measured: Sequence[tuple[Labelled, Score, Score, Found]], path: Path, count: int = 5) -> None:
    """PNG: one row for each of the `count` pictures of lowest F1 by the network; their names are printed."""
    worst = sorted(measured, key=lambda each: f1([each[1]]))[:count]
    rows = []
    for picture, ours, theirs, found in worst:
        print(f"{picture.name} ({picture.kind}): network {ours}, threshold {theirs}")
        truth = outlines_of(picture.labels.astype(np.int32))
        views = (
            draw(picture.rgb, [(truth, AGREED)]),
            draw(picture.rgb, [(found.stars.outlines, OURS)]),
            draw(picture.rgb, [(outlines_of(find_by_threshold(picture.rgb)), CLASSICAL)]),
        )
        rows.append(np.hstack([cv2.resize(view, _SIZE, interpolation=cv2.INTER_AREA) for view in views]))
    path.write_bytes(encode_png(np.vstack(rows)))
