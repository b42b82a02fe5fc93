"""A warning before the tab is closed or loaded anew, while that would lose what the visitor did."""

from __future__ import annotations

from dlintro_demos.gallery.ui.components.component import component

_mount = component(__file__)


def warn_before_leaving(something: object, *, take_home: str, key: str = "leaving") -> None:
    """While there is `something` to lose, the browser asks before it goes; `take_home` says what keeps it.

    `key` tells one warning on a page from another.

    Links within the gallery stay within the visit, lose nothing and ask nothing.
    """
    if something:
        _mount(key=key, data={"words": take_home})
