"""Stack of layers: none to four hidden ones of about as many weights, and where their answers change."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import cache

import streamlit as st

from dlintro_demos.classical_vs_deep.findings import DepthSummary, depth_findings, summarise_stacks
from dlintro_demos.classical_vs_deep.layer_stack import DEPTHS, SEEDS, WEIGHTS, Stack, train_stacks
from dlintro_demos.classical_vs_deep.learners import MNIST1D
from dlintro_demos.classical_vs_deep.planes import LETTERS, Sheet, colour_sheet
from dlintro_demos.classical_vs_deep.plot import SMALL, depths_png
from dlintro_demos.classical_vs_deep.ui.charts import describe_depths, show_depths
from dlintro_demos.classical_vs_deep.ui.more_data import recorded_network
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_picture, show_pictures
from dlintro_demos.gallery.words import counted

SIZES = ("300", "1,000", "3,000")
FIRST_THREE = 13  # of twenty; with these, hidden layers change much: others are as honest


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
            with place:
                show_depths(summarise_stacks(so_far), alt="Accuracy by depth, so far")

    count = int(size.replace(",", ""))
    stacks: tuple[Stack, ...] | None = run_job(
        "stacks", count, train_stacks, count, label="Training 15 networks", shared=True, long=True, watch=show
    )
    if stacks is None:
        return
    summaries = summarise_stacks(stacks)
    with place:
        show_depths(summaries, alt=describe_depths(summaries), chosen=depth)
    _say(summaries, depth, count)
    _compare(stacks, depth, count)
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


def _compare(stacks: Sequence[Stack], depth: int, count: int) -> None:
    """The plane through three real curves, as none and as `depth` hidden layers divide it."""
    st.subheader("Where does the answer change?", anchor=False)
    seed = st.slider("Which three curves?", 0, 19, FIRST_THREE, key="three", bind="query-params")
    st.markdown(
        "Take three real curves, A, B and C. Between them lie mixtures: halfway from A to B is half of each. "
        "All mixtures of the three make a flat sheet. Each point of it is coloured by the network's answer."
    )
    sheets = {each: _sheet(stacks, each, count, seed) for each in dict.fromkeys((0, depth))}
    if sheet := sheets[0]:
        show_pictures(
            [
                (curve, f"curve {letter}, of kind {kind}")
                for letter, curve, kind in zip(LETTERS, sheet.curves, sheet.kinds, strict=True)
            ],
            captions=[f"{letter}: kind {kind}" for letter, kind in zip(LETTERS, sheet.kinds, strict=True)],
            width=SMALL["width"],
        )
    for column, (each, sheet) in zip(st.columns(2), sheets.items(), strict=False):
        if sheet:
            with column:
                st.markdown(f"**{counted(each, 'hidden layer') if each else 'No hidden layer'}**")
                show_picture(sheet.picture, alt=sheet.words, caption=sheet.words)
    st.caption(
        "The numbers are kinds of curve; dark lines are where the answer changes. Without a hidden layer "
        "every border is a straight line. Hidden layers may bend them. A sheet is a small part of a space of "
        "40 dimensions, so it may look tidy where the whole is not."
    )


def _sheet(stacks: Sequence[Stack], depth: int, count: int, seed: int) -> Sheet | None:
    stack = next(stack for stack in stacks if (stack.depth, stack.seed) == (depth, SEEDS[0]))
    return run_job(
        f"sheet-{depth}", (count, depth, seed), colour_sheet, stack, seed,
        label="Colouring the sheet", shared=True,
    )  # fmt: skip


def _downloads(stacks: Sequence[Stack], summaries: Sequence[DepthSummary], count: int) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Results as CSV", lambda: _csv(stacks, count), "stack_of_layers.csv", "text/csv",
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
        shares = f"{each.accuracy:.4f}", f"{each.learned:.4f}"
        writer.writerow((count, each.depth, each.width, each.weights, each.seed, *shares))
    return text.getvalue()
