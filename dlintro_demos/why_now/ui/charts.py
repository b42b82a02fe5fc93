"""The charts of sixty years: processors, errors, training, data. Where they come from: `sources.py`.

No point is a link: it would open in this very tab, and end the visit.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from dlintro_demos.gallery.ui.charts import (
    BLUE,
    GREEN,
    GREY,
    KINDS,
    ORANGE,
    RED,
    SHARE,
    Layer,
    layer,
    show_chart,
)
from dlintro_demos.why_now.history import (
    PERSON_ERROR,
    System,
    power,
    processors,
    systems,
    training_sets,
    winners,
)
from dlintro_demos.why_now.measuring import Measurement, Speed

HEIGHT = 300
HERE = "this machine"
NAMES = {"baseline": "middle", "limit": 200}
SIDES = {False: {"align": "left", "dx": 8}, True: {"align": "right", "dx": -8}}
DIAMOND = {"type": "point", "shape": "diamond", "filled": True, "size": 220, "color": RED}
BOLD = {
    "type": "text",
    "color": RED,
    "fontWeight": "bold",
    "align": "right",
    "dx": 12,
    "dy": -16,
    "fontSize": 13,
}
LANDMARKS = (
    *("Perceptron Mark I", "NETtalk", "LeNet-5", "DQN", "AlexNet", "AlphaGo Zero", "GPT-4.5"),
    *("GeForce 8800 GTX", "GeForce GTX 580", "Tesla K20X", "A100", "B200"),
)
"""What has its name in the chart; the others tell theirs when pointed at."""
CROWDED = ("Trimps-Soushen",)
"""What would have its name over another one's."""
AT_THE_LEFT = ("Post codes", "MNIST", "ImageNet (the challenge)", "JFT-300M", "GPT-3", "Llama 3.1 405B")
"""Data whose names would lie over the next point."""
POWERS = {"format": ".0e"}


def year_axis(first: int, last: int) -> dict[str, Any]:
    """Years as numbers without a comma."""
    return {
        "field": "year", "type": "quantitative", "title": None,
        "axis": {"format": "d", "tickMinStep": 1, "tickCount": 12},
        "scale": {"domain": [first, last], "nice": False},
    }  # fmt: skip


def log_axis(field: str, title: str, least: float, most: float) -> dict[str, Any]:
    """A logarithmic one."""
    return {
        "field": field, "type": "quantitative", "title": title, "axis": POWERS,
        "scale": {"type": "log", "domain": [least, most], "nice": False},
    }  # fmt: skip


def _named(
    rows: Sequence[dict[str, Any]],
    x: dict[str, Any],
    y: dict[str, Any],
    colour: str,
    *,
    left: Container[str] = (),
) -> list[Layer]:
    """Points, and at their right, or at the `left` of some, their names, or what `label` says."""
    rows = [{"label": row["name"], **row} for row in rows]
    point = {"type": "point", "filled": True, "size": 90, "color": colour}
    tip = [{"field": "name"}, {"field": "year", "format": "d"}, {"field": "said", "title": "figure"}]
    return [
        layer(point, rows, x=x, y=y, tooltip=tip),
        *(
            layer(
                {"type": "text", "color": GREY, **NAMES, **place},
                [row for row in rows if row["label"] and (row["name"] in left) is side],
                x=x, y=y, text={"field": "label"},
            )
            for side, place in SIDES.items()
        ),
    ]  # fmt: skip


def show_processors(found: Measurement, *, what: str) -> None:
    """Peak float32 of processors since 2006, and what this machine did; `what` says which measurement."""
    year = int(found.when[:4])
    x, y = year_axis(2005, 2030), log_axis("value", "float32 FLOP/s (log)", 1e9, 1e15)
    rows = [
        {"year": each.year, "name": each.name, "value": each.float32, "said": f"{power(each.float32)} FLOP/s",
         "label": each.name if each.name in LANDMARKS else ""}
        for each in processors()
    ]  # fmt: skip
    mine = [{"year": year, "name": HERE, "value": found.peak}]
    line = [{"value": found.peak, "year": 2005}, {"value": found.peak, "year": 2030}]
    show_chart(
        layer({"type": "line", "strokeDash": [6, 4], "color": RED}, line, x=x, y=y),
        *_named(rows, x, y, BLUE),
        layer(DIAMOND, mine, x=x, y=y),
        layer(BOLD, mine, x=x, y=y, text={"field": "name"}),
        alt=(
            f"Peak float32 speeds of {len(rows)} processors, from {rows[0]['name']} in {rows[0]['year']} "
            f"with {rows[0]['said']} to {rows[-1]['name']} in {rows[-1]['year']} with {rows[-1]['said']}, on "
            f"a logarithmic axis. {what}: {power(found.peak)} FLOP/s."
        ),
        height=HEIGHT,
    )  # fmt: skip


