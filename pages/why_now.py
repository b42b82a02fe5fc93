"""Why now? This machine on the chart of history, sixty years, three causes, and a game."""

import streamlit as st

from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.ui.frame import choices, footer, hook
from dlintro_demos.why_now.ui.explanation import show_hood, show_steps
from dlintro_demos.why_now.ui.guess_the_order import guess_the_order
from dlintro_demos.why_now.ui.sixty_years import sixty_years
from dlintro_demos.why_now.ui.this_machine import this_machine
from dlintro_demos.why_now.ui.three_causes import three_causes

MODES = {
    "This machine": this_machine,
    "Sixty years": sixty_years,
    "Three causes": three_causes,
    "Guess the order": guess_the_order,
}

demo = find("why_now")
hook(demo, "You carry one of the reasons in your pocket, and make another: every photo can be an example.")
with choices():
    mode = st.segmented_control(
        "What to do?", list(MODES), default="This machine", required=True, key="do", bind="query-params"
    )
found = MODES[mode]()
if found is not None:
    show_steps(found)
show_hood()
footer(demo)
