"""Widgets of the faces page for everybody named in a visit: doubts, renaming, merging, forgetting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dlintro_demos.faces.face import Face
from dlintro_demos.faces.people import (
    Suggestion,
    called,
    look_alikes,
    merge,
    refuse,
    rename,
    split,
    strays,
    tag,
)
from dlintro_demos.faces.ui.visit import FaceVisit, face_visit, limits
from dlintro_demos.gallery.intake.names import BadName
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.words import counted, plain

PEOPLE = "People of this visit"
MOST_SHOWN = 12  # faces of a person from which the name can be taken off


def undo_button(visit: FaceVisit) -> None:
    """Takes the last change back, and says what it was."""
    last = visit.history.last
    st.button(
        "Undo",
        key=f"undo-{visit.history.changes}",  # another button for every book: a late click finds the old one
        on_click=visit.history.undo,
        args=(visit.history.book,),
        disabled=last is None,
        icon=":material/undo:",
        help=f"Takes back: {plain(last)}" if last else None,
    )


def accept_all_sure(answers: Mapping[str, Suggestion]) -> None:
    """A button that says yes to all that the machine is sure of."""
    sure = [(key, each.person) for key, each in answers.items() if each.level == "sure" and each.person]
    if sure:
        st.button(
            f"Yes to {'the sure suggestion' if len(sure) == 1 else f'all {len(sure)} sure suggestions'}",
            on_click=accept,
            args=(sure,),
            icon=":material/done_all:",
        )


def accept(pairs: Sequence[tuple[str, str]]) -> None:
    """Yes: each of these faces is that person."""
    history = face_visit().history
    book = history.book
    for face, person in pairs:
        book = tag(book, face, person)
    history.do("yes to the suggestions", book)


def refuse_for(faces: Sequence[str], person: str) -> None:
    """No: none of these faces is that person."""
    visit = face_visit()
    book = visit.history.book
    for face in faces:
        book = refuse(book, face, person)
    visit.history.do(f"not {visit.name_of(person)}", book)


def show_people() -> None:
    """Everybody named in this visit, wherever it was: doubts, renaming, merging, forgetting."""
    visit = face_visit()
    book, known = visit.history.book, visit.known()
    if not book.people:
        return
    st.subheader(PEOPLE, anchor=False)
    _show_doubts(visit, known)
    with st.container(horizontal=True):
        for person in book.people.values():
            mine = _faces_of(visit, person.key, known)
            with st.container(width=150, border=True, key=f"person-{person.key}"):
                if mine:
                    show_picture(mine[0].chip, alt="One of this person's faces", width=96)
                st.markdown(f"**{plain(person.name)}**  \n{counted(len(mine), 'face')}")
                change = st.popover("Change", key=f"change-{person.key}", on_change="rerun")
                if change.open:
                    with change:
                        _change(visit, person.key, mine)


def change_people() -> None:
    """The same for a page on which everybody stands already: doubts, and one person to change."""
    visit = face_visit()
    if not visit.history.book.people:
        return
    known = visit.known()
    _show_doubts(visit, known)
    person = st.selectbox(
        "Change a person", list(visit.history.book.people), index=None, format_func=visit.name_of,
        placeholder="Rename, merge, take a face off, forget: choose somebody", key="change-somebody",
    )  # fmt: skip
    if person and person in visit.history.book.people:
        with st.container(border=True):
            _change(visit, person, _faces_of(visit, person, known))


def _faces_of(visit: FaceVisit, person: str, known: Mapping[str, Face]) -> list[Face]:
    return [known[key] for key, who in visit.history.book.tags.items() if who == person and key in known]


def _show_doubts(visit: FaceVisit, known: dict[str, Face]) -> None:
    book = visit.history.book
    for one, other, distance in look_alikes(book, known, limits())[:3]:
        names = [plain(visit.name_of(person)) for person in (one, other)]
        st.info(f"{names[0]} and {names[1]} are {distance:.2f} apart: one person under two names?")
        st.button(f"Yes, merge {names[0]} and {names[1]}", key=f"merge-{one}-{other}", on_click=_merge,
                  args=(one, other))  # fmt: skip
    for face, person, distance in strays(book, known, limits())[:3]:
        name = plain(visit.name_of(person))
        st.info(
            f"One face called {name} is {distance:.2f} from every other of {name}: two people with one name, "
            "or a hard photo?"
        )
        picture, way = st.columns([1, 4])
        with picture:
            show_picture(known[face].chip, alt="The face in doubt", width=96)
        way.button(f"Somebody else, call them “{name} 2”", key=f"split-{face}", on_click=_split,
                   args=(face, f"{visit.name_of(person)} 2"))  # fmt: skip


def _change(visit: FaceVisit, person: str, faces: Sequence[Face]) -> None:
    name = visit.name_of(person)
    new = st.text_input("Name", value=name, key=private_key(f"rename-{person}"))
    st.button("Rename", key=f"do-rename-{person}", on_click=_rename, args=(person, new))
    others = [key for key in visit.history.book.people if key != person]
    if others:
        other = st.selectbox("Is the same person as", others, format_func=visit.name_of, key=f"with-{person}")
        st.button("Merge", key=f"do-merge-{person}", on_click=_merge, args=(person, other))
    with st.container(horizontal=True):
        for number, face in enumerate(faces[:MOST_SHOWN], start=1):
            with st.container(width=100):
                show_picture(face.chip, alt=f"Face {number} of this person", width=72)
                st.button("Not them", key=f"not-{face.key}", on_click=refuse_for, args=([face.key], person),
                          help=f"Takes the name off face {number}.")  # fmt: skip
    st.button(
        "Forget this person", key=f"forget-{person}", on_click=visit.forget, args=(person,),
        icon=":material/person_remove:", help="The name and who it belongs to go. This cannot be undone.",
    )  # fmt: skip


def _merge(one: str, other: str) -> None:
    history = face_visit().history
    history.do("merged two people", merge(history.book, one, other))


def _rename(person: str, name: str) -> None:
    history = face_visit().history
    try:
        history.do("renamed a person", rename(history.book, person, name))
    except BadName as error:
        st.toast(str(error))


def _split(face: str, name: str) -> None:
    history = face_visit().history
    while called(history.book, name):
        name += "+"
    try:
        history.do("split a person", split(history.book, [face], name))
    except BadName as error:
        st.toast(str(error))
