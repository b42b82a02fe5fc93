"""Moving an appointment: which one, and to when."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from dlintro_demos.assistant.asking import Ask, Pending, Reply, asks_for
from dlintro_demos.assistant.choosing import chosen
from dlintro_demos.assistant.dates import read_times
from dlintro_demos.assistant.diary import event_options, events_meant
from dlintro_demos.assistant.hours import is_hour, names_day, nearest_reading, starting_at
from dlintro_demos.assistant.seed import iso
from dlintro_demos.assistant.slots import Slot
from dlintro_demos.assistant.store import Row
from dlintro_demos.assistant.tables import EVENTS
from dlintro_demos.assistant.times import When
from dlintro_demos.assistant.wording import listed, moment_words

_EARLIER = re.compile(r"\b(?:forward|earlier|up|sooner|before)\b", re.IGNORECASE)
_TO = re.compile(r"\b(to|till|until)\b", re.IGNORECASE)
_HALF_SAID = re.compile(r"\b[ap]\.?m\b|\bin the (?:morning|afternoon|evening)\b", re.IGNORECASE)
_WHOSE = re.compile(r"\b(?:my|the|our|this|that|'s)\s+$", re.IGNORECASE)
_INSTEAD = re.compile(r"\b(?:instead of|rather than|and not|not at)\b", re.IGNORECASE)
_LATER = re.compile(r"(.+?)\s+(\w+ (?:day|week|month)s? (?:later|earlier))$", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(?:first|second|third|fourth|fifth|last|number \w+) (?:one|appointment)\b|\bthat\b")


def calendar_move(ask: Ask) -> Reply:
    """ "Move my dentist appointment to three", "push the meeting with Anna back by an hour" """
    times = [part for slot in ask.slots if slot.kind == "time" for part in _hour_and_shift(slot, ask)]
    shift = next((found for slot in times if (found := _shift(slot, ask)) is not None), None)
    exact = [
        part for slot in times if slot.value.iso and _shift(slot, ask) is None for part in _parts(slot, ask)
    ]
    sources, target = (exact, None) if shift is not None else _from_and_to(exact, ask)
    rows = _meant(ask, sources)
    if not rows:
        if not re.search(r"\b(?:appointment|meeting|event|it|that|one)\b", ask.text) or sources:
            return Reply(answer="I found no such appointment to move.")
        return asks_for(ask, "person", "Which appointment shall I move? Say what it is, or with whom.")
    if len({row["title"] for row in rows}) > 1:
        told = listed([f"{row['title']} {moment_words(row['starts'], ask.now)}" for row in rows[:4]], "or")
        pending = Pending(wants="person", ask=ask)
        return Reply(answer=f"Which one: {told}?", options=event_options(rows[:4], ask), pending=pending)
    row = rows[0]
    starts = datetime.fromisoformat(row["starts"])
    if target is not None:
        moved = _at(starts, target, ask.now)
    elif shift is not None:
        moved = starts + shift
    else:
        that = Pending(wants="time", ask=replace(ask, text="move that", slots=()))
        asked = f"To when shall I move {row['title']}?"
        return Reply(answer=asked, options=event_options([row], ask), pending=that)
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


def _hour_and_shift(slot: Slot, ask: Ask) -> list[Slot]:
    """The slot, or the two that it is: "my three o'clock two days later" is not three o'clock in two days."""
    match = _LATER.match(slot.text)
    if match is None:
        return [slot]
    hour, shift = (read_times(part, ask.now) for part in match.groups())
    return [_slot(hour[0]), _slot(shift[0])] if hour and shift and is_hour(hour[0]) else [slot]


def _shift(slot: Slot, ask: Ask) -> timedelta | None:
    """By how much: "by an hour", "an hour later", "forward by thirty minutes"; None where it is no length."""
    when: When = slot.value
    if when.length and not when.iso:
        return -when.length if _EARLIER.search(ask.text) else when.length
    if not re.search(r"\w (?:later|earlier)$", slot.text, re.IGNORECASE):
        return None
    if when.moment is not None:
        return when.moment - ask.now
    return when.day - ask.now.date() if when.day else None


def _parts(slot: Slot, ask: Ask) -> list[When]:
    """The time, or the two of them where the slot is "from nine to eleven"."""
    when: When = slot.value
    before, word, after = [*_TO.split(slot.text, maxsplit=1), "", ""][:3]
    if not word:
        return [when]
    read = [read_times(re.sub(r"^\s*from\b", "", side), ask.now)[:1] for side in (before, after)]
    if when.moment and when.until:
        text = f"{before} {_HALF_SAID.findall(after)[-1]}" if _HALF_SAID.search(after) else before
        ends = read[1][0] if read[1] and read[1][0].moment else replace(when, text=after, iso=when.until)
        return [replace(when, text=text, until=""), replace(ends, until="")]
    return [side[0] for side in read] if all(side and side[0].iso for side in read) else [when]


def _from_and_to(times: list[When], ask: Ask) -> tuple[list[When], When | None]:
    """The times that say which appointment, and the time to which it goes."""
    if len(times) > 1 and _INSTEAD.search(ask.text):
        return times[1:], times[0]
    if len(times) == 1 and is_hour(times[0]) and _WHOSE.search(ask.text[: ask.text.find(times[0].text)]):
        return times, None
    return times[:-1], times[-1] if times else None


def _meant(ask: Ask, sources: list[When]) -> list[Row]:
    """The appointments that may be moved: one that was shown before, or by time, person and words."""
    shown = tuple(option for option in ask.shown if option.kind == "event")
    if shown and _ORDINAL.search(ask.text.lower()):
        option = shown[0] if len(shown) == 1 else chosen(shown, replace(ask, slots=()))
        return [option.row] if option else []
    if re.search(r"\bnext (?:appointment|meeting|event)\b", ask.text):
        rows = ask.store.read(
            EVENTS.select().where(EVENTS.c.starts >= iso(ask.now)).order_by(EVENTS.c.starts)
        )
        return rows[:1]
    others = tuple(slot for slot in ask.slots if slot.kind != "time")
    days = [when for when in sources if not is_hour(when)]
    hours = [when for when in sources if is_hour(when)]
    rows = events_meant(ask.with_slots(others + tuple(map(_slot, (days or hours)[:1]))))
    return starting_at(rows, hours[0]) if days and hours else rows


def _slot(when: When) -> Slot:
    return Slot(kind="time", text=when.text, start=when.start, end=when.end, value=when)


def _at(starts: datetime, target: When, now: datetime) -> datetime:
    """The new start: another hour of the same day, the same hour of another day, or both."""
    if target.moment is None:
        assert target.day is not None
        return datetime.combine(target.day, starts.time())
    if names_day(target):
        return datetime.fromisoformat(target.iso[:16])
    return nearest_reading(starts, target, now)
