"""Widgets of the faces page for everybody named in a visit: doubts, renaming, merging, forgetting."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.faces.face import Face
from dlintro_demos.faces.people import called, look_alikes, merge, rename, split, strays
from dlintro_demos.faces.ui.visit import FaceVisit, face_visit, limits
from dlintro_demos.gallery.intake.names import BadName
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.ui.words import plain


def undo_button(visit: FaceVisit) -> None:
    """Takes the last change back, and says what it was."""
    last = visit.history.last
    st.button(
        "Undo",
        key="undo",
        on_click=visit.history.undo,
        disabled=last is None,
        icon=":material/undo:",
        help=f"Takes back: {plain(last)}" if last else None,
    )


def show_people() -> None:
    """Everybody named in this visit: doubts, renaming, merging, forgetting."""
    visit = face_visit()
    book, known = visit.history.book, visit.known()
    if not book.people:
        return
    st.subheader("People of this visit", anchor=False)
    _show_doubts(visit, known)
    with st.container(horizontal=True):
        for person in book.people.values():
            mine = [known[key] for key, who in book.tags.items() if who == person.key and key in known]
            with st.container(width=150, border=True, key=f"person-{person.key}"):
                if mine:
                    show_picture(mine[0].chip, alt="One of this person's faces", width=96)
                st.markdown(
                    f"**{plain(person.name)}**  \n{len(mine)} {'face' if len(mine) == 1 else 'faces'}"
                )
                change = st.popover("Change", key=f"change-{person.key}", on_change="rerun")
                if change.open:
                    with change:
                        _change(visit, person.key)


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


def _change(visit: FaceVisit, person: str) -> None:
    name = visit.name_of(person)
    new = st.text_input("Name", value=name, key=private_key(f"rename-{person}"))
    st.button("Rename", key=f"do-rename-{person}", on_click=_rename, args=(person, new))
    others = [key for key in visit.history.book.people if key != person]
    if others:
        other = st.selectbox("Is the same person as", others, format_func=visit.name_of, key=f"with-{person}")
        st.button("Merge", key=f"do-merge-{person}", on_click=_merge, args=(person, other))
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
