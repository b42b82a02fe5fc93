"""Inside the classifier: from edges to parts to the thing, on one's own picture."""

import streamlit as st

from dlintro_demos.feature_layers.experiment import look_at
from dlintro_demos.feature_layers.samples import LIMITS, SAMPLES
from dlintro_demos.feature_layers.ui.answer import show_answer, show_explanation
from dlintro_demos.feature_layers.ui.changes import fool_it, switch_them_off
from dlintro_demos.feature_layers.ui.live import look_while_it_moves
from dlintro_demos.feature_layers.ui.nearest import show_look_alikes
from dlintro_demos.feature_layers.ui.play import play_half_a_second
from dlintro_demos.feature_layers.ui.reasons import why
from dlintro_demos.feature_layers.ui.walk_through import step_by_step, walk_through
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import choices, footer, hook
from dlintro_demos.gallery.ui.pictures import choose_picture, choose_source
from dlintro_demos.gallery.ui.run_job import run_job

ABOUT_A_PICTURE = {
    "Layer by layer": walk_through,
    "One convolution": step_by_step,
    "Why?": why,
    "Switch it off": switch_them_off,
    "Fool it": fool_it,
    "Look-alikes": show_look_alikes,
}
GAME = "You against it"


def look_inside(source: str) -> None:
    """One picture: the answer, and what can be found out about it."""
    chosen, looked = choose_picture(source, (*SAMPLES, *LIMITS)), None
    answer = st.container()
    with choices("look"):
        mode = st.segmented_control(
            "Look inside",
            [*ABOUT_A_PICTURE, GAME],
            default=next(iter(ABOUT_A_PICTURE)),
            required=True,
            key="look",
            bind="query-params",
        )
    if chosen is not None:
        work = (look_at, chosen.rgb, engine().cache)
        with answer:
            looked = run_job("answer", chosen.digest, *work, label="Looking", shared=bool(chosen.sample))
            if looked is not None:
                show_answer(looked, chosen.alt, small=mode != next(iter(ABOUT_A_PICTURE)))
    if mode == GAME:
        play_half_a_second()
    elif chosen is not None and looked is not None:
        ABOUT_A_PICTURE[mode](chosen, looked)
    if looked is not None:
        show_explanation(looked, demo.models)


demo = find("feature_layers")
hook(demo, "You meet this when you search your photos for “dog”, at a self-service till, and in a car.")
with choices():
    source = choose_source(live=True)
if source == "live":
    look_while_it_moves()
else:
    look_inside(source)
footer(demo)
