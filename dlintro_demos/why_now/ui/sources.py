"""Every figure of the charts with its source, one click away."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.ui.frame import panel, table
from dlintro_demos.why_now.history import (
    EPOCH_SYSTEMS,
    PERSON_SOURCE,
    power,
    processors,
    systems,
    training_sets,
    winners,
)


def show_sources() -> None:
    """A folded panel: every row of the four tables, with a link to its source."""
    for _ in panel("Every figure with its source", key="sources", icon=":material/link:"):
        st.caption("These links lead out of the gallery, and need the internet.")
        table(
            ("Year", "Training", "FLOP", "Figure", "Published"),
            [
                (
                    str(each.year),
                    each.name,
                    power(each.flop),
                    f"[Epoch AI]({EPOCH_SYSTEMS})",
                    f"[paper]({each.paper})",
                )
                for each in systems()
            ],
        )
        table(
            ("Year", "Processor", "float32 FLOP/s", "half precision", "Figure"),
            [
                (str(each.year), each.name, power(each.float32), power(each.half) if each.half else "",
                 f"[Epoch AI]({each.source})")
                for each in processors()
            ],
        )  # fmt: skip
        table(
            ("Year", "Best on ImageNet", "Top-5 error", "Figure"),
            [
                *(
                    (str(each.year), each.name, f"{each.error:.1%}", f"[results]({each.source})")
                    for each in winners()
                ),
                ("2015", "one trained person", "5.1%", f"[paper]({PERSON_SOURCE})"),
            ],
        )
        table(
            ("Year", "Learned from", "Examples", "Figure"),
            [
                (str(each.year), each.name, f"{each.examples:,} {each.kind}", f"[source]({each.source})")
                for each in training_sets()
            ],
        )
        st.caption(
            "Computing and processors: Epoch AI, CC BY 4.0, a selection of rows, rounded; from GPT-4 on "
            "these are Epoch's estimates, for the makers don't say."
        )
