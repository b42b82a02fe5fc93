"""The visitor's camera for a few seconds: words to say, a countdown, and a video among the page's uploads."""

from __future__ import annotations

from collections.abc import Sequence

from dlintro_demos.gallery.ui.components.component import CAMERA, component

LEAD_MS, SAY_MS, REST_MS = 400, 2600, 400
"""How long the camera runs before, while and after the words are said."""

_mount = component(__file__, scripts=(CAMERA, "recorder"))


def recorder(words: Sequence[str], *, bring: str, key: str) -> None:
    """Offer to record `words`, one lit after the other; the video goes where `bring_file(name=bring)` is.

    Nothing comes back from here: it is a file like any other, with the same checks.
    """
    _mount(
        key=key,
        data={
            "words": list(words),
            "bring": f".st-key-bring-one-{bring}",
            "lead": LEAD_MS,
            "say": SAY_MS,
            "rest": REST_MS,
        },
    )