def show_speeds(found: Measurement) -> None:
    """FLOP/s by size, a line for each operation and number format."""
    kinds = list(dict.fromkeys((each.operation, each.dtype) for each in found.speeds))
    rows = [{"size": each.size, "value": each.flops, "kind": _kind(each)} for each in found.speeds]
    values = [each.flops for each in found.speeds]
    scale = {
        "domain": [f"{operation}, {dtype}" for operation, dtype in kinds],
        "range": list(KINDS)[: len(kinds)],
    }
    show_chart(
        layer(
            {"type": "line", "point": {"size": 60}, "strokeWidth": 2.5},
            rows,
            x={"field": "size", "type": "quantitative", "title": "side of matrices or pictures",
               "scale": {"type": "log", "base": 2}},
            y=log_axis("value", "FLOP/s (log)", min(values) / 2, max(values) * 2),
            color={"field": "kind", "type": "nominal", "scale": scale,
                   "legend": {"orient": "bottom", "title": None, "columns": 2, "labelLimit": 0}},
        ),
        alt="Speed by size. " + "; ".join(_best(found, *kind) for kind in kinds),
        height=260,
    )  # fmt: skip


def _kind(speed: Speed) -> str:
    return f"{speed.operation}, {speed.dtype}"


def _best(found: Measurement, operation: str, dtype: str) -> str:
    best = max(
        (each for each in found.speeds if (each.operation, each.dtype) == (operation, dtype)),
        key=lambda each: each.flops,
    )
    return f"{operation} in {dtype}: at best {power(best.flops)} FLOP/s, at size {best.size}"


def show_errors() -> None:
    """Top-5 error of each year's best, and a person's."""
    x = year_axis(2009, 2018)
    y = {"field": "value", "type": "quantitative", "title": "wrong in five guesses", "axis": SHARE,
         "scale": {"domain": [0, 0.3]}}  # fmt: skip
    rows = [
        {"year": each.year, "name": each.name, "value": each.error, "said": f"{each.error:.1%}",
         "network": each.network, "label": "" if each.name in CROWDED else each.name}
        for each in winners()
    ]  # fmt: skip
    person = [{"year": 2009, "value": PERSON_ERROR}, {"year": 2018, "value": PERSON_ERROR}]
    said = [{"year": 2009.1, "name": f"one trained person: {PERSON_ERROR:.1%}", "value": PERSON_ERROR}]
    show_chart(
        layer({"type": "line", "color": GREY, "strokeDash": [6, 4]}, person, x=x, y=y),
        layer({"type": "text", "align": "left", "dy": -9, "color": GREY}, said, x=x, y=y,
              text={"field": "name"}),
        *_named([row for row in rows if not row["network"]], x, y, ORANGE),
        *_named([row for row in rows if row["network"]], x, y, BLUE),
        alt=(
            "Errors of the best of each year: "
            + ", ".join(f"{row['year']} {row['name']} {row['said']}" for row in rows)
            + f". One trained person has {PERSON_ERROR:.1%}. Blue points are deep networks, orange ones not."
        ),
        height=HEIGHT,
    )  # fmt: skip


def show_systems(year: int, within: float) -> None:
    """Training of milestones on a log axis; a line at what `within` FLOP could train, in `year`."""
    x, y = year_axis(1955, 2030), log_axis("value", "FLOP to train (log)", 1e5, 1e27)
    reach = [{"year": 1955, "value": within}, {"year": 2030, "value": within}]
    reached = [each for each in systems() if each.flop <= within]
    others = [each for each in systems() if each.flop > within]
    first, last = systems()[0], systems()[-1]
    later = [each.name for each in systems()[1:]]  # on the way up, what came next stands at the right
    show_chart(
        layer({"type": "line", "strokeDash": [6, 4], "color": GREEN, "strokeWidth": 2}, reach, x=x, y=y),
        *_named([_row(each) for each in reached], x, y, GREEN, left=later),
        *_named([_row(each) for each in others], x, y, BLUE, left=later),
        alt=(
            f"FLOP that training took, on a logarithmic axis, from {first.name} in {first.year} with "
            f"{power(first.flop)} to {last.name} in {last.year} with {power(last.flop)}. {len(reached)} of "
            f"{len(systems())} are within reach of one day of one processor of {year}."
        ),
        height=HEIGHT + 40,
    )


def _row(system: System) -> dict[str, Any]:
    return {
        "year": system.year, "name": system.name, "value": system.flop, "said": f"{power(system.flop)} FLOP",
        "label": system.name if system.name in LANDMARKS else "",
    }  # fmt: skip


def show_training_sets() -> None:
    """How many examples, by year and kind."""
    kinds = list(dict.fromkeys(each.kind for each in training_sets()))
    x, y = year_axis(1930, 2030), log_axis("value", "examples (log)", 1e2, 1e14)
    rows = [
        {"year": each.year, "name": each.name, "value": each.examples, "kind": each.kind,
         "label": each.name.partition(" (")[0],
         "said": f"{each.examples:,} {each.kind}"}
        for each in training_sets()
    ]  # fmt: skip
    show_chart(
        *(
            part
            for kind, colour in zip(kinds, (GREY, BLUE, GREEN, ORANGE), strict=True)
            for part in _named([row for row in rows if row["kind"] == kind], x, y, colour, left=AT_THE_LEFT)
        ),
        alt="Examples learned from: "
        + "; ".join(f"{row['year']} {row['name']} {row['said']}" for row in rows),
        height=HEIGHT,
    )
