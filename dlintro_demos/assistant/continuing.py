"""A request together with what was said after it: a new time, a number, another day, the words of a title."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from dlintro_demos.assistant.asking import Ask, Pending
from dlintro_demos.assistant.number_words import NUMBER, number_of
from dlintro_demos.assistant.slots import Slot
from dlintro_demos.assistant.tagger import Tagged
from dlintro_demos.assistant.times import When


def merged(ask: Ask, slots: tuple[Slot, ...]) -> Ask:
    """The request with new slots in place of those of their kinds; an hour stays when only the day is new."""
    kinds = {slot.kind for slot in slots}
    slots = tuple(_with_hour(slot, ask) if slot.kind == "time" else slot for slot in slots)
    return ask.with_slots((*(slot for slot in ask.slots if slot.kind not in kinds), *slots))


def _with_hour(slot: Slot, ask: Ask) -> Slot:
    """For a table at eight, "and tomorrow" means tomorrow at eight; "at nine" the same day at nine."""
    new, old = slot.value, ask.when
    if ask.intent not in ("table_book", "calendar_add", "food_order", "reminder_add") or old is None:
        return slot
    if not new.iso or new.until or (old.until and old.grain != "part of day"):
        return slot
    if (
        new.moment
        and old.day
        and not re.search(r"day|tomorrow|tonight|\d(?:st|nd|rd|th)|week", new.text.lower())
    ):
        return replace(slot, value=replace(new, iso=f"{old.iso[:10]}{new.iso[10:]}"))
    if new.moment is None and old.moment and not old.until:
        return replace(slot, value=replace(new, iso=f"{new.iso[:10]}{old.iso[10:]}", grain="minute"))
    return slot


def moved(topic: Ask, text: str) -> tuple[Slot, ...]:
    """ "The day after", "the week before", from the time that was spoken of."""
    match = re.search(
        r"\b(day|week|month)?\s*(after|before|following|next|later|earlier)\b\s*(day|week|month)?",
        text.lower(),
    )
    if match is None:
        return ()
    days = {"week": 7, "month": 30}.get(match[1] or match[3] or "day", 1)
    days = -days if match[2] in ("before", "earlier") else days
    day = topic.day() + timedelta(days=days)
    last = (topic.when.last_day if topic.when else None) or topic.day()
    until = (last + timedelta(days=days + 1)).isoformat() if last != topic.day() else ""
    when = When(text=text, start=0, end=len(text), grain="day", iso=day.isoformat(), until=until)
    return (Slot(kind="time", text=text, start=0, end=len(text), value=when),)


def titled(ask: Ask, title: str) -> Ask:
    """The request with the words that its title was waiting for."""
    times = tuple(slot for slot in ask.slots if slot.kind == "time")
    outside = tuple(replace(slot, start=0, end=0) for slot in times)
    others = tuple(slot for slot in ask.slots if slot.kind != "time")
    whole = (Tagged(start=0, end=len(title), probability=1.0),)
    return replace(ask, text=title, slots=others + outside, tagged=whole)


def bare_number(ask: Ask, pending: Pending) -> tuple[Slot, ...]:
    """ "Two", where a number was asked for; nothing else."""
    number = number_in(ask.text) if pending.wants == "count" else None
    if number is None:
        return ()
    return (Slot(kind="count", text=ask.text, start=0, end=len(ask.text), value=number),)


def number_in(text: str) -> int | None:
    """The first number of a sentence, but for "a": 2 for "double"."""
    found = [word for word in re.findall(rf"\b{NUMBER}\b", text.lower()) if word not in ("a", "an")]
    if re.search(r"\b(?:double|twice)\b", text.lower()):
        return 2
    return int(number_of(found[0])) if found else None
