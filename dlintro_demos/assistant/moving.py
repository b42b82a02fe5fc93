"""Moving an appointment: which one, and to when."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from dlintro_demos.assistant.asking import Ask, Option, Pending, Reply, asks_for
from dlintro_demos.assistant.choosing import chosen
from dlintro_demos.assistant.diary import event_options, events_meant
from dlintro_demos.assistant.seed import iso
from dlintro_demos.assistant.slots import Slot
from dlintro_demos.assistant.store import Row
from dlintro_demos.assistant.tables import EVENTS
from dlintro_demos.assistant.times import When
from dlintro_demos.assistant.wording import listed, moment_words

_DAY = re.compile(
    r"day\b|days\b|tomorrow|tonight|weekend|\d(?:st|nd|rd|th)\b|week|month|january|february|march|april|\bmay\b"
    r"|june|july|august|september|october|november|december",
    re.IGNORECASE,
)
_EARLIER = re.compile(r"\b(?:forward|earlier|up|sooner|before)\b", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(?:first|second|third|fourth|fifth|last|number \w+) (?:one|appointment)\b|\bthat\b")


def calendar_move(ask: Ask, options: tuple[Option, ...] = ()) -> Reply:
    """ "Move my dentist appointment to three", "push the meeting with Anna back by an hour" """
    times = [slot for slot in ask.slots if slot.kind == "time" and slot.value.iso]
    lengths = [slot.value.length for slot in ask.slots if slot.kind == "time" and slot.value.length]
    source, target = (times[0], None) if times and lengths else _from_and_to(times)
    rows = _meant(ask, source, options)
    if not rows:
        if not re.search(r"\b(?:appointment|meeting|event|it|that|one)\b", ask.text) or source:
            return Reply(answer="I found no such appointment to move.")
        return asks_for(ask, "person", "Which appointment shall I move? Say what it is, or with whom.")
    if len({row["title"] for row in rows}) > 1:
        told = listed([f"{row['title']} {moment_words(row['starts'], ask.now)}" for row in rows[:4]], "or")
        pending = Pending(wants="person", ask=ask)
        return Reply(answer=f"Which one: {told}?", options=event_options(rows[:4], ask), pending=pending)
    row = rows[0]
    starts = datetime.fromisoformat(row["starts"])
    if target is not None:
        moved = _at(starts, target)
    elif lengths and lengths[0]:
        moved = starts - lengths[0] if _EARLIER.search(ask.text) else starts + lengths[0]
    else:
        return asks_for(ask, "time", f"To when shall I move {row['title']}?")
    if moved < ask.now.replace(tzinfo=None):
        return Reply(answer=f"{moment_words(iso(moved), ask.now).capitalize()} is over. Say another time.")
    return _move(ask, row, moved)


def _move(ask: Ask, row: Row, moved: datetime) -> Reply:
    length = datetime.fromisoformat(row["ends"]) - datetime.fromisoformat(row["starts"])
    starts, ends = iso(moved), iso(moved + length)
    others = ask.store.read(
        EVENTS.select().where(EVENTS.c.starts < ends, EVENTS.c.ends > starts, EVENTS.c.id != row["id"])
    )
    ask.store.change(EVENTS, EVENTS.c.id == row["id"], {"starts": starts, "ends": ends})
    note = f" You also have {listed([each['title'] for each in others])} then." if others else ""
    was, now = moment_words(row["starts"], ask.now), moment_words(starts, ask.now)
    return Reply(answer=f"I have moved {row['title']}: it is {now} now, not {was}.{note}")


def _from_and_to(times: list[Slot]) -> tuple[Slot | None, When | None]:
    """The time that says which appointment, and the time to which it goes."""
    if len(times) > 1:
        return times[0], times[-1].value
    if not times:
        return None, None
    (slot,) = times
    when = slot.value
    if when.moment and when.until and re.search(r"\bto\b|\btill\b|\buntil\b", slot.text.lower()):
        return replace(slot, value=replace(when, until="")), replace(when, iso=when.until, until="")
    return None, when


def _meant(ask: Ask, source: Slot | None, options: tuple[Option, ...]) -> list[Row]:
    """The appointments that may be moved: one that was shown before, or by time, person and words."""
    shown = tuple(option for option in options if option.kind == "event")
    if shown and _ORDINAL.search(ask.text.lower()):
        option = shown[0] if len(shown) == 1 else chosen(shown, replace(ask, slots=()))
        return [option.row] if option else []
    others = tuple(slot for slot in ask.slots if slot.kind != "time")
    if source and source.value.moment and not _DAY.search(source.text):  # an hour, of whatever day
        named = events_meant(ask.with_slots(others)) or ask.store.read(
            EVENTS.select().where(EVENTS.c.starts >= iso(ask.now)).order_by(EVENTS.c.starts)
        )
        return [row for row in named if row["starts"][11:13] == source.value.iso[11:13]][:1]
    rows = events_meant(ask.with_slots(others + ((source,) if source else ())))
    if re.search(r"\bnext (?:appointment|meeting|event)\b", ask.text):
        rows = ask.store.read(
            EVENTS.select().where(EVENTS.c.starts >= iso(ask.now)).order_by(EVENTS.c.starts)
        )
        return rows[:1]
    return rows


def _at(starts: datetime, target: When) -> datetime:
    """The new start: another hour of the same day, the same hour of another day, or both."""
    if target.moment is None:
        assert target.day is not None
        return datetime.combine(target.day, starts.time())
    moment = datetime.fromisoformat(target.iso[:16])
    return moment if _DAY.search(target.text) else datetime.combine(starts.date(), moment.time())
