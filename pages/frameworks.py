"""One network in three frameworks: the same curve, line by line, a digit of yours, and which to learn."""

import streamlit as st

from dlintro_demos.frameworks.ui.draw_a_digit import draw_a_digit
from dlintro_demos.frameworks.ui.line_by_line import line_by_line
from dlintro_demos.frameworks.ui.same_curve import same_curve
from dlintro_demos.frameworks.ui.which import which
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.ui.frame import choices, footer, hook

MODES = {
    "The same curve": same_curve,
    "Line by line": line_by_line,
    "Draw a digit": draw_a_digit,
    "Which shall I learn?": which,
}

demo = find("frameworks")
hook(demo, "You meet what was made with them, never themselves: networks are written in such frameworks.")
with choices():
    mode = st.segmented_control(
        "What to do?", list(MODES), default="The same curve", required=True, key="do", bind="query-params"
    )
MODES[mode]()
footer(demo)
