"""The visitor's own face: a sentence to say, three seconds of camera or a video, and what was read."""

from __future__ import annotations

import secrets

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.uploader import bring_file
from dlintro_demos.lip_reading.grammar import parse, spell
from dlintro_demos.lip_reading.recording import video_limits
from dlintro_demos.lip_reading.strangers import Stranger, read_video
from dlintro_demos.lip_reading.ui.answers import rows_of, show_evidence, show_steps, words_row
from dlintro_demos.lip_reading.ui.components.lip_film import Shown, lip_film
from dlintro_demos.lip_reading.ui.components.recorder import recorder
from dlintro_demos.lip_reading.watching import Sentence, Watched, right_words, sentence_of, some_sentence

BRING = "lips-video"
FIRST = "lay green with a two please"
STRANGER = "You are a stranger to it: one man is the only real person that it learned from."
ALT = "Your mouth, with the lips' edges that the mesh found"


def own_face() -> Watched | None:
    """Ask for a sentence, take the video, show what was read."""
    with first_result():
        asked = parse(st.session_state.setdefault("lips-asked", FIRST))
        st.markdown("Say this to the camera. Your voice is not needed:")
        recorder(spell(asked).split(), bring=BRING, key="lips-recorder")
    st.button("Another sentence", on_click=_ask_another, icon=":material/casino:")
    limits = video_limits()
    kinds = " or ".join(limits.formats[:2])
    given = bring_file(
        f"Or bring a video of your face: {kinds}, one to {limits.max_seconds:.0f} s, "
        f"up to {limits.max_bytes // MB} MB",
        name=BRING,
    )
    if given is None:
        st.info(
            f"{STRANGER} Your video goes no further than the gallery's own computer, and is kept for this "
            "visit only.",
            icon=":material/lock:",
        )
        return None
    said = _asked_for(given.file_id, asked)
    stranger: Stranger | None = run_job(
        "stranger", (given.file_id, said), read_video, given.getvalue(), said, engine().cache,
        label="Reading your lips",
    )  # fmt: skip
    if stranger is None:
        return None
    watched = stranger.watched
    lip_film(
        [Shown(film=stranger.meshed, alt=ALT)],
        headline=_headline(watched, said),
        rows=[words_row("You were asked to say", "truth", said), *rows_of(watched)],
        key="lips-own",
    )
    if stranger.notes:
        st.caption(" ".join(stranger.notes))
    st.caption(_how_strange(watched))
    show_evidence(watched, (given.file_id, said), shared=False, key="own", alt=ALT)
    show_steps(watched)
    return watched


def _ask_another() -> None:
    st.session_state["lips-asked"] = spell(some_sentence(secrets.randbits(32)))


def _asked_for(file_id: str, asked: Sentence) -> Sentence:
    """What the page asked for when this file came: the next sentence is for the next one."""
    of, said = st.session_state.get("lips-said", ("", asked))
    if of != file_id:
        said = asked
        st.session_state["lips-said"] = (file_id, said)
    return said


def _headline(watched: Watched, said: Sentence) -> str:
    right = right_words(sentence_of(watched.first.reading), said)
    if watched.first.known is False:
        return f"“I don't know.” Made to guess, it has {right} of six right."
    return f"It has {right} of six words right."


def _how_strange(watched: Watched) -> str:
    distance = watched.first.reading.distance
    if not distance:
        return STRANGER
    return f"{STRANGER} How far your clip is from what it learned from: {distance:.1f}; 1 is usual there."
