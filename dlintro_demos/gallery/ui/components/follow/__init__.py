"""A big screen that follows the presenter: asks where the stage is, and says so when it has moved."""

from __future__ import annotations

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

_mount = component(__file__)


def follow(*, version: int) -> None:
    """Have the page run again when the stage is no longer at `version`; the key F fills the screen."""
    _mount(key="follow", data={"version": version}, on_moved_change=wait_for_the_run)
