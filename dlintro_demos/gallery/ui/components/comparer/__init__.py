"""The picture comparer: two pictures of one scene under a sliding divider, with a lens on their pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from dlintro_demos.gallery.ui.components.component import component
from dlintro_demos.gallery.ui.show import address

_mount = component(__file__)


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """One side of the comparison.

    `picture` is an encoded file (PNG, JPEG, WebP); `alt` describes it for those who do not see it; `label`
    stands on it. `pixelated` shows its pixels as squares instead of smoothing them.
    """

    label: str
    picture: bytes
    alt: str
    pixelated: bool = False


def comparer(before: View, after: View, *, key: str, width: int, height: int) -> None:
    """Show `before` and `after` on top of each other, with a divider to drag and a zoom lens to switch on.

    `width` and `height` are the pixels of `after`; `before` may have fewer and is stretched over it. Nothing
    comes back from the browser: where the divider stands is the visitor's business, and survives new pictures
    under the same `key`.

    Raises:
        ValueError: `width` or `height` is not positive.
    """
    if width < 1 or height < 1:
        raise ValueError(f"A picture of {width} x {height} pixels cannot be compared.")
    # The room is reserved before the script has loaded, so that nothing below jumps.
    css_class = "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())
    st.html(f"<style>.{css_class} {{ --comparer-width: {width:d}; --comparer-height: {height:d} }}</style>")
    _mount(
        key=key,
        data={"before": _side(before), "after": _side(after), "width": width, "height": height},
    )


def _side(view: View) -> dict[str, str | bool]:
    return {
        "label": view.label,
        "source": address(view.picture),
        "alt": view.alt,
        "pixelated": view.pixelated,
    }
