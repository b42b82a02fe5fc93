"""The chapters of the course, and a card for every demo in them; the whole card is one link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

_mount = component(__file__)


class Shelf(NamedTuple):
    """A chapter: a card has its `slug`, `href`, `title`, `tagline`, `time`, and its `picture`, an address."""

    title: str
    idea: str
    cards: Sequence[Mapping[str, str]]


def show_chapters(shelves: Sequence[Shelf]) -> object:
    """Show chapters with their cards.

    Returns what the browser says was clicked on, None if nothing was: believe only a slug of the gallery.
    """
    data = {"chapters": [shelf._asdict() for shelf in shelves]}
    return _mount(key="wall", data=data, on_went_change=wait_for_the_run).went
