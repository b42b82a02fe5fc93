"""Reading lips: guess first, then see what the machine read; let a mouth say something, or your own."""

import streamlit as st

from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.ui.frame import choices, footer, hook
from dlintro_demos.lip_reading.recording import MODELS
from dlintro_demos.lip_reading.ui.explanation import show_hood
from dlintro_demos.lip_reading.ui.own_face import own_face
from dlintro_demos.lip_reading.ui.read_along import read_along
from dlintro_demos.lip_reading.ui.say_something import say_something

MODES = {"Read along": read_along, "Say something": say_something, "Your own face": own_face}

demo = find("lip_reading")
hook(demo, "You do this yourself: in a loud room everybody reads lips a little.")
with choices():
    mode = st.segmented_control(
        "What to do?", list(MODES), default="Read along", required=True, key="do", bind="query-params"
    )
watched = MODES[mode]()
if watched is not None:
    show_hood(watched, MODELS if MODES[mode] is own_face else ())
footer(demo)
