"""Two pictures on top of each other, with a dividing line to drag and a lens that shows their pixels."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

import streamlit as st


@dataclass(frozen=True, kw_only=True)
class View:
    """One side of the comparison.

    `picture` is an encoded image of type `mime` ("image/webp"), upright without EXIF; `label` stands on the
    picture, `alt` describes it for those who do not see it. Of a picture with fewer pixels than the other,
    `pixelated` shows the pixels as squares instead of smoothing them.
    """

    label: str
    picture: bytes
    mime: str
    alt: str
    pixelated: bool = False

    def __post_init__(self) -> None:
        if not self.picture:
            raise ValueError(f"The view {self.label!r} has no picture.")
        if not self.mime.startswith("image/"):
            raise ValueError(f"The view {self.label!r} is {self.mime!r}: give the type of an image.")

    @property
    def _for_browser(self) -> dict[str, str | bool]:
        data = base64.b64encode(self.picture).decode("ascii")
        return {
            "label": self.label,
            "source": f"data:{self.mime};base64,{data}",
            "alt": self.alt,
            "pixelated": self.pixelated,
        }


def comparer(
    before: View, after: View, *, key: str, width: int, height: int, caption: str | None = None
) -> None:
    """Show `before` left of a movable line and `after` right of it; nothing is sent back to the server.

    While `key` stays mounted, the place of the line and of the lens outlive a change of pictures.

    Args:
        before: stretched to the size of `after`; it may have fewer pixels, and should have the same shape.
        after: the result.
        key: names the comparer on its page.
        width: of `after`, in its own pixels; the lens enlarges these.
        height: of `after`, in its own pixels.
        caption: a line below the picture.

    Raises:
        ValueError: width or height is not positive.
    """
    if width < 1 or height < 1:
        raise ValueError(f"A picture of {width} x {height} pixels cannot be shown.")
    _mount(
        key=key,
        data={
            "before": before._for_browser,
            "after": after._for_browser,
            "width": width,
            "height": height,
            "caption": caption,
        },
    )


def _asset(suffix: str) -> str:
    return Path(__file__).with_suffix(suffix).read_text(encoding="utf-8")


_mount = st.components.v2.component(
    "dlintro_comparer", html=_asset(".html"), css=_asset(".css"), js=_asset(".js")
)
