"""The sketch: a sheet of paper to draw on with a finger, a mouse or the keyboard, in eight colours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

SIDE = 96  # cells along a side of the paper
PAPER = "0"
PALETTE = np.array(
    [
        (255, 255, 255),
        (214, 40, 44),
        (242, 132, 30),
        (246, 206, 44),
        (92, 164, 48),
        (44, 104, 206),
        (112, 74, 42),
        (30, 30, 34),
    ],
    np.uint8,
)
NAMES = ("White", "Red", "Orange", "Yellow", "Green", "Blue", "Brown", "Black")

_mount = component(__file__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sketch:
    """What the visitor has drawn: `rgb` (96, 96, 3) uint8, and `digest`, which names it."""

    rgb: np.ndarray
    digest: str


def sketch(*, key: str) -> Sketch | None:
    """Show the paper; what is on it so far, or None while it is empty.

    Each stroke that ends runs the page, or the fragment, again. What is drawn is kept in the session.
    """
    slot = f"{key}-cells"
    kept = st.session_state.get(slot, "")
    sent = _mount(
        key=key,
        data={
            "cells": kept,
            "palette": [
                {"name": name, "colour": f"rgb({red} {green} {blue})"}
                for name, (red, green, blue) in zip(NAMES, PALETTE.tolist(), strict=True)
            ],
        },
        on_drawn_change=wait_for_the_run,
    )
    drawn = read_cells(sent.drawn)
    if drawn is not None:
        kept = st.session_state[slot] = drawn
    return picture_of(kept) if kept.strip(PAPER) else None


def read_cells(value: object) -> str | None:
    """Believe only what the sketch could have sent: `{"cells": 9,216 digits from 0 to 7}`."""
    if not isinstance(value, dict) or value.keys() != {"cells"}:
        return None
    cells = value["cells"]
    if not isinstance(cells, str) or len(cells) != SIDE * SIDE or not set(cells) <= set("01234567"):
        return None
    return cells


def picture_of(cells: str) -> Sketch:
    """The cells, row by row, in their colours."""
    places = np.frombuffer(cells.encode("ascii"), np.uint8).reshape(SIDE, SIDE) - ord("0")
    digest = hashlib.sha256(cells.encode("ascii")).hexdigest()
    return Sketch(rgb=PALETTE[places], digest=f"sketch:{digest}")
