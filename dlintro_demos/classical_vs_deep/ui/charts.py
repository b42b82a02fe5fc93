"""The charts of “Classical against deep”: curves to be learned, learning curves, accuracy by depth."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from dlintro_demos.classical_vs_deep.findings import DepthSummary
from dlintro_demos.classical_vs_deep.layer_stack import DEPTHS
from dlintro_demos.classical_vs_deep.learners import LEARNERS
from dlintro_demos.classical_vs_deep.learning_curves import Summary
from dlintro_demos.classical_vs_deep.plot import COLOURS, floor_of

SHAPES = {"linear": "square", "forest": "triangle-up", "svm": "diamond", "cnn": "circle"}
CURVE = 76  # px: four in a row on a phone


def curve_svg(heights: Sequence[float], width: int = CURVE, height: int = 52) -> str:
    """One curve as a small drawing without background: it is seen on white and on dark."""
    top, low = 1.0, -1.0
    step = (width - 8) / (len(heights) - 1)
    points = " ".join(
        f"{4 + step * place:.1f},{4 + (top - min(top, max(low, value))) / (top - low) * (height - 8):.1f}"
        for place, value in enumerate(heights)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"><polyline points="{points}" fill="none" stroke="{COLOURS["cnn"]}" '
        'stroke-width="2.5" stroke-linejoin="round"/></svg>'
    )


def accuracy_chart(summaries: Sequence[Summary], sizes: Sequence[int] | None = None) -> alt.LayerChart:
    """A line for each learner with bars of one standard deviation; the axis of `sizes` from the start."""
    sizes = sorted(sizes or {each.size for each in summaries})
    frame = pd.DataFrame(
        {
            "learner": LEARNERS[each.learner].title,
            "examples": each.size,
            "accuracy": each.mean,
            "low": max(0.0, each.mean - each.deviation),
            "high": min(1.0, each.mean + each.deviation),
        }
        for each in summaries
    )
    keys = list(dict.fromkeys(each.learner for each in summaries))
    names = [LEARNERS[key].title for key in keys]
    legend = alt.Legend(orient="bottom", title=None, columns=1, labelLimit=240)
    x = alt.X(
        "examples:Q",
        title="examples to learn from",
        scale=alt.Scale(type="log", domain=[sizes[0] * 0.85, sizes[-1] * 1.18], nice=False),
        axis=alt.Axis(values=sizes, format=",d", labelOverlap=True, grid=False),
    )
    colour = alt.Color(
        "learner:N", scale=alt.Scale(domain=names, range=[COLOURS[key] for key in keys]), legend=legend
    )
    shape = alt.Shape(
        "learner:N", scale=alt.Scale(domain=names, range=[SHAPES[key] for key in keys]), legend=legend
    )
    scale = alt.Scale(domain=[floor_of(summaries), 1], clamp=True)
    y = alt.Y(
        "accuracy:Q",
        title="named rightly",
        axis=alt.Axis(format="%"),
        scale=scale,
    )
    base = alt.Chart(frame).encode(x=x, color=colour)
    line = base.mark_line(strokeWidth=2.5).encode(y=y)
    dots = base.mark_point(filled=True, size=80, opacity=1).encode(
        y=y,
        shape=shape,
        tooltip=[
            alt.Tooltip("learner:N"),
            alt.Tooltip("examples:Q", format=",d"),
            alt.Tooltip("accuracy:Q", format=".1%"),
        ],
    )
    bars = base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", title="", scale=scale), y2="high:Q")
    ends = [
        base.mark_tick(orient="horizontal", thickness=2, size=12, opacity=1).encode(
            y=alt.Y(f"{end}:Q", title="", scale=scale)
        )
        for end in ("low", "high")
    ]
    return (bars + ends[0] + ends[1] + line + dots).properties(height=400)


def describe(summaries: Sequence[Summary], things: str) -> str:
    """The chart in words, for those who do not see it."""
    parts = []
    for key in dict.fromkeys(each.learner for each in summaries):
        values = ", ".join(f"{each.size:,}: {each.mean:.0%}" for each in summaries if each.learner == key)
        parts.append(f"{LEARNERS[key].title} {values}")
    return f"Share of new {things} named rightly, by number of examples. " + ". ".join(parts)


def depth_chart(summaries: Sequence[DepthSummary], chosen: int | None = None) -> alt.LayerChart:
    """Accuracy on new curves by hidden layers, bars of one standard deviation; the chosen depth is larger."""
    frame = pd.DataFrame(
        {
            "depth": each.depth,
            "accuracy": each.mean,
            "low": each.mean - each.deviation,
            "high": each.mean + each.deviation,
            "dot": 260 if each.depth == chosen else 80,
        }
        for each in summaries
    )
    x = alt.X(
        "depth:Q",
        title="hidden layers",
        axis=alt.Axis(values=list(DEPTHS), format="d", grid=False),
        scale=alt.Scale(domain=[-0.3, max(DEPTHS) + 0.3], nice=False),
    )
    scale = alt.Scale(domain=[0, max(0.6, max(each.mean for each in summaries) + 0.1)])
    y = alt.Y(
        "accuracy:Q",
        title="named rightly",
        axis=alt.Axis(format="%"),
        scale=scale,
    )
    base = alt.Chart(frame).encode(x=x)
    line = base.mark_line(color=COLOURS["cnn"], strokeWidth=2.5).encode(y=y)
    bars = base.mark_rule(color=COLOURS["cnn"], strokeWidth=2).encode(
        y=alt.Y("low:Q", title="", scale=scale), y2="high:Q"
    )
    ends = [
        base.mark_tick(orient="horizontal", color=COLOURS["cnn"], thickness=2, size=12).encode(
            y=alt.Y(f"{end}:Q", title="", scale=scale)
        )
        for end in ("low", "high")
    ]
    dots = base.mark_point(filled=True, opacity=1, color=COLOURS["svm"]).encode(
        y=y,
        size=alt.Size("dot:Q", scale=None, legend=None),
        tooltip=[alt.Tooltip("accuracy:Q", format=".1%")],
    )
    return (bars + ends[0] + ends[1] + line + dots).properties(height=260)


def describe_depths(summaries: Sequence[DepthSummary]) -> str:
    """The chart in words."""
    values = ", ".join(f"{each.depth}: {each.mean:.0%}" for each in summaries)
    return f"Share of new curves named rightly, by number of hidden layers. {values}"
