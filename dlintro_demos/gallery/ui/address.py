"""What stands behind the question mark of the address: anybody may have typed it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st
from streamlit.errors import StreamlitAPIException

LONGEST = 100  # characters of a value
MOST = 20  # values of one name: no page has a setting with more
LARGEST = 1e9  # of a number


def tidy_address() -> None:
    """Drop what no setting can have meant, before any widget reads it; each then begins with its default.

    Streamlit takes an empty value for "nothing is chosen", even where something has to be, and fails on a
    number that no integer can hold.
    """
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    kept = {name: values for name, values in asked.items() if sound(values)}
    if len(kept) < len(asked):
        try:
            st.query_params.from_dict(kept)
        except StreamlitAPIException:  # in the middle of a visit, when widgets hold some of them already
            st.query_params.from_dict({})
        st.rerun()  # widgets read the address that a run began with


def sound(values: Sequence[str]) -> bool:
    """Whether these values of one name may be a setting's: few, short, not empty, numbers of a fair size."""
    return 0 < len(values) <= MOST and all(
        value.strip() and len(value) <= LONGEST and _fair(value) for value in values
    )


def _fair(value: str) -> bool:
    try:
        number = float(value)
    except ValueError:
        return True
    return math.isfinite(number) and abs(number) <= LARGEST


def on_stage() -> bool:
    """Whether this page is on the big screen."""
    return st.query_params.get("stage") == "1"


def on_big_board() -> bool:
    """Whether this page is a board that a whole room looks at; it has no menu and no foot."""
    return st.query_params.get("big") == "1"


def of_the_stage() -> dict[str, str]:
    """What a link from here has to say, so that the next page is on the big screen if this one is."""
    return {"stage": "1"} if on_stage() else {}


def number_in_address(name: str, low: int, high: int, default: int) -> int:
    """The whole number of that name, or the default where it is none from `low` to `high`."""
    asked = st.query_params.get(name, "")
    plain = asked.isascii() and asked.isdecimal() and len(asked) <= len(str(high))
    return int(asked) if plain and low <= int(asked) <= high else default
