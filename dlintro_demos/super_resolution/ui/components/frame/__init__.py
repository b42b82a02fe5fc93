"""The frame: a photo, and on it what is taken of it, to move and to resize by mouse, finger or keyboard."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dlintro_demos.gallery.ui.components.component import component
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import address
from dlintro_demos.shared.tiles import Box
from dlintro_demos.super_resolution.pace import SMALLEST
from dlintro_demos.super_resolution.upscale import Scale

_mount = component(__file__)


def frame(
    picture: bytes, *, size: tuple[int, int], box: Box, full: Mapping[Scale, int], digest: str, pace: float
) -> None:
    """Show a photo with a frame around `box` of it; another one stands in the session, see `chosen_box`.

    Args:
        picture: the whole photo as an encoded file, of any size.
        size: its real width and height, px, in which boxes count.
        full: how many pixels can be enlarged by each scale, the largest scale first; the words beside the
            frame tell it while it is dragged. They tell the size alone where this is empty.
        digest: names the photo; a frame on another one does not count.
        pace: seconds for a megapixel, about.
    """
    key = private_key("frame")
    _mount(
        key=key,
        data={
            "picture": address(picture),
            "id": digest,
            "width": size[0],
            "height": size[1],
            "box": _edges(box),
            "full": [[scale, pixels] for scale, pixels in full.items()],
            "pace": pace,
            "smallest": SMALLEST,
        },
        on_framed_change=lambda: _keep(st.session_state[key].get("framed"), size, digest),
    )


def chosen_box(digest: str, size: tuple[int, int]) -> Box | None:
    """What the visitor has framed of the photo of that name and size; None where that is all of it."""
    kept = st.session_state.get(private_key("framed"))
    return kept[1] if kept and kept[0] == (digest, size) else None


def read_box(value: object, size: tuple[int, int], digest: str) -> Box | None:
    """Believe only what the frame could have sent: `{"box": [left, top, right, bottom], "id": digest}`.

    Edges are whole pixels of a photo of `size`; no side is below `SMALLEST`, unless the photo's own is.
    """
    if not isinstance(value, dict) or value.keys() != {"box", "id"} or value["id"] != digest:
        return None
    edges = value["box"]
    if not isinstance(edges, list) or len(edges) != 4 or any(type(edge) is not int for edge in edges):
        return None
    left, top, right, bottom = edges
    for start, end, side in ((left, right, size[0]), (top, bottom, size[1])):
        if start < 0 or end > side or end - start < min(SMALLEST, side):
            return None
    return Box(left, top, right, bottom)


def _keep(sent: object, size: tuple[int, int], digest: str) -> None:
    box = read_box(sent, size, digest)
    if box is not None:
        st.session_state[private_key("framed")] = ((digest, size), None if box.size == size else box)


def _edges(box: Box) -> list[int]:
    return [box.left, box.top, box.right, box.bottom]
