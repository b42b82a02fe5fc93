"""You against the machine: a silent mouth, six words."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.component import run_fragment_again
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.words import counted
from dlintro_demos.lip_reading.grammar import WORDS
from dlintro_demos.lip_reading.quiz import (
    CHANCE,
    OPENING,
    PUBLISHED,
    ROUNDS,
    Question,
    ask,
    error_rate,
    wish_of,
)
from dlintro_demos.lip_reading.ui.answers import DRAWN, rows_of, show_evidence, show_steps, words_row
from dlintro_demos.lip_reading.ui.components.lip_film import Ask, Shown, lip_film
from dlintro_demos.lip_reading.watching import Sentence, Watched, right_words, sentence_of

NAME = "read_along"
OTHERS = "lips-others"
ALT = "A drawn mouth that says six words without a sound"
HINT = "Or type: bbaf2n is “bin blue at f two now”."


def read_along() -> Watched | None:
    """Ten sentences; everybody's first game is the same. Gives the clip that is on."""
    question = _ask(st.session_state.get(f"game-{NAME}") or Score(seed=OPENING))
    if question is None:
        return None
    play(_GAME)
    return question.watched


def _ask(score: Score) -> Question | None:
    return run_job(
        "round", (score.seed, score.round), ask, score.seed, score.round, engine().cache,
        label="The next sentence", shared=score.seed == OPENING,
    )  # fmt: skip


def _put(question: Question, said: Sentence | None, say: Say) -> None:
    watched, truth = question.watched, question.truth
    rows, headline = [], "What does this mouth say?"
    if said is not None:
        _note_others(question)
        rows = [words_row("You", "you", said, truth), *rows_of(watched), words_row("It was", "truth", truth)]
        headline = _verdict(right_words(said, truth), right_words(sentence_of(watched.first.reading), truth))
    with first_result():
        answer = lip_film(
            [Shown(film=watched.film, alt=ALT)],
            headline=headline,
            note=DRAWN,
            number=question.number,
            ask=Ask(number=question.number, label="That is my answer", hint=HINT) if said is None else None,
            rows=rows,
            reveal=True,
            key="lips-read-along",
        )
    if said is None and answer is not None:
        say(answer)
        run_fragment_again()


def _verdict(yours: int, machine: int) -> str:
    both = f"You have {yours} of six right, the machine {machine}."
    return f"A draw. {both}" if yours == machine else both


def _note_others(question: Question) -> None:
    """How many words the readers have right that stand beside the first one, who plays."""
    st.session_state.setdefault(OTHERS, {})[question.wish.seed] = {
        each.name: right_words(sentence_of(each.reading), question.truth)
        for each in question.watched.answers[1:]
    }


def _others(score: Score) -> dict[str, int]:
    noted = st.session_state.get(OTHERS, {})
    right: dict[str, int] = {}
    for number in range(ROUNDS):
        for name, words in noted.get(wish_of(score.seed, number).seed, {}).items():
            right[name] = right.get(name, 0) + words
    return right


def _judge(question: Question, said: Sentence) -> Verdict:
    return Verdict(
        right=right_words(said, question.truth),
        machine=right_words(sentence_of(question.watched.first.reading), question.truth),
        of=len(WORDS),
    )


def _tally(score: Score) -> str:
    words = counted(score.played * len(WORDS), "word")
    so_far = (
        f"After {counted(score.played, 'sentence')}, {words}: you **{score.yours}**, "
        f"the machine **{score.machine}** right."
    )
    if score.played < ROUNDS:
        return so_far
    rows = [
        ("**You**, here", error_rate(score.yours, ROUNDS)),
        ("**The machine**, here", error_rate(score.machine, ROUNDS)),
        *((f"{name}, here", error_rate(right, ROUNDS)) for name, right in _others(score).items()),
        ("Guessing, here", CHANCE),
        *((f"{who}, real faces", rate) for who, rate in PUBLISHED.items()),
    ]
    table = "\n".join(f"| {who} | {rate * 100:.1f}\u00a0% |" for who, rate in rows)
    return (
        f"{so_far}\n\n| Words wrong | |\n|---|---|\n{table}\n\n"
        "The last three are of the LipNet paper (Assael et al., 2016), on the same kind of sentences: real "
        "mouths there, drawn ones here, so they can't be compared word for word."
    )


def _after(question: Question, _said: Sentence) -> None:
    wish = question.wish
    show_evidence(question.watched, wish, shared=question.shared, key="read-along", alt=ALT)
    show_steps(question.watched)


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
