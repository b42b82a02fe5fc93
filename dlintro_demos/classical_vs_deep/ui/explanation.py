"""“What just happened?” for classical against deep: features by hand, curves, and a shape that moved."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.classical_vs_deep import drawn, feature_pictures
from dlintro_demos.classical_vs_deep.learners import MNIST1D
from dlintro_demos.classical_vs_deep.learning_curves import summarise
from dlintro_demos.classical_vs_deep.plot import curves_png
from dlintro_demos.classical_vs_deep.recorded import MNIST_FILE, read_points
from dlintro_demos.classical_vs_deep.thing_samples import SAMPLES
from dlintro_demos.classical_vs_deep.ui.charts import curve_svg
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.ui.frame import Step, steps

MOVED = 8  # a kind of curve, twice


def show_explanation() -> None:
    """Three steps, each with what it is about."""
    by_hand, curves, moved = _pictures()
    steps(
        "What just happened?",
        [
            Step(
                title="Somebody decides what to look at",
                words="A classical learner works with the numbers that it is given, so a person thinks up "
                "good ones, such as which way the edges run. A deep network makes its own from the raw "
                "picture or curve, while it learns.",
                pictures=[(by_hand, "Which way the edges run in a drawing of an apple, field by field")],
            ),
            Step(
                title="Examples help those who can use them",
                words="A line has few numbers to set. Once these are set well, more examples change little. "
                "A forest or a network still has room for what the next thousand examples show.",
                pictures=[(curves, "Recorded on digits: a line, a forest, support vectors and a network")],
            ),
            Step(
                title="The right kind of layer matters",
                words="A convolution looks for the same small shape at every place, so a shape that moved, "
                "as in these two curves of one kind, is no new shape. That is knowledge built in by people, "
                "too; more layers alone do not replace it.",
                pictures=[(curve, f"A curve of kind {MOVED}") for curve in moved],
            ),
        ],
    )


@st.cache_resource(show_spinner=False)
def _pictures() -> tuple[bytes, bytes, tuple[str, ...]]:
    """Of the first sample, of the recorded run on digits, and two curves of one kind."""
    by_hand = encode_png(feature_pictures.directions(drawn.shrink(SAMPLES[0].load(), None)))
    curves = curves_png(summarise(read_points(MNIST_FILE)), "MNIST: digits named rightly")  # not the bet
    some = MNIST1D.draw(100, 7)
    moved = tuple(curve_svg(heights, 240, 90) for heights in some.x[some.y == MOVED][:2].tolist())
    return by_hand, curves, moved
