"""A second opinion: count cells, weigh a risk, ask about symptoms; and the right to say no."""

import streamlit as st

from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.ui.frame import choices, footer, hook
from dlintro_demos.medicine.ui.modes import MODES
from dlintro_demos.medicine.ui.notice import show_notice

demo = find("medicine")
hook(demo, "You meet this when a laboratory counts your blood cells, and a screening letter comes.")
show_notice()
with choices():
    mode = st.segmented_control(
        "What to do?",
        list(MODES),
        default=next(iter(MODES)),
        required=True,
        key="do",
        bind="query-params",
    )
MODES[mode]()
footer(demo)
