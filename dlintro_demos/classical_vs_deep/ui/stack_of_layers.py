"""Stack of layers: none to four hidden ones of about as many weights, and where their answers change."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import cache

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt

from dlintro_demos.classical_vs_deep.findings import DepthSummary, depth_findings, summarise_stacks
from dlintro_demos.classical_vs_deep.layer_stack import (
    DEPTHS,
    SEEDS,
    WEIGHTS,
    Plane,
    Stack,
    plane_through,
    three_curves,
    train_stacks,
)
from dlintro_demos.classical_vs_deep.learners import MNIST1D
from dlintro_demos.classical_vs_deep.mnist1d import CLASSES
from dlintro_demos.classical_vs_deep.plot import depths_png
from dlintro_demos.classical_vs_deep.ui.charts import CURVE, curve_svg, depth_chart, describe_depths
from dlintro_demos.classical_vs_deep.ui.more_data import recorded_network
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.ui.run_job import run_job

SIZES = ("300", "1,000", "3,000")
LETTERS = "ABC"
FIRST_THREE = 13  # of twenty; with these, hidden layers change much: others are as honest
SIDE = 320  # points of the plane, each way
LARGE = 2  # px of the picture for one point of the plane
INK = (27, 27, 38)
LABELLED = 0.008  # of the plane: smaller regions get no number
# Pale, so that the dark numbers on them are read; the number says the class, the colour only helps.
REGIONS = np.array(
    [
        (174, 199, 232), (255, 187, 120), (152, 223, 138), (255, 152, 150), (197, 176, 213),
        (210, 180, 170), (247, 182, 210), (205, 205, 205), (219, 219, 141), (158, 218, 229),
    ],
    np.uint8,
)  # fmt: skip


def stack_of_layers() -> None:
    """The panel: train all depths, then compare one with none, in figures and on a plane."""
    st.markdown(
        "A **hidden layer** mixes the forty heights of a curve into new numbers, and passes on those above "
        "zero. How many such layers should stand on top of each other? All networks get the same curves, and "
        f"their layers are as wide as fits into {WEIGHTS:,} weights (the numbers that are learned)."
    )
    size = st.segmented_control(
        "Curves to learn from", SIZES, default="1,000", required=True, key="curves", bind="query-params"
    )
    depth = st.slider("Hidden layers", min(DEPTHS), max(DEPTHS), 2, key="hidden", bind="query-params")
    place = st.empty()

    def show(so_far: tuple[Stack, ...]) -> None:
        if so_far:
            place.altair_chart(depth_chart(summarise_stacks(so_far)), alt="Accuracy by depth, so far")

    count = int(size.replace(",", ""))
    stacks: tuple[Stack, ...] | None = run_job(
        "stacks", count, train_stacks, count, label="Training 15 networks", shared=True, watch=show
    )
    if stacks is None:
        return
    summaries = summarise_stacks(stacks)
    place.altair_chart(depth_chart(summaries, depth), alt=describe_depths(summaries))
    _say(summaries, depth, count)
    _compare(stacks, depth)
    _downloads(stacks, summaries, count)


def _say(summaries: Sequence[DepthSummary], depth: int, count: int) -> None:
    mine = next(each for each in summaries if each.depth == depth)
    shape = (
        f"{depth} hidden layers, each {mine.width} wide"
        if depth > 1
        else f"One hidden layer, {mine.width} wide"
    )
    st.markdown(
        f"**{shape if depth else 'No hidden layer'}**: {mine.weights:,} weights, "
        f"**{mine.mean:.1%}** of new curves (± {mine.deviation:.1%} over {mine.seeds} repeats)."
    )
    said = depth_findings(summaries)
    if other := recorded_network(count):
        said.append(
            f"The convolutional network of “More data” has about {network_weights():,} weights, and got "
            f"{other.mean:.0%} with as many curves (recorded): which kind of layer it is matters, too."
        )
    st.markdown("\n".join(f"- {sentence}" for sentence in said))
    st.caption(
        "Fair? Nearly. With hidden layers all have just under 5,000 weights. Without one there is nothing to "
        "make wider: ten sums of forty heights have 410 weights, and that is all a line can have. All are "
        "trained for as many steps. Guessing gets 10%."
    )


@cache
def network_weights() -> int:
    """Of the convolutional network, rounded to hundreds."""
    return round(sum(part.numel() for part in MNIST1D.network().parameters()), -2)


def _compare(stacks: Sequence[Stack], depth: int) -> None:
    """The plane through three real curves, as none and as `depth` hidden layers divide it."""
    st.subheader("Where does the answer change?", anchor=False)
    seed = st.slider("Which three curves?", 0, 19, FIRST_THREE, key="three", bind="query-params")
    plane = plane_through(three_curves(seed), SIDE)
    st.markdown(
        "Take three real curves, A, B and C. Between them lie mixtures: halfway from A to B is half of each. "
        "All mixtures of the three make a flat sheet. Each point of it is coloured by the network's answer."
    )
    with st.container(horizontal=True, gap="xsmall"):
        for letter, curve, kind in zip(LETTERS, plane.curves, plane.classes, strict=True):
            with st.container(width=CURVE, gap=None):
                st.image(curve_svg(curve.tolist()), alt=f"curve {letter}, of kind {kind}", width=CURVE)
                st.caption(f"{letter}: kind {kind}")
    pair = (0, depth) if depth else (0,)
    for column, each in zip(st.columns(2), pair, strict=False):
        stack = next(stack for stack in stacks if stack.depth == each and stack.seed == SEEDS[0])
        with column:
            st.markdown(f"**{each or 'No'} hidden layer{'' if each == 1 else 's'}**")
            answers = plane.answers(stack)
            words = in_words(plane, stack, answers)
            st.image(plane_picture(plane, answers), alt=words, width="stretch")
            st.caption(words)
    st.caption(
        "The numbers are kinds of curve; dark lines are where the answer changes. Without a hidden layer "
        "every border is a straight line. Hidden layers may bend them. A sheet is a small part of a space of "
        "40 dimensions, so it may look tidy where the whole is not."
    )


def in_words(plane: Plane, stack: Stack, answers: np.ndarray) -> str:
    """What it says of the three curves, and what covers most of the sheet."""
    said = stack.answer(plane.curves)
    parts = [
        f"{letter} (kind {truth}) {'rightly' if truth == answer else f'wrongly as {answer}'}"
        for letter, truth, answer in zip(LETTERS, plane.classes, said, strict=True)
    ]
    shares = np.bincount(answers.ravel(), minlength=CLASSES) / answers.size
    most = [f"kind {kind} {shares[kind]:.0%}" for kind in np.argsort(-shares)[:3] if shares[kind] > 0.005]
    return f"It names {', '.join(parts)}. Largest regions: {', '.join(most)}."


def plane_picture(plane: Plane, answers: np.ndarray) -> bytes:
    """Regions with their numbers, borders, and the three curves as A, B and C: PNG, four px a point."""
    large = answers.repeat(LARGE, 0).repeat(LARGE, 1)
    rgb = REGIONS[large]
    border = np.zeros(large.shape, bool)
    border[:, 1:] |= large[:, 1:] != large[:, :-1]
    border[1:] |= large[1:] != large[:-1]
    border[:, :-1] |= border[:, 1:]
    border[:-1] |= border[1:]
    rgb[border] = INK
    picture = Image.fromarray(rgb)
    draw = ImageDraw.Draw(picture)
    font, side = ImageFont.load_default(32), len(large)
    taken = [(x * side, (1 - y) * side) for x, y in plane.places.tolist()]
    for kind in range(CLASSES):
        mine = answers == kind
        if mine.mean() >= LABELLED:
            draw.text(_middle_of(mine, taken), str(kind), INK, font, "mm")
    for letter, (x, y) in zip(LETTERS, taken, strict=True):
        draw.ellipse((x - 21, y - 21, x + 21, y + 21), "white", INK, 3)
        draw.text((x, y), letter, INK, font, "mm")
    return encode_png(np.asarray(picture), None)


def _middle_of(region: np.ndarray, taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The point of a region that is farthest from its border and from what is drawn already, in px."""
    room = distance_transform_edt(np.pad(region, 1))[1:-1, 1:-1]
    rows, columns = np.indices(region.shape)
    for x, y in taken:
        near = np.hypot(columns * LARGE - x, rows * LARGE - y) / LARGE
        room = np.where(region, np.minimum(room, np.maximum(near - 4, 0.01)), 0)
    row, column = np.unravel_index(int(room.argmax()), room.shape)
    return (int(column) + 0.5) * LARGE, (int(row) + 0.5) * LARGE


def _downloads(stacks: Sequence[Stack], summaries: Sequence[DepthSummary], count: int) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Results as CSV", _csv(stacks, count), "stack_of_layers.csv", "text/csv",
            key="stacks-csv", on_click="ignore", icon=":material/table:",
        )  # fmt: skip
        st.download_button(
            "Curve as PNG",
            lambda: depths_png(summaries, f"MNIST-1D, {count:,} curves: accuracy on new curves"),
            "stack_of_layers.png", "image/png",
            key="stacks-png", on_click="ignore", icon=":material/image:",
        )  # fmt: skip


def _csv(stacks: Sequence[Stack], count: int) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("examples", "hidden_layers", "width", "weights", "seed", "accuracy", "accuracy_on_its_own")
    )
    for each in stacks:
        writer.writerow(
            (
                count,
                each.depth,
                each.width,
                each.weights,
                each.seed,
                f"{each.accuracy:.4f}",
                f"{each.learned:.4f}",
            )
        )
    return text.getvalue()
