"""Who is it? Faces that nobody has named, each with the suggestion, yes and no, and a field for a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dlintro_demos.faces.face import Face
from dlintro_demos.faces.people import Suggestion, name_faces
from dlintro_demos.faces.ui.roster import accept, refuse_for
from dlintro_demos.faces.ui.visit import FaceVisit
from dlintro_demos.gallery.intake.names import BadName
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.words import plain

AT_ONCE = 12  # that get a field at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class Unnamed:
    """Faces of one person whom nobody has named; `title`, `note` and `save` are words of their card."""

    title: str
    faces: Sequence[Face]
    suggestion: Suggestion | None
    note: str
    save: str


def ask_names(visit: FaceVisit, unnamed: Sequence[Unnamed]) -> None:
    """A card for each, `AT_ONCE` at a time; a name tags all of its faces."""
    if len(unnamed) > AT_ONCE:
        starts = list(range(0, len(unnamed), AT_ONCE))
        start = st.segmented_control(
            f"{len(unnamed)} wait for a name", starts, default=0, required=True, key="asked-from",
            format_func=lambda start: f"{start + 1} to {min(start + AT_ONCE, len(unnamed))}",
        )  # fmt: skip
        unnamed = unnamed[start or 0 :][:AT_ONCE]
    with st.container(horizontal=True):
        for each in unnamed:
            with st.container(width=220, border=True):
                _ask(visit, each)


def _ask(visit: FaceVisit, unnamed: Unnamed) -> None:
    keys, person = [face.key for face in unnamed.faces], unnamed.suggestion and unnamed.suggestion.person
    show_picture(unnamed.faces[0].chip, alt=unnamed.title, width=96)
    if person:
        st.markdown(f"Is this **{plain(visit.name_of(person))}**?")
        with st.container(horizontal=True):
            st.button("Yes", key=f"yes-{keys[0]}", on_click=accept, args=([(key, person) for key in keys],))
            st.button("No", key=f"no-{keys[0]}", on_click=refuse_for, args=(keys, person))
    with st.form(private_key(f"who-{keys[0]}"), clear_on_submit=True, border=False):
        typed = st.text_input(plain(unnamed.title), placeholder=unnamed.note)
        if st.form_submit_button(unnamed.save, key=f"save-{keys[0]}"):
            try:
                book = name_faces(visit.history.book, keys, typed)
            except BadName as error:
                st.warning(str(error))
            else:
                visit.history.do("named somebody", book)
                st.rerun()
