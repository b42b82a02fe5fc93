"""One visitor's conversation on the page: what was answered, what is to be answered, what is looked at."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dlintro_demos.assistant.conversing import Entry
from dlintro_demos.assistant.dialogue import Dialogue
from dlintro_demos.assistant.normalise import LONGEST

MOST = 20  # turns on the page
WITH_SOUND = 6  # of them, the newest, can be heard
WORLD = "UTC"
OPENING = 0  # number of the turn that everybody finds


@dataclass(frozen=True, kw_only=True)
class Said:
    """Something to be answered after the dialogue `before`: a text, the file of that id, or a made sound.

    Its number is the turn's. `instead` is the number of the turn in whose place it stands.
    """

    number: int
    before: Dialogue
    now: datetime
    text: str = ""
    file_id: str = ""
    sound: str = ""
    instead: int | None = None


@dataclass
class Visit:
    """`made` is the last number given to a turn, `at` that of the one looked at, `speak` of the one to speak.

    `file_id` is of the last file that was taken up, `runs` counts the runs of the page.
    """

    entries: tuple[Entry, ...] = ()
    said: Said | None = None
    made: int = OPENING
    at: int = OPENING
    speak: int = OPENING
    file_id: str = ""
    runs: int = 0
    day: str = field(default_factory=lambda: now().date().isoformat())

    @property
    def shown(self) -> Entry:
        """The turn that is looked at."""
        return next((each for each in self.entries if each.number == self.at), self.entries[-1])

    def say(self, text: str) -> None:
        """Have a text answered; no more of it than is read."""
        if (text := text.strip()) and self.entries:
            self._ask(text=text[: LONGEST + 1])

    def hear(self, file_id: str) -> None:
        """Have a recording answered, once."""
        if file_id != self.file_id and self.entries:
            self.file_id = file_id
            self._ask(file_id=file_id)

    def play(self, sound: str) -> None:
        """Have one of the gallery's made sounds answered."""
        if self.entries:
            self._ask(sound=sound)

    def correct(self, entry: Entry, text: str) -> None:
        """Have a text answered in place of a turn and all that followed it."""
        if text := text.strip():
            self.made += 1
            self.said = Said(
                number=self.made,
                before=entry.before,
                now=now(),
                text=text[: LONGEST + 1],
                instead=entry.number,
            )

    def answered(self, entry: Entry) -> None:
        """Take up the answer to what was said."""
        assert self.said is not None
        first = self.said.instead
        stay = [each for each in self.entries if first is None or each.number < first]
        silent = [each.without_sounds() for each in stay[: -(WITH_SOUND - 1)]]
        self.entries = (*silent, *stay[len(silent) :], entry)[-MOST:]
        self.at = self.speak = entry.number
        self.said = None

    def _ask(self, text: str = "", file_id: str = "", sound: str = "") -> None:
        self.made += 1
        before = self.entries[-1].after
        self.said = Said(number=self.made, before=before, now=now(), text=text, file_id=file_id, sound=sound)


def visit() -> Visit:
    """The conversation of this session."""
    if "assistant" not in st.session_state:
        st.session_state["assistant"] = Visit()
    found: Visit = st.session_state["assistant"]
    return found


def zone() -> ZoneInfo:
    """Where the visitor's clock stands, as their browser says; else the world's."""
    try:
        return _zone(st.context.timezone or WORLD)
    except AttributeError:  # no browser at all
        return _zone(WORLD)


@functools.lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo:
    with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):  # what is no name of a zone
        return ZoneInfo(name)
    return ZoneInfo(WORLD)


def now() -> datetime:
    """The visitor's time, to the minute."""
    return datetime.now(zone()).replace(second=0, microsecond=0)
