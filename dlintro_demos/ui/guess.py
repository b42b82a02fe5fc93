"""You against the machine: which of two pictures is the real one?"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass
class Score:
    """One visitor's game; `seed` decides, bit by bit, on which side the real one stands."""

    seed: int
    round: int = 0
    found: int = 0
    fooled: int = 0
    answer: int | None = None


@st.fragment
def guess_the_real(
    name: str, make: Callable[[int], tuple[bytes, bytes] | None], *, rounds: int, question: str
) -> None:
    """Play round after round; `make(round)` gives the real and the made picture, or None while it cannot.

    Only this part of the page runs again on a click. The score stays in the session.
    """
    if name not in st.session_state:
        st.button("Play", key=f"{name}-play", on_click=_start, args=(name,), icon=":material/sports_esports:")
        return
    score: Score = st.session_state[name]
    pictures = make(score.round)
    if pictures is None:
        return
    real = score.seed >> score.round & 1
    st.markdown(f"**Round {score.round + 1} of {rounds}.** {question}")
    _show(name, score, pictures if real == 0 else pictures[::-1], real)
    if score.found + score.fooled:
        st.markdown(
            f"You found **{score.found}**, it fooled you **{score.fooled}** times. Guessing finds half."
        )
    if score.answer is not None:
        last = score.round + 1 >= rounds
        st.button("Play again" if last else "Next", key=f"{name}-next", on_click=_advance, args=(name, last))


def _show(name: str, score: Score, pictures: Sequence[bytes], real: int) -> None:
    with st.container(horizontal=True):
        for side, picture in enumerate(pictures):
            letter = "AB"[side]
            with st.container(width=300):
                st.image(picture, alt=f"Picture {letter}", width="stretch")
                if score.answer is None:
                    st.button(
                        f"{letter} is real",
                        key=f"{name}-{letter}",
                        on_click=_answer,
                        args=(score, side, real),
                        width="stretch",
                    )
                else:
                    truth = "the photo" if side == real else "made by the network"
                    yours = ", your choice" if side == score.answer else ""
                    st.markdown(f"**{letter}**: {truth}{yours}")


def _start(name: str) -> None:
    st.session_state[name] = Score(seed=secrets.randbits(32))


def _answer(score: Score, side: int, real: int) -> None:
    score.answer = side
    if side == real:
        score.found += 1
    else:
        score.fooled += 1


def _advance(name: str, last: bool) -> None:
    score: Score = st.session_state[name]
    if last:
        del st.session_state[name]
    else:
        score.round, score.answer = score.round + 1, None
