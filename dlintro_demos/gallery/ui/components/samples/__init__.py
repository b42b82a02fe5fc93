"""A strip of pictures of which one is chosen: the picture itself selects, by mouse, finger or keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dlintro_demos.gallery.ui.components.component import component

_mount = component(__file__)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A picture to choose: `source` is its address on this server, `title` stands below and names it."""

    key: str
    title: str
    source: str


def choose_tile(
    tiles: Sequence[Tile], *, chosen: str, query: str, label: str, side: int = 76, wrap: bool = False
) -> None:
    """Show `tiles` in one row; a click on one puts its key into the address as `query`, then the page runs.

    `label` names the strip for a screen reader, `side` is a tile's width in px. Where there is no room for
    all of them, the row scrolls, or goes on below if it may `wrap`.

    Raises:
        ValueError: two tiles have one key.
    """
    known = [tile.key for tile in tiles]
    if len(set(known)) < len(known):
        raise ValueError("Two tiles of the strip have the same key.")
    _mount(
        key=f"strip-{query}",
        data={
            "tiles": [{"key": tile.key, "title": tile.title, "source": tile.source} for tile in tiles],
            "chosen": chosen,
            "label": label,
            "side": side,
            "wrap": wrap,
        },
        on_picked_change=lambda: _pick(query, known),
    )


def _pick(query: str, known: Sequence[str]) -> None:
    """Believe only a key of the strip."""
    picked = st.session_state[f"strip-{query}"].get("picked")
    if picked in known:
        st.query_params[query] = picked
