"""Sixty years: drag a year and see what could be trained in a day then; errors; data."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlintro_demos.gallery.ui.frame import first_result, panel, table
from dlintro_demos.gallery.words import counted
from dlintro_demos.why_now.history import (
    DAY,
    EPOCH_SYSTEMS,
    PERSON_SOURCE,
    Processor,
    System,
    fastest,
    in_words,
    power,
    processors,
    seconds_to_train,
    speed,
    systems,
    training_sets,
    winners,
)
from dlintro_demos.why_now.ui.charts import show_errors, show_systems, show_training_sets

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
    _sources()


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


def _sources() -> None:
    for _ in panel("Every figure with its source", key="sources", icon=":material/link:"):
        st.caption("These links lead out of the gallery, and need the internet.")
        table(
            ("Year", "Training", "FLOP", "Figure", "Published"),
            [
                (
                    str(each.year),
                    each.name,
                    power(each.flop),
                    f"[Epoch AI]({EPOCH_SYSTEMS})",
                    f"[paper]({each.paper})",
                )
                for each in systems()
            ],
        )
        table(
            ("Year", "Processor", "float32 FLOP/s", "half precision", "Figure"),
            [
                (str(each.year), each.name, power(each.float32), power(each.half) if each.half else "",
                 f"[Epoch AI]({each.source})")
                for each in processors()
            ],
        )  # fmt: skip
        table(
            ("Year", "Best on ImageNet", "Top-5 error", "Figure"),
            [
                *(
                    (str(each.year), each.name, f"{each.error:.1%}", f"[results]({each.source})")
                    for each in winners()
                ),
                ("2015", "one trained person", "5.1%", f"[paper]({PERSON_SOURCE})"),
            ],
        )
        table(
            ("Year", "Learned from", "Examples", "Figure"),
            [
                (str(each.year), each.name, f"{each.examples:,} {each.kind}", f"[source]({each.source})")
                for each in training_sets()
            ],
        )
        st.caption(
            "Computing and processors: Epoch AI, CC BY 4.0, a selection of rows, rounded; from GPT-4 on "
            "these are Epoch's estimates, for the makers don't say."
        )
