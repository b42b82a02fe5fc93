"""Friends in photos: find faces, suggest who it is, say why, and forget on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlintro_demos.runtime.model_cache import ModelCache


def warm_up(cache: ModelCache) -> None:
    """Load both networks and run them once. Raises `ModelUnavailable`."""
    import numpy as np

    from dlintro_demos.faces.analysis import drawn_face, find_faces

    cache.warm(["mtcnn", "dlib_face_recognition"])
    blank = np.full((240, 320, 3), 127, np.uint8)
    find_faces("blank", blank, cache)
    drawn_face("blank/0", blank, (80.0, 60.0, 200.0, 180.0), cache)
