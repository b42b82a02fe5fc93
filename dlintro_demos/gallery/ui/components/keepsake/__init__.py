"""What a browser keeps of a player's name, so that a visit that was cut short goes on under it."""

from __future__ import annotations

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

_mount = component(__file__)


def keepsake(secret: str, *, left: bool) -> object:
    """Have the browser keep `secret`, or nothing any more where the player has `left`.

    With neither, gives what the browser says that it kept, once; None where it kept nothing.
    """
    return _mount(key="keepsake", data={"secret": secret, "left": left}, on_kept_change=wait_for_the_run).kept
