"""A silent film of a mouth, six words to choose, what everybody read, and why, frame by frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run
from dlintro_demos.gallery.ui.show import address
from dlintro_demos.lip_reading.clip import RATE
from dlintro_demos.lip_reading.film import COLUMNS, Film
from dlintro_demos.lip_reading.grammar import SLOTS, WORDS
from dlintro_demos.lip_reading.mouths import HEIGHT, WIDTH

_mount = component(__file__, scripts=("player", "lanes", "lip_film"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """A film to play; `alt` says what it shows, `title` stands below it, if there is one."""

    film: Film
    alt: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Six words to be chosen: `chosen` are there already, by number in their slot, or None.

    `number` comes back with the answer. `same` is an answer that can't be given, for it stands there. With
    `who`, who says the words that stand there, they stand first, and open where one is to be changed.
    """

    number: int
    label: str
    hint: str
    chosen: tuple[int | None, ...] = (None,) * len(WORDS)
    same: tuple[int, ...] | None = None
    who: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Six words of somebody: each with whether it is right (None: nobody says), and a word more on it."""

    who: str
    kind: Literal["you", "machine", "truth"]
    words: Sequence[tuple[str, bool | None, str]]
    aside: str = ""


def lip_film(
    films: Sequence[Shown],
    *,
    headline: str,
    key: str,
    number: int = 0,
    note: str = "",
    ask: Ask | None = None,
    rows: Sequence[Row] = (),
    reveal: bool = False,
    lanes: Sequence[Mapping[str, Any]] = (),
) -> tuple[int, ...] | None:
    """Show it; gives the six words, by number in their slot, in the run that the visitor's answer caused.

    `lanes` are of `ui/lanes.py`. With `reveal` the machine's words come one after the other.
    """
    data = {
        "films": [_told(each) for each in films],
        "headline": headline,
        "note": note,
        "number": number,
        "words": WORDS,
        "slots": SLOTS,
        "ask": None
        if ask is None
        else {
            "number": ask.number,
            "label": ask.label,
            "hint": ask.hint,
            "who": ask.who,
            "chosen": ask.chosen,
            "same": None if ask.same is None else ",".join(map(str, ask.same)),
        },
        "rows": [
            {"who": row.who, "kind": row.kind, "words": list(row.words), "aside": row.aside} for row in rows
        ],
        "reveal": reveal,
        "lanes": {"frames": films[0].film.frames, "lanes": list(lanes)} if lanes else None,
    }
    sent = _mount(key=key, data=data, on_chosen_change=wait_for_the_run)
    return read_words(sent.chosen, ask.number) if ask else None


def read_words(value: object, number: int) -> tuple[int, ...] | None:
    """Believe only what the browser could have sent: `{"number": ..., "words": [...]}`, six words of their
    slots, asked for with that number; anything else is None.
    """
    if not isinstance(value, dict) or value.keys() != {"number", "words"} or value["number"] != number:
        return None
    words = value["words"]
    if not isinstance(words, list) or len(words) != len(WORDS):
        return None
    if any(type(each) is not int or not 0 <= each < len(of) for each, of in zip(words, WORDS, strict=True)):
        return None
    return tuple(words)


def _told(shown: Shown) -> dict[str, object]:
    return {
        "source": address(shown.film.sprite),
        "frames": shown.film.frames,
        "columns": COLUMNS,
        "rate": RATE,
        "width": WIDTH,
        "height": HEIGHT,
        "alt": shown.alt,
        "title": shown.title,
    }
