"""Widgets of the faces page for a video: who is when, names on the frames, and the hidden version."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from dlintro_demos.faces.analysis import find_faces
from dlintro_demos.faces.face import Box, Face, PhotoFaces
from dlintro_demos.faces.lettering import written
from dlintro_demos.faces.privacy import hide_faces
from dlintro_demos.faces.samples import sample_video
from dlintro_demos.faces.tracking import VideoFaces, analyse_video, draw_names, redraw
from dlintro_demos.faces.ui.charts import show_timeline
from dlintro_demos.faces.ui.naming import Unnamed, ask_names
from dlintro_demos.faces.ui.roster import show_people, undo_button
from dlintro_demos.faces.ui.visit import FaceVisit, face_visit, limits
from dlintro_demos.gallery.intake.video import VideoLimits
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.privacy import own_computers
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.uploader import bring_file
from dlintro_demos.gallery.words import counted, plain

SAMPLE, MINE = ":material/movie: Sample video", ":material/upload: My video"
NAMES, HIDDEN = "With names", "Faces pixelated"


def show_video() -> None:
    """Faces found, followed and named over time; a timeline; the video with names or with faces hidden."""
    source = st.segmented_control(
        "Which video?", [SAMPLE, MINE], default=SAMPLE, required=True, key="video-of"
    )
    shared = source == SAMPLE
    given = _sample() if shared else _theirs()
    if given is None:
        return
    data, fingerprint = given
    allowed = VideoLimits(max_bytes=engine().settings.upload_mb * MB)
    find = partial(_find, cache=engine().cache)
    work = partial(analyse_video, same_below=limits().maybe)
    video = run_job(
        "video",
        fingerprint,
        work,
        data,
        allowed,
        find,
        label="Watching the video",
        shared=shared,
        long=not shared,
    )
    if video is None:
        return
    visit = face_visit()
    seen = [track for track in video.tracks if track.looks > 1 or video.looks < 3]
    faces = tuple(track.face for track in seen)
    found = PhotoFaces(
        key=video.digest,
        width=video.width,
        height=video.height,
        faces=faces,
        stages=(),
        seconds=video.seconds,
        device="",
    )
    visit.remember([found])
    names = _names(visit, found)
    st.markdown(
        f"**{counted(len(faces), 'person', 'people')}** in {video.ends:.1f} s of video; "
        f"{video.looks} of {counted(len(video.times), 'frame')} looked at."
    )
    if faces:
        show_timeline(video, names)
        _ask_names(visit, found, names)
        undo_button(visit)
    show_people()
    _show_result(video, names, fingerprint, shared=shared)


def _find(key: str, rgb: np.ndarray, *, cache: ModelCache) -> tuple[Face, ...]:
    return find_faces(key, rgb, cache).faces


def _sample() -> tuple[bytes, str] | None:
    """The bundled video and what names it."""
    st.caption("Synthetic: a program moved a camera over the two bundled photos.")
    data = run_job("sample-video", "sample", sample_video, label="Making the video", shared=True)
    return None if data is None else (data, "sample")


def _theirs() -> tuple[bytes, str] | None:
    given = bring_file(f"MP4 or WebM, up to 10 s and {engine().settings.upload_mb} MB", name="video")
    if given is None:
        st.info(
            f"It goes no further than {own_computers()}, and is kept for this visit only.",
            icon=":material/lock:",
        )
        return None
    return given.getvalue(), given.file_id


def _names(visit: FaceVisit, found: PhotoFaces) -> dict[str, str]:
    """What each track is called: its name, a sure or likely suggestion, or a number."""
    book, answers = visit.history.book, visit.suggestions(found)
    names = {}
    for number, face in enumerate(found.faces, start=1):
        suggestion = answers.get(face.key)
        name = visit.name_of(book.tags.get(face.key)) or (
            visit.name_of(suggestion.person) if suggestion else ""
        )
        doubt = "?" if suggestion and suggestion.level == "maybe" else ""
        names[face.key] = f"{name}{doubt}" if name else _nobody(number)
    return names


def _nobody(number: int) -> str:
    """What somebody is called who has no name."""
    return f"Somebody {number}"


def _ask_names(visit: FaceVisit, found: PhotoFaces, names: dict[str, str]) -> None:
    """A card for everybody without a name; who has one stands among the people of the visit."""
    answers = visit.suggestions(found)
    ask_names(
        visit,
        [
            Unnamed(
                title=names[face.key], faces=[face], suggestion=answers[face.key], note="A name", save="Save"
            )
            for face in found.faces
            if face.key in answers
        ],
    )


def _show_result(video: VideoFaces, names: dict[str, str], fingerprint: str, *, shared: bool) -> None:
    way = st.segmented_control("The video", [NAMES, HIDDEN], default=NAMES, required=True, key="video-way")
    draw = partial(draw_names, names=names) if way == NAMES else _hidden
    told = tuple(sorted(names.items())) if way == NAMES else ()
    ours = shared and all(name == _nobody(number) for number, name in enumerate(names.values(), start=1))
    data = run_job(
        "redraw", (fingerprint, way, told), redraw, video, draw, label="Drawing",
        shared=ours if way == NAMES else shared,
    )  # fmt: skip
    if data is None:
        return
    st.video(data, format="video/webm")
    if way == NAMES:
        _say_who_has_a_number(names)
    st.download_button(
        "Download this video (WebM)", data, file_name="faces.webm", mime="video/webm", on_click="ignore",
        icon=":material/download:",
    )  # fmt: skip


def _say_who_has_a_number(names: dict[str, str]) -> None:
    drawn = [(written(name, number), name) for number, name in enumerate(names.values(), start=1)]
    lacking = [f"{plain(text)} is {plain(name)}" for text, name in drawn if text != name]
    if lacking:
        st.caption(f"Our fonts lack letters of some names. In this video, {'; '.join(lacking)}.")


def _hidden(rgb: np.ndarray, boxes: dict[str, Box]) -> np.ndarray:
    return hide_faces(rgb, list(boxes.values()), "pixelate")
