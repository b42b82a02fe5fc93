"""Titles in a sentence: what an appointment is called, what to be reminded of, what to buy."""

from __future__ import annotations

import re

from dlintro_demos.assistant.asking import Ask
from dlintro_demos.assistant.number_words import NUMBER
from dlintro_demos.assistant.slots import Slot
from dlintro_demos.assistant.tagger import Tagged

LONGEST = 80  # characters of a title
SURE, BESIDE = 0.5, 0.3
"""From which probability on a word belongs to a title, and one beside such a word."""
SURER = 0.9
"""The same where it was taken for a time: of "parents' evening"."""
_EDGES = re.compile(
    r"^(?:\W|(?:an?|the|my|to|for|about|of|that|at|on|in|is|and|with|by|some)\b)+"
    r"|(?:\W|\b(?:to|for|at|on|in|and|about|please|from|the|a|my|me|by|is)\b)+$",
    re.IGNORECASE,
)


def title_of(ask: Ask) -> str:
    """What an appointment is called or to be reminded of, or "": "call mum", "Meeting with Anna"."""
    if usual := _usual(ask):
        return usual
    left = _trimmed(" ".join(ask.text[word.start : word.end] for word in _longest(ask)))[:LONGEST].strip()
    return left if ask.intent == "reminder_add" else left[:1].upper() + left[1:]


def title_slots(ask: Ask) -> tuple[Slot, ...]:
    """The title of an appointment or a reminder as a slot, as it stands in the sentence; or none."""
    if ask.intent == "shopping_add" or _usual(ask) or not (run := _longest(ask)):
        return ()
    start, end = run[0].start, run[-1].end
    return (Slot(kind="title", text=ask.text[start:end], start=start, end=end, value=title_of(ask)),)


def _usual(ask: Ask) -> str:
    """What reminders are called that name nothing: alarms and timers."""
    if ask.intent != "reminder_add":
        return ""
    if re.search(r"\b(?:wak(?:e|ing)|alarm|get me up|out of bed|rouse me)\b", ask.text, re.IGNORECASE):
        return "wake up"
    return "timer" if re.search(r"\btimer\b", ask.text, re.IGNORECASE) else ""


def _longest(ask: Ask) -> list[Tagged]:
    return max(_runs(ask), key=lambda run: sum(word.end - word.start for word in run), default=[])


def _runs(ask: Ask) -> list[list[Tagged]]:
    """Words that belong to a title, those together that stand together but for times."""
    runs: list[list[Tagged]] = [[]]
    times = _times(ask)
    for word in ask.tagged:
        if any(slot.start <= word.start < slot.end for slot in times) and word.probability < SURER:
            continue
        if word.probability >= BESIDE:
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if any(word.probability >= SURE for word in run)]


def _times(ask: Ask) -> list[Slot]:
    """The times in the sentence itself, not those of an answer that followed it."""
    times = [slot for slot in ask.slots if slot.kind == "time"]
    return [slot for slot in times if ask.text[slot.start : slot.end] == slot.text]


def _trimmed(text: str) -> str:
    while (trimmed := _EDGES.sub("", text)) != text:
        text = trimmed
    return text


_MEASURES = re.compile(
    r"^(?:(?:bottles?|packs?|packets?|kilos?|pounds?|grams?|litres?|pints?|cartons?|tins?|cans?|bags?|jars?"
    r"|pieces?|box(?:es)?|loaf|bunch|spoonfuls?|dozen|couple|bit|half|entire|of|an?|the|more|some"
    rf"|{NUMBER})\b\s*)+",
    re.IGNORECASE,
)


def item_names(ask: Ask) -> list[tuple[str, int]]:
    """What to put on the list, and how many: known groceries by their names, others as they were said."""
    items = [slot for slot in ask.slots if slot.kind == "item"]
    found: list[tuple[str, int]] = []
    for run in _runs(ask):
        text = ask.text
        for slot in _times(ask):
            if not any(slot.start <= word.start < slot.end for word in run):
                text = text[: slot.start] + "," * len(slot.text) + text[slot.end :]
        for part in re.split(r"[,;:]|\band\b", text[run[0].start : run[-1].end]):
            words = _MEASURES.sub("", _trimmed(part)) or _trimmed(part)
            known = next((slot for slot in items if slot.text in words), None)
            if known and len(words.replace(known.text, " ").split()) != 1:
                found.append((_as_said(known), _count_before(known, ask)))
            else:
                found.append((words[:LONGEST], 1))
    found = found or [(_as_said(item), _count_before(item, ask)) for item in items]
    return [each for each in dict.fromkeys(found) if each[0]][:8]


def _as_said(item: Slot) -> str:
    """ "eggs" stays in the plural; a misspelt word does not stay misspelt."""
    said, name = item.text.lower(), str(item.value)
    return said if said in (f"{name}s", f"{name}es", f"{name[:-1]}ies") else name


def _count_before(item: Slot, ask: Ask) -> int:
    counts = [slot for slot in ask.slots if slot.kind == "count" and slot.end <= item.start]
    others = [slot for slot in ask.slots if slot.kind == "item" and slot.end <= item.start]
    near = counts[-1] if counts else None
    return near.value if near and not (others and others[-1].start > near.start) else 1
