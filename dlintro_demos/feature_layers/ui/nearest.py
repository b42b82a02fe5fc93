"""The bundled pictures that are most like the visitor's, at three depths."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.feature_layers.atlas import DEPTHS
from dlintro_demos.feature_layers.experiment import Looked
from dlintro_demos.feature_layers.look_alikes import NEAR, Alike, look_alikes
from dlintro_demos.feature_layers.samples import pictures
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_pictures

SIDE = 132  # px
*_, LAST = DEPTHS
WORDS = {
    "early": (
        "The first layers find colours",
        "Near here means: the same colours and edges, whatever it is.",
    ),
    "middle": ("Further on, textures", "Near here means: the same surface."),
    "late": ("The last layer finds meaning", "Near here means: the same kind of thing, in any colour."),
}


def show_look_alikes(chosen: Chosen, _looked: Looked) -> None:
    """The nearest bundled pictures at an early, a middle and the last layer."""
    found: dict[str, tuple[Alike, ...]] | None = run_job(
        "alike", chosen.digest, look_alikes, chosen.rgb, engine().cache,
        label="Comparing", shared=bool(chosen.sample),
    )  # fmt: skip
    if found is None:
        return
    for depth, (title, words) in WORDS.items():
        st.markdown(f"**{title}.** {words}")
        near = found[depth]
        if depth == LAST:
            near = tuple(alike for alike in near if alike.likeness >= NEAR)
        if not near:
            best = found[depth][0].likeness
            st.info(
                f"Nothing is near it here: of our {len(pictures())} pictures the nearest comes to "
                f"{best:.2f}, and below {NEAR} they are of other things. The hammer and the city square have "
                "company.",
                icon=":material/help:",
            )
            continue
        show_pictures(
            [(alike.small, alike.picture.alt) for alike in near],
            width=SIDE,
            captions=[f"{alike.likeness:.2f}" for alike in near],
        )
    st.caption(
        "The number is the cosine between the two, 1 for the same. Compared with the bundled pictures only."
    )
