"""What a text says of time, as values: a day, a moment, a stretch, a length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

LONGEST_LENGTH = timedelta(days=3_653)
Grain = Literal["second", "minute", "hour", "part of day", "day", "week", "month", "year", "length", "repeat"]


@dataclass(frozen=True, kw_only=True)
class When:
    """One mention of time: `text[start:end]`.

    `iso` is a day ("2026-11-27") or a moment with its offset ("2026-11-27T07:30:00+01:00"), `until` where a
    stretch ends, without the end itself, `duration` its length or the length alone (ISO 8601, "PT1H30M").
    `problem` says in words why there is no such time; the others are empty then. Of "every Monday" `repeat`
    is "P1W", and `iso` the first one.
    """

    text: str
    start: int
    end: int
    grain: Grain
    iso: str = ""
    until: str = ""
    duration: str = ""
    repeat: str = ""
    problem: str = ""

    @property
    def day(self) -> date | None:
        """The day on which it is or begins."""
        return date.fromisoformat(self.iso[:10]) if self.iso else None

    @property
    def moment(self) -> datetime | None:
        """The moment at which it is or begins, with its zone's offset; None for a day."""
        return datetime.fromisoformat(self.iso) if "T" in self.iso else None

    @property
    def last_day(self) -> date | None:
        """The last day that belongs to it."""
        if not self.until:
            return self.day
        if "T" in self.until:
            return (datetime.fromisoformat(self.until) - timedelta(microseconds=1)).date()
        return date.fromisoformat(self.until) - timedelta(days=1)

    @property
    def length(self) -> timedelta | None:
        """The length that was said ("for two hours"), of ten years at most; else None."""
        if not self.duration:
            return None
        try:
            length = _length(self.duration)
        except (KeyError, OverflowError, ValueError):
            return None
        return length if length <= LONGEST_LENGTH else None


def moment_at(naive: datetime, now: datetime) -> str:
    """Wall-clock time in the zone of `now` as ISO 8601 with its offset.

    A time that a change to summer time leaves out becomes the one as long after the change; of one that comes
    twice, the first.
    """
    here = naive.replace(tzinfo=now.tzinfo, fold=0, microsecond=0)
    return here.astimezone(UTC).astimezone(now.tzinfo).isoformat()


def moment_in(delta: timedelta, now: datetime) -> str:
    """`now` and so much later, in elapsed time, as ISO 8601 in the zone of `now`."""
    later = (now.astimezone(UTC) + delta).replace(microsecond=0)
    return later.astimezone(now.tzinfo).isoformat()


def iso_duration(delta: timedelta) -> str:
    """A length as ISO 8601: "PT1H30M", "P3D"."""
    seconds = int(delta.total_seconds())
    if seconds and seconds % 86_400 == 0:
        return f"P{seconds // 86_400}D"
    hours, minutes, seconds = seconds // 3_600, seconds // 60 % 60, seconds % 60
    parts = [f"{value}{unit}" for value, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if value]
    return "PT" + ("".join(parts) or "0S")


def _length(iso: str) -> timedelta:
    days, _, clock = iso.removeprefix("P").partition("T")
    units = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes", "S": "seconds"}
    total, digits = timedelta(), ""
    for part, text in (("date", days), ("clock", clock)):
        for letter in text:
            if letter.isdigit() or letter == ".":
                digits += letter
                continue
            if part == "date" and letter in "YM":
                total += timedelta(days=float(digits) * (365 if letter == "Y" else 30))
            else:
                total += timedelta(**{units[letter]: float(digits)})
            digits = ""
    return total
