"""The classifier's answer in bars, and what stands on top of its page."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from dlintro_demos.feature_layers.experiment import Looked
from dlintro_demos.feature_layers.guesses import Guess
from dlintro_demos.gallery.ui.frame import Step, steps
from dlintro_demos.gallery.ui.words import per_cent

BLUE, ORANGE, GREY = "#4a7dfc", "#e08214", "#8a8a99"
SEEN = 240  # px


def bars(top: Sequence[Guess], *, colour: str = BLUE) -> None:
    """A bar for each class, the likeliest on top, its name above it."""
    rows = pd.DataFrame(
        {
            "said": [f"{guess.name}  {per_cent(guess.probability)}" for guess in top],
            "probability": [guess.probability for guess in top],
        }
    )
    above = alt.Axis(  # its labels have the theme's colour, light or dark; words among the marks have not
        title=None, ticks=False, domain=False, labelAlign="left", labelPadding=-2, labelOffset=-15,
        labelLimit=400, labelFontSize=14, zindex=1,
    )  # fmt: skip
    room = alt.Scale(paddingInner=0.62, paddingOuter=0.4)
    bar = (
        alt.Chart(rows)
        .mark_bar(color=colour, cornerRadius=3)
        .encode(
            x=alt.X("probability:Q", scale=alt.Scale(domain=[0, 1]), axis=None),
            y=alt.Y("said:N", sort=None, axis=above, scale=room),
        )
    )
    spoken = "; ".join(f"{guess.name} {per_cent(guess.probability)}" for guess in top)
    st.altair_chart(bar.properties(height=42 * len(rows)), alt=f"Bars: {spoken}")


def show_answer(looked: Looked, alt_text: str) -> None:
    """What the network saw, its five guesses, or that it was not taught this."""
    answer = looked.answer
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.image(looked.seen, alt=f"The middle of it, as the network sees it: {alt_text}", width=SEEN)
        with st.container(width="stretch", gap="small"):
            best = answer.top[0]
            if answer.known:
                st.markdown(f"### {best.name}, {per_cent(best.probability)} sure")
            else:
                st.markdown("### I don't know")
                st.warning(
                    "This does not look like anything that I was taught. If I had to name it, I would say: "
                    f"{', '.join(guess.name for guess in answer.top[:3])}. Don't trust it.",
                    icon=":material/help:",
                )
            bars(answer.top, colour=BLUE if answer.known else GREY)
            st.caption(
                f"{sum(answer.stages.values()) * 1000:.0f} ms. It knows a thousand classes and sees only the "
                "square at the left, 224 pixels wide."
            )


def show_explanation(looked: Looked) -> None:
    """Edges, parts, things: with the pictures of this very run."""
    best = looked.answer.top[0].name
    edges, parts, things = looked.glances
    steps(
        "What just happened?",
        [
            Step(
                title="Edges and colours",
                words="The first layers compare neighbouring pixels. Each tile is one channel, lit where it "
                "answers: an edge in one direction, a spot, a colour.",
                pictures=[(edges, "Six channels of an early layer at work on this picture")],
            ),
            Step(
                title="Textures and parts",
                words="Further on each channel sums up many early ones, and so answers to larger things: "
                "fur, a grid, a rim, an eye.",
                pictures=[(parts, "Six channels of a middle layer at work on this picture")],
            ),
            Step(
                title="Things",
                words="At the end a channel looks at most of the picture. A thousand sums over these "
                f"channels are the votes for a thousand classes, and the largest went to “{best}”.",
                pictures=[(things, "Six channels of the last layer at work on this picture")],
            ),
        ],
    )
