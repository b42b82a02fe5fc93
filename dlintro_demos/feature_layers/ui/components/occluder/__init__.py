"""The occluder: a picture to cover with a brush, and bars that show what a network then makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run
from dlintro_demos.gallery.ui.show import address

SIDE = 14  # cells along a side of the picture

_mount = component(__file__)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: `label` is shown as text, whatever it holds; `probability` lies between 0 and 1."""

    label: str
    probability: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Covered:
    """What the visitor has covered: `cells` is (14, 14) bool, rows from the top, True where it is grey."""

    cells: np.ndarray
    picture_id: str


@dataclass(frozen=True, kw_only=True)
class _Message:
    """A message of the browser that was believed. `cells` is 196 characters of 0 and 1."""

    cells: str
    picture_id: str
    serial: int


def occluder(
    picture: bytes,
    *,
    alt: str,
    picture_id: str,
    before: Sequence[Bar],
    now: Sequence[Bar],
    note: str,
    key: str,
) -> Covered | None:
    """Show `picture`, a square as an encoded file, to cover cell by cell, with bars beside it.

    `before` are the bars of the bare picture and `now` those of the covered one: the same labels in the same
    order. `note` stands under them. What is covered is the browser's business: it survives every run with the
    same `picture_id`, and is cleared by another.

    Gives what the visitor has covered since the last run, and only in this one. The page then computes the
    new bars, keeps them and calls `component.run_fragment_again`, so that they are shown. The browser sends
    the next message after that (or after a second), so no backlog builds up.

    Raises:
        ValueError: `before` and `now` differ in their labels, or a probability is not a finite number.
    """
    _check(before, now)
    last = _last_message(key, picture_id)
    sent = _mount(
        key=key,
        data={
            "picture": address(picture),
            "id": picture_id,
            "alt": alt,
            "before": [_row(bar) for bar in before],
            "now": [_row(bar) for bar in now],
            "note": note,
            "answered": last.serial if last else None,
            "cells": last.cells if last else "",  # for a browser that shows the picture anew
        },
        on_covered_change=wait_for_the_run,
    )
    message = _read_message(sent.covered, picture_id)
    if message is None:
        return None
    st.session_state[_slot(key)] = message
    return _covered(message)


def read_covered(value: object, picture_id: str) -> Covered | None:
    """Believe only what the occluder could have sent about the picture `picture_id`; anything else is None.

    That is `{"cells": ..., "picture": ..., "serial": ...}` with 196 characters of 0 and 1, the id, and a
    number that counts the messages.
    """
    message = _read_message(value, picture_id)
    return _covered(message) if message else None


def _read_message(value: object, picture_id: str) -> _Message | None:
    if not isinstance(value, dict) or value.keys() != {"cells", "picture", "serial"}:
        return None
    cells, picture, serial = value["cells"], value["picture"], value["serial"]
    if not isinstance(cells, str) or len(cells) != SIDE * SIDE or not set(cells) <= {"0", "1"}:
        return None
    if not isinstance(picture, str) or picture != picture_id:
        return None
    if not isinstance(serial, int) or isinstance(serial, bool) or not 0 < serial < 2**53:
        return None
    return _Message(cells=cells, picture_id=picture, serial=serial)


def _covered(message: _Message) -> Covered:
    digits = np.frombuffer(message.cells.encode("ascii"), np.uint8).reshape(SIDE, SIDE)
    return Covered(cells=digits == ord("1"), picture_id=message.picture_id)


def _last_message(key: str, picture_id: str) -> _Message | None:
    """The last message about this picture; one about another is forgotten."""
    message: _Message | None = st.session_state.get(_slot(key))
    if message and message.picture_id != picture_id:
        del st.session_state[_slot(key)]
        return None
    return message


def _slot(key: str) -> str:
    return f"{key}-last-message"


def _check(before: Sequence[Bar], now: Sequence[Bar]) -> None:
    if [bar.label for bar in before] != [bar.label for bar in now]:
        raise ValueError("The bars before and now must have the same labels in the same order.")
    if not all(math.isfinite(bar.probability) for bar in (*before, *now)):
        raise ValueError("A probability must be a finite number.")


def _row(bar: Bar) -> dict[str, str | float]:
    return {"label": bar.label, "probability": min(max(float(bar.probability), 0.0), 1.0)}
