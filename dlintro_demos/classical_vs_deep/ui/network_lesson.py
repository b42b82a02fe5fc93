"""Train the network of the drawn things here and now, and watch its features come out of nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import streamlit as st

from dlintro_demos.classical_vs_deep.drawn import Report
from dlintro_demos.classical_vs_deep.learned import EPOCHS, Watched, watch_it_learn
from dlintro_demos.classical_vs_deep.plot import rounds_png
from dlintro_demos.classical_vs_deep.ui.charts import show_rounds
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_picture

SEED = "lesson_seed"


def network_lesson(shipped: Report | None) -> None:
    """A button, a curve that grows round by round, and the first layer's filters beside it."""
    st.subheader("Let it learn, now", anchor=False)
    st.markdown(
        "At the start its filters are random numbers. Nobody tells it what an edge or a stalk is: it sees a "
        "picture, guesses, is told the right name, and changes all its numbers a little."
    )
    again = SEED in st.session_state
    st.button(
        "Train another one" if again else "Train a network now",
        key="train-things", on_click=_begin, icon=":material/model_training:",
    )  # fmt: skip
    if not again:
        return
    seed: int = st.session_state[SEED]
    place = st.empty()

    def watch(lesson: Watched) -> None:
        with place.container():
            _show(lesson)

    lesson: Watched | None = run_job(
        "things-lesson", seed, watch_it_learn, seed, label=f"Learning, {EPOCHS} rounds", watch=watch
    )
    if lesson is None:
        place.empty()
        return
    watch(lesson)
    last = lesson.report
    words = (
        f"Before the first round it could only guess: {lesson.shares[0]:.1%}. "
        f"After {EPOCHS} rounds: **{last.accuracy:.1%}**, {last.right} of {last.of} new pictures right."
    )
    if shipped is not None:
        words += (
            f" The one above was trained in just this way, from other random numbers: {shipped.accuracy:.1%}."
        )
    st.markdown(words)
    _downloads(lesson.shares)


def _downloads(shares: Sequence[float]) -> None:
    lines = [f"{number},{share:.4f}" for number, share in enumerate(shares)]
    with st.container(horizontal=True):
        st.download_button(
            "Results as CSV", "\n".join(["round,accuracy", *lines, ""]), "network_lesson.csv", "text/csv",
            key="lesson-csv", on_click="ignore", icon=":material/table:",
        )  # fmt: skip
        st.download_button(
            "Curve as PNG", lambda: rounds_png(shares, "Drawn things: accuracy on new pictures"),
            "network_lesson.png", "image/png",
            key="lesson-png", on_click="ignore", icon=":material/image:",
        )  # fmt: skip


def _begin() -> None:
    st.session_state[SEED] = secrets.randbits(31)


def _show(lesson: Watched) -> None:
    left, right = st.columns([3, 2])
    number = len(lesson.shares) - 1
    with left:
        show_rounds(
            lesson.shares,
            alt=f"Right on the {lesson.report.of} test pictures: {lesson.shares[0]:.0%} at the start, "
            f"{lesson.shares[-1]:.0%} after round {number}",
        )
    with right:
        show_picture(
            lesson.filters, width=188,
            alt=f"Sixteen filters of the first layer after round {number}",
            caption=f"Its first filters after round {number}",
        )  # fmt: skip
