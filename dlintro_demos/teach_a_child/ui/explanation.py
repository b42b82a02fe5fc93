"""“What just happened?” for a lesson: picture, numbers, mean."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.ui.frame import Step, steps
from dlintro_demos.teach_a_child.heads import class_means
from dlintro_demos.teach_a_child.lesson import Lesson, once_a_lesson
from dlintro_demos.teach_a_child.seeing import barcode
from dlintro_demos.teach_a_child.ui.visit import TeachVisit


def show_explanation(visit: TeachVisit) -> None:
    """With the picture that was shown last, taught or not, and the newest word of this very lesson."""
    lesson = visit.lesson
    if not lesson.examples:
        return
    newest, other = lesson.examples[-1], _other_word(lesson)
    shown = visit.shown or newest.seen
    numbers, *means = _patterns(lesson)
    if shown is not newest.seen:
        numbers = barcode(shown.embedding)
    alts = [f"The mean of {newest.name}, as a pattern", f"The mean of {other}, another pattern"]
    steps(
        "What just happened?",
        [
            Step(
                title="A picture",
                words="It is what a camera sees: coloured dots. Two pictures of one apple hardly share any.",
                pictures=[(shown.thumbnail, shown.alt)] if shown.thumbnail else [],
            ),
            Step(
                title="Numbers that mean something",
                words="A network that was taught with 1.3 million photographs turns it into 1,280 numbers, "
                "one for each thing that it learned to look for. Bright squares are large numbers. Pictures "
                "of one kind give similar patterns. Nobody wrote down what they stand for.",
                pictures=[(numbers, "The picture's 1,280 numbers as bright and dark squares")],
            ),
            Step(
                title="A word for a pattern",
                words="Learning a word is now easy: the mean of its examples. Above the pattern of "
                f"“{newest.name}”"
                + (f", below that of “{other}”" if other is not None else "")
                + ". A new picture gets the word whose pattern is most like its own.",
                pictures=list(zip(means, alts, strict=False)),
            ),
        ],
    )
    st.caption(
        "As with a child that has learned to see long before it learns to speak. Its eyes are good at things "
        "on photographs. At what looks alike to them it is weak, with few examples above all: it takes a "
        "pullover for a shirt sooner than it says “never seen”, and on tiny digits plain pixels do better. "
        "How often, measured, stands on the card under the hood."
    )


def _other_word(lesson: Lesson) -> str | None:
    """The first word that is not the newest example's."""
    return next((name for name in lesson.names if name != lesson.examples[-1].name), None)


@once_a_lesson
def _patterns(lesson: Lesson) -> list[bytes]:
    """Of the newest example, of its word's mean, and of another word's mean if there is one: PNG."""
    means = class_means(lesson.embeddings, lesson.labels)
    newest = lesson.examples[-1]
    words = [newest.name, *filter(None, [_other_word(lesson)])]
    return [
        barcode(row) for row in (newest.seen.embedding, *(means[lesson.names.index(word)] for word in words))
    ]
