"""Sharpen a blurry photo: enlarge one's own, one or several, or spoil one and repair it."""

import streamlit as st

from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.ui.frame import choices, footer, hook
from dlintro_demos.gallery.ui.pictures import choose_picture, choose_source
from dlintro_demos.super_resolution.samples import LIMITS, SAMPLES
from dlintro_demos.super_resolution.ui.explanation import show_explanation
from dlintro_demos.super_resolution.ui.fitting import ask_which_part, plan
from dlintro_demos.super_resolution.ui.fool_me import play_can_it_fool_you
from dlintro_demos.super_resolution.ui.result import enlarge_in_sight, show_evidence, show_result
from dlintro_demos.super_resolution.ui.several import enlarge_several
from dlintro_demos.super_resolution.ui.wishes import (
    ask_how,
    ask_what_to_spoil,
    choice,
    glance_at,
    guess_what_ails,
)

ENLARGE, REPAIR = "Enlarge my photo", "Blur it first, then repair it"

demo = find("super_resolution")
hook(demo, "You meet this in the zoom of a phone, in old films on new screens, and in every crime series.")
with choices():
    mode = choice("What to do?", [ENLARGE, REPAIR], "mode", ENLARGE)
    source = choose_source(several=True)
if source == "several":
    enlarge_several(only_enlarged=mode == REPAIR)
else:
    with st.container(gap="xsmall"):  # whose progress moves nothing below it
        chosen = choose_picture(source, (*SAMPLES, *LIMITS))
        glance = glance_at(chosen)
    result, part = st.container(gap="xsmall"), st.container()  # first the picture, then how it is made
    spoil = ask_what_to_spoil() if mode == REPAIR else None
    guess = guess_what_ails(glance, spoil)
    asked = ask_how(guess, scale=spoil.scale if spoil else None)
    if chosen is not None and glance is not None:
        planned = plan(chosen, spoil, asked)
        with part:
            ask_which_part(chosen, glance.jpeg, planned)
        with result:
            outcome = enlarge_in_sight(planned, glance, chosen)
            if outcome is not None:
                show_result(outcome, planned, alt=chosen.alt)
        if outcome is not None:
            show_evidence(outcome)
            show_explanation(outcome)
play_can_it_fool_you()
footer(demo)
