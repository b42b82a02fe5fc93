"""Take a lesson home: a file to go on from, or a script that answers without this gallery."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.uploader import bring_file
from dlintro_demos.gallery.words import counted, plain
from dlintro_demos.teach_a_child.heads import HeadKey
from dlintro_demos.teach_a_child.lesson import Lesson
from dlintro_demos.teach_a_child.lesson_file import MOST_BYTES, open_lesson, save
from dlintro_demos.teach_a_child.script import export
from dlintro_demos.teach_a_child.ui.visit import HEAD_TITLES, TeachVisit


def keep(visit: TeachVisit) -> None:
    """Save, load, export."""
    count = len(visit.lesson.examples)
    st.subheader("Save it", anchor=False)
    if not count:
        st.info("The lesson is empty. Teach it something first, or load a lesson below.")
    else:
        pictures = st.toggle(
            "With small pictures of the examples",
            key="with-pictures",
            help="Without them the file holds names and numbers; who has the very same picture could "
            "still tell that it was shown.",
        )
        with st.container(horizontal=True):
            st.download_button(
                f"The lesson, {counted(count, 'example')}",
                lambda: save(visit.lesson, visit.head, pictures=pictures),
                file_name="lesson.zip",
                mime="application/zip",
                icon=":material/download:",
                on_click="ignore",
            )
            st.download_button(
                "A Python script that answers like this",
                lambda: export(visit.lesson, visit.head),
                file_name="classify.zip",
                mime="application/zip",
                icon=":material/code:",
                on_click="ignore",
            )
        st.caption(
            f"The script learned by “{HEAD_TITLES[visit.head]}”. Both files hold the names that you typed; "
            "nothing of them stays here."
        )
    st.subheader("Load one", anchor=False)
    most = min(MOST_BYTES // MB, engine().settings.upload_mb)
    given = bring_file(f"A lesson.zip of this gallery, up to {most} MB", name="lesson-file")
    if given is None:
        return
    opened = run_job("lesson-file", given.file_id, open_lesson, given.getvalue(), label="Opening the lesson")
    if opened is None:
        return
    lesson, head = opened
    st.markdown(
        f"**{counted(len(lesson.examples), 'example')}** of "
        f"{', '.join(plain(name) for name in lesson.names)}, learned by “{HEAD_TITLES[head]}”."
    )
    st.button("Go on with this lesson", on_click=_take, args=(visit, lesson, head))


def _take(visit: TeachVisit, lesson: Lesson, head: HeadKey) -> None:
    visit.set(lesson)
    st.session_state["head"] = visit.head = head
    st.session_state["teach"] = "Teach it"
