"""More data: four learners on more and more examples, recorded, and run again while one watches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import streamlit as st

from dlintro_demos.classical_vs_deep.findings import findings, verdict
from dlintro_demos.classical_vs_deep.learners import LEARNERS
from dlintro_demos.classical_vs_deep.learning_curves import (
    SIZES,
    Point,
    Summary,
    estimated_seconds,
    learning_curves,
    summarise,
)
from dlintro_demos.classical_vs_deep.plot import SMALL, curves_png
from dlintro_demos.classical_vs_deep.recorded import MNIST1D_FILE, MNIST_FILE, as_csv, recorded
from dlintro_demos.classical_vs_deep.still_pictures import ten_kinds
from dlintro_demos.classical_vs_deep.ui.charts import describe, show_accuracy
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_pictures
from dlintro_demos.gallery.words import counted

LIVE, DIGITS = "Curves, live", "Real digits, recorded"
CHOICES = (30, 100, 300, 1_000, 3_000, 10_000)
HOW = {
    "linear": "adds up the forty heights, each times a weight",
    "forest": "sixty trees of yes-no questions vote",
    "svm": "compares with the examples that it kept",
    "cnn": "slides small filters along the curve: deep learning",
}
SHARE_OF_DEADLINE = 0.8  # an estimate is no promise, and others may be working
RUN, SO_FAR, BET = "more-data-run", "more-data-so-far", "more-data-bet"
NO_GAME = "A bet is no game against the machine: it does not count on the scoreboard."
RECORDER = "python -m training.classical_vs_deep.learning_curves_mnist"


def more_data() -> None:
    """The panel: what is to be learned, a bet, the curves, what they say, and the files."""
    data = st.segmented_control(
        "On which data?", (LIVE, DIGITS), default=LIVE, required=True, key="learn", bind="query-params"
    )
    if data == DIGITS:
        _digits()
        return
    st.markdown(
        "Ten kinds of curve, named 0 to 9. Each is bent, moved sideways and made noisy at random, so no two "
        "are alike. These examples are **synthetic**: a program draws them. Which kind is a new curve?"
    )
    show_pictures(
        [(curves, f"two curves of kind {kind}") for kind, curves in enumerate(ten_kinds())],
        captions=[f"kind {kind}" for kind in range(len(ten_kinds()))],
        width=SMALL["width"],
    )
    bet = _ask_for_a_bet()
    _ask_for_a_run()
    _results(bet)


def _ask_for_a_bet() -> str | None:
    titles = {learner.title: key for key, learner in LEARNERS.items()}
    bet = st.pills(
        f"Which would you bet on, with {max(SIZES):,} examples?",
        list(titles),
        key=BET,
        help="; ".join(f"{LEARNERS[key].title}: {how}" for key, how in HOW.items()),
    )
    return titles[bet] if bet else None


def _ask_for_a_run() -> None:
    """Sizes, seeds, what it will take, and the button."""
    with st.expander("Run it yourself", icon=":material/play_circle:", expanded=RUN in st.session_state):
        sizes = st.pills(
            "Numbers of examples",
            CHOICES,
            selection_mode="multi",
            default=list(SIZES),
            format_func="{:,}".format,
            key="more-data-sizes",
        )
        seeds = st.slider("Repeats, each with other curves", 1, 5, 3, key="repeats", bind="query-params")
        seconds = estimated_seconds(sizes, range(seeds))
        limit = engine().settings.job_seconds * SHARE_OF_DEADLINE
        if not sizes:
            st.info("Choose at least one number of examples.", icon=":material/touch_app:")
        elif seconds > limit:
            st.info(
                f"This would take about {seconds:.0f} s; the limit is {limit:.0f} s. Choose fewer repeats, "
                "or leave out the largest number.",
                icon=":material/hourglass:",
            )
        else:
            st.caption(
                f"About {seconds:.0f} s, longer when others work too. You may cancel and keep what there is."
            )
        st.button(
            "Run it here",
            key="more-data-start",
            disabled=not sizes or seconds > limit,
            on_click=_start,
            args=(tuple(sorted(sizes)), seeds),
        )


def _start(sizes: tuple[int, ...], seeds: int) -> None:
    st.session_state[RUN] = (sizes, seeds)
    st.session_state.pop(SO_FAR, None)


def _results(bet: str | None) -> None:
    """The recorded curves, or those of the visitor's run as they grow, and what they say."""
    title, place = st.empty(), st.empty()
    asked = st.session_state.get(RUN)
    points, origin, axis = recorded(MNIST1D_FILE), "", SIZES
    if asked:
        sizes, seeds = asked

        def show(so_far: tuple[Point, ...]) -> None:
            if so_far:
                st.session_state[SO_FAR] = so_far
                with place:
                    show_accuracy(summarise(so_far), sizes, alt="The curves so far")

        title.markdown("**Running here, now**")
        done = run_job(
            "more-data", asked, learning_curves, sizes, tuple(range(seeds)),
            label="Learning", shared=True, long=True, watch=show,
        )  # fmt: skip
        kept = done or st.session_state.get(SO_FAR)
        if kept:
            points, axis = kept, sizes
            every = len(LEARNERS) * len(sizes) * seeds
            origin = (
                "**Measured here**" if done else f"**Measured here, stopped after {len(kept)} of {every}**"
            )
    hidden = not origin and bet is None
    title.markdown(origin or f"**Recorded** with `python -m dlintro_demos learning-curves`, {_seeds(points)}")
    shown = tuple(point for point in points if not (hidden and point.learner == "cnn"))
    summaries = _summed(shown)
    with place:
        show_accuracy(summaries, axis, alt=describe(summaries, "curves"))
    if hidden:
        st.info(
            "The line of the convolutional network is missing: place your bet above and it appears.",
            icon=":material/visibility_off:",
        )
        return
    if bet:
        st.markdown(f"{verdict(summaries, bet)} {NO_GAME}")
    _say(summaries, "curves")
    _downloads(points, "MNIST-1D: accuracy on new curves", "mnist1d")


