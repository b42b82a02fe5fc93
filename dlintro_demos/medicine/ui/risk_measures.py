"""The 30 measures of a case on the distributions of the known ones, and sliders to change them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlintro_demos.gallery.ui.charts import BLUE, ORANGE, layer, show_chart
from dlintro_demos.medicine.risk.measures import CALLED, KINDS, MEASURES, spans
from dlintro_demos.medicine.risk.samples import Sample
from dlintro_demos.medicine.risk.weighing import Weighed, of_kind

CHANGES = "risk-changes"
FOLLOW, FOLLOWS = "risk-follow", "risk-follows"  # the toggle, and what it was when it was last there
KIND = "risk-kind"
STEPS = 200  # of a slider


def changes_of(sample: Sample) -> tuple[tuple[int, float], ...]:
    """What the visitor changed about this case: numbers in `MEASURES`, and their new values."""
    return tuple(sorted(_noted().get(sample.key, {}).items()))


def follows() -> bool:
    """Whether the other measures go along with a changed one."""
    return bool(st.session_state.get(FOLLOWS, False))


def _noted() -> dict[str, dict[int, float]]:
    return st.session_state.setdefault(CHANGES, {})


def change_measures(sample: Sample, weighed: Weighed) -> None:
    """Ten measures at a time: where they lie, and sliders."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Which?", list(KINDS), default="worst", required=True, key=KIND,
            format_func=lambda each: each.capitalize(),
        )  # fmt: skip
        st.toggle(
            "Let the others follow",
            follows(),
            key=FOLLOW,
            on_change=_note_follow,
            help="As they go along in known cases: a larger radius has a larger perimeter and area. Without "
            "it, a case that does not fit together is soon refused.",
        )
        if changes_of(sample):
            st.button("Undo all changes", on_click=_undo, args=(sample.key,), icon=":material/undo:")
    numbers = of_kind(kind)
    left, right = st.columns(2, gap="medium")
    with left:
        for number in numbers:
            _slider(sample, number)
    with right:
        if weighed.read:
            _show_lie(weighed, numbers)
    st.caption(
        f"“{kind.capitalize()}” is the {CALLED[kind]}, over the nuclei of a case. "
        "Sizes are in the data's own unit of length, which its authors do not name."
    )


def _slider(sample: Sample, number: int) -> None:
    measure, span, base = MEASURES[number], spans()[number], sample.values()[number]
    low, high = min(span.least, base), max(span.most, base)
    undone = st.session_state.get("risk-undone", 0)
    key = f"risk-{sample.key}-{number}-{undone}"
    value = _noted().get(sample.key, {}).get(number, base)
    st.slider(
        measure.name.capitalize(), low, high, value,
        step=(high - low) / STEPS, format="%.4g", key=key, help=f"{measure.about}; {measure.unit}",
        on_change=_note, args=(sample.key, number, key),
    )  # fmt: skip


def _note(sample: str, number: int, key: str) -> None:
    _noted().setdefault(sample, {})[number] = float(st.session_state[key])


def _note_follow() -> None:
    st.session_state[FOLLOWS] = st.session_state[FOLLOW]


def _undo(sample: str) -> None:
    _noted().pop(sample, None)
    st.session_state["risk-undone"] = st.session_state.get("risk-undone", 0) + 1


def _show_lie(weighed: Weighed, numbers: list[int]) -> None:
    """Bars from the 5th to the 95th percentile, the middle half stronger, and the case as a diamond."""
    rows: list[dict[str, Any]] = []
    for who, lies in (("benign", weighed.benign), ("malignant", weighed.malignant)):
        rows += [
            {
                "measure": MEASURES[number].name, "who": who,
                "low": round(lies[number].low, 2), "high": round(lies[number].high, 2),
                "quarter": round(lies[number].quarter, 2), "three": round(lies[number].three_quarters, 2),
            }
            for number in numbers
        ]  # fmt: skip
    y = {"field": "measure", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 160}}
    offset = {"field": "who", "type": "nominal"}
    colour = {
        "field": "who", "type": "nominal", "legend": {"orient": "bottom", "title": None},
        "scale": {"domain": ["benign", "malignant"], "range": [BLUE, ORANGE]},
    }  # fmt: skip
    scale = {"title": "standard deviations from the average known case", "type": "quantitative"}
    thin = layer(
        {"type": "rule", "strokeWidth": 2}, rows,
        y=y, yOffset=offset, color=colour, x={"field": "low", **scale}, x2={"field": "high"},
    )  # fmt: skip
    thick = layer(
        {"type": "rule", "strokeWidth": 7, "opacity": 0.7}, rows,
        y=y, yOffset=offset, color=colour, x={"field": "quarter", **scale}, x2={"field": "three"},
    )  # fmt: skip
    here = layer(
        {"type": "point", "shape": "diamond", "size": 130, "filled": True, "opacity": 1,
         "color": "#111111", "stroke": "#ffffff", "strokeWidth": 1.5},
        [{"measure": MEASURES[n].name, "z": round(max(-6.0, min(6.0, weighed.read[n])), 2)} for n in numbers],
        y=y, x={"field": "z", **scale},
    )  # fmt: skip
    spoken = "; ".join(f"{MEASURES[number].name} {weighed.read[number]:+.1f}" for number in numbers)
    show_chart(
        thin, thick, here,
        height={"step": 17},
        alt="Where the case lies among the known ones, in standard deviations from their average: "
        f"{spoken}. Bars hold 90 and 50 of 100 benign and malignant cases.",
    )  # fmt: skip
