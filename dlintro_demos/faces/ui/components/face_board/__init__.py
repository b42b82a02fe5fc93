"""The face board: a photo with a button around each face, and a tool to draw a box where one was missed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dlintro_demos.faces.album import LEAST_SIDE
from dlintro_demos.faces.face import Box
from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run
from dlintro_demos.gallery.ui.show import address

_mount = component(__file__)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A face on the board: its box in picture pixels, what stands at it, and how sure that is.

    The box may reach over the edge of the picture. `label` is shown as text, whatever it holds.
    """

    key: str
    box: Box
    label: str
    level: Literal["sure", "maybe", "unknown", "named"]


@dataclass(frozen=True, kw_only=True)
class BoardAnswer:
    """What the visitor did just now: the key of the face chosen, and the box drawn, in picture pixels."""

    selected: str | None = None
    drawn: Box | None = None


def face_board(
    picture: bytes,
    alt: str,
    width: int,
    height: int,
    faces: Sequence[Mark],
    *,
    key: str,
    selected: str | None,
) -> BoardAnswer:
    """Show `picture`, encoded, of a photo of `width` x `height` pixels, with its faces to choose.

    `selected` is the key of the face that stands out. The answer holds what the visitor did since the last
    run, and only in this one: the page keeps the choice and gives it back as `selected`. What the browser
    sends is not believed unread (`read_answer`).

    Raises:
        ValueError: `width` or `height` is not positive, or two faces have one key.
    """
    if width < 1 or height < 1:
        raise ValueError(f"A picture of {width} x {height} pixels cannot be shown.")
    if len({face.key for face in faces}) < len(faces):
        raise ValueError("Two faces on the board have the same key.")
    # The room is reserved before the script has loaded, so that nothing below jumps.
    css_class = "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())
    st.html(
        f"<style>.{css_class} {{ --face-board-width: {width:d}; --face-board-height: {height:d} }}</style>"
    )
    sent = _mount(
        key=key,
        data={
            "source": address(picture),
            "alt": alt,
            "width": width,
            "height": height,
            "least": LEAST_SIDE,
            "faces": [
                {"key": face.key, "box": list(map(float, face.box)), "label": face.label, "level": face.level}
                for face in faces
            ],
            "selected": selected,
        },
        on_selected_change=wait_for_the_run,
        on_drawn_change=wait_for_the_run,
    )
    return read_answer(sent.selected, sent.drawn, faces, width, height)


def read_answer(
    selected: object, drawn: object, faces: Sequence[Mark], width: int, height: int
) -> BoardAnswer:
    """Believe only what the board could have sent: anything else is None.

    `selected` must be the key of one of `faces`, and `drawn` a list [x0, y0, x1, y1] of numbers inside a
    picture of `width` x `height` pixels with sides of at least `LEAST_SIDE`.
    """
    known = isinstance(selected, str) and any(face.key == selected for face in faces)
    return BoardAnswer(
        selected=str(selected) if known else None,
        drawn=_read_box(drawn, width, height),
    )


def _read_box(value: object, width: int, height: int) -> Box | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in value):
        return None
    x0, y0, x1, y1 = value
    # NaN, infinities and integers too long for a float fail these comparisons.
    inside = 0 <= x0 <= width and 0 <= y0 <= height and 0 <= x1 <= width and 0 <= y1 <= height
    if not inside or x1 - x0 < LEAST_SIDE or y1 - y0 < LEAST_SIDE:
        return None
    return float(x0), float(y0), float(x1), float(y1)
