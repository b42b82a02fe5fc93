"""You against the machine: ten held-out cases; it may say that it does not know."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import table
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.words import counted, per_cent
from dlintro_demos.medicine.risk.quiz import ROUNDS, Round, make_round

NAME = "risk-ten-cases"


def you_or_the_machine() -> None:
    """Ten rounds."""
    play(_GAME)


def _ask(score: Score) -> Round | None:
    return run_job(
        NAME, (score.seed, score.round), make_round, score.seed, score.round, engine().cache,
        label="The next case", shared=False,
    )  # fmt: skip


def _put(question: Round, said: bool | None, say: Say) -> None:
    show_picture(
        question.drawing, alt="A drawing of seven nuclei after the case's measures", width=240,
        caption="A drawing after its measures, no photograph.",
    )  # fmt: skip
    table(
        ("Measure", "This case", "Middle of the benign", "Middle of the malignant"),
        [
            (hint.name, f"{hint.value:.3g}", f"{hint.benign:.3g}", f"{hint.malignant:.3g}")
            for hint in question.hints
        ],
    )
    if said is None:
        with st.container(horizontal=True):
            st.button("Benign", key=f"{NAME}-benign", on_click=say, args=(False,))
            st.button("Malignant", key=f"{NAME}-malignant", on_click=say, args=(True,))
        return
    truth = "malignant" if question.malignant else "benign"
    right = "Right" if said == question.malignant else "Wrong"
    st.markdown(f"**{right}: it was {truth}.** {_machine(question)}")


def _machine(question: Round) -> str:
    probability = question.verdict.probability
    sure = "" if probability is None else f" ({per_cent(probability)} malignant)"
    if question.answer in ("unsure", "strange"):
        return f"The machine says “I don't know”{sure}."
    return f"The machine says {question.answer}{sure}."


def _judge(question: Round, said: bool) -> Verdict:
    knows = question.answer in ("malignant", "benign")
    machine = int((question.answer == "malignant") == question.malignant) if knows else None
    return Verdict(right=int(said == question.malignant), machine=machine)


def _tally(score: Score) -> str:
    return (
        f"After {counted(score.played, 'case')}: you **{score.yours}** right, the machine "
        f"**{score.machine}** right and {counted(score.unsure, 'time')} “I don't know”."
    )


_GAME = Game(
    name=NAME,
    rounds=ROUNDS,
    round_title="Case",
    intro="Ten cases that the networks have not seen. You get the drawing and five measures, the machine all "
    "thirty; it may say that it does not know.",
    ask=_ask,
    put=_put,
    judge=_judge,
    tally=_tally,
    same=lambda _, question: question.case,
)
