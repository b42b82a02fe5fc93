"""The parts every page has: hook, evidence, model card, presenter's notes, and the way to be forgotten."""

from __future__ import annotations

import base64
import functools
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlintro_demos.gallery.catalogue import Chapter, Demo, demos
from dlintro_demos.gallery.process import engine, ready
from dlintro_demos.gallery.runtime.model_cards import ModelCard
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.address import on_big_board, on_stage
from dlintro_demos.gallery.ui.components.wall import Shelf, show_chapters
from dlintro_demos.gallery.ui.menu import go, href, page_of
from dlintro_demos.gallery.ui.privacy import privacy
from dlintro_demos.gallery.ui.show import bundled, figure
from dlintro_demos.gallery.words import counted

_HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """One step of “What just happened?”: words, and pictures (PNG, JPEG, SVG as text) with alt texts."""

    title: str
    words: str
    pictures: Sequence[tuple[bytes | str, str]]


@functools.cache
def style() -> str:
    """The gallery's own style sheet, as HTML."""
    return f"<style>{(_HERE / 'gallery.css').read_text(encoding='utf-8')}</style>"


@functools.cache
def favicon() -> str:
    """The picture on the browser's tab, as an address that needs no file."""
    return "data:image/png;base64," + base64.b64encode((_HERE / "favicon.png").read_bytes()).decode()


def panel(label: str, *, key: str, icon: str) -> Iterator[DeltaGenerator]:
    """A folded panel: `for place in panel(...)` runs only while it is open."""
    folded = st.expander(label, key=key, icon=icon, on_change="rerun")
    if folded.open:
        with folded:
            yield folded


def wall(shown: Sequence[Demo]) -> None:
    """The chapters of the course with their ideas, and a card for each demo: picture, tagline, the way in."""
    chapters: dict[Chapter, list[dict[str, str]]] = {}
    for demo in shown:
        chapters.setdefault(demo.chapter, []).append(
            {
                "slug": demo.slug,
                "href": href(demo.slug),
                "title": demo.title,
                "tagline": demo.tagline,
                "time": f"about {counted(demo.minutes, 'minute')}",
                "picture": bundled(_thumbnail(demo)),
            }
        )
    go(show_chapters([Shelf(str(each), each.idea, cards) for each, cards in chapters.items()]))


@functools.cache
def _thumbnail(demo: Demo) -> bytes:
    return demo.thumbnail.read_bytes()


def hook(demo: Demo, daily_life: str) -> None:
    """Title, one sentence, and where one meets this in daily life."""
    st.title(demo.title, anchor=False)
    st.markdown(demo.tagline)
    st.html(f"<p class=daily>{html.escape(daily_life)}</p>")


def choices(name: str = "first") -> DeltaGenerator:
    """Room for choices between modes of a page, or between its inputs; most pages begin with one such room.

    A choice has one row, which a phone scrolls sideways; its label is for a screen reader only.
    """
    return st.container(horizontal=True, key=f"choices-{name}")


def presets() -> DeltaGenerator:
    """Room for buttons that set several choices at once: one row, which a phone scrolls sideways."""
    return st.container(horizontal=True, key="choices-presets")


def first_result(*, beside: bool = False, short: bool = False) -> DeltaGenerator:
    """Room for what a page opens with, one a page: the first sample's result, or the game.

    Its parts stand below each other, or `beside`. A browser test holds every demo to it: all of it stands on
    the first screen, on a phone too. One that is `short` leaves the screen to what stands below it: on the
    stage the samples go to the end of the page.
    """
    room = st.container(key="in-short") if short else st
    return room.container(horizontal=beside, key="first-result", gap="small")


def steps(heading: str, parts: Sequence[Step]) -> None:
    """“What just happened?”: numbered steps, side by side, in one element of the page."""
    rows = "".join(
        f"<li><p><strong>{number}. {html.escape(step.title)}</strong><br>{html.escape(step.words)}</p>"
        f"{''.join(figure(picture, alt=alt) for picture, alt in step.pictures)}</li>"
        for number, step in enumerate(parts, start=1)
    )
    st.html(f"<h3>{html.escape(heading)}</h3><ol class=steps>{rows}</ol>")


def under_the_hood(models: Sequence[str], *, device: str, stages: Mapping[str, float], code: str) -> None:
    """Time, parameters and size; the cards in short; the lines of code that do it; all else on a click."""
    for _ in panel("Under the hood", key="hood", icon=":material/build:"):
        described = [card for card in engine().cache.cards if card.key in models]
        row = st.container(horizontal=True)  # columns cost a message each
        row.metric("Took", f"{sum(stages.values()) * 1000:,.0f} ms")
        row.metric("Parameters", f"{sum(card.parameters for card in described):,}")
        row.metric("Weights", f"{sum(card.bytes for card in described) / MB:,.1f} MB")
        st.caption(f"On {device}.")
        for card in described:
            st.markdown(
                f"**{card.title}**, {card.licence}  \n*Good for:* {card.good_for}  \n"
                f"*Trained on:* {card.trained_on}"
            )
        st.code(code, language="python")
        if st.toggle("All figures and limits", key="hood-tables"):
            table(("Stage", "ms"), [(stage, f"{seconds * 1000:,.1f}") for stage, seconds in stages.items()])
            for card in described:
                _rest_of_card(card)


def _rest_of_card(card: ModelCard) -> None:
    st.markdown(f"**{card.title}**, from {card.source}. Its limits:\n")
    st.markdown("\n".join(f"- {limit}" for limit in card.limits))
    if card.figures:
        table(
            ("Figure", "Value", "Measured by"),
            [(figure.name, figure.value, figure.source) for figure in card.figures],
        )


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A small table of our own words; a data frame would cost each visitor a grid's worth of script."""
    lines = [heading, ["---"] * len(heading), *rows]
    st.markdown("\n".join(f"| {' | '.join(cells)} |" for cells in lines))


def footer(demo: Demo | None = None) -> None:
    """Presenter's notes, privacy, and forgetting: the end of every page that is not on the big screen."""
    if on_stage() or on_big_board():
        return
    st.divider()
    if demo:
        _presenter_notes(demo)
    if ready() and (elsewhere := engine().elsewhere) and elsewhere.notice:
        st.caption(f":material/cloud_off: {elsewhere.notice}")
    privacy()


def _presenter_notes(demo: Demo) -> None:
    for _ in panel("For presenters", key="presenters", icon=":material/co_present:"):
        st.markdown(
            f"About {counted(demo.minutes, 'minute')} on stage.\n\n"
            + "\n".join(f"- {point}" for point in demo.talking_points)
        )
        st.link_button("Worksheet to print", f"/worksheet/{demo.slug}", icon=":material/print:")
        following = demos()[(demos().index(demo) + 1) % len(demos())]
        if following is demo:
            st.page_link(page_of("home"), label="Back to the wall")
        else:
            st.page_link(page_of(following.slug), label=f"Next demo: {following.title}")
