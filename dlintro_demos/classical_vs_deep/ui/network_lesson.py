"""Train the network of the drawn things here and now, and watch its features come out of nothing."""

from __future__ import annotations

import secrets

import altair as alt
import pandas as pd
import streamlit as st

from dlintro_demos.classical_vs_deep import feature_pictures
from dlintro_demos.classical_vs_deep.drawn import Report
from dlintro_demos.classical_vs_deep.learned import EPOCHS, Lesson, watch_it_learn
from dlintro_demos.classical_vs_deep.plot import rounds_png
from dlintro_demos.gallery.ui.run_job import run_job

SEED = "lesson_seed"
ORANGE = "#e08214"


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

    def watch(lesson: Lesson) -> None:
        with place.container():
            _show(lesson)

    lesson: Lesson | None = run_job(
        "things-lesson", seed, watch_it_learn, seed, label=f"Learning, {EPOCHS} rounds", watch=watch
    )
    if lesson is None:
        place.empty()
        return
    watch(lesson)
    last = lesson.epochs[-1].report
    words = (
        f"Before the first round it could only guess: {lesson.epochs[0].report.accuracy:.1%}. "
        f"After {EPOCHS} rounds: **{last.accuracy:.1%}**, {last.right} of {last.of} new pictures right."
    )
    if shipped is not None:
        words += (
            f" The one above was trained in just this way, from other random numbers: {shipped.accuracy:.1%}."
        )
    st.markdown(words)
    _downloads(lesson)


def _downloads(lesson: Lesson) -> None:
    shares = [each.report.accuracy for each in lesson.epochs]
    lines = [f"{each.number},{share:.4f}" for each, share in zip(lesson.epochs, shares, strict=True)]
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


def _show(lesson: Lesson) -> None:
    left, right = st.columns([3, 2])
    latest = lesson.epochs[-1]
    rows = pd.DataFrame([{"round": each.number, "right": each.report.accuracy} for each in lesson.epochs])
    chart = (
        alt.Chart(rows)
        .mark_line(point=alt.OverlayMarkDef(color=ORANGE), strokeWidth=3, color=ORANGE)
        .encode(
            x=alt.X(
                "round:Q", title="rounds through the training pictures", scale=alt.Scale(domain=[0, EPOCHS])
            ),
            y=alt.Y("right:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        )
        .properties(height=240)
    )
    with left:
        st.altair_chart(
            chart,
            alt=f"Right on the {latest.report.of} test pictures: {rows.right.iloc[0]:.0%} at the start, "
            f"{latest.report.accuracy:.0%} after round {latest.number}",
        )
    with right:
        st.image(
            feature_pictures.filters(latest.filters), width=188,
            alt=f"Sixteen filters of the first layer after round {latest.number}",
            caption=f"Its first filters after round {latest.number}",
        )  # fmt: skip
