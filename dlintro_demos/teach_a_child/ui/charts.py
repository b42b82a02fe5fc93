"""Charts of a lesson: probabilities, the map of embeddings, accuracy so far, and what was confused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlintro_demos.gallery.ui.charts import BLUE, GREY, KINDS, RED, SHAPES, SHARE, layer, show_chart
from dlintro_demos.gallery.ui.show import address
from dlintro_demos.gallery.words import counted, per_cent
from dlintro_demos.teach_a_child.heads import Guess
from dlintro_demos.teach_a_child.lesson import Example, Lesson
from dlintro_demos.teach_a_child.picture_map import PictureMap

PICTURES = 60  # on the map, the newest; older examples are dots
NEVER = "never seen"
CHANCE = {
    "field": "probability", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]},
    "axis": SHARE | {"tickCount": 5},
}  # fmt: skip
WORD = {"field": "word", "type": "nominal", "title": None, "sort": None, "axis": {"labelLimit": 160}}


def percent(share: float) -> str:
    """As `per_cent`, but none of what was counted is 0 %, and all of it 100 %."""
    return f"{share * 100:.0f} %" if share in (0, 1) else per_cent(share)


def bars(guess: Guess) -> None:
    """Probabilities by word, the likeliest first."""
    found = sorted(guess.probabilities.items(), key=lambda item: -item[1])
    rows = [{"word": word, "probability": chance} for word, chance in found]
    mark = {"type": "bar", "color": BLUE if guess.name else GREY, "height": 14}
    show_chart(
        layer(mark, rows, x=CHANCE, y=WORD),
        alt="; ".join(f"{word}: {percent(chance)}" for word, chance in found),
        height={"step": 26},
    )


def before_and_after(before: Guess | None, after: Guess) -> None:
    """The probabilities for one picture, before it was told and after."""
    rows = [
        {"word": word, "when": when, "probability": guess.probabilities.get(word, 0.0)}
        for when, guess in (("before", before), ("after", after))
        if guess
        for word in after.probabilities
    ]
    order = ["before", "after"]
    when = {"field": "when", "type": "nominal"}
    colour = {
        "scale": {"domain": order, "range": [GREY, BLUE]},
        "legend": {"orient": "bottom", "title": None},
    }
    show_chart(
        layer(
            "bar", rows, x=CHANCE, y=WORD, yOffset=when | {"sort": ["before", "after"]}, color=when | colour
        ),
        alt="; ".join(f"{row['word']} {row['when']}: {row['probability']:.0%}" for row in rows),
        height={"step": 14},
    )


def map_chart(lesson: Lesson, drawn: PictureMap, moved: np.ndarray | None, now: np.ndarray | None) -> None:
    """Every example where its embedding stands; lines from where it stood; a large mark is a class's mean.

    `moved` (N, 2) are the places on the map before, NaN for new ones; `now` (2,) is the picture shown now.
    """
    names = list(lesson.names)
    both = np.concatenate([drawn.examples, drawn.means, *([now[None]] if now is not None else [])])
    reach = round(float(np.abs(both).max()) * 1.15, 4) or 1.0

    def at(field: str) -> dict[str, Any]:
        return {
            "field": field, "type": "quantitative", "axis": None, "scale": {"domain": [-reach, reach]},
        }  # fmt: skip

    place = {"x": at("x"), "y": at("y")}
    word = {"field": "word", "type": "nominal"}
    legend = {"orient": "bottom", "title": None, "columns": 4, "labelLimit": 120}
    colour = word | {"scale": {"domain": names, "range": list(KINDS)}, "legend": legend}
    kind = {"color": colour, "shape": word | {"scale": {"domain": names, "range": list(SHAPES)}}}
    examples = [
        {"x": x, "y": y, "word": example.name}
        for example, (x, y) in zip(lesson.examples, _places(drawn.examples), strict=True)
    ]
    layers = []  # an empty one would be a picture without a name to a screen reader
    if moved is not None:
        lines = [
            row | {"from_x": x, "from_y": y}
            for row, (x, y) in zip(examples, _places(moved), strict=True)
            if np.isfinite(x)
        ]
        rule = {"type": "rule", "opacity": 0.5, "strokeDash": [2, 3]}
        ends = {"x": at("from_x"), "y": at("from_y"), "x2": {"field": "x"}, "y2": {"field": "y"}}
        layers += [layer(rule, lines, **ends, color=colour)] if lines else []
    pictures = [
        row | {"picture": address(example.seen.thumbnail)}
        for row, example in zip(examples[-PICTURES:], lesson.examples[-PICTURES:], strict=True)
        if example.seen.thumbnail
    ]
    if pictures:
        image = {"type": "image", "width": 26, "height": 26}
        layers.append(
            layer(image, pictures, **place, url={"field": "picture", "type": "nominal"}, tooltip=word)
        )
    means = [{"x": x, "y": y, "word": name} for name, (x, y) in zip(names, _places(drawn.means), strict=True)]
    layers += [
        layer({"type": "point", "size": 900, "strokeWidth": 2}, examples, **place, **kind),
        layer({"type": "point", "size": 260, "filled": True, "opacity": 0.9}, means, **place, **kind),
    ]
    if now is not None:
        cross = {"type": "point", "shape": "cross", "size": 300, "color": RED, "filled": True, "angle": 45}
        layers.append(layer(cross, [{"x": x, "y": y} for x, y in _places(now[None])], **place))
    show_chart(
        *layers,
        alt=f"A map of {counted(len(lesson.examples), 'example')} of {counted(len(names), 'word')}; "
        "what is alike stands together",
        height=380,
    )


def accuracy_chart(points: Sequence[tuple[int, float]]) -> None:
    """The share of right answers so far, against the number of examples."""
    show_chart(
        layer(
            {"type": "line", "point": {"color": BLUE}, "color": BLUE, "interpolate": "step-after"},
            [{"examples": count, "right": right} for count, right in points],
            x={
                "field": "examples", "type": "quantitative", "title": "examples so far",
                "axis": {"tickMinStep": 1, "format": "d"},
            },
            y={
                "field": "right", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]},
                "axis": SHARE,
            },
        ),
        alt=f"Right so far: {percent(points[-1][1])} after {counted(points[-1][0], 'example')}",
        height=200,
    )  # fmt: skip


def story_chart(chances: Sequence[float]) -> None:
    """How probable “ball” was for each red ball, before it was told."""
    show_chart(
        layer(
            {"type": "line", "point": {"color": BLUE, "size": 90}, "color": BLUE, "strokeWidth": 3},
            [{"ball": number, "it is a ball": chance} for number, chance in enumerate(chances, 1)],
            x={"field": "ball", "type": "ordinal", "title": "red ball", "axis": {"labelAngle": 0}},
            y={
                "field": "it is a ball", "type": "quantitative", "title": "ball, before told",
                "scale": {"domain": [0, 1]}, "axis": SHARE,
            },
        ),
        alt="; ".join(f"ball {number}: {chance:.0%}" for number, chance in enumerate(chances, 1)),
        height=220,
    )  # fmt: skip


def confusion_chart(lesson: Lesson, cells: dict[tuple[str, str | None], tuple[Example, ...]]) -> None:
    """Rows: what it was; columns: what the machine said; the number of pictures in each cell."""
    names = list(lesson.names)
    said = [*names, *(name for _, name in cells if name is not None and name not in names), NEVER]
    said = list(dict.fromkeys(said))
    rows = [
        {
            "it was": truth,
            "it said": word,
            "pictures": len(cells.get((truth, None if word == NEVER else word), ())),
        }
        for truth in names
        for word in said
    ]
    most = max(len(found) for found in cells.values())
    place = {
        "x": {
            "field": "it said", "type": "nominal", "sort": said,
            "axis": {"orient": "top", "labelAngle": -40, "labelLimit": 110},
        },
        "y": {"field": "it was", "type": "nominal", "sort": names, "axis": {"labelLimit": 110}},
    }  # fmt: skip
    count = {"field": "pictures", "type": "quantitative"}
    fill = count | {"scale": {"domain": [0, most], "range": ["#e3edf7", "#08306b"]}, "legend": None}
    ink = {"condition": {"test": f"datum.pictures > {most / 2}", "value": "white"}, "value": "#10243a"}
    show_chart(
        layer({"type": "rect", "stroke": "#ffffff"}, rows, **place, color=fill),
        layer({"type": "text", "fontSize": 14}, rows, **place, text=count, color=ink),
        alt="; ".join(
            f"{row['it was']} called {row['it said']}: {row['pictures']}" for row in rows if row["pictures"]
        ),
        height={"step": 34},
    )


def _places(points: np.ndarray) -> list[tuple[float, float]]:
    """Points (N, 2) as short numbers."""
    return [(x, y) for x, y in points.round(4).tolist()]
