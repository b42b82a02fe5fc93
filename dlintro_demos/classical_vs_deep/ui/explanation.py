"""“What just happened?” for classical against deep: features by hand, curves, and a shape that moved."""

from __future__ import annotations

from dlintro_demos.classical_vs_deep.still_pictures import MOVED, explained
from dlintro_demos.gallery.ui.frame import Step, steps


def show_explanation() -> None:
    """Three steps, each with what it is about."""
    pictures = explained()
    steps(
        "What just happened?",
        [
            Step(
                title="Somebody decides what to look at",
                words="A classical learner works with the numbers that it is given, so a person thinks up "
                "good ones, such as which way the edges run. A deep network makes its own from the raw "
                "picture or curve, while it learns.",
                pictures=[
                    (pictures.by_hand, "Which way the edges run in a drawing of an apple, field by field")
                ],
            ),
            Step(
                title="Examples help those who can use them",
                words="A line has few numbers to set. Once these are set well, more examples change little. "
                "A forest or a network still has room for what the next thousand examples show.",
                pictures=[
                    (pictures.curves, "Recorded on digits: a line, a forest, support vectors and a network")
                ],
            ),
            Step(
                title="The right kind of layer matters",
                words="A convolution looks for the same small shape at every place, so a shape that moved, "
                "as in these two curves of one kind, is no new shape. That is knowledge built in by people, "
                "too; more layers alone do not replace it.",
                pictures=[(curve, f"A curve of kind {MOVED}") for curve in pictures.moved],
            ),
        ],
    )
