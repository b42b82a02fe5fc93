"""Why this answer: two maps and their check, and a brush to cover parts with."""

from __future__ import annotations

import hashlib

import numpy as np
import streamlit as st

from dlintro_demos.feature_layers.evidence import CELLS, METHODS, Evidence, Reason, explain
from dlintro_demos.feature_layers.experiment import Hidden, Looked, hide
from dlintro_demos.feature_layers.guesses import Guess
from dlintro_demos.feature_layers.ui.components.occluder import Bar, occluder
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import BLUE, GREY, ORANGE, SHARE, layer, show_chart
from dlintro_demos.gallery.ui.components.component import run_fragment_again
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.words import per_cent

COLOURS = {"Grad-CAM": BLUE, "Occlusion": ORANGE, "random order": GREY}


def ask_target(looked: Looked, label: str) -> Guess:
    """One of the five guesses."""
    known = {guess.index: guess for guess in looked.answer.top}
    index = st.segmented_control(
        label, list(known), default=next(iter(known)), required=True, key=private_key(f"target-{label}"),
        format_func=lambda index: known[index].name,
    )  # fmt: skip
    return known[index]


def why(chosen: Chosen, looked: Looked) -> None:
    """The maps, their check, and the brush."""
    target = ask_target(looked, "What speaks for")
    evidence = run_job(
        "why", (chosen.digest, target.index), explain, chosen.rgb, target.index, engine().cache,
        label="Looking for the reasons", shared=bool(chosen.sample),
    )  # fmt: skip
    if evidence is not None:
        _show_maps(evidence, target)
    st.subheader("Cover it yourself", anchor=False)
    _brush(chosen, looked)


def _show_maps(evidence: Evidence, target: Guess) -> None:
    first, second, check = st.columns([2, 2, 3])
    words = {
        "gradcam": "Grad-CAM: where the last maps speak for it, weighed by the gradient.",
        "occlusion": "Occlusion: a grey square moves over the picture; where the score falls, it mattered. "
        "No gradients.",
    }
    for column, (key, title) in zip((first, second), METHODS.items(), strict=True):
        with column:
            show_picture(
                evidence.reasons[key].overlay,
                alt=f"{title}: yellow where the picture speaks for {target.name}",
                caption=words[key],
            )
    with check:
        named = {METHODS[key]: reason for key, reason in evidence.reasons.items()}
        _show_check(named | {"random order": evidence.random})
        st.caption(
            "Do the maps mean something? Cover the picture piece by piece, the brightest pieces first: if "
            "the map is right, the class is gone sooner than in a random order (deletion). Uncover in that "
            "order, and it is back sooner (insertion)."
        )
    better = [
        title
        for key, title in METHODS.items()
        if evidence.reasons[key].deletion_area < evidence.random.deletion_area
        and evidence.reasons[key].insertion_area > evidence.random.insertion_area
    ]
    if better:
        st.markdown(f"On this picture **{' and '.join(better)}** beat a random order both ways.")
    else:
        st.warning(
            "On this picture no map beats a random order both ways: don't believe them here.",
            icon=":material/help:",
        )


def _show_check(named: dict[str, Reason]) -> None:
    """How the probability falls and rises in each order: two charts with one legend."""
    for way, legend, height in (
        ("deletion", None, 150),
        ("insertion", {"orient": "bottom", "title": None}, 190),
    ):
        found: dict[str, tuple[float, ...]] = {name: getattr(each, way) for name, each in named.items()}
        rows = [
            {"order": name, "share": step / (len(curve) - 1), "probability": value}
            for name, curve in found.items()
            for step, value in enumerate(curve)
        ]
        areas = "; ".join(f"{name}: mean {getattr(each, f'{way}_area'):.2f}" for name, each in named.items())
        axis, colours = SHARE | {"tickCount": 4}, {"domain": list(COLOURS), "range": list(COLOURS.values())}
        lines = layer(
            {"type": "line", "strokeWidth": 3},
            rows,
            x={
                "field": "share", "type": "quantitative", "axis": axis,
                "title": f"{way}: share of the picture",
            },
            y={"field": "probability", "type": "quantitative", "axis": axis, "title": None},
            color={"field": "order", "type": "nominal", "scale": colours, "legend": legend},
        )  # fmt: skip
        show_chart(lines, alt=f"The probability in {way}: {areas}", height=height)


@st.fragment
def _brush(chosen: Chosen, looked: Looked) -> None:
    """Cover cells and see the bars move; only this part of the page runs again."""
    top = looked.answer.top
    name = hashlib.sha256(chosen.digest.encode()).hexdigest()[:16]
    slot = private_key(f"hidden-{name}")
    cells, hidden = st.session_state.get(slot, (np.zeros((CELLS, CELLS), bool), None))
    if hidden is None:
        now = [guess.probability for guess in top]
        note = "Paint over the picture: what must stay for the answer to stay?"
    else:
        now = list(hidden.probabilities)
        best = hidden.best
        note = f"{cells.mean() * 100:.0f} % covered. Now it says: {best.name}, {per_cent(best.probability)}."
    told = occluder(
        looked.seen,
        alt=f"What the network sees: {chosen.alt}",
        picture_id=name,
        before=[Bar(label=guess.name, probability=guess.probability) for guess in top],
        now=[Bar(label=guess.name, probability=p) for guess, p in zip(top, now, strict=True)],
        note=note,
        key=private_key("occluder"),
    )
    if told is None:
        return
    result: Hidden | None = run_job(
        "hide", (chosen.digest, told.cells.tobytes()), hide, chosen.rgb, told.cells,
        tuple(guess.index for guess in top), engine().cache, label="Looking again",
    )  # fmt: skip
    if result is not None:
        st.session_state[slot] = (told.cells, result)
        run_fragment_again()
