"""Pictures for the Flappy Bird page: what the agent saw, where it looked, what it expected; and curves."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from dlintro_demos.flappy_bird.checkpoints import Checkpoint, Evaluation
from dlintro_demos.flappy_bird.experiment import Look
from dlintro_demos.flappy_bird.state_player import Point
from dlintro_demos.gallery.intake.images import encode_png

ENLARGED = 4
HOT = np.array([255.0, 140.0, 0.0])
BLUE, ORANGE = "#4a7dfc", "#e08214"


def frames_seen(seen: Look) -> bytes:
    """The four frames side by side, PNG."""
    strip = np.concatenate([np.pad(frame, 2, constant_values=90) for frame in seen.frames], 1)
    return _large(np.repeat(strip[..., None], 3, 2))


def where_it_looked(seen: Look) -> bytes:
    """The newest frame, orange where a pixel moves the larger value, PNG."""
    heat = seen.slopes / max(float(seen.slopes.max()), 1e-9)
    grey = seen.frames[-1, ..., None] * 0.75
    return _large((grey + (HOT - grey) * heat[..., None]).clip(0, 255).astype(np.uint8))


def what_it_expected(seen: Look) -> bytes:
    """The larger Q-value at each of the last decisions, and the line of zero, PNG."""
    larger = seen.values.max(1)[-150:]
    width, height = 640, 320
    low, high = min(0.0, float(larger.min())), max(1.0, float(larger.max()))
    x = np.linspace(20, width - 20, len(larger)) if len(larger) > 1 else np.array([width / 2])
    y = height - 20 - (larger - low) / (high - low) * (height - 40)
    zero = height - 20 + low / (high - low) * (height - 40)
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    draw.line((20, zero, width - 20, zero), "#888888", 2)
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    draw.line(points, BLUE, 5, joint="curve")
    draw.ellipse((x[-1] - 8, y[-1] - 8, x[-1] + 8, y[-1] + 8), ORANGE)
    return encode_png(np.asarray(picture), None)


def _large(rgb: np.ndarray) -> bytes:
    return encode_png(rgb.repeat(ENLARGED, 0).repeat(ENLARGED, 1), None)


def learning_curve(curve: Sequence[Evaluation], shown: Sequence[Checkpoint], cut: int) -> alt.LayerChart:
    """Pipes against frames seen; a mark for each checkpoint on the page."""
    rows = [{"frames": point.frames, "pipes": point.mean} for point in curve]
    marks = [
        {"frames": point.frames, "pipes": float(np.minimum(point.scores, cut).mean())} for point in shown
    ]
    pipes = alt.Y("pipes:Q", title=f"pipes, mean (games cut at {cut:,})")
    frames = alt.X("frames:Q", title="frames seen").axis(format="~s")
    line = alt.Chart(pd.DataFrame(rows)).mark_line(point=True, color=BLUE).encode(x=frames, y=pipes)
    here = alt.Chart(pd.DataFrame(marks)).mark_point(size=260, color=ORANGE, strokeWidth=4)
    return (line + here.encode(x=frames, y=pipes)).properties(height=260)


def curve_so_far(curve: Sequence[Point]) -> alt.Chart:
    """Pipes against decisions made, as it learns."""
    rows = [{"decisions": point.decisions, "pipes": point.mean} for point in curve]
    x = alt.X("decisions:Q", title="decisions made").axis(format="~s")
    y = alt.Y("pipes:Q", title="pipes, mean of 16 new levels").scale(domainMin=0)
    return alt.Chart(pd.DataFrame(rows)).mark_line(point=True, color=BLUE).encode(x, y).properties(height=240)
