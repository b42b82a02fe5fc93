"""A round of the game: a recording to play as often as one likes, a line to type, and what both heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

LONGEST = 200  # characters of an answer
_VIEW = str(Path(__file__).parents[1] / "talk" / "sound_view")
_mount = component(__file__, scripts=(_VIEW, "listen"))


@dataclass(frozen=True, kw_only=True)
class Row:
    """What somebody heard: each word with whether it is right, None where nobody says."""

    who: str
    words: Sequence[tuple[str, bool | None]]


def listen(
    sound: dict[str, Any], *, recording: str, number: int, headline: str, rows: Sequence[Row], key: str
) -> str | None:
    """Ask what the `recording` of a round says, or show `rows`; gives what was typed, once."""
    sent = _mount(
        key=key,
        data={
            "sound": sound,
            "recording": recording,
            "number": number,
            "headline": headline,
            "longest": LONGEST,
            "rows": [asdict(row) for row in rows],
        },
        on_answered_change=wait_for_the_run,
    )
    return None if rows else read_answer(sent.answered, number)


def read_answer(value: object, number: int) -> str | None:
    """Believe only what the browser could have sent: `{"number": ..., "text": ...}` of this round."""
    if not isinstance(value, dict) or value.keys() != {"number", "text"} or value["number"] != number:
        return None
    text = value["text"]
    return text if isinstance(text, str) and len(text) <= LONGEST else None
