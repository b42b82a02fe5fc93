"""This machine on the chart of processors, measured when asked, and how long it would take for milestones."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import first_result, table
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.words import per_cent
from dlintro_demos.why_now.history import find_system, in_words, power, seconds_to_train
from dlintro_demos.why_now.latest import LATEST, measure_here, recorded
from dlintro_demos.why_now.measuring import Measurement
from dlintro_demos.why_now.ui.charts import show_processors, show_speeds
from dlintro_demos.why_now.ui.sources import show_sources

ASKED = "why-now-asked"
ASKED_ABOUT = ("AlexNet", "ResNet-152", "GPT-3")
BUSY = 0.25
"""Share of the processor in use by others from which a measurement says that it is too low."""


def this_machine() -> Measurement:
    """The chart with the visitor's, the latest or the recorded measurement, and what follows from it."""
    with first_result():
        place = st.container()
        st.button("Measure this machine now", on_click=_ask, icon=":material/speed:", key="measure")
    found, what = _measured(place)
    with place:
        show_processors(found, what=what)
        st.markdown(_headline(found, what))
    if found.busy is not None and found.busy >= BUSY:
        st.info(
            f"Others used {per_cent(found.busy)} of the processor just before: alone it is faster than this.",
            icon=":material/group:",
        )
    _how_long(found)
    _by_size(found)
    show_sources()
    return found


def _ask() -> None:
    st.session_state[ASKED] = LATEST.ask()


def _measured(place: st.delta_generator.DeltaGenerator) -> tuple[Measurement, str]:
    """What is shown, and which measurement that is, in words."""
    number = st.session_state.get(ASKED)
    if number is not None:
        with place:
            found: Measurement | None = run_job(
                "measure", number, measure_here, number, engine().cache.device, label="Measuring", shared=True
            )
        if found is not None:
            return found, "This machine, measured now"
    if LATEST.found is not None:
        found, age = LATEST.found
        return found, f"This machine, measured {in_words(age)} ago"
    return recorded(), f"Recorded on {recorded().when[:10]} on a machine of ours"


def _headline(found: Measurement, what: str) -> str:
    return (
        f"**{what}**: {power(found.peak)} multiplications and additions a second, float32 "
        f"({found.device}); memory {found.copied / 1e9:.0f} GB/s."
    )


def _how_long(found: Measurement) -> None:
    st.subheader("How long would it take for these?", anchor=False)
    rows = []
    for name in ASKED_ABOUT:
        system = find_system(name)
        seconds = seconds_to_train(system.flop, found.peak, found.utilisation)
        sum_shown = f"{power(system.flop)} / ({power(found.peak)} × {found.utilisation:.2f}) s"
        rows.append((f"{name} ({system.year})", sum_shown, f"**{in_words(seconds)}**"))
    table(("Training", "FLOP / (FLOP per second × share that is reached)", "here"), rows)
    st.caption(
        f"Nothing real runs at its peak. A training step of a small network of ours reached "
        f"{per_cent(found.utilisation)} of this machine's best matrix product, and the sums above take that "
        "share. They leave out that the larger ones would not fit into its memory."
    )


def _by_size(found: Measurement) -> None:
    st.subheader("The same machine, small and large", anchor=False)
    show_speeds(found)
    st.caption(
        "Small matrices spend their time on being fetched and started; that is why networks learn from many "
        "examples at once. bfloat16 halves the memory, and is faster only where the processor has units for "
        f"it. Sizes that took too long are left out. Measured in {found.seconds:.1f} s."
    )
