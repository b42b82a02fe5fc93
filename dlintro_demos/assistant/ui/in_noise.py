"""You against the machine: a sentence in noise; type what you heard."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlintro_demos.assistant.quiz import OPENING, ROUNDS, Question, ask, marked, words_in
from dlintro_demos.assistant.ui.components.listen import Row, listen
from dlintro_demos.assistant.word_errors import words_of, words_right
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.component import run_fragment_again
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import address
from dlintro_demos.gallery.words import counted

NAME = "who_hears_more"
ALT = "Loudness and spectrogram of a synthetic voice in noise, {:.1f} seconds"


def in_noise() -> None:
    """Eight sentences; everybody's first game is the same."""
    play(_GAME)


def _ask(score: Score) -> Question | None:
    return run_job(
        "noise", (score.seed, score.round), ask, score.seed, score.round, engine().cache,
        label="The next sentence", shared=score.seed == OPENING,
    )  # fmt: skip


def _put(question: Question, said: str | None, say: Say) -> None:
    rows, headline = [], f"A synthetic voice in {question.noise}. What does it say?"
    if said is not None:
        rows = [
            Row(who="You", words=marked(said, question.truth)),
            Row(who="The machine", words=marked(question.heard, question.truth)),
            Row(who="It was", words=[(word, None) for word in words_of(question.truth)]),
        ]
        right, of = words_right(question.truth, said)
        headline = _verdict(right, question.machine, of)
    with first_result():
        answer = listen(
            _sound(question, answered=said is not None),
            recording=address(question.recording),
            number=question.number,
            headline=headline,
            rows=rows,
            key="assistant-listen",
        )
    if said is None and answer is not None:
        say(answer)
        run_fragment_again()


def _sound(question: Question, *, answered: bool) -> dict[str, Any]:
    """The sound as `listen` is told of it; with the machine's words below it when the truth is out."""
    return {
        "peaks": question.picture.peaks,
        "spectrogram": address(question.picture.spectrogram),
        "seconds": question.picture.seconds,
        "spans": [],
        "words": question.words if answered else [],
        "alt": ALT.format(question.picture.seconds),
    }


def _verdict(yours: int, machine: int, of: int) -> str:
    both = f"You have {yours} of {of} words right, the machine {machine}."
    return f"A draw. {both}" if yours == machine else both


def _judge(question: Question, said: str) -> Verdict:
    return Verdict(right=words_right(question.truth, said)[0], machine=question.machine)


def _tally(score: Score) -> str:
    words = words_in(score.seed, score.played)
    so_far = (
        f"After {counted(score.played, 'sentence')}, {counted(words, 'word')}: you **{score.yours}**, "
        f"the machine **{score.machine}** right."
    )
    if score.played < ROUNDS:
        return so_far
    rows = (("**You**", score.yours), ("**The machine** (Whisper tiny.en)", score.machine))
    table = "\n".join(f"| {who} | {1 - right / words:.0%} |" for who, right in rows)
    return f"{so_far}\n\n| | Words wrong |\n|---|---|\n{table}"


def _after(question: Question, _said: str) -> None:
    louder = "louder" if question.decibels > 0 else "softer"
    size = f"{abs(question.decibels):g} decibels {louder} than" if question.decibels else "as loud as"
    st.caption(
        f"The voice was {size} {question.noise}. A word that is missing, added or another one counts as "
        "wrong; numbers may be digits. You know what people talk about, and guess the rest; so does Whisper, "
        "from the subtitles that it learned from."
    )


_GAME = Game(
    name=NAME,
    rounds=ROUNDS,
    round_title="Sentence",
    intro="",
    ask=_ask,
    put=_put,
    judge=_judge,
    tally=_tally,
    after=_after,
    opening=OPENING,
)
