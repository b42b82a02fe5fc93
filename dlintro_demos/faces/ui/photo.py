"""Widgets of the faces page for one photo: the board, naming, yes and no, and the reasons."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlintro_demos.faces.analysis import drawn_face
from dlintro_demos.faces.experiment import Looked, shrunk, with_landmarks
from dlintro_demos.faces.face import Face, PhotoFaces
from dlintro_demos.faces.people import (
    Suggestion,
    called,
    look_alikes,
    merge,
    name_faces,
    refuse,
    rename,
    split,
    strays,
    tag,
    untag,
)
from dlintro_demos.faces.privacy import Way, hide_faces
from dlintro_demos.faces.ui.components.face_board import Mark, face_board
from dlintro_demos.faces.ui.visit import FaceVisit, face_visit, limits
from dlintro_demos.gallery.intake.images import encode_jpeg, encode_png
from dlintro_demos.gallery.intake.names import BadName, clean_name
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.words import plain

WORDS = {"sure": "sure", "maybe": "maybe", "unknown": "not known"}
WAYS: dict[str, Way] = {"Blur": "blur", "Pixelate": "pixelate", "Cover": "cover"}


def show_board(chosen: Chosen, looked: Looked) -> Face | None:
    """The photo with its faces; returns the one that is looked at."""
    visit, found = face_visit(), looked.found
    visit.remember([found])
    faces, answers = visit.faces_of(found), visit.suggestions(found)
    selected = _selected(visit, faces)
    answer = face_board(
        looked.preview,
        "image/jpeg",
        chosen.alt,
        found.width,
        found.height,
        [_mark(visit, face, answers.get(face.key)) for face in faces],
        key=f"board-{found.key[:20]}",
        selected=selected.key if selected else None,
    )
    if answer.selected and (not selected or answer.selected != selected.key):
        st.session_state.face = answer.selected
        st.rerun()
    if answer.drawn and len(visit.drawn.get(found.key, ())) < 20:
        key = f"{found.key}/drawn-{len(visit.drawn.get(found.key, ()))}"
        face = drawn_face(key, chosen.rgb, answer.drawn, engine().cache)
        visit.drawn.setdefault(found.key, []).append(face)
        st.session_state.face = key
        st.rerun()
    _say_what_was_found(found, faces)
    _take_all_sure(visit, answers)
    return selected


def _selected(visit: FaceVisit, faces: tuple[Face, ...]) -> Face | None:
    """The face that was clicked on, or the first that nobody has named."""
    by_key = {face.key: face for face in faces}
    if st.session_state.get("face") in by_key:
        return by_key[st.session_state.face]
    unnamed = [face for face in faces if face.key not in visit.history.book.tags]
    return next(iter((*unnamed, *faces)), None)


def _mark(visit: FaceVisit, face: Face, suggestion: Suggestion | None) -> Mark:
    if suggestion is None:
        label = visit.name_of(visit.history.book.tags[face.key])
        return Mark(key=face.key, box=face.box, label=label, level="named")
    name = visit.name_of(suggestion.person)
    label = "?" if not name else name if suggestion.level == "sure" else f"{name}?"
    return Mark(key=face.key, box=face.box, label=label, level=suggestion.level)


def _say_what_was_found(found: PhotoFaces, faces: tuple[Face, ...]) -> None:
    if not faces:
        st.info(
            "No face found here. Small, turned away or upside down? Try “High detail”, or press “Draw a box” "
            "above and show where it is.",
            icon=":material/search_off:",
        )
    elif found.fallback:
        st.info("Nothing here is surely a face: this is the likeliest place.", icon=":material/help:")


def _take_all_sure(visit: FaceVisit, answers: dict[str, Suggestion]) -> None:
    sure = [(key, each.person) for key, each in answers.items() if each.level == "sure" and each.person]
    with st.container(horizontal=True):
        if sure:
            st.button(
                f"Yes to {'the sure suggestion' if len(sure) == 1 else f'all {len(sure)} sure suggestions'}",
                on_click=_accept,
                args=(sure,),
                icon=":material/done_all:",
            )
        undo_button(visit)


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


def _accept(pairs: list[tuple[str, str]]) -> None:
    history = face_visit().history
    book = history.book
    for face, person in pairs:
        book = tag(book, face, person)
    history.do("yes to the suggestions", book)


def ask_who(chosen: Chosen, found: PhotoFaces, face: Face) -> None:
    """Who is this? The suggestion with yes and no, or the name; and a form to type one."""
    visit = face_visit()
    book = visit.history.book
    suggestion = visit.suggestions(found).get(face.key)
    picture, words = st.columns([1, 3])
    picture.image(with_landmarks(chosen.rgb, face), alt="The face with its five landmarks", width=160)
    with words:
        if suggestion is None:
            person = book.tags[face.key]
            st.markdown(f"This is **{plain(visit.name_of(person))}**: you said so.")
            st.button("No, take the name off", on_click=_untag, args=(face.key,), icon=":material/label_off:")
        else:
            _show_suggestion(visit, face, suggestion)
        _name_form(face, named=suggestion is None)
        if face.drawn:
            st.button("Remove this box", on_click=_remove_box, args=(found.key, face.key))


def _show_suggestion(visit: FaceVisit, face: Face, suggestion: Suggestion) -> None:
    if suggestion.person is None:
        st.markdown(f"**I don't know this person.** {_why_unknown(visit, suggestion)}")
        return
    name = plain(visit.name_of(suggestion.person))
    st.markdown(
        f"Is this **{name}**? I am *{WORDS[suggestion.level]}*: the mean distance to the faces of {name} "
        f"is {suggestion.distance:.2f}."
        + (
            " You said no to a face that looks more like this one, so I am less sure."
            if suggestion.refused
            else ""
        )
    )
    with st.container(horizontal=True):
        st.button("Yes", on_click=_accept, args=([(face.key, suggestion.person)],), icon=":material/check:")
        st.button(
            "No", on_click=_refuse, args=(face.key, suggestion.person), icon=":material/close:",
            help="Remembered: this face is not suggested as this person again.",
        )  # fmt: skip


def _why_unknown(visit: FaceVisit, suggestion: Suggestion) -> str:
    if not suggestion.candidates:
        return "Nobody else in this visit has a name yet."
    nearest = suggestion.candidates[0]
    name = plain(visit.name_of(nearest.person))
    if suggestion.taken:
        return f"It looks like {name}, but {name} already stands in this photo."
    if suggestion.refused:
        return f"It looks like {name}, but you said no."
    return (
        f"The nearest is {name}, at {nearest.distance:.2f}: further than {limits().maybe:.2f}, where I stop."
    )


def _name_form(face: Face, *, named: bool) -> None:
    with st.form(private_key(f"name-{face.key[-24:]}"), clear_on_submit=True, border=False):
        typed = st.text_input(
            "Another name" if named else "Who is it?", placeholder="A name, or what you like to call them",
        )  # fmt: skip
        if st.form_submit_button("Save the name", icon=":material/label:"):
            try:
                name = clean_name(typed)
            except BadName as error:
                st.warning(str(error), icon=":material/edit:")
                return
            history = face_visit().history
            history.do(f"named a face {name}", name_faces(history.book, [face.key], name))
            st.rerun()


def _refuse(face: str, person: str) -> None:
    visit = face_visit()
    visit.history.do(f"not {visit.name_of(person)}", refuse(visit.history.book, face, person))


def _untag(face: str) -> None:
    history = face_visit().history
    history.do("took a name off", untag(history.book, {face}))


def _remove_box(photo: str, face: str) -> None:
    visit = face_visit()
    visit.drawn[photo] = [each for each in visit.drawn.get(photo, []) if each.key != face]
    visit.history.do("removed a box", untag(visit.history.book, {face}))


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
                    st.image(encode_jpeg(mine[0].chip), alt="One of this person's faces", width=96)
                st.markdown(
                    f"**{plain(person.name)}**  \n{len(mine)} {'face' if len(mine) == 1 else 'faces'}"
                )
                with st.popover("Change"):
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
        picture.image(encode_jpeg(known[face].chip), alt="The face in doubt", width=96)
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


def show_hiding(chosen: Chosen, found: PhotoFaces) -> None:
    """The privacy tool: blur, pixelate or cover everyone, everyone but one, or one."""
    visit = face_visit()
    faces = visit.faces_of(found)
    if not faces or not st.toggle("Hide faces in this photo", key="hiding", bind="query-params"):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = st.segmented_control("How?", list(WAYS), default="Pixelate", required=True, key="hide-how")
        whom = st.segmented_control(
            "Whom?", ["Everyone", "Everyone but the selected", "Only the selected"], default="Everyone",
            required=True, key="hide-whom",
        )  # fmt: skip
    picked = _selected(visit, faces)
    hidden = [
        face.box for face in faces if whom == "Everyone" or (face is picked) == (whom == "Only the selected")
    ]
    result = hide_faces(chosen.rgb, hidden, WAYS[way])
    st.image(shrunk(np.asarray(result), 1280), alt="The photo with faces hidden", width="stretch")
    st.caption(
        "Covering is the safest: networks trained for it have recognised blurred and pixelated faces again."
    )
    st.download_button(
        "Download this photo (PNG)",
        lambda: encode_png(result),
        file_name="faces-hidden.png",
        mime="image/png",
        on_click="ignore",
        icon=":material/download:",
    )
