"""The charts of the Flappy Bird page: the learning curve with its checkpoints, and a lesson so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlintro_demos.flappy_bird.checkpoints import Checkpoint, Evaluation
from dlintro_demos.flappy_bird.state_player import Point
from dlintro_demos.gallery.ui.charts import BLUE, ORANGE, Layer, layer, show_chart

LINE = {"type": "line", "point": True, "color": BLUE}
MARK = {"type": "point", "size": 260, "color": ORANGE, "strokeWidth": 4}


def show_learning_curve(curve: Sequence[Evaluation], shown: Sequence[Checkpoint], cut: int) -> None:
    """Pipes against frames seen, games cut at `cut` pipes; a mark for each checkpoint on the page."""
    line = [{"frames": point.frames, "pipes": point.mean} for point in curve]
    marks = [
        {"frames": point.frames, "pipes": float(np.minimum(point.scores, cut).mean())} for point in shown
    ]
    x, y = _against("frames", "frames seen"), _quantity("pipes", f"pipes, mean (games cut at {cut:,})")
    show_chart(
        layer(LINE, line, x=x, y=y),
        layer(MARK, marks, x=x, y=y),
        alt="Learning curve: pipes passed against frames seen, with the chosen checkpoints marked",
    )


def show_lesson(curve: Sequence[Point], decisions: int) -> None:
    """Pipes against decisions made, as it learns; `decisions` are all that it is to make."""
    rows = [{"decisions": point.decisions, "pipes": point.mean} for point in curve]
    most = max(1.0, *(point.mean for point in curve))
    x = _against("decisions", "decisions made") | {"scale": {"domain": [0, decisions]}}
    y = _quantity("pipes", "pipes, mean of 16 new levels") | {"scale": {"domain": [0, most]}}
    line = layer(LINE, rows, x=x, y=y)
    show_chart(line, alt="Pipes passed while it learns", height=240)


def _against(field: str, title: str) -> Layer:
    return _quantity(field, title) | {"axis": {"format": "~s", "tickCount": 8}}


def _quantity(field: str, title: str) -> Layer:
    return {"field": field, "type": "quantitative", "title": title}
