"""The charts of “Classical against deep”: accuracy by examples, layers and rounds; the expert's score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dlintro_demos.classical_vs_deep.drawn import Report
from dlintro_demos.classical_vs_deep.findings import DepthSummary
from dlintro_demos.classical_vs_deep.layer_stack import DEPTHS
from dlintro_demos.classical_vs_deep.learned import EPOCHS
from dlintro_demos.classical_vs_deep.learners import LEARNERS
from dlintro_demos.classical_vs_deep.learning_curves import Summary
from dlintro_demos.classical_vs_deep.plot import COLOURS, floor_of
from dlintro_demos.gallery.ui.charts import BLUE, ORANGE, SHARE, Layer, Row, layer, show_chart

SHAPES = {"linear": "square", "forest": "triangle-up", "svm": "diamond", "cnn": "circle"}
HUES = (
    "red", "orange", "yellow", "lime", "green", "mint", "cyan", "sky", "blue", "violet", "purple", "pink",
)  # fmt: skip


def _number(field: str, **rest: Any) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", **rest}


def _with_bars(rows: Sequence[Row], *, dots: Layer, scale: dict[str, Any], **encoding: Any) -> Layer:
    """A line with dots over bars from `low` to `high`, of rows that stand in the chart once."""
    y = _number("accuracy", title="named rightly", axis=SHARE, scale=scale)
    bars = {
        "mark": {"type": "errorbar", "rule": {"strokeWidth": 2}, "ticks": {"size": 12, "thickness": 2}},
        "encoding": {"y": _number("low", title="", scale=scale), "y2": {"field": "high"}},
    }
    return {
        "data": {"values": list(rows)},
        "encoding": encoding,
        "layer": [
            bars,
            {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {"y": y}},
            {
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {"y": y, **dots},
            },
        ],
    }


def show_accuracy(summaries: Sequence[Summary], sizes: Sequence[int], *, alt: str) -> None:
    """A line for each learner with bars of one standard deviation; the axis of `sizes` from the start."""
    ends = [min(sizes) * 0.85, max(sizes) * 1.18]
    rows = [
        {
            "learner": LEARNERS[each.learner].title,
            "examples": each.size,
            "accuracy": each.mean,
            "low": max(0.0, each.mean - each.deviation),
            "high": min(1.0, each.mean + each.deviation),
        }
        for each in summaries
    ]
    keys = list(dict.fromkeys(each.learner for each in summaries))

    def by_learner(look: dict[str, str]) -> dict[str, Any]:
        scale = {"domain": [LEARNERS[key].title for key in keys], "range": [look[key] for key in keys]}
        legend = {"orient": "bottom", "title": None, "columns": 1, "labelLimit": 240}
        return {"field": "learner", "type": "nominal", "scale": scale, "legend": legend}

    chart = _with_bars(
        rows,
        x=_number(
            "examples",
            title="examples to learn from",
            scale={"type": "log", "domain": ends, "nice": False},
            axis={"values": sorted(sizes), "format": ",d", "labelOverlap": True, "grid": False},
        ),
        color=by_learner(COLOURS),
        scale={"domain": [floor_of(summaries), 1], "clamp": True},
        dots={
            "shape": by_learner(SHAPES),
            "size": {"value": 80},
            "tooltip": [
                {"field": "learner", "type": "nominal"},
                _number("examples", format=",d"),
                _number("accuracy", format=".1%"),
            ],
        },
    )
    show_chart(chart, alt=alt, height=400)


def describe(summaries: Sequence[Summary], things: str) -> str:
    """The chart in words, for those who do not see it."""
    parts = []
    for key in dict.fromkeys(each.learner for each in summaries):
        values = ", ".join(f"{each.size:,}: {each.mean:.0%}" for each in summaries if each.learner == key)
        parts.append(f"{LEARNERS[key].title} {values}")
    return f"Share of new {things} named rightly, by number of examples. " + ". ".join(parts)


def show_depths(summaries: Sequence[DepthSummary], *, alt: str, chosen: int | None = None) -> None:
    """Accuracy on new curves by hidden layers, bars of one standard deviation; the chosen depth is larger."""
    rows = [
        {
            "depth": each.depth,
            "accuracy": each.mean,
            "low": each.mean - each.deviation,
            "high": each.mean + each.deviation,
            "dot": 260 if each.depth == chosen else 80,
        }
        for each in summaries
    ]
    chart = _with_bars(
        rows,
        x=_number(
            "depth",
            title="hidden layers",
            axis={"values": list(DEPTHS), "format": "d", "grid": False},
            scale={"domain": [-0.3, max(DEPTHS) + 0.3], "nice": False},
        ),
        color={"value": COLOURS["cnn"]},
        scale={"domain": [0, max(0.6, max(each.mean for each in summaries) + 0.1)]},
        dots={
            "color": {"value": COLOURS["svm"]},
            "size": _number("dot", scale=None, legend=None),
            "tooltip": [_number("accuracy", format=".1%")],
        },
    )
    show_chart(chart, alt=alt)


def describe_depths(summaries: Sequence[DepthSummary]) -> str:
    """The chart in words."""
    values = ", ".join(f"{each.depth}: {each.mean:.0%}" for each in summaries)
    return f"Share of new curves named rightly, by number of hidden layers. {values}"


def show_rounds(shares: Sequence[float], *, alt: str) -> None:
    """Accuracy against rounds of training, the state before the first one included."""
    line = layer(
        {"type": "line", "point": {"color": ORANGE}, "strokeWidth": 3, "color": ORANGE},
        [{"round": number, "right": share} for number, share in enumerate(shares)],
        x=_number("round", title="rounds through the training pictures", scale={"domain": [0, EPOCHS]}),
        y=_number("right", title=None, axis=SHARE, scale={"domain": [0, 1]}),
    )
    show_chart(line, alt=alt, height=240)


def show_standings(reports: Sequence[tuple[str, Report]]) -> None:
    """A bar for each name and report, and the 95 % interval as a strong line; the network has its colour."""
    rows, spoken, colours = [], [], []
    for name, each in reports:
        low, high = each.interval
        rows.append({"who": f"{name}: {each.accuracy:.0%}", "share": each.accuracy, "low": low, "high": high})
        spoken.append(f"{name} {each.accuracy:.0%}, {low:.0%} to {high:.0%}")
        colours.append(ORANGE if name == "the network" else BLUE)
    chart = {
        "data": {"values": rows},
        "encoding": {
            "y": {
                "field": "who", "type": "nominal", "sort": None, "title": None,
                "axis": {"labelFontSize": 14, "labelLimit": 220},
            },
            "color": {
                "field": "who", "type": "nominal", "legend": None,
                "scale": {"domain": [row["who"] for row in rows], "range": colours},
            },
        },
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadius": 3, "opacity": 0.5},
                "encoding": {
                    "x": _number(
                        "share",
                        title="right on the test pictures",
                        scale={"domain": [0, 1]},
                        axis={"format": "%", "tickCount": 5},
                    )
                },
            },
            {
                "mark": {"type": "rule", "strokeWidth": 5},
                "encoding": {"x": _number("low"), "x2": {"field": "high"}},
            },
        ],
    }  # fmt: skip
    show_chart(chart, alt=f"Bars: {'; '.join(spoken)}", height=52 * len(rows) + 30)


def show_hues(shares: Sequence[float]) -> None:
    """How much of each of the twelve hues there is, each in its own colour."""
    colours = [f"hsl({360 // len(HUES) * number}, 75%, 48%)" for number in range(len(HUES))]
    bars = layer(
        "bar",
        [{"hue": hue, "share": share} for hue, share in zip(HUES, shares, strict=True)],
        x={
            "field": "hue", "type": "nominal", "sort": None, "title": "Colours: how much of each",
            "axis": {"labelAngle": -60},
        },
        y=_number("share", title=None, axis=None),
        color={
            "field": "hue", "type": "nominal", "scale": {"domain": list(HUES), "range": colours},
            "legend": None,
        },
    )  # fmt: skip
    most = HUES[max(range(len(HUES)), key=shares.__getitem__)]
    show_chart(bars, alt=f"Bars: how much of each of twelve colours; most is {most}", height=150)
