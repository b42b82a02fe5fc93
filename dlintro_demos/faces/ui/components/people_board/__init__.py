"""The people board: faces grouped on a card per person, to be moved from one card to another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run
from dlintro_demos.gallery.ui.show import address

NEW = "new"  # where a face goes that belongs to nobody on the board

_mount = component(__file__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Chip:
    """A face to move: `picture` is encoded, and shown as a square; `alt` says what it shows."""

    key: str
    picture: bytes
    alt: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """A card: `title` and `note` are shown as text, whatever they hold."""

    key: str
    title: str
    note: str
    faces: Sequence[Chip]


@dataclass(frozen=True, kw_only=True)
class Move:
    """The visitor moved the face `face` to the group `to`, or to `NEW`."""

    face: str
    to: str


def people_board(groups: Sequence[Group], *, key: str) -> Move | None:
    """Show `groups` as cards and give the move that the visitor made since the last run, only in this one.

    The board itself changes nothing: the page carries out the move and gives the new groups. What the browser
    sends is not believed unread (`read_move`).

    Raises:
        ValueError: two groups or two faces have one key, or a group's key is `NEW`.
    """
    _check(groups)
    # Some room is reserved before the script has loaded, so that what is below jumps less.
    css_class = "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())
    st.html(f"<style>.{css_class} {{ --people-board-cards: {len(groups) + 1:d} }}</style>")
    sent = _mount(
        key=key,
        data={"groups": [_card(group) for group in groups], "new": NEW},
        on_move_change=wait_for_the_run,
    )
    return read_move(sent.move, groups)


def read_move(value: object, groups: Sequence[Group]) -> Move | None:
    """Believe only what the board could have sent: `{"face": ..., "to": ...}`, anything else is None.

    The face must be on the board, and `to` the key of another group than its own, or `NEW`.
    """
    if not isinstance(value, dict) or value.keys() != {"face", "to"}:
        return None
    face, to = value["face"], value["to"]
    if not isinstance(face, str) or not isinstance(to, str):
        return None
    home = next((group.key for group in groups for chip in group.faces if chip.key == face), None)
    if home is None or to == home or to not in {NEW, *(group.key for group in groups)}:
        return None
    return Move(face=face, to=to)


def _check(groups: Sequence[Group]) -> None:
    names = [NEW, *(group.key for group in groups)]
    faces = [chip.key for group in groups for chip in group.faces]
    if len(set(names)) < len(names):
        raise ValueError(f'Two groups on the board have the same key, or one has "{NEW}".')
    if len(set(faces)) < len(faces):
        raise ValueError("Two faces on the board have the same key.")


def _card(group: Group) -> dict[str, object]:
    return {
        "key": group.key,
        "title": group.title,
        "note": group.note,
        "faces": [
            {"key": chip.key, "source": address(chip.picture), "alt": chip.alt} for chip in group.faces
        ],
    }
