"""A personal assistant: talk to it, look at every step of its answer; and hear more than it does in noise."""

import streamlit as st

from dlintro_demos.assistant.ui.explanation import show_hood, show_steps
from dlintro_demos.assistant.ui.in_noise import in_noise
from dlintro_demos.assistant.ui.talk_to_it import talk_to_it
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.ui.frame import choices, footer, hook

MODES = {"Talk to it": talk_to_it, "Who hears more?": in_noise}

demo = find("assistant")
hook(demo, "You meet this in a phone, a loudspeaker and a car, where nobody shows you how it works.")
with choices():
    mode = st.segmented_control(
        "What to do?",
        list(MODES),
        default="Talk to it",
        required=True,
        key="do",
        bind="query-params",
    )
entry = MODES[mode]()
if entry is not None:
    show_steps(entry)
    show_hood(entry)
footer(demo)
