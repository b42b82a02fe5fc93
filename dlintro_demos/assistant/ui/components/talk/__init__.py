"""The conversation: what was said and answered, the button to talk, and the voice that answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

LONGEST = (
    1_000  # characters that the browser sends: more than are read, so that it is seen that there were more
)
_mount = component(__file__, scripts=("microphone", "sound_view", "talk"))


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The number of the turn to look at, or None, and what was typed, or ""."""

    looked: int | None
    said: str


def talk(
    turns: Sequence[Mapping[str, Any]], *, at: int, speak: int, seconds: float, bring: str, run: int, key: str
) -> Sent:
    """Show it; gives what the visitor did, in the run that it caused.

    `turns` are of `ui/told.py`; the one numbered `at` is looked at. The answer of the one numbered `speak` is
    spoken once, unless it stood there when the page opened. A recording has up to `seconds`, and goes where
    `bring_file(name=bring)` is. `run` tells one run of the page from the next.
    """
    sent = _mount(
        key=key,
        data={
            "turns": list(turns),
            "at": at,
            "speak": speak,
            "seconds": seconds,
            "bring": f".st-key-bring-one-{bring}",
            "longest": LONGEST,
            "run": run,
        },
        on_looked_change=wait_for_the_run,
        on_said_change=wait_for_the_run,
    )
    return Sent(
        looked=read_number(sent.looked, [each["number"] for each in turns]), said=read_text(sent.said)
    )


def read_number(value: object, numbers: Sequence[int]) -> int | None:
    """Believe only what the browser could have sent: the number of a turn that stands there."""
    return value if type(value) is int and value in numbers else None


def read_text(value: object) -> str:
    """Believe only what the browser could have sent: a text of `LONGEST` characters at most; else ""."""
    return value if isinstance(value, str) and len(value) <= LONGEST else ""
