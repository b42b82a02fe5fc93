"""A visit that was cut short: what a browser keeps of a player's name, and a word to say what is gone."""

from __future__ import annotations

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

_mount = component(__file__)


def keepsake(secret: str, *, left: bool, visit: str) -> object:
    """Have the browser keep `secret`, or nothing any more where the player has `left`.

    With neither, gives what the browser says that it kept, once in each `visit`: after a lost connection a
    page that was never closed may be in another one, and then says so. None where it kept nothing.
    """
    data = {"secret": secret, "left": left, "visit": visit}
    return _mount(key="keepsake", data=data, on_kept_change=wait_for_the_run).kept
