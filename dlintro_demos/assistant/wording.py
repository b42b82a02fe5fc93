"""How the assistant says things: times, prices, lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta


def day_words(day: date, now: datetime) -> str:
    """ "today", "tomorrow", "on Friday", "on Thursday, 3 December"."""
    ahead = (day - now.date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if ahead in near:
        return near[ahead]
    if 1 < ahead < 7:
        return f"on {day:%A}"
    year = f" {day.year}" if day.year != now.year else ""
    return f"on {day:%A}, {day.day} {day:%B}{year}"


def moment_words(moment: str, now: datetime) -> str:
    """A moment of the store: "tomorrow at 15:00"."""
    return f"{day_words(date.fromisoformat(moment[:10]), now)} at {moment[11:16]}"


def length_words(begin: str, end: str) -> str:
    """How long between two moments: "1 h 25 min"."""
    minutes = int((datetime.fromisoformat(end) - datetime.fromisoformat(begin)) / timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def price_words(price: float) -> str:
    """ "€9", "€5.50"."""
    return f"€{price:.0f}" if price == int(price) else f"€{price:.2f}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(count: int, one: str) -> str:
    """ "1 seat", "2 seats"."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def sentence(words: str) -> str:
    """The words with a capital at the beginning."""
    return words[:1].upper() + words[1:]
