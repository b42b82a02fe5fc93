"""The classifier on a live camera."""

from __future__ import annotations

import functools

import streamlit as st

from dlintro_demos.feature_layers.live import SIDE, look_live
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.live_camera import live_camera
from dlintro_demos.shared.imagenet import FIRST_SHOWN, STOPS


def look_while_it_moves() -> None:
    """Five guesses follow what one holds up, and one layer's channels if one likes."""
    place = st.empty()
    number = st.slider(
        "Layer that is shown", 0, len(STOPS), FIRST_SHOWN, key="live-layer", help="0 shows none."
    )
    with place:
        live_camera(
            functools.partial(look_live, stop=STOPS[number - 1] if number else None, cache=engine().cache),
            side=SIDE,
            key="live-classifier",
        )
