"""You against the machine: which came first, which took more computing?"""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.words import counted
from dlintro_demos.why_now.history import System, power
from dlintro_demos.why_now.quiz import FIRST, OPENING, ROUNDS, Question, ask

ASKS = {True: "Which came first?", False: "Which took more computing to train?"}


def guess_the_order() -> None:
    """Eight pairs; everybody's first game is the same."""
    with first_result():
        play(_GAME)


def _ask(score: Score) -> Question:
    return ask(score.seed, score.round)


def _put(question: Question, said: str | None, say: Say) -> None:
    st.markdown(f"**{ASKS[question.asks == FIRST]}**")
    for system in question.pair:
        st.button(
            f"{system.name}: {system.does}",
            key=f"order-{system.name}",
            on_click=say,
            args=(system.name,),
            disabled=said is not None,
            width="stretch",
        )
    if said is not None:
        yours = "right" if said == question.truth.name else "wrong"
        machine = "right" if question.machine is question.truth else "wrong"
        st.markdown(
            f"It was **{question.truth.name}**. You were {yours}, the machine was {machine}: it said "
            f"{question.machine.name}.\n\n" + "\n".join(f"- {_facts(each)}" for each in question.pair)
        )


def _facts(system: System) -> str:
    return f"{system.name}: {system.year}, {power(system.flop)} FLOP"


def _judge(question: Question, said: str) -> Verdict:
    return Verdict(right=said == question.truth.name, machine=question.machine is question.truth)


def _tally(score: Score) -> str:
    rounds = counted(score.played, "round")
    return f"After {rounds}: you **{score.yours}**, the machine **{score.machine}** right."


def _after(_question: Question, _said: str) -> None:
    st.caption(
        "The machine is no network here but a rule: it knows only the other figure, and says that what is "
        "newer took more. In half of the rounds that is wrong: what counts is not only computing."
    )


_GAME = Game(
    name="order",
    rounds=ROUNDS,
    round_title="Round",
    intro="",
    ask=_ask,
    put=_put,
    judge=_judge,
    tally=_tally,
    after=_after,
    opening=OPENING,
    same=lambda _, question: (question.asks, *sorted(each.name for each in question.pair)),
)