def _digits() -> None:
    """The same experiment on handwritten digits, as it was recorded."""
    st.markdown(
        "The same four learners on **MNIST**: scanned handwritten digits, 28 x 28 pixels. The network "
        "looks at pictures here, not at curves, but has the same three layers and about as many weights."
    )
    points = recorded(MNIST_FILE)
    summaries = _summed(points)
    st.markdown(f"**Recorded** with `{RECORDER}`, {_seeds(points)}")
    show_accuracy(summaries, [each.size for each in summaries], alt=describe(summaries, "digits"))
    _say(summaries, "digits")
    st.caption(
        "Digits are centred and upright, so the same pixel means nearly the same in each of them; that helps "
        "the classical learners. The curves are moved sideways, which spoils that."
    )
    _downloads(points, "MNIST: accuracy on new digits", "mnist")


@lru_cache(maxsize=32)
def _summed(points: tuple[Point, ...]) -> Sequence[Summary]:
    return summarise(points)


def _seeds(points: Sequence[Point]) -> str:
    return counted(len({point.seed for point in points}), "repeat")


def _say(summaries: Sequence[Summary], things: str) -> None:
    said = findings(summaries, things)
    if said:
        st.markdown("\n".join(f"- {sentence}" for sentence in said))
    seeds = max(each.seeds for each in summaries)
    bars = "The bars show how much the repeats differ (one standard deviation). " if seeds > 1 else ""
    st.caption(
        f"{bars}Guessing gets 10%. The three classical learners are tuned: the best of a few settings, "
        "found by cross-validation on up to 500 of the examples. The network is not: one setting throughout."
    )


def _downloads(points: Sequence[Point], title: str, name: str) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Results as CSV", lambda: as_csv(points), f"{name}.csv", "text/csv",
            key=f"{name}-csv", on_click="ignore", icon=":material/table:",
        )  # fmt: skip
        st.download_button(
            "Curves as PNG", lambda: curves_png(summarise(points), title), f"{name}.png", "image/png",
            key=f"{name}-png", on_click="ignore", icon=":material/image:",
        )  # fmt: skip


def recorded_seconds() -> dict[str, float]:
    """Of the recorded run: seconds to tune and fit each learner on the most examples."""
    summaries = _summed(recorded(MNIST1D_FILE))
    most = max(each.size for each in summaries)
    return {LEARNERS[each.learner].title: each.seconds for each in summaries if each.size == most}


def recorded_network(size: int) -> Summary | None:
    """Of the recorded run: the convolutional network at a size, if there is one."""
    summaries = _summed(recorded(MNIST1D_FILE))
    return next((each for each in summaries if (each.learner, each.size) == ("cnn", size)), None)
