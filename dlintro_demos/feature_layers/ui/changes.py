"""Switch channels off, or change the picture, until the answer falls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dlintro_demos.feature_layers.ablation import Ablation, switch_off
from dlintro_demos.feature_layers.experiment import Looked
from dlintro_demos.feature_layers.fooling import CHANGES, GAIN, Change, Sweep, sweep
from dlintro_demos.feature_layers.guesses import name_of
from dlintro_demos.feature_layers.ui.answer import bars
from dlintro_demos.feature_layers.ui.reasons import ask_target
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import BLUE, GREY, ORANGE, curves, show_chart
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.words import per_cent
from dlintro_demos.shared.imagenet import STOPS

FROM_LAYER = 6  # on: before it, a channel says little about one class
AIMS = {"away from its answer": None} | {f"towards “{name}”": index for name, index in (
    ("toaster", 859), ("umbrella", 879), ("teddy", 850), ("pretzel", 932)
)}  # fmt: skip


def switch_them_off(chosen: Chosen, looked: Looked) -> None:
    """The ten channels that speak most for a class, off one after the other, beside ten at random."""
    target = ask_target(looked, "Which channels make it")
    number = st.slider("In layer", FROM_LAYER, len(STOPS), len(STOPS), key="off_layer", bind="query-params")
    ablation: Ablation | None = run_job(
        "off", (chosen.digest, target.index, number),
        switch_off, chosen.rgb, target.index, STOPS[number - 1], engine().cache,
        label="Switching off", shared=bool(chosen.sample),
    )  # fmt: skip
    if ablation is None:
        return
    names = [f"No. {channel}" for channel in ablation.channels]
    picked = st.pills(
        f"The ten of {ablation.stop.channels} channels that speak most for “{target.name}”. Which are off?",
        names, default=names, selection_mode="multi", key=f"off-{chosen.digest[:12]}-{target.index}-{number}",
    )  # fmt: skip
    channels = [int(name.removeprefix("No. ")) for name in picked]
    shown: Ablation | None = ablation
    if channels and set(channels) != set(ablation.channels):
        shown = run_job(
            "off-some", (chosen.digest, target.index, number, tuple(channels)),
            switch_off, chosen.rgb, target.index, STOPS[number - 1], engine().cache, channels,
            label="Switching off", shared=False,
        )  # fmt: skip
    if shown is None:
        return
    left, right = st.columns(2)
    with left:
        _show_lines(
            {"switched off": shown.falling, "as many at random": shown.random},
            range(len(shown.falling)), "channels off", (BLUE, GREY), whole=True,
            alt=f"Probability of {target.name} as channels go: from {per_cent(shown.before)} to "
            f"{per_cent(shown.falling[-1])}; at random to {per_cent(shown.random[-1])}",
        )  # fmt: skip
    with right:
        after = shown.after if channels else looked.answer.top
        first = after[0]
        st.markdown(
            f"**{len(channels)} of {shown.stop.channels} channels off:** “{target.name}” goes from "
            f"{per_cent(shown.before)} to **{per_cent(shown.falling[-1] if channels else shown.before)}**, "
            f"and it says “{first.name}”. As many at random: {per_cent(shown.random[-1])}."
        )
        bars(after)
    st.caption(
        "Who speaks for it is told by the gradient, the fall is measured: each point is the network run "
        "again with these channels at zero. At random: drawn among those that answer here, mean of four."
    )


def fool_it(chosen: Chosen, _looked: Looked) -> None:
    """A slider over a change, the picture, the answer, and the smallest change that flips it."""
    titles = {change.title: key for key, change in CHANGES.items()}
    title = st.segmented_control(
        "How?", list(titles), default=next(iter(titles)), required=True, key="fool", bind="query-params"
    )
    key, change = titles[title], CHANGES[titles[title]]
    aim = None
    if change.aims:
        aim = AIMS[
            st.segmented_control(
                "The noise works", list(AIMS), default=next(iter(AIMS)), required=True, key="aim"
            )
        ]
    swept: Sweep | None = run_job(
        "fool", (chosen.digest, key, aim), sweep, chosen.rgb, key, aim, engine().cache,
        label=change.title, shared=bool(chosen.sample),
    )  # fmt: skip
    if swept is not None:
        _slide(swept, change, key, aim)


def flipping(swept: Sweep, change: Change, aim: int | None) -> str:
    """The smallest amount tried that does what was wanted, or that none does."""
    first = swept.first.name
    if swept.flips is None:
        return f"It still says “{first}” at every amount that we tried."
    if aim is None:
        return (
            f"**{change.say(swept.flips)}** {_be(swept.flips)} enough: the first amount tried at which it no "
            f"longer says “{first}”."
        )
    if swept.hits is None:
        return (
            f"At no amount that we tried does it say “{name_of(aim)}”. **{change.say(swept.flips)}** "
            f"{_be(swept.flips)} enough that it no longer says “{first}”."
        )
    return (
        f"**{change.say(swept.hits)}** {_be(swept.hits)} enough: the first amount tried at which it says "
        f"“{name_of(aim)}”."
    )


def _be(amount: float) -> str:
    return "is" if amount == 1 else "are"


@st.fragment
def _slide(swept: Sweep, change: Change, key: str, aim: int | None) -> None:
    """Every amount was computed already, so the slider answers at once."""
    wanted = swept.flips if aim is None else swept.hits
    start = change.amounts[-1] if wanted is None else wanted
    amount = st.select_slider(
        f"How much, {change.units}", list(change.amounts), start, key=f"amount-{key}-{aim}",
        format_func=lambda amount: f"{amount:g}",
    )  # fmt: skip
    step = swept.steps[change.amounts.index(amount)]
    columns = st.columns(3 if step.noise else 2)
    with columns[0]:
        show_picture(step.picture, alt=f"The picture after {change.say(amount)}")
    if step.noise:
        with columns[1]:
            show_picture(
                step.noise,
                alt="The noise, made visible",
                caption=f"The noise itself, {GAIN} times stronger than it is.",
            )
    with columns[-1]:
        bars(step.top, colour=BLUE if step.top[0].index == swept.first.index else ORANGE)
    first = swept.first.name
    st.markdown(flipping(swept, change, aim))
    lines = {first: [each.kept for each in swept.steps]}
    if aim is not None:
        lines[name_of(aim)] = [each.aimed or 0.0 for each in swept.steps]
    _show_lines(
        lines, change.amounts, change.units, (BLUE, ORANGE),
        alt=f"Probability of {first} at each amount: "
        + ", ".join(f"{each.amount:g}: {per_cent(each.kept)}" for each in swept.steps),
    )  # fmt: skip
    if step.noise:
        st.caption(
            "A grey level is 1 of 255. The noise is computed from the network's own gradient, for this "
            "picture alone; random noise of that size does next to nothing. A few levels are hardly seen. "
            "In eight small steps it turns round where the slope does; one long step in a straight line "
            "often misses, and never hits a class that is aimed at."
        )


def _show_lines(
    lines: Mapping[str, Sequence[float]],
    amounts: Sequence[float],
    title: str,
    colours: Sequence[str],
    *,
    alt: str,
    whole: bool = False,
) -> None:
    """Probabilities by name, at each amount; a line that is cut short has fewer points.

    Amounts that are `whole` have nothing between them.
    """
    rows = [
        {"what": name, "x": amount, "probability": value}
        for name, values in lines.items()
        for amount, value in zip(amounts, values, strict=False)
    ]
    palette = dict(zip(lines, colours, strict=False))
    chart = curves(rows, x="x", y="probability", what="what", colours=palette, title=title, point=True)
    if whole:
        chart["encoding"]["x"]["axis"] = {"tickMinStep": 1, "format": "d"}
    show_chart(chart, alt=alt)
