"""The camera live: the visitor's browser sends one picture after the other, and shows what comes back.

Nothing of WebRTC: pictures go to a route of this server (`live_route.py`), and pass where the page passed.
"""

from __future__ import annotations

from dataclasses import dataclass

from dlintro_demos.gallery.runtime.live import Work
from dlintro_demos.gallery.ui.components.component import CAMERA, component, wait_for_the_run
from dlintro_demos.gallery.ui.session import visitor

_mount = component(__file__, scripts=(CAMERA, "live_camera"))


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A button to hold while pictures are recorded: `key` comes to the work as what was said, as `record`."""

    key: str
    label: str


def live_camera(work: Work, *, side: int, key: str, hold: Hold | None = None) -> int | None:
    """Show the camera, and what `work` makes of each picture, whose longer side is `side` px.

    `work` runs in the server's own thread, not in the page, after the page has run: it may use only what is
    safe there. It gives any of `words` (the answer in large letters), `more` (a quiet line), `bars` (name,
    share from 0 to 1, value in words), `boxes` (`box` as shares of the picture: left, top, right, bottom;
    `label`; `level`: sure, maybe or unknown), `picture` (a data URL) with its `alt`, `problem`, and
    `recorded`, how many pictures were recorded so far.

    Returns what was recorded, by the browser's word, after the button was let go: the work knows better.
    """
    data = {
        "address": visitor().watch(work),
        "side": side,
        "hold": {"key": hold.key, "label": hold.label} if hold else None,
    }
    recorded = _mount(key=key, data=data, on_recorded_change=wait_for_the_run).recorded
    return recorded if isinstance(recorded, int) else None
