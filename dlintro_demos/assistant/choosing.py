"""Which of several things is meant by "the cheaper one", "number two", "the one at nine"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from dlintro_demos.assistant.asking import Ask, Option
from dlintro_demos.assistant.number_words import ORDINALS, UNITS
from dlintro_demos.assistant.store import Row


def _minutes(row: Row) -> float:
    taken = datetime.fromisoformat(row["arrives"]) - datetime.fromisoformat(row["departs"])
    return taken.total_seconds() / 60


# Words, and what the chosen one has least of.
_LEAST: tuple[tuple[str, Callable[[Row], Any]], ...] = (
    (r"\b(?:less expensive|cheap\w*|lowest|least expensive)\b", lambda row: row["price"]),
    (r"\b(?:more expensive|most expensive|dearest)\b", lambda row: -row["price"]),
    (r"\barrives? first\b|\barriving first\b", lambda row: row["arrives"]),
    (r"\b(?:early|earlie\w*|leaves? first|soonest|morning)\b", lambda row: row["departs"]),
    (
        r"\b(?:late|later|latest|evening)\b",
        lambda row: "".join(chr(255 - ord(each)) for each in row["departs"]),
    ),
    (r"\b(?:fast\w*|quick\w*|short\w*)\b", _minutes),
    (r"\bdirect\b|\bnon-?stop\b", lambda row: row["stops"]),
    (r"\bvegetarian\b", lambda row: not row["vegetarian"]),
    (r"\bvegan\b", lambda row: not row["vegan"]),
)


def chosen(options: Sequence[Option], ask: Ask) -> Option | None:
    """The option that a sentence means, or None where it does not say."""
    text = ask.text.lower()
    if ask.value("dish"):
        name = str(ask.value("dish")).lower()
        return next((option for option in options if name in option.words.lower()), None)
    if (place := _place(text)) is not None:
        return options[place] if -len(options) <= place < len(options) else None
    for pattern, key in _LEAST:
        if re.search(pattern, text):
            try:
                return min(options, key=lambda option: key(option.row))
            except KeyError:
                continue
    if ask.moment:
        hour = ask.moment[11:13]
        return next((option for option in options if _moment(option.row)[11:13] == hour), None)
    if re.search(r"\bother\b", text) and len(options) == 2:
        return options[1]
    said = set(re.findall(r"[a-z]{4,}", text))
    named = [option for option in options if said & set(re.findall(r"[a-z]{4,}", option.words.lower()))]
    return named[0] if len(named) == 1 else None


def _moment(row: Row) -> str:
    return next((str(row[name]) for name in ("departs", "starts", "due") if row.get(name)), "")


def _place(text: str) -> int | None:
    """ "the second one", "number two", "the last": from 0, -1 for the last."""
    if re.search(r"\blast\b", text):
        return -1
    if match := re.search(r"\b(?:number|option|no\.?)\s*(\w+)", text):
        word = match[1]
        return (
            (int(word) if word.isdigit() else UNITS.get(word, 0)) - 1
            if word in UNITS or word.isdigit()
            else None
        )
    first = re.search(r"\b(first|second|third|fourth|fifth)\b(?! thing)", text)
    if first and not re.search(r"\b(?:leaves?|arrives?|leaving|arriving) first\b", text):
        return ORDINALS[first[1]] - 1
    return None
