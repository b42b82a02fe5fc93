"""Inside the classifier: from edges to parts to the thing, on one's own picture."""

import streamlit as st

from dlintro_demos.feature_layers.experiment import look_at
from dlintro_demos.feature_layers.samples import LIMITS, SAMPLES
from dlintro_demos.feature_layers.ui.answer import show_answer, show_explanation
from dlintro_demos.feature_layers.ui.changes import fool_it, switch_them_off
from dlintro_demos.feature_layers.ui.nearest import show_look_alikes
from dlintro_demos.feature_layers.ui.play import play_half_a_second
from dlintro_demos.feature_layers.ui.reasons import why
from dlintro_demos.feature_layers.ui.walk_through import step_by_step, walk_through
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import footer, hook
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

demo = find("feature_layers")
hook(demo, "You meet this when you search your photos for “dog”, at a self-service till, and in a car.")
chosen = choose_picture(choose_source(), (*SAMPLES, *LIMITS))
cache = engine().cache
looked = None
if chosen is not None:
    looked = run_job(
        "answer", chosen.digest, look_at, chosen.rgb, cache, label="Looking", shared=bool(chosen.sample)
    )
    if looked is not None:
        show_answer(looked, chosen.alt)
mode = st.segmented_control(
    "Look inside",
    [*ABOUT_A_PICTURE, GAME],
    default=next(iter(ABOUT_A_PICTURE)),
    required=True,
    key="look",
    bind="query-params",
)
if mode == GAME:
    play_half_a_second()
elif chosen is not None and looked is not None:
    ABOUT_A_PICTURE[mode](chosen, looked)
if looked is not None:
    show_explanation(looked, demo.models)
footer(demo)
