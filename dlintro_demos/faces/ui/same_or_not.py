"""You against the machine: the same person or not?"""

from __future__ import annotations

import streamlit as st

from dlintro_demos.faces.quiz import ROUNDS, Pair, make_pair
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_pictures
from dlintro_demos.gallery.words import counted

NAME = "same-or-not"
MACHINE = {"sure": "“the same person”", "maybe": "“maybe the same, I don't know”", "unknown": "“two people”"}


def same_or_not() -> None:
    """Ten rounds; the machine may say that it does not know."""
    play(GAME)


def _ask(score: Score) -> Pair | None:
    return run_job(NAME, score.round, make_pair, score.round, engine().cache, label="Two faces", shared=True)


def _put(pair: Pair, said: bool | None, say: Say) -> None:
    st.markdown(f"Each face is {pair.width} pixels wide. One person?")
    show_pictures([(pair.left, "Left face"), (pair.right, "Right face")], width=150)
    if said is None:
        with st.container(horizontal=True):
            st.button("The same person", key=f"{NAME}-same", on_click=say, args=(True,))
            st.button("Two people", key=f"{NAME}-two", on_click=say, args=(False,))
        return
    truth = "the same person" if pair.same else "two people"
    machine = "“I don't know”" if pair.distance is None else MACHINE[pair.level]
    distance = "it found no face" if pair.distance is None else f"distance {pair.distance:.2f}"
    verdict = "Right" if said == pair.same else "Wrong"
    st.markdown(f"**{verdict}: {truth}.** The machine says {machine} ({distance}).")


def _judge(pair: Pair, said: bool) -> Verdict:
    knows = pair.distance is not None and pair.level != "maybe"
    return Verdict(right=said == pair.same, machine=(pair.level == "sure") == pair.same if knows else None)


def _tally(score: Score) -> str:
    return (
        f"After {score.played}: you **{score.yours}** right, the machine **{score.machine}** right"
        f" and {counted(score.unsure, 'time')} “I don't know”."
    )


GAME = Game(
    name=NAME,
    rounds=len(ROUNDS),
    round_title="Pair",
    intro="Ten pairs of tiny faces. The machine gets the same pictures, and may say that it does not know.",
    ask=_ask,
    put=_put,
    judge=_judge,
    same=lambda score, _: score.round,
    tally=_tally,
)
