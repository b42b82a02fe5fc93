"""The classifier's answer in bars, and what stands on top of its page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlintro_demos.feature_layers.experiment import Looked
from dlintro_demos.feature_layers.guesses import Guess
from dlintro_demos.gallery.ui.charts import BLUE, GREY, show_bars
from dlintro_demos.gallery.ui.frame import Step, first_result, steps, under_the_hood
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.words import per_cent

SEEN, SMALL = 240, 96  # px
CODE = """pixels = (torch.from_numpy(middle).permute(2, 0, 1)[None].float() - 127) / 128   # 224 x 224
maps = []
x = network.bn1(network.conv_stem(pixels))            # edges: 32 channels
for stage in network.blocks:                            # textures, parts, things
    for block in stage:
        x = block(x)
        maps.append(x)
embedding = network.global_pool(network.bn2(network.conv_head(x)))
logits = network.classifier(embedding)                  # one number for each of 1,000 classes
probabilities = (logits / temperature).softmax(1)"""


def bars(top: Sequence[Guess], *, colour: str = BLUE) -> None:
    """A bar for each class, the likeliest on top, its name above it."""
    show_bars([(guess.name, guess.probability) for guess in top], colour=colour)


def show_answer(looked: Looked, alt_text: str, *, small: bool = False) -> None:
    """What the network saw, its five guesses, or that it was not taught this.

    `small` leaves the first screen to what is looked at below: only the likeliest class is named.
    """
    answer = looked.answer
    with first_result(beside=True, short=small):
        alt = f"The middle of it, as the network sees it: {alt_text}"
        show_picture(looked.seen, alt=alt, width=SMALL if small else SEEN)
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
            if small:
                return
            bars(answer.top, colour=BLUE if answer.known else GREY)
            st.caption(
                f"{sum(answer.stages.values()) * 1000:.0f} ms. It knows a thousand classes and sees only the "
                "square at the left, 224 pixels wide."
            )


def show_explanation(looked: Looked, models: Sequence[str]) -> None:
    """Edges, parts, things: with the pictures of this very run; and what is under the hood."""
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
    under_the_hood(models, device=looked.answer.device, stages=looked.answer.stages, code=CODE)
