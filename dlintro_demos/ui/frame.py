"""The parts every page has: hook, evidence, model card, presenter's notes, and the way to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from dlintro_demos.catalogue import DEMOS, Demo
from dlintro_demos.runtime.model_cards import ModelCard
from dlintro_demos.ui.menu import page_of
from dlintro_demos.ui.session import forget

THUMBNAILS = Path(__file__).with_name("thumbnails")


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """One step of “What just happened?”: words, a picture (H, W, 3) uint8, feature maps (h, w) uint8."""

    title: str
    words: str
    picture: np.ndarray | None = None
    alt: str = ""
    maps: Sequence[np.ndarray] = ()
    maps_alt: str = ""


def thumbnail(demo: Demo) -> None:
    """The demo's picture on the wall; decorative, its title stands below."""
    st.image(THUMBNAILS / f"{demo.slug}.webp", alt="", width="stretch")


def hook(demo: Demo, daily_life: str) -> None:
    """Title, one sentence, and where one meets this in daily life."""
    st.title(demo.title, anchor=False)
    st.markdown(f"{demo.tagline}  \n:gray[{daily_life}]")


def steps(heading: str, parts: Sequence[Step]) -> None:
    """“What just happened?”: numbered steps, side by side."""
    st.subheader(heading, anchor=False)
    for number, (column, step) in enumerate(zip(st.columns(len(parts)), parts, strict=True), start=1):
        with column:
            st.markdown(f"**{number}. {step.title}**  \n{step.words}")
            if step.picture is not None:
                st.image(step.picture, alt=step.alt, width="stretch")
            if step.maps:
                st.image(_mosaic(step.maps), alt=step.maps_alt, width="stretch")


def _mosaic(maps: Sequence[np.ndarray], columns: int = 3, gap: int = 2) -> np.ndarray:
    """Grey pictures of one size in rows, with a thin white line between; (rows, columns) uint8."""
    height, width = maps[0].shape
    rows = -(-len(maps) // columns)
    mosaic = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), 255, np.uint8)
    for place, feature in enumerate(maps):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        mosaic[top : top + height, left : left + width] = feature
    return mosaic.repeat(2, axis=0).repeat(2, axis=1)


def under_the_hood(card: ModelCard | None, *, device: str, stages: Mapping[str, float], code: str) -> None:
    """Model card, milliseconds by stage, device, and the lines of code that do it."""
    with st.expander("Under the hood", icon=":material/build:"):
        total = sum(stages.values())
        st.markdown(f"**{total * 1000:,.0f} ms** on `{device}`")
        st.dataframe(
            [{"stage": stage, "ms": round(seconds * 1000, 1)} for stage, seconds in stages.items()],
            hide_index=True,
        )
        if card:
            _card(card)
        st.code(code, language="python")


def _card(card: ModelCard) -> None:
    st.markdown(
        f"**{card.title}**, {card.parameters / 1e6:.2f} million parameters, {card.licence}  \n"
        f"*From:* {card.source}  \n*Trained on:* {card.trained_on}  \n*Good for:* {card.good_for}"
    )
    st.markdown("*Limits:*\n" + "\n".join(f"- {limit}" for limit in card.limits))
    if card.figures:
        st.dataframe(
            [
                {"figure": figure.name, "value": figure.value, "measured by": figure.source}
                for figure in card.figures
            ],
            hide_index=True,
        )


def footer(demo: Demo | None = None) -> None:
    """Presenter's notes, privacy, and forgetting: the end of every page."""
    st.divider()
    if demo:
        _presenter_notes(demo)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "What you show this gallery stays in this visit: it is kept in memory only, never written to a "
            "disk or a log, and dropped when you leave."
        )
        st.button(
            "Forget everything I showed",
            on_click=forget,
            icon=":material/delete_forever:",
            help="Drops your pictures, results and settings. Also resets the gallery for the next visitor.",
        )


def _presenter_notes(demo: Demo) -> None:
    with st.expander("For presenters", icon=":material/co_present:"):
        st.markdown(
            f"About {demo.minutes} minutes on stage.\n\n"
            + "\n".join(f"- {point}" for point in demo.talking_points)
        )
        following = DEMOS[(DEMOS.index(demo) + 1) % len(DEMOS)]
        if following is demo:
            st.page_link(page_of("home"), label="Back to the wall")
        else:
            st.page_link(page_of(following.slug), label=f"Next demo: {following.title}")
