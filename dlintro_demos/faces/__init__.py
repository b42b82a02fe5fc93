"""Friends in photos: find faces, suggest who it is, say why, and forget on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="faces",
    title="Friends in photos",
    tagline="Name a friend once, and it suggests them in other photos, shows why, and says when it does "
    "not know.",
    chapter=Chapter.DAILY_LIFE,
    icon=":material/groups:",
    models=("mtcnn", "dlib_face_recognition"),
    talking_points=(
        "Find and recognise are two networks: the first says where a face is, the second turns it into "
        "128 numbers. Nobody's name is in either of them.",
        "Name both people in “Together”, then open “Dark” and “Upside down”: the distance grows, and past "
        "the threshold the machine says that it does not know. Slide the threshold: strangers get tagged.",
        "Ask who may do this to whose photos. Then press “Forget this person”.",
    ),
    modes={
        "An album": "look-at=An+album",
        "A video": "look-at=A+video",
    },
    minutes=8,
    questions=(
        "Finding and recognising are two networks. What does each of them do?",
        "What happens to the distance in the dark, and upside down? What if you move the threshold?",
        "Who may do this to whose photos?",
    ),
    stops=(
        Stop(
            part=Part.DAILY_LIFE,
            words="A phone sorts photos by people: name somebody once, and it suggests them, or says "
            "that it does not know.",
            query="sample=together",
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Load both networks and run them once. Raises `ModelUnavailable`."""
    import numpy as np

    from dlintro_demos.faces.analysis import drawn_face, find_faces
    from dlintro_demos.faces.lettering import load_fonts

    load_fonts()
    cache.warm(["mtcnn", "dlib_face_recognition"])
    blank = np.full((240, 320, 3), 127, np.uint8)
    find_faces("blank", blank, cache)
    drawn_face("blank/0", blank, (80.0, 60.0, 200.0, 180.0), cache)
