"""You against the machine: which pattern did the author of a complaint have in mind?"""

from __future__ import annotations

import html

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.medicine.symptoms.quiz import OPENING, Riddle, ask, complaints
from dlintro_demos.medicine.symptoms.written import patterns


def show_game() -> None:
    """Eight rounds."""
    play(_GAME)


def _ask(score: Score) -> Riddle | None:
    return run_job(
        "symptoms-riddle", (score.seed, score.round), ask, score.seed, score.round, engine().cache,
        label="The next complaint", shared=score.seed == OPENING,
    )  # fmt: skip


def _put(riddle: Riddle, said: str | None, say: Say) -> None:
    titles = {each.key: each.title for each in patterns()}
    st.html(f"<p style='font-size:1.1rem;margin:0'>“{html.escape(riddle.complaint)}”</p>")
    if said is None:
        with st.container(horizontal=True):
            for key in riddle.choices:
                st.button(titles[key], key=f"riddle-{riddle.number}-{key}", on_click=say, args=(key,))
        return
    machine = (
        f"The machine said {titles[riddle.machine]}." if riddle.machine else "The machine could not tell."
    )
    st.markdown(f"You said {titles[said]}. {machine} Its author had **{titles[riddle.truth]}** in mind.")


def _judge(riddle: Riddle, said: str) -> Verdict:
    machine = None if riddle.machine is None else int(riddle.machine == riddle.truth)
    return Verdict(right=int(said == riddle.truth), machine=machine)


def _tally(score: Score) -> str:
    unsure = f" and could not tell {score.unsure}" if score.unsure else ""
    return f"You have **{score.yours}** of {score.played} right, the machine **{score.machine}**{unsure}."


_GAME: Game[Riddle] = Game(
    name="symptoms",
    rounds=len(complaints()),
    round_title="Complaint",
    intro="Eight complaints, four patterns each. Choose first, then see what the machine chose.",
    ask=_ask,
    put=_put,
    judge=_judge,
    tally=_tally,
    same=lambda _, riddle: riddle.complaint,
)
