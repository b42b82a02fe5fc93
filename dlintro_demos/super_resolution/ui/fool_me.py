"""You against the machine: can it fool you?"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.words import counted
from dlintro_demos.super_resolution.quiz import ROUNDS, make_pair


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """Two pictures (PNG), of which the one at the place `real` is a photo's."""

    pictures: tuple[bytes, bytes]
    real: int


def play_can_it_fool_you() -> None:
    """Six pairs, each a piece of a photo and the network's version of it."""
    st.subheader("You against the machine: can it fool you?", anchor=False)
    play(_GAME)


def _ask(score: Score) -> Question | None:
    pair = run_job(
        "quiz", score.round, make_pair, score.round, engine().cache, label="The network paints", shared=True
    )
    if pair is None:
        return None
    real = score.seed >> score.round & 1  # the seed decides, bit by bit
    return Question(pictures=(pair.made, pair.real) if real else (pair.real, pair.made), real=real)


def _put(question: Question, said: int | None, say: Say) -> None:
    st.markdown(
        "One is a piece of the photo, the other the network made of a sixteenth of its pixels. Which is real?"
    )
    with st.container(horizontal=True):
        for side, picture in enumerate(question.pictures):
            letter = "AB"[side]
            with st.container(width=300):
                show_picture(picture, alt=f"Picture {letter}")
                if said is None:
                    st.button(
                        f"{letter} is real",
                        key=f"fool_me-{letter}",
                        on_click=say,
                        args=(side,),
                        width="stretch",
                    )
                else:
                    truth = "the photo" if side == question.real else "made by the network"
                    yours = ", your choice" if side == said else ""
                    st.markdown(f"**{letter}**: {truth}{yours}")


def _judge(question: Question, said: int) -> Verdict:
    """The machine wins where it fooled the visitor."""
    found = said == question.real
    return Verdict(right=found, machine=not found)


_GAME = Game(
    name="fool_me",
    rounds=len(ROUNDS),
    round_title="Round",
    intro="Six pairs of pictures: one is a piece of a photo, the other the network made of a sixteenth of "
    "its pixels.",
    ask=_ask,
    put=_put,
    judge=_judge,
    same=lambda score, _: score.round,
    tally=lambda score: (
        f"You found **{score.yours}**, it fooled you **{counted(score.machine, 'time')}**. "
        "Guessing finds half."
    ),
)
