"""Pictures on a page: the browser fetches them by address, so that a page sends a line for each."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from dlintro_demos.gallery.runtime import shown
from dlintro_demos.gallery.ui.session import visitor

Pictures = Sequence[tuple[bytes | str, str]]
"""Encoded pictures (PNG, JPEG, WebP, or SVG as text), each with what it shows in words."""


def address(picture: bytes | str) -> str:
    """Where this visitor's browser finds a picture, as long as it is on the screen."""
    return visitor().shown.address(picture)


def newest(name: str, file: bytes) -> str:
    """Where this visitor's browser finds the newest of a file that changes; `name` tells it from others."""
    return visitor().shown.put(name, file)


def bundled(picture: bytes) -> str:
    """Where every browser finds a picture of the gallery's own, and may keep it."""
    return shown.bundled(picture)


def show_picture(
    picture: bytes | str, *, alt: str, width: int | None = None, caption: str = "", pixelated: bool = False
) -> None:
    """One picture, `width` px wide, or as wide as there is room; `caption` is plain text."""
    st.html(
        figure(picture, alt=alt, width=width, caption=caption, pixelated=pixelated),
        width="stretch" if width is None else "content",
    )


def show_pictures(
    pictures: Pictures, *, width: int, captions: Sequence[str] = (), pixelated: bool = False
) -> None:
    """Several pictures side by side in one element of the page, each `width` px wide."""
    captions = captions or [""] * len(pictures)
    figures = (
        figure(picture, alt=alt, width=width, caption=caption, pixelated=pixelated)
        for (picture, alt), caption in zip(pictures, captions, strict=True)
    )
    st.html(f'<div class="shown-row">{"".join(figures)}</div>')


def figure(
    picture: bytes | str, *, alt: str, width: int | None = None, caption: str = "", pixelated: bool = False
) -> str:
    """The HTML of one picture, for an element that holds more; `alt` and `caption` are plain text."""
    source, size = address(picture), visitor().shown.size(picture)
    attributes = [f'src="{source}"', f'alt="{html.escape(alt)}"']
    attributes += [f'width="{size[0]}" height="{size[1]}"'] if size else []  # room before it has come
    style = "" if width is None else f' style="width:{width:d}px"'
    names = "shown pixelated" if pixelated else "shown"
    words = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return f'<figure class="{names}"{style}><img {" ".join(attributes)}>{words}</figure>'
