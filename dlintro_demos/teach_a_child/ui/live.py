"""Teach with the camera live: hold a thing up, hold the button, and it learns the word."""

from __future__ import annotations

import functools

import streamlit as st

from dlintro_demos.gallery.intake.names import LONGEST_NAME, BadName
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.live_camera import Hold, live_camera
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.words import plain
from dlintro_demos.teach_a_child.lesson import MOST_CLASSES, known_name
from dlintro_demos.teach_a_child.live import SIDE, Recording, look_live
from dlintro_demos.teach_a_child.ui.visit import TeachVisit


def teach_live(visit: TeachVisit) -> None:
    """The camera, the word that is taught, and the button to hold."""
    recording = st.session_state.setdefault("live-recording", Recording())
    place = st.container()
    word = _choose_word(visit)
    head = visit.learned() if visit.lesson.examples else None
    with place:
        recorded = live_camera(
            functools.partial(look_live, head=head, recording=recording, cache=engine().cache),
            side=SIDE,
            key="live-teach",
            hold=Hold(key="on", label=f"Hold to teach “{word}”") if word else None,
        )
    if recorded and word and (seen := recording.take()):
        visit.tell_many(seen, word)
        st.rerun()
    if visit.problem:
        st.warning(plain(visit.problem), icon=":material/error:")


def _choose_word(visit: TeachVisit) -> str | None:
    """The word that is taught while the button is held; None until a new one is typed."""
    names = visit.lesson.names
    choices = [*range(len(names)), *([len(names)] if len(names) < MOST_CLASSES else [])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.segmented_control(
            "Which word?",
            choices,  # a new word gets the place that stood for it
            format_func=lambda place: plain(names[place]) if place < len(names) else "A new word",
            default=0,
            required=True,
            key="live-word",
        )
        if place < len(names):
            return names[place]
        typed = st.text_input(
            "The new word",
            placeholder="such as cup",
            max_chars=LONGEST_NAME,
            key=private_key(f"live-{place}"),
        )
    try:
        return known_name(visit.lesson, typed) if typed else None
    except BadName as error:
        st.warning(str(error), icon=":material/edit:")
        return None
