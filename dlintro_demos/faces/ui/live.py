"""Faces on a live camera, and the picture taken of it in which people are named."""

from __future__ import annotations

import functools
import hashlib

import streamlit as st

from dlintro_demos.faces.live import SIDE, Still, look_live
from dlintro_demos.faces.ui.visit import face_visit, limits
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.ui.components.live_camera import Hold, live_camera
from dlintro_demos.gallery.ui.pictures import Chosen

_STILL, _TAKEN = "live-still", "live-taken"


def watch_faces() -> Chosen | None:
    """Show the camera with boxes and names; gives the picture that was taken last, if any."""
    visit = face_visit()
    try:
        thresholds = limits()
    except ModelUnavailable as error:
        st.warning(str(error), icon=":material/error:")
        return None
    still = st.session_state.setdefault(_STILL, Still())
    work = functools.partial(
        look_live,
        book=visit.history.book,
        known=visit.known(),
        thresholds=thresholds,
        still=still,
        cache=engine().cache,
    )
    taken = live_camera(work, side=SIDE, key="live-faces", hold=Hold(key="on", label="Take a picture"))
    if taken and (rgb := still.take()) is not None:
        st.session_state[_TAKEN] = Chosen(
            rgb=rgb,
            alpha=None,
            digest=hashlib.sha256(repr(rgb.shape).encode() + rgb.tobytes()).hexdigest(),
            alt="the picture from your camera",
            sample=None,
        )
    return st.session_state.get(_TAKEN)
