"""Charts of a lesson: probabilities, the map of embeddings, accuracy so far, and what was confused."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from dlintro_demos.gallery.ui.words import per_cent
from dlintro_demos.teach_a_child.heads import Guess
from dlintro_demos.teach_a_child.lesson import Example, Lesson
from dlintro_demos.teach_a_child.picture_map import PictureMap

BLUE, GREY = "#3b82c4", "#8a8f98"
# Okabe and Ito's, told apart by the colour-blind; the last two darker and lighter ones of the same.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7a6ff0", "#8c8c2e")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke", "triangle-right")
PICTURES = 60  # on the map, the newest; older examples are dots
NEVER = "never seen"


def percent(share: float) -> str:
    """As `per_cent`, but none of what was counted is 0 %, and all of it 100 %."""
    return f"{share * 100:.0f} %" if share in (0, 1) else per_cent(share)


def bars(guess: Guess) -> None:
    """Probabilities by word, the likeliest first."""
    rows = sorted(guess.probabilities.items(), key=lambda item: -item[1])
    chart = (
        alt.Chart(pd.DataFrame(rows, columns=["word", "probability"]))
        .mark_bar(color=BLUE if guess.name else GREY, height=14)
        .encode(
            x=alt.X("probability:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")),
            y=alt.Y("word:N", title=None, sort=None, axis=alt.Axis(labelLimit=160)),
        )
        .properties(height=alt.Step(26))
    )
    st.altair_chart(chart, alt="; ".join(f"{word}: {percent(chance)}" for word, chance in rows))


def before_and_after(before: Guess | None, after: Guess) -> None:
    """The probabilities for one picture, before it was told and after."""
    rows = [
        {"word": word, "when": when, "probability": guess.probabilities.get(word, 0.0)}
        for when, guess in (("before", before), ("after", after))
        if guess
        for word in after.probabilities
    ]
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            x=alt.X("probability:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")),
            y=alt.Y("word:N", title=None, sort=None, axis=alt.Axis(labelLimit=160)),
            yOffset=alt.YOffset("when:N", sort=["before", "after"]),
            color=alt.Color(
                "when:N",
                scale=alt.Scale(domain=["before", "after"], range=[GREY, BLUE]),
                legend=alt.Legend(orient="bottom", title=None),
            ),
        )
        .properties(height=alt.Step(14))
    )
    st.altair_chart(
        chart, alt="; ".join(f"{row['word']} {row['when']}: {row['probability']:.0%}" for row in rows)
    )


def map_chart(lesson: Lesson, drawn: PictureMap) -> None:
    """Every example where its embedding stands; lines from where it stood; a large mark is a class's mean."""
    names = list(lesson.names)
    examples = pd.DataFrame(
        {
            "x": drawn.examples[:, 0],
            "y": drawn.examples[:, 1],
            "from_x": drawn.moved[:, 0],
            "from_y": drawn.moved[:, 1],
            "word": [example.name for example in lesson.examples],
            "picture": [""] * max(0, len(lesson.examples) - PICTURES)
            + [_url(example) for example in lesson.examples[-PICTURES:]],
        }
    )
    means = pd.DataFrame({"x": drawn.means[:, 0], "y": drawn.means[:, 1], "word": names})
    both = np.concatenate(
        [drawn.examples, drawn.means, *([drawn.now[None]] if drawn.now is not None else [])]
    )
    reach = float(np.abs(both).max()) * 1.15 or 1.0
    scale = alt.Scale(domain=[-reach, reach])
    x, y = alt.X("x:Q", axis=None, scale=scale), alt.Y("y:Q", axis=None, scale=scale)
    from_x, from_y = (each.copy() for each in (x, y))
    from_x.shorthand, from_y.shorthand = "from_x:Q", "from_y:Q"
    colour = alt.Color(
        "word:N",
        scale=alt.Scale(domain=names, range=list(COLOURS)),
        legend=alt.Legend(orient="bottom", title=None, columns=4, labelLimit=120),
    )
    shape = alt.Shape("word:N", scale=alt.Scale(domain=names, range=list(SHAPES)))
    moved, pictured = examples.dropna(), examples[examples["picture"] != ""]
    layers = []  # an empty one would be a picture without a name to a screen reader
    if len(moved):
        rule = alt.Chart(moved).mark_rule(opacity=0.5, strokeDash=[2, 3])
        layers.append(rule.encode(x=from_x, y=from_y, x2="x:Q", y2="y:Q", color=colour))
    if len(pictured):
        image = alt.Chart(pictured).mark_image(width=26, height=26)
        layers.append(image.encode(x=x, y=y, url="picture:N", tooltip="word:N"))
    layers += [
        alt.Chart(examples).mark_point(size=900, strokeWidth=2).encode(x=x, y=y, color=colour, shape=shape),
        alt.Chart(means)
        .mark_point(size=260, filled=True, opacity=0.9)
        .encode(x=x, y=y, color=colour, shape=shape),
    ]
    if drawn.now is not None:
        now = pd.DataFrame([{"x": drawn.now[0], "y": drawn.now[1]}])
        layers.append(
            alt.Chart(now)
            .mark_point(shape="cross", size=300, color="#d62728", filled=True, angle=45)
            .encode(x=x, y=y)
        )
    st.altair_chart(
        alt.layer(*layers).properties(height=380),
        alt=f"A map of {len(lesson.examples)} examples of {len(names)} words; what is alike stands together",
    )


def accuracy_chart(points: Sequence[tuple[int, float]]) -> None:
    """The share of right answers so far, against the number of examples."""
    chart = (
        alt.Chart(pd.DataFrame(points, columns=["examples", "right"]))
        .mark_line(point=True, color=BLUE, interpolate="step-after")
        .encode(
            x=alt.X("examples:Q", title="examples so far", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("right:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")),
        )
        .properties(height=200)
    )
    st.altair_chart(chart, alt=f"Right so far: {percent(points[-1][1])} after {points[-1][0]} examples")


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
    table = pd.DataFrame(rows)
    most = max(1, int(table["pictures"].max()))
    base = alt.Chart(table).encode(
        x=alt.X("it said:N", sort=said, axis=alt.Axis(orient="top", labelAngle=-40, labelLimit=110)),
        y=alt.Y("it was:N", sort=names, axis=alt.Axis(labelLimit=110)),
    )
    fill = alt.Color(
        "pictures:Q", scale=alt.Scale(domain=[0, most], range=["#e3edf7", "#08306b"]), legend=None
    )
    white = alt.condition(f"datum.pictures > {most / 2}", alt.value("white"), alt.value("#10243a"))
    st.altair_chart(
        alt.layer(
            base.mark_rect(stroke="#ffffff").encode(color=fill),
            base.mark_text(fontSize=14).encode(text="pictures:Q", color=white),
        ).properties(height=alt.Step(34)),
        alt="; ".join(
            f"{row['it was']} called {row['it said']}: {row['pictures']}" for row in rows if row["pictures"]
        ),
    )


def _url(example: Example) -> str:
    if not example.seen.thumbnail:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(example.seen.thumbnail).decode("ascii")
