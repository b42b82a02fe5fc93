"""The visitor's camera: their lips live, words to say, a countdown, and a video among the page's uploads."""

from __future__ import annotations

from collections.abc import Sequence

from dlintro_demos.gallery.runtime.live import Work
from dlintro_demos.gallery.ui.components.component import CAMERA, component
from dlintro_demos.gallery.ui.session import visitor

LEAD_MS, SAY_MS, REST_MS = 400, 2600, 400
"""How long it records before, while and after the words are said."""

_mount = component(__file__, scripts=(CAMERA, "curve", "recorder"))


def recorder(words: Sequence[str], *, bring: str, work: Work, sides: tuple[int, int], key: str) -> None:
    """Offer to record `words`, one lit after the other; the video goes where `bring_file(name=bring)` is.

    Nothing comes back from here: it is a file like any other, with the same checks. While the camera runs,
    `work` (`lip_reading/live.py`) answers pictures of `sides` px, the first to follow a face in, the second
    to look for one; without answers it records all the same.
    """
    _mount(
        key=key,
        data={
            "words": list(words),
            "bring": f".st-key-bring-one-{bring}",
            "address": visitor().watch(work),
            "follow": sides[0],
            "whole": sides[1],
            "lead": LEAD_MS,
            "say": SAY_MS,
            "rest": REST_MS,
        },
    )
