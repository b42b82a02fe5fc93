"""Sharpen a blurry photo: enlarge one's own, or spoil one and repair it."""

import streamlit as st

from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.ui.frame import footer, hook
from dlintro_demos.gallery.ui.pictures import choose_picture, choose_source
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.super_resolution.samples import LIMITS, SAMPLES
from dlintro_demos.super_resolution.ui.explanation import show_explanation
from dlintro_demos.super_resolution.ui.fitting import plan
from dlintro_demos.super_resolution.ui.fool_me import play_can_it_fool_you
from dlintro_demos.super_resolution.ui.result import show_evidence, show_result
from dlintro_demos.super_resolution.ui.wishes import ask_how, ask_what_to_spoil, choice, guess_what_ails
from dlintro_demos.super_resolution.upscale import METHODS

ENLARGE, REPAIR = "Enlarge my photo", "Blur it first, then repair it"

demo = find("super_resolution")
hook(demo, "You meet this in the zoom of a phone, in old films on new screens, and in every crime series.")
with st.container(horizontal=True):
    mode = choice("What to do?", [ENLARGE, REPAIR], "mode", ENLARGE)
    source = choose_source()
chosen = choose_picture(source, (*SAMPLES, *LIMITS))
result = st.container()  # first the picture, then how it is made
spoil = ask_what_to_spoil() if mode == REPAIR else None
guess = guess_what_ails(chosen, spoil)
asked = ask_how(guess, scale=spoil.scale if spoil else None)
if chosen is not None and guess is not None:
    fingerprint, work = plan(chosen, spoil, asked)
    shared = bool(chosen.sample)
    with result:
        outcome = run_job("enlarge", fingerprint, *work, label=METHODS[asked.method].title, shared=shared)
        if outcome is not None:
            show_result(outcome, fingerprint, alt=chosen.alt, shared=shared)
    if outcome is not None:
        show_evidence(outcome)
        show_explanation(outcome)
play_can_it_fool_you()
footer(demo)
