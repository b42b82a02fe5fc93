"""What readers made of a clip, as rows of words; why; and how it came about."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import BLUE, GREY, show_bars
from dlintro_demos.gallery.ui.frame import Step, panel, steps
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.words import counted, per_cent
from dlintro_demos.lip_reading.grammar import SLOTS, WORDS
from dlintro_demos.lip_reading.saliency import Saliency, hide_spans
from dlintro_demos.lip_reading.ui.components.lip_film import Row, Shown, lip_film
from dlintro_demos.lip_reading.ui.lanes import curves_lane, mouths_lane, spans_lane, words_lane
from dlintro_demos.lip_reading.watching import Answer, Sentence, Watched

DRAWN = "This mouth is drawn by our program; nobody real says this."
READER = "The machine"
LIKELY = 4


def row_of(answer: Answer, truth: Sentence | None, *, who: str) -> Row:
    """A reader's words, each with how sure it is."""
    return Row(
        who=who,
        kind="machine",
        words=[
            (
                each.word,
                None if truth is None else each.word == WORDS[slot][truth[slot]],
                per_cent(each.probability),
            )
            for slot, each in enumerate(answer.reading.words)
        ],
        aside="not sure enough: “I don't know”" if answer.known is False else "",
    )


def rows_of(watched: Watched) -> list[Row]:
    """A row for each reader: the machine, which plays, and those beside it by their names."""
    names = (READER, *(each.name for each in watched.answers[1:]))
    return [row_of(each, watched.said, who=who) for who, each in zip(names, watched.answers, strict=True)]


def words_row(who: str, kind: str, sentence: Sentence, truth: Sentence | None = None) -> Row:
    """Somebody's words; marked right and wrong where there is a truth to compare with."""
    return Row(
        who=who,
        kind="you" if kind == "you" else "truth",
        words=[
            (words[word], None if truth is None else word == truth[slot], "")
            for slot, (words, word) in enumerate(zip(WORDS, sentence, strict=True))
        ],
    )


def show_evidence(watched: Watched, fingerprint: Hashable, *, shared: bool, key: str, alt: str) -> None:
    """Folded: the film over its lanes, the likeliest sentences, and what it reads without the grammar."""
    for _ in panel("Why? Frame by frame", key=f"why-{key}", icon=":material/timeline:"):
        hidden: Saliency | None = run_job(
            f"hide-{key}", fingerprint, hide_spans, watched.clip, engine().cache,
            label="Hiding frames", shared=shared,
        )  # fmt: skip
        reading = watched.first.reading
        lanes = [mouths_lane(), words_lane(reading), curves_lane(watched.opening, watched.width)]
        if hidden is not None:
            lanes.append(spans_lane(hidden, reading))
        lip_film(
            [Shown(film=watched.film, alt=alt)],
            headline="Point anywhere below to go there",
            key=f"lanes-{key}",
            lanes=lanes,
        )
        weakest = min(range(len(SLOTS)), key=lambda slot: reading.words[slot].probability)
        left, right = st.columns(2)
        with left:
            word = reading.words[weakest]
            st.markdown(f"**Least sure of the {SLOTS[weakest]}.** What it might have been:")
            show_bars(
                [(word.word, word.probability), *word.others[: LIKELY - 1]],
                colour=BLUE if watched.first.known else GREY,
            )
        with right:
            st.markdown(
                "**The likeliest sentences:**\n\n"
                + "\n".join(
                    f"1. {sentence}, {per_cent(probability)}" for sentence, probability in reading.sentences
                )
            )
            st.markdown(f"Without the grammar it reads: *{reading.greedy or 'nothing'}*")


def show_steps(watched: Watched) -> None:
    """Points, movement, words: with the pictures of this very run."""
    reading = watched.first.reading
    greedy = reading.greedy.split()
    alone = counted(len(greedy), "word") if greedy else "no word"
    steps(
        "What just happened?",
        [
            Step(
                title="Lips are points",
                words=f"{counted(watched.film.frames, 'frame')}, forty points on the lips in each. Only how "
                "they move counts, not where they are.",
                pictures=[(watched.pictures.points, "The mouth, widest open, with points on its lips")],
            ),
            Step(
                title="Teeth and tongue are pixels",
                words="Points miss them. So each frame is a picture, too, 48 pixels wide. Three networks "
                "read it, with the points and without.",
                pictures=[(watched.pictures.seen, "Three frames as the networks get them, in grey")],
            ),
            Step(
                title="Frames vote for words",
                words=f"Left alone, their votes make {alone}. It weighs all 64,000 "
                "sentences of this game against the votes, and takes the likeliest word in each place.",
                pictures=[(watched.pictures.votes, "A lane for each word, high where a frame speaks for it")],
            ),
        ],
    )
