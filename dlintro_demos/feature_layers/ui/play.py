"""You against it: the game of half a second."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.feature_layers.quiz import ROUNDS, Question, ask
from dlintro_demos.feature_layers.ui.components.flash import FlashResult, flash
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.component import run_fragment_again
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.ui.run_job import run_job


def play_half_a_second() -> None:
    """Ten pictures for half a second each."""
    play(_GAME)


def _ask(score: Score) -> Question | None:
    return run_job(
        "quiz", (score.seed, score.round), ask, score.seed, score.round, engine().cache,
        label="The next picture",
    )  # fmt: skip


def _put(question: Question, said: int | None, say: Say) -> None:
    answer = flash(
        question.picture,
        alt=question.alt,
        round_number=question.number + 1,
        labels=question.names,
        result=None
        if said is None
        else FlashResult(choice=said, truth=question.truth, machine=question.machine),
        key="flash",
    )
    if said is not None:
        st.caption(f"The machine took {question.machine_seconds * 1000:.0f} ms. {question.credit}")
    elif answer is not None:
        say(answer.choice)
        run_fragment_again()


_GAME = Game(
    name="half_a_second",
    rounds=ROUNDS,
    same=lambda _, question: question.alt,
    round_title="Picture",
    intro="Ten pictures, each for half a second, five names to choose from. The machine gets the same "
    "picture and the same five names; two of them are what it would confuse it with.",
    ask=_ask,
    put=_put,
    judge=lambda question, said: Verdict(
        right=said == question.truth, machine=question.machine == question.truth
    ),
    tally=lambda score: (
        f"After {score.played}: you **{score.yours}**, the machine **{score.machine}** right."
    ),
)
