"""A card for every demo on the wall; the whole card is one link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

_mount = component(__file__)


def cards(shown: Sequence[Mapping[str, str]]) -> object:
    """Show cards, each with `slug`, `href`, `title`, `tagline`, `where` and the address of its `picture`.

    Returns what the browser says was clicked on, None if nothing was: believe only a slug of the gallery.
    """
    return _mount(key="wall", data={"cards": shown}, on_went_change=wait_for_the_run).went
