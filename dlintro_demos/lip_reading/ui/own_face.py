"""The visitor's own face: a sentence to say, three seconds of camera or a video, and what was read."""

from __future__ import annotations

import functools
from dataclasses import replace

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.privacy import own_computers
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.uploader import bring_file
from dlintro_demos.lip_reading.grammar import parse, spell
from dlintro_demos.lip_reading.live import SIDE, WHOLE, look_live
from dlintro_demos.lip_reading.reading import Reading
from dlintro_demos.lip_reading.recording import video_limits
from dlintro_demos.lip_reading.strangers import Stranger, read_video
from dlintro_demos.lip_reading.ui.answers import row_of, rows_of, show_evidence, show_steps, words_row
from dlintro_demos.lip_reading.ui.components.lip_film import Row, Shown, lip_film
from dlintro_demos.lip_reading.ui.components.recorder import recorder
from dlintro_demos.lip_reading.ui.learn_you import keep_for_learning, new_sentence, offer, read_again
from dlintro_demos.lip_reading.watching import Sentence, Watched, right_words, sentence_of

BRING = "lips-video"
FIRST = "lay green with a two please"
STRANGER = "You are a stranger to it: one man is the only real person that it learned from."
BEFORE, AFTER = "The machine, before learning you", "The machine, after learning you"
ALT = "Your mouth, with the lips' edges that the mesh found"


def own_face() -> Watched | None:
    """Ask for a sentence, take the video, show what was read."""
    with first_result():
        asked = parse(st.session_state.setdefault("lips-asked", FIRST))
        st.markdown("Say this to the camera. Your voice is not needed:")
        recorder(
            spell(asked).split(),
            bring=BRING,
            work=functools.partial(look_live, cache=engine().cache),
            sides=(SIDE, WHOLE),
            key="lips-recorder",
        )
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
            f"{STRANGER} Your video goes no further than {own_computers()}, and is kept for this "
            "visit only. While the camera is on, small pictures go there as well, of which none is kept.",
            icon=":material/lock:",
        )
        offer(None)
        return None
    said = _asked_for(given.file_id, asked)
    stranger: Stranger | None = run_job(
        "stranger", (given.file_id, said), read_video, given.getvalue(), said, engine().cache,
        label="Reading your lips",
    )  # fmt: skip
    if stranger is None:
        offer(None)
        return None
    watched = stranger.watched
    keep_for_learning(given.file_id, watched.clip, said)
    after = read_again(given.file_id, watched.clip, said)
    lip_film(
        [Shown(film=stranger.meshed, alt=ALT)],
        headline=_headline(watched, said, after),
        rows=[words_row("You were asked to say", "truth", said), *_rows(watched, after)],
        key="lips-own",
    )
    if stranger.notes:
        st.caption(" ".join(stranger.notes))
    st.caption(_how_strange(watched))
    offering = st.container()
    show_evidence(watched, (given.file_id, said), shared=False, key="own", alt=ALT)
    show_steps(watched)
    with offering:
        offer(said)
    return watched


def _rows(watched: Watched, after: Reading | None) -> list[Row]:
    """The readers' words; before and after learning, where there is an after."""
    if after is None:
        return rows_of(watched)
    before = replace(watched.first, name=BEFORE)
    learned = replace(watched.first, name=AFTER, reading=after, known=None)  # unmeasured
    return [row_of(each, watched.said, who=each.name) for each in (before, learned, *watched.answers[1:])]


def _ask_another() -> None:
    st.session_state["lips-asked"] = spell(new_sentence())


def _asked_for(file_id: str, asked: Sentence) -> Sentence:
    """What the page asked for when this file came: the next sentence is for the next one."""
    of, said = st.session_state.get("lips-said", ("", asked))
    if of != file_id:
        said = asked
        st.session_state["lips-said"] = (file_id, said)
    return said


def _headline(watched: Watched, said: Sentence, after: Reading | None) -> str:
    right = right_words(sentence_of(watched.first.reading), said)
    if after is not None:
        now = right_words(sentence_of(after), said)
        return f"Before learning you {right} of six words right, after it {now}."
    if watched.first.known is False:
        return f"“I don't know.” Made to guess, it has {right} of six right."
    return f"It has {right} of six words right."


def _how_strange(watched: Watched) -> str:
    distance = watched.first.reading.distance
    if not distance:
        return STRANGER
    return f"{STRANGER} How far your clip is from what it learned from: {distance:.1f}; 1 is usual there."
