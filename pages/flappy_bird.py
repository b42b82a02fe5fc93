"""Flappy Bird: watch an agent teach itself the game, look inside, race it, break it, train one."""

import streamlit as st

from dlintro_demos.flappy_bird.ui.break_it import break_it
from dlintro_demos.flappy_bird.ui.race import race
from dlintro_demos.flappy_bird.ui.train_one import go_on_learning, train_one
from dlintro_demos.flappy_bird.ui.watch import look_inside, watch
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.ui.frame import choices, footer, hook

MODES = {
    "Watch it learn": watch,
    "Inside its head": look_inside,
    "Race it": race,
    "Break it": break_it,
    "Train one now": train_one,
}

demo = find("flappy_bird")
hook(demo, "You meet this in robots that learn to walk, in chips that cool data centres, and in Go programs.")
with choices():
    mode = st.segmented_control(
        "What to do?", list(MODES), default="Watch it learn", required=True, key="do", bind="query-params"
    )
try:
    MODES[mode]()
except ModelUnavailable as error:
    st.warning(str(error), icon=":material/error:")
if MODES[mode] is not train_one:
    go_on_learning()
footer(demo)
