"""Curves as pictures: those to be learned, small, and those of the results, as files to take home."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure  # not pyplot, which keeps figures and is one for all threads

from dlintro_demos.classical_vs_deep.findings import DepthSummary
from dlintro_demos.classical_vs_deep.learners import LEARNERS
from dlintro_demos.classical_vs_deep.learning_curves import Summary

# Seen on white and on dark; each has its own mark too, for those who do not tell colours apart.
COLOURS = {"linear": "#7a7f8c", "forest": "#1b9e77", "svm": "#d9730d", "cnn": "#4a7dfc"}
MARKERS = {"linear": "s", "forest": "^", "svm": "D", "cnn": "o"}
INCHES, DPI = (8.0, 5.0), 150
SMALL = {"width": 72, "height": 50}  # px of a curve to be learned: four in a row on a phone


def curves_png(summaries: Sequence[Summary], title: str) -> bytes:
    """Accuracy against examples on a log axis, error bars of one standard deviation: PNG, 1200 x 750 px."""
    figure, axes = _paper(title)
    for key in dict.fromkeys(each.learner for each in summaries):
        mine = [each for each in summaries if each.learner == key]
        axes.errorbar(
            [each.size for each in mine],
            [each.mean for each in mine],
            [each.deviation for each in mine],
            label=LEARNERS[key].title,
            color=COLOURS[key],
            marker=MARKERS[key],
            capsize=4,
            linewidth=2,
        )
    sizes = sorted({each.size for each in summaries})
    axes.set_ylim(floor_of(summaries), 1)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes], minor=False)
    axes.set_xticks([], minor=True)
    axes.set_xlabel("examples to learn from (log axis)")
    axes.legend(frameon=False)
    return _png(figure)


def depths_png(summaries: Sequence[DepthSummary], title: str) -> bytes:
    """Accuracy against hidden layers, error bars of one standard deviation: PNG, 1200 x 750 px."""
    figure, axes = _paper(title)
    axes.errorbar(
        [each.depth for each in summaries],
        [each.mean for each in summaries],
        [each.deviation for each in summaries],
        color=COLOURS["cnn"],
        marker="o",
        capsize=4,
        linewidth=2,
    )
    axes.set_xticks([each.depth for each in summaries])
    axes.set_xlabel("hidden layers")
    return _png(figure)


def rounds_png(shares: Sequence[float], title: str) -> bytes:
    """Accuracy against rounds of training, the state before the first one included: PNG, 1200 x 750 px."""
    figure, axes = _paper(title)
    axes.plot(range(len(shares)), shares, color=COLOURS["svm"], marker="o", linewidth=2)
    axes.set_xlabel("rounds through the training pictures")
    return _png(figure)


def curve_svg(*curves: Sequence[float], width: int, height: int) -> str:
    """Curves from -1 to 1, one below the other, each of this size in px.

    Small, and without background: it is seen on white and on dark.
    """
    lines = "".join(
        f'<polyline points="{_points(heights, width, height, height * number)}" fill="none" '
        f'stroke="{COLOURS["cnn"]}" stroke-width="2.5" stroke-linejoin="round"/>'
        for number, heights in enumerate(curves)
    )
    tall = height * len(curves)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {tall}" width="{width}" '
        f'height="{tall}">{lines}</svg>'
    )


def _points(heights: Sequence[float], width: int, height: int, top: int) -> str:
    step, middle, reach = (width - 8) / (len(heights) - 1), top + height / 2, height / 2 - 4
    return " ".join(
        f"{4 + step * place:.1f},{middle - reach * min(1, max(-1, value)):.1f}"
        for place, value in enumerate(heights)
    )


def floor_of(summaries: Sequence[Summary]) -> float:
    """Where the axis of accuracy starts: at a half where all are above it, else at zero."""
    return 0.5 if min(each.mean - each.deviation for each in summaries) > 0.5 else 0.0


def _paper(title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=INCHES, dpi=DPI, layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.set_ylabel("new ones named rightly")
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.grid(axis="y", alpha=0.3)
    return figure, axes


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
