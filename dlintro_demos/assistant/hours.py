"""An hour that was said without its day: "my three o'clock"; nine may be in the evening."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from dlintro_demos.assistant.store import Row
from dlintro_demos.assistant.times import When

HALF_DAY = timedelta(hours=12)
_DAY = re.compile(
    r"day\b|days\b|tomorrow|tonight|weekend|\d(?:st|nd|rd|th)\b|week|month|january|february|march|april|\bmay\b"
    r"|june|july|august|september|october|november|december",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"\b(?:[ap]\.?m\b|morning|afternoon|evening|night|noon|midday|midnight|tonight|1[3-9]|2[0-3])|\d[ap]m\b",
    re.IGNORECASE,
)


def names_day(when: When) -> bool:
    """Whether a day was said, or a part of the calendar that has one."""
    return bool(_DAY.search(when.text))


def is_hour(when: When) -> bool:
    """Whether it is an hour of whatever day, and no stretch."""
    exact = when.moment is not None and not when.until and when.grain != "part of day"
    return exact and not names_day(when)


def starting_at(rows: Sequence[Row], when: When) -> list[Row]:
    """Of these, those that start at the hour; where none does to the minute, those within the hour.

    Without "in the evening" or the like "nine" is nine in the evening too.
    """
    assert when.moment is not None
    moment = when.moment
    cycle = 24 if _HALF.search(when.text) else 12
    starts = [(row, datetime.fromisoformat(row["starts"])) for row in rows]
    within = [(row, start) for row, start in starts if start.hour % cycle == moment.hour % cycle]
    return [row for row, start in within if start.minute == moment.minute] or [
        row for row, _ in within if not moment.minute
    ]


def nearest_reading(starts: datetime, when: When, now: datetime) -> datetime:
    """The hour on the day of `starts`: of nine in the morning and in the evening the one that is nearer.

    What is over is not meant; at the same distance it is the one between seven and seven.
    """
    assert when.moment is not None
    said = datetime.combine(starts.date(), when.moment.time())
    if _HALF.search(when.text):
        return said
    other = said - HALF_DAY if said.hour >= 12 else said + HALF_DAY
    here = now.replace(tzinfo=None)
    return min((said, other), key=lambda each: (each < here, abs(each - starts), not 7 <= each.hour < 19))
