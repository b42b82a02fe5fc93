"""Three causes: the same network with less data, less computing, older ideas; learned here and now."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.ui.charts import KINDS, curves, show_chart
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.why_now.causes import CURVES, STEPS, TODAY, WAYS, Curve, compare, findings, recorded

RUN = "why-now-run"
COLOURS = {way.title: colour for way, colour in zip(WAYS, KINDS, strict=False)}
TITLES = {way.key: way.title for way in WAYS}


def three_causes() -> None:
    """The recorded run at once; a new one on request, as it goes."""
    with first_result():
        st.markdown(
            "One small network, ten kinds of drawn curves. What if it had **less data**, **less computing**, "
            "or only the **ideas of 1998**?"
        )
        place = st.empty()
    seed = st.session_state.get(RUN)
    found = recorded() if seed is None else _run(seed, place)
    with place.container():
        _show(found)
    st.markdown("**Recorded**" if seed is None else "**Learned here, now**")
    st.markdown("\n".join(f"- {sentence}" for sentence in findings(found)))
    st.caption(
        f"{TODAY.title}: {CURVES:,} curves, {STEPS} steps of 64, ReLU, batch normalisation, AdamW. 1998: "
        "sigmoid, no normalisation, plain gradient descent. Each way has its best of eight learning rates "
        "(python -m training.why_now rates, on other curves); with all ideas of 1998 none of them learns "
        "anything in so many steps. The curves are drawn by a program (MNIST-1D); "
        "accuracy is of 2,000 new ones. One run each: the next may differ by some points."
    )
    st.button(
        "Run it here, with another seed", on_click=_again, key="causes-run", icon=":material/play_circle:"
    )


def _again() -> None:
    st.session_state[RUN] = st.session_state.get(RUN, 0) % SEEDS + 1


SEEDS = 20
"""Runs with different curves and first weights that there are; everybody's first is the same."""


def _run(seed: int, place: st.delta_generator.DeltaGenerator) -> tuple[Curve, ...]:
    def show(so_far: tuple[Curve, ...]) -> None:
        with place.container():
            _show(so_far)

    found: tuple[Curve, ...] | None = run_job(
        "causes", seed, compare, seed, label="Learning", shared=True, long=True, watch=show
    )
    return found or ()


def _show(found: tuple[Curve, ...]) -> None:
    shown = [each for each in found if each.accuracy]
    rows = [
        {"steps": steps, "accuracy": share, "way": TITLES[each.way]}
        for each in shown
        for steps, share in zip(each.steps, each.accuracy, strict=True)
    ]
    if not rows:
        return
    colours = {TITLES[each.way]: COLOURS[TITLES[each.way]] for each in shown}
    line = curves(
        rows, x="steps", y="accuracy", what="way", colours=colours, title="steps of learning (log)",
        point={"size": 40},
    )  # fmt: skip
    line["encoding"]["x"]["scale"] = {"type": "log"}
    line["encoding"]["y"]["scale"] = {"domain": [0, 1]}
    line["encoding"]["color"]["legend"] |= {"columns": {"expr": "width < 500 ? 1 : 4"}, "labelLimit": 0}
    show_chart(
        line,
        alt="Share of new curves told apart: "
        + "; ".join(
            f"{TITLES[each.way]} {each.accuracy[-1]:.0%} after {each.steps[-1]} steps" for each in shown
        ),
        height=430,
    )
