"""You against the machine: a sentence in noise; type what you heard."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlintro_demos.assistant.quiz import OPENING, ROUNDS, Question, ask, marked, words_in
from dlintro_demos.assistant.ui.components.listen import Row, listen
from dlintro_demos.assistant.word_errors import errors_of, words_of, words_right
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.component import run_fragment_again
from dlintro_demos.gallery.ui.frame import first_result, panel, table, under_the_hood
from dlintro_demos.gallery.ui.game import Game, Say, Score, Verdict, play
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import address
from dlintro_demos.gallery.words import counted, plain

NAME = "who_hears_more"
EARS = ("silero_vad", "whisper_tiny_en")
MADE = {
    "white": "a random number for each of 16,000 samples a second, all pitches alike.",
    "pink": "random numbers in which each octave has the same power, as in rain.",
    "brown": "random numbers added up, so that low pitches have most of the power, as in wind.",
    "hum": "a low tone and its multiples, as a motor hums.",
    "clicks": "short bursts at random moments.",
    "siren": "one tone that rises and falls.",
    "music": "a melody over chords with a drum, all of it sine waves and bursts of noise.",
}
CODE = """noise *= rms(voice) / rms(noise) * 10 ** (-decibels / 20)    # as loud as the round wants it
samples = voice + noise
spans = detector(samples)                  # where somebody speaks; Whisper is asked only there
heard = whisper(samples[spans])
wrong = levenshtein(words(said), words(heard))     # missing, added, and other words
word_error_rate = wrong / len(words(said))"""
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
    right, of = words_right(question.truth, said)
    return Verdict(right=right, machine=question.machine, of=of)


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


def _foot(question: Question, said: str | None) -> None:
    for _ in panel("The noise, and how words are counted", key="noise-how", icon=":material/graphic_eq:"):
        times = 10 ** (question.decibels / 10)
        st.markdown(
            f"**The noise** is arithmetic: {MADE[question.kind]} Its loudness was set by root mean squares, "
            "of the voice where it is not silent, and of the noise. Here the signal-to-noise ratio is "
            f"**{question.decibels:+g} dB**: the voice has {times:.2g} times the power of the noise."
        )
        st.markdown(
            "**Words are counted** without capitals and full stops, numbers as digits, “colour” as “color”. "
            "The word errors are the fewest words to put in, take out or exchange that turn what was heard "
            "into what was said; divided by the words that were said they are the word error rate."
        )
        if said is None:
            st.caption("What Whisper wrote stands here when you have answered.")
        else:
            _counts(question, said)
    under_the_hood(
        ("hibari_voice", *EARS),
        device=str(engine().cache.device),
        stages={stage: taken / 1_000 for stage, taken in question.milliseconds.items()},
        code=CODE,
    )


def _counts(question: Question, said: str) -> None:
    """A table of the kinds of errors, and what Whisper wrote."""
    wrote = f"“{plain(question.heard)}”" if question.heard else "nothing: no voice was found in it"
    st.markdown(f"**Whisper wrote** {wrote}")
    words = len(words_of(question.truth))
    rows = []
    for who, heard in (("You", said), ("Whisper", question.heard)):
        errors = errors_of(words_of(question.truth), words_of(heard))
        rate = f"{errors.total / words:.0%} of {words} words"
        rows.append((who, str(errors.missing), str(errors.added), str(errors.other), rate))
    table(("", "Missing", "Added", "Another word", "Word error rate"), rows)


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
    foot=_foot,
    opening=OPENING,
    same=lambda _, question: question.truth,
)
