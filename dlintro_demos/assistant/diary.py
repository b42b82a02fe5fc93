"""The calendar: what is planned, what is free, what is added."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from dlintro_demos.assistant.asking import Ask, Option, Reply, asks_for, of_day
from dlintro_demos.assistant.hours import is_hour, starting_at
from dlintro_demos.assistant.seed import iso
from dlintro_demos.assistant.store import Row
from dlintro_demos.assistant.tables import EVENTS
from dlintro_demos.assistant.titles import title_of
from dlintro_demos.assistant.wording import counted, day_words, listed, moment_words


def events_meant(ask: Ask) -> list[Row]:
    """The events that a sentence is about: by its time, person and words.

    An hour without a day is that of the first event which starts then, of those that were shown if one does.
    """
    hour = ask.when if ask.when and is_hour(ask.when) else None
    where: list[ColumnElement[bool]] = [EVENTS.c.starts >= of_day(ask.now.date())[0]]
    if hour:
        where = [EVENTS.c.starts >= iso(ask.now)]
    elif ask.when:
        begin, end = ask.span()
        where = [EVENTS.c.starts < end, EVENTS.c.ends > begin]
    rows = ask.store.read(select(EVENTS).where(and_(*where)).order_by(EVENTS.c.starts))
    if hour is None:
        return _by_name(rows, ask) or (rows if ask.when and not ask.values("person") else [])
    named = _by_name(rows, ask)
    at_hour = starting_at(named if named or ask.values("person") else rows, hour)
    shown = {option.row["id"] for option in ask.shown if option.kind == "event"}
    return [row for row in at_hour if row["id"] in shown][:1] or at_hour[:1]


def _by_name(rows: list[Row], ask: Ask) -> list[Row]:
    """Those of the rows whose person or words are in the sentence."""
    people = [str(person).lower() for person in ask.values("person")]
    by_person = [
        row for row in rows if any(who in f"{row['title']} {row['person']}".lower() for who in people)
    ]
    if by_person or people:
        return by_person
    if exact := [row for row in rows if row["title"].lower() in ask.text.lower()]:
        return exact
    said = set(re.findall(r"[a-z]{4,}", ask.text.lower())) - _COMMON
    return [row for row in rows if said & set(re.findall(r"[a-z]{4,}", row["title"].lower()))]


_COMMON = frozenset(
    ("meeting", "appointment", "with", "call", "calendar", "schedule", "please", "cancel", "delete", "team")
)


def event_options(rows: list[Row], ask: Ask) -> tuple[Option, ...]:
    """Events as they can be chosen from."""
    return tuple(
        Option(kind="event", row=row, words=f"{row['title']} {moment_words(row['starts'], ask.now)}")
        for row in rows
    )


def calendar_show(ask: Ask) -> Reply:
    """ "What is my schedule for tomorrow?" """
    begin, end = ask.span()
    where = and_(EVENTS.c.starts < end, EVENTS.c.ends > begin)
    if not ask.when:
        if named := [row for row in events_meant(ask) if _is_named(row, ask)]:
            said = f"{named[0]['title']} is {moment_words(named[0]['starts'], ask.now)}."
            return Reply(answer=said, options=event_options(named[:1], ask), topic=True)
        if re.search(r"\bnext\b", ask.text):
            where = EVENTS.c.starts >= iso(ask.now)
    rows = ask.store.read(select(EVENTS).where(where).order_by(EVENTS.c.starts))
    if re.search(r"\bnext (?:appointment|meeting|event)", ask.text):
        rows = rows[:1]
    when = stretch_words(ask)
    if not rows:
        return Reply(answer=f"You have nothing planned {when}.", topic=True)
    one_day = begin[:10] == rows[-1]["starts"][:10] == rows[0]["starts"][:10]
    told = [f"{_at(row['starts'], ask, one_day)} {row['title']}" for row in rows]
    when = when if one_day or ask.when else "coming up"
    said = f"You have {counted(len(rows), 'appointment')} {when}: {listed(told)}."
    return Reply(answer=said, options=event_options(rows, ask), topic=True)


def _is_named(row: Row, ask: Ask) -> bool:
    said = set(re.findall(r"[a-z]{4,}", ask.text.lower())) - _COMMON
    person = (row["person"] or "").lower()
    return bool(said & set(re.findall(r"[a-z]{4,}", row["title"].lower()))) or (
        bool(person) and person in ask.text.lower()
    )


def _at(moment: str, ask: Ask, one_day: bool) -> str:
    return f"at {moment[11:16]}" if one_day else moment_words(moment, ask.now)


def stretch_words(ask: Ask) -> str:
    """The time that a request is about: "tomorrow between 9:00 and 11:00"; "today" without one."""
    when = ask.when
    if when is None or when.day is None or when.last_day is None:
        return "today"
    if when.moment and when.until:
        return f"{day_words(when.day, ask.now)} between {when.iso[11:16]} and {when.until[11:16]}"
    if when.moment:
        return f"{day_words(when.day, ask.now)} at {when.iso[11:16]}"
    if when.last_day != when.day:
        return f"from {when.day:%A}, {when.day.day} {when.day:%B}, to {when.last_day:%A}"
    return day_words(when.day, ask.now)


def calendar_add(ask: Ask) -> Reply:
    """ "Add a meeting with Anna tomorrow at three" """
    if not ask.moment:
        return asks_for(ask, "time", "At what time, and on which day?")
    title = title_of(ask)
    if not title:
        return asks_for(ask, "title", "What shall I call it?")
    when = ask.when
    starts = datetime.fromisoformat(ask.moment)
    lengths = [slot.value.length for slot in ask.slots if slot.kind == "time" and not slot.value.iso]
    ends = starts + (lengths[0] if lengths and lengths[0] else timedelta(hours=1))
    if when and when.until:
        ends = datetime.fromisoformat(when.until[:16])
    person = ask.value("person")
    row = {
        "title": title,
        "starts": iso(starts),
        "ends": iso(ends),
        "person": person,
        "place": ask.value("place"),
    }
    busy = ask.store.read(select(EVENTS).where(EVENTS.c.starts < row["ends"], EVENTS.c.ends > row["starts"]))
    ask.store.add(EVENTS, [row])
    note = f" You also have {listed([each['title'] for each in busy])} then." if busy else ""
    return Reply(
        answer=f"I have put “{title}” into your calendar {moment_words(row['starts'], ask.now)}.{note}"
    )


def _gaps(rows: list[Row]) -> list[tuple[str, str]]:
    """Hours of one day, from 8:00 to 20:00, in which there is nothing for an hour at least."""
    day = rows[0]["starts"][:10]
    free, at = [], f"{day}T08:00"
    for row in [*rows, {"starts": f"{day}T20:00", "ends": f"{day}T20:00"}]:
        until = min(row["starts"], f"{day}T20:00")
        if datetime.fromisoformat(until) - datetime.fromisoformat(at) >= timedelta(hours=1):
            free.append((at[11:], until[11:]))
        at = max(at, row["ends"])
    return free


def calendar_free(ask: Ask) -> Reply:
    """ "Am I free on Friday at three?" """
    begin, end = ask.span()
    where = and_(EVENTS.c.starts < end, EVENTS.c.ends > begin)
    rows = ask.store.read(select(EVENTS).where(where).order_by(EVENTS.c.starts))
    when = stretch_words(ask)
    if not rows:
        return Reply(answer=f"Yes, you are free {when}.", topic=True)
    told = [f"{row['title']} from {row['starts'][11:16]} to {row['ends'][11:16]}" for row in rows]
    one_day = begin[:10] == rows[0]["starts"][:10] == rows[-1]["starts"][:10]
    if one_day and re.search(r"\b(?:find|when|gaps?|slots?|free (?:hour|time))\b", ask.text.lower()):
        gaps = [f"from {start} to {stop}" for start, stop in _gaps(rows)]
        said = f"You are free {when} {listed(gaps)}." if gaps else f"There is no free hour {when}."
        return Reply(answer=said, topic=True)
    short = bool(ask.when and ask.when.moment and not ask.when.until)
    said = f"No, you have {listed(told)}." if short else f"Not all the time {when}: you have {listed(told)}."
    return Reply(answer=said, topic=True)
