"""Charts as Vega-Lite dictionaries, with one palette. Data stand inside the layers: that costs least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dlintro_demos.gallery.ui.address import on_stage
from dlintro_demos.gallery.words import per_cent

Layer = dict[str, Any]
Row = Mapping[str, Any]

BLUE, ORANGE, GREEN, RED, GREY = "#4a7dfc", "#e08214", "#2e9d63", "#d0342c", "#8a8a99"
# Okabe and Ito's, told apart by the colour-blind; the last two darker and lighter ones of the same.
KINDS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7a6ff0", "#8c8c2e")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke", "triangle-right")
SHARE = {"format": "%"}
LARGER = 1.5  # on the big screen
ON_STAGE = {
    "axis": {"labelFontSize": 20, "titleFontSize": 20},
    "legend": {"labelFontSize": 20, "titleFontSize": 20, "symbolSize": 200, "labelLimit": 400},
    "text": {"fontSize": 20},
}


def layer(mark: str | Mapping[str, Any], rows: Sequence[Row], **encoding: Any) -> Layer:
    """One layer: a mark for each row."""
    return {"mark": mark, "data": {"values": list(rows)}, "encoding": encoding}


def show_chart(*layers: Layer, alt: str, height: int | Mapping[str, int] = 260, **rest: Any) -> None:
    """Layers over each other; `alt` says in words what they show. `rest` goes into the chart as it is.

    `height` in px, or `{"step": px}` for each line of a list. A layer without rows is left out: to a screen
    reader it would be a picture without a name.
    """
    filled = [each for each in layers if each["data"]["values"]]
    if on_stage():
        height = round(height * LARGER) if isinstance(height, int) else height
        rest = {"config": ON_STAGE} | rest
    st.vega_lite_chart({"layer": filled, "height": height, **rest}, alt=alt, width="stretch")


def show_bars(shares: Sequence[tuple[str, float]], *, colour: str = BLUE, who: str = "Bars") -> None:
    """A bar for each name and probability, in this order, its name and per cent above it."""
    rows = [{"said": f"{name}  {per_cent(share)}", "share": share} for name, share in shares]
    larger = LARGER if on_stage() else 1.0
    # Labels of an axis have the theme's colour, light or dark; words among the marks have not.
    above = {
        "title": None, "ticks": False, "domain": False, "labelAlign": "left", "labelPadding": -2,
        "labelOffset": -15 * larger, "labelLimit": 400 * larger, "labelFontSize": 14 * larger, "zindex": 1,
    }  # fmt: skip
    bar = layer(
        {"type": "bar", "color": colour, "cornerRadius": 3},
        rows,
        x={"field": "share", "type": "quantitative", "scale": {"domain": [0, 1]}, "axis": None},
        y={
            "field": "said", "type": "nominal", "sort": None, "axis": above,
            "scale": {"paddingInner": 0.62, "paddingOuter": 0.4},
        },
    )  # fmt: skip
    spoken = "; ".join(f"{name} {per_cent(share)}" for name, share in shares)
    show_chart(bar, alt=f"{who}: {spoken}", height=42 * len(rows))


def curves(
    rows: Sequence[Row], *, x: str, y: str, what: str, colours: Mapping[str, str], title: str, **rest: Any
) -> Layer:
    """A line for each value of the field `what`, coloured by `colours`, of shares `y` against `x`."""
    return layer(
        {"type": "line", "strokeWidth": 3, **rest},
        rows,
        x={"field": x, "type": "quantitative", "title": title},
        y={
            "field": y, "type": "quantitative", "title": None, "axis": SHARE, "scale": {"domainMin": 0},
        },
        color={
            "field": what, "type": "nominal",
            "scale": {"domain": list(colours), "range": list(colours.values())},
            "legend": {"orient": "bottom", "title": None},
        },
    )  # fmt: skip
