"""You against the machine: the same person or not?"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dlintro_demos.faces.quiz import ROUNDS, Pair, make_pair
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.run_job import run_job

GAME = "same_or_not"


@dataclass
class Score:
    """One visitor's game; `said` is the answer of this round. The machine may say that it does not know."""

    round: int = 0
    yours: int = 0
    machine: int = 0
    unsure: int = 0
    said: bool | None = None


@st.fragment
def play() -> None:
    """Ten rounds; only this part of the page runs again on a click."""
    if GAME not in st.session_state:
        st.caption(
            "Ten pairs of tiny faces. The machine gets the same pictures, and may say that it does not know."
        )
        st.button("Play", key=f"{GAME}-play", on_click=_start, icon=":material/sports_esports:")
        return
    score: Score = st.session_state[GAME]
    pair = run_job(
        "quiz", score.round, make_pair, score.round, engine().cache, label="Two faces", shared=True
    )
    if pair is None:
        return
    st.markdown(
        f"**Pair {score.round + 1} of {len(ROUNDS)}.** Each face is {pair.width} pixels wide. One person?"
    )
    with st.container(horizontal=True):
        for side, picture in (("Left", pair.left), ("Right", pair.right)):
            st.image(picture, alt=f"{side} face", width=150)
    if score.said is None:
        with st.container(horizontal=True):
            st.button("The same person", key=f"{GAME}-same", on_click=_answer, args=(score, pair, True))
            st.button("Two people", key=f"{GAME}-two", on_click=_answer, args=(score, pair, False))
    else:
        _show_answers(score, pair)
    done = score.round + (score.said is not None)
    if done:
        st.markdown(
            f"After {done}: you **{score.yours}** right, the machine **{score.machine}** right"
            f" and {score.unsure} times “I don't know”."
        )


def _show_answers(score: Score, pair: Pair) -> None:
    truth = "the same person" if pair.same else "two people"
    verdict = "Right" if score.said == pair.same else "Wrong"
    distance = "it found no face" if pair.distance is None else f"distance {pair.distance:.2f}"
    machine = {"sure": "“the same person”", "maybe": "“maybe the same, I don't know”"}.get(
        pair.level, "“two people”"
    )
    if pair.distance is None:
        machine = "“I don't know”"
    st.markdown(f"**{verdict}: {truth}.** The machine says {machine} ({distance}).")
    last = score.round + 1 == len(ROUNDS)
    st.button(
        "Play again" if last else "Next pair", key=f"{GAME}-next", on_click=_advance, args=(score, last)
    )


def _start() -> None:
    st.session_state[GAME] = Score()


def _answer(score: Score, pair: Pair, said: bool) -> None:
    score.said = said
    score.yours += said == pair.same
    if pair.distance is None or pair.level == "maybe":
        score.unsure += 1
    else:
        score.machine += (pair.level == "sure") == pair.same


def _advance(score: Score, last: bool) -> None:
    if last:
        del st.session_state[GAME]
    else:
        score.round, score.said = score.round + 1, None
