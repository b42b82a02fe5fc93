"""Sixty years: drag a year and see what could be trained in a day then; errors; data."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.words import counted
from dlintro_demos.why_now.history import (
    DAY,
    Processor,
    System,
    fastest,
    in_words,
    power,
    seconds_to_train,
    speed,
    systems,
)
from dlintro_demos.why_now.ui.charts import show_errors, show_systems, show_training_sets
from dlintro_demos.why_now.ui.sources import show_sources

FIRST, LAST = 2006, 2025
REACHED = 0.3
"""Share of the peak that training reaches in “a day of one processor”: an assumption, and said to be one."""


def sixty_years() -> None:
    """The three charts; the first answers to a slider."""
    a_day_in_a_year()
    st.subheader("Errors fell when networks came", anchor=False)
    show_errors()
    st.caption(
        "The best of each year on ImageNet: a thousand kinds, and wrong if the right one is not among five "
        "guesses. From 2012 on all of the best are deep networks. One person, trained for it, is wrong in "
        "5.1 %; in 2015 a network had fewer errors on this test, which is not the same as seeing better."
    )
    st.subheader("And there was more to learn from", anchor=False)
    show_training_sets()
    show_sources()


@st.fragment
def a_day_in_a_year() -> None:
    """A slider for the year, and what one processor of its time could train in a day."""
    with first_result():
        year = st.slider("Drag the year", FIRST, LAST, 2017, key="year", bind="query-params")
        best, within = _in_a_day(year)
        show_systems(year, within)
        reached = [each for each in systems() if each.flop <= within]
        st.markdown(
            f"**{year}**: one {best.name} and one day train "
            f"{len(reached)} of {counted(len(systems()), 'milestone')}. {_new(year, reached)}"
        )
    nearest = [each for each in systems() if each.flop > within]
    if nearest:
        following = min(nearest, key=lambda each: each.flop)
        peak = speed(best, half=True)
        seconds = seconds_to_train(following.flop, peak, REACHED)
        st.caption(
            f"Next in reach: {following.name} ({following.year}), {in_words(seconds)} of such a processor. "
            f"Assumed: {REACHED:.0%} of a peak of {power(peak)} FLOP/s, in whichever number format it is "
            "fastest, and memory enough. Large ones are trained on thousands at once."
        )


def _in_a_day(year: int) -> tuple[Processor, float]:
    """The fastest processor of a year, and the FLOP that it makes in a day."""
    best = fastest(year, half=True)
    assert best is not None
    return best, speed(best, half=True) * DAY * REACHED


def _new(year: int, reached: Sequence[System]) -> str:
    """What was out of reach a year before, or what takes most of all that is in reach."""
    before = _in_a_day(year - 1)[1] if year > FIRST else 0.0
    new = [each.name for each in reached if each.flop > before]
    if new and year > FIRST:
        return f"Not a year before: **{', '.join(new)}**."
    most = max(reached, key=lambda each: each.flop)
    return f"The largest of them: **{most.name}**, which {most.does}."
