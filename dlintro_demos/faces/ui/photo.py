"""Widgets of the faces page for one photo: the board, naming, yes and no, and the reasons."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.faces.album import MOST_DRAWN
from dlintro_demos.faces.analysis import drawn_key
from dlintro_demos.faces.experiment import Looked, hidden_file, look_there, preview_hidden
from dlintro_demos.faces.face import Face, PhotoFaces
from dlintro_demos.faces.people import Suggestion, name_faces, untag
from dlintro_demos.faces.privacy import Way
from dlintro_demos.faces.ui.components.face_board import Mark, face_board
from dlintro_demos.faces.ui.roster import accept, accept_all_sure, refuse_for, undo_button
from dlintro_demos.faces.ui.visit import FaceVisit, face_visit, limits, through_the_queue
from dlintro_demos.gallery.intake.names import BadName, clean_name
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.words import plain

WORDS = {"sure": "sure", "maybe": "maybe", "unknown": "not known"}
WAYS: dict[str, Way] = {"Blur": "blur", "Pixelate": "pixelate", "Cover": "cover"}


def show_board(chosen: Chosen, looked: Looked) -> tuple[Face | None, Suggestion | None]:
    """The photo with its faces; gives the one that is looked at, and who it may be if nobody said so."""
    visit, found = face_visit(), looked.found
    visit.remember([found])
    faces, answers = visit.faces_of(found), visit.suggestions(found)
    selected = _selected(visit, faces)
    with first_result():
        answer = face_board(
            looked.preview,
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
    if answer.drawn:
        visit.wanted = (found.key, answer.drawn)
    _look_there(visit, chosen, found.key)
    _say_what_was_found(found, faces)
    with st.container(horizontal=True):
        accept_all_sure(answers)
        undo_button(visit)
    return selected, answers.get(selected.key) if selected else None


def _look_there(visit: FaceVisit, chosen: Chosen, photo: str) -> None:
    """The face in the box that the visitor drew; the box is remembered until a job has looked there."""
    if visit.wanted is None or visit.wanted[0] != photo:
        return
    box, drawn = visit.wanted[1], visit.drawn.setdefault(photo, [])
    key = drawn_key(photo, box)
    if key not in {face.key for face in drawn}:
        if len(drawn) >= MOST_DRAWN:
            visit.wanted = None
            return
        face = run_job(
            "drawn", key, look_there, key, chosen.rgb, box, engine().cache, label="Looking at your box"
        )
        if face is None:
            return
        drawn.append(face)
    visit.wanted = None
    st.session_state.face = key
    st.rerun()


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


def ask_who(photo: str, face: Face, suggestion: Suggestion | None) -> None:
    """Who is this? The suggestion with yes and no, or the name; and a form to type one."""
    visit = face_visit()
    book = visit.history.book
    picture, words = st.columns([1, 3])
    if face.close_up:
        with picture:
            show_picture(face.close_up.surroundings, alt="The face with its five landmarks", width=160)
    with words:
        if suggestion is None:
            person = book.tags[face.key]
            st.markdown(f"This is **{plain(visit.name_of(person))}**: you said so.")
            st.button("No, take the name off", on_click=_untag, args=(face.key,), icon=":material/label_off:")
        else:
            _show_suggestion(visit, face, suggestion)
        _name_form(face, named=suggestion is None)
        if face.drawn:
            st.button("Remove this box", on_click=_remove_box, args=(photo, face.key))


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
        st.button("Yes", on_click=accept, args=([(face.key, suggestion.person)],), icon=":material/check:")
        st.button(
            "No", on_click=refuse_for, args=([face.key], suggestion.person), icon=":material/close:",
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


def _untag(face: str) -> None:
    history = face_visit().history
    history.do("took a name off", untag(history.book, {face}))


def _remove_box(photo: str, face: str) -> None:
    visit = face_visit()
    visit.drawn[photo] = [each for each in visit.drawn.get(photo, []) if each.key != face]
    visit.history.do("removed a box", untag(visit.history.book, {face}))


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
    boxes = tuple(
        face.box for face in faces if whom == "Everyone" or (face is picked) == (whom == "Only the selected")
    )
    hidden = (chosen.rgb, boxes, WAYS[way])
    preview = run_job(
        "hidden", (found.key, boxes, way), preview_hidden, *hidden, label="Hiding the faces",
        shared=bool(chosen.sample) and len(faces) == len(found.faces),
    )  # fmt: skip
    if preview is None:
        return
    show_picture(preview, alt="The photo with faces hidden")
    st.caption(
        "Covering is the safest: networks trained for it have recognised blurred and pixelated faces again."
    )
    st.download_button(
        "Download this photo (PNG)",
        through_the_queue(hidden_file, *hidden),
        file_name="faces-hidden.png",
        mime="image/png",
        on_click="ignore",
        icon=":material/download:",
    )
