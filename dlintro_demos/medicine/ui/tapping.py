"""Tap the nuclei: thirty seconds against the network and the classical way."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.component import run_fragment_again
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.words import counted
from dlintro_demos.medicine.nuclei.tapping import (
    OPENING,
    ROUNDS,
    SECONDS,
    Question,
    Taps,
    ask,
    hit_by,
    middles_of,
    weigh,
)
from dlintro_demos.medicine.ui.components.tap import TapResult, tap

NAME = "tap_the_nuclei"
Places = list[tuple[float, float]]


def tap_the_nuclei() -> None:
    """Three drawings, each harder than the last."""
    with first_result():
        play(_GAME)


def _ask(score: Score) -> Question | None:
    return run_job(
        "taps", (score.seed, score.round), ask, score.seed, score.round, engine().cache,
        label="Drawing nuclei", shared=score.seed == OPENING,
    )  # fmt: skip


def _put(question: Question, said: Places | None, say: Say) -> None:
    labels = question.drawing.labels
    taps = tap(
        question.picture,
        alt="Nuclei that this program drew",
        size=(labels.shape[1], labels.shape[0]),
        round_number=question.number + 1,
        seconds=SECONDS,
        result=None if said is None else result_of(question, said),
        key="tap",
    )
    if said is None:
        if taps is not None:
            say(taps)
            run_fragment_again()
        return
    you = weigh(said, labels)
    st.markdown(
        f"{counted(you.of, 'nucleus', 'nuclei')} were drawn. You: {_in_words(you)}. "
        f"The network: {_in_words(question.network)}. The classical way: {_in_words(question.classical)}."
    )


def result_of(question: Question, places: Places) -> TapResult:
    """Which taps were right, the first on each nucleus, and where the missed ones are."""
    labels = question.drawing.labels
    seen: set[int] = set()
    right = []
    for number in hit_by(places, labels).tolist():
        right.append(number > 0 and number not in seen)
        seen.add(number)
    missed = [
        (float(x), float(y)) for number, (x, y) in enumerate(middles_of(labels), 1) if number not in seen
    ]
    return TapResult(taps=places, right=right, missed=missed)


def _in_words(taps: Taps) -> str:
    return f"**{taps.hits}** found, {taps.extra} too many, {taps.points} points"


def _tally(score: Score) -> str:
    return (
        f"After {counted(score.played, 'picture')}: you **{score.yours}** points, the network "
        f"**{score.machine}**, of {100 * score.played}."
    )


_GAME = Game(
    name=NAME,
    rounds=ROUNDS,
    round_title="Picture",
    intro="Three drawings of nuclei, thirty seconds each.",
    ask=_ask,
    put=_put,
    judge=lambda question, said: Verdict(
        right=weigh(said, question.drawing.labels).points, machine=question.network.points, of=100
    ),
    tally=_tally,
    opening=OPENING,
)
