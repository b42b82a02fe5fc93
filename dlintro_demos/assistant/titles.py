"""Free words in a sentence: what an appointment is called, what to be reminded of, what to buy."""

from __future__ import annotations

import re

from dlintro_demos.assistant.asking import Ask
from dlintro_demos.assistant.number_words import NUMBER
from dlintro_demos.assistant.slots import Slot

LONGEST = 80  # characters of a title
_ASKING = (
    r"^(?:please |can you |could you |would you |will you |i'd like (?:you )?to |i want (?:you )?to "
    r"|i need (?:you )?to |hey |ok |so |kindly |would you mind )*"
)
_VERBS = (
    r"(?:add|put|note|enter|write|jot down|noting down|schedule|squeeze|pencil in|pencil|get|mark|arrange"
    r"|organi[sz]e|set up|make|plan|fix|create|book|block|reserve|keep|new event:?|new appointment:?"
    r"|save the date for|save|i have|there is|i've got|i am|i'm)\b"
)
_CALENDAR = (
    r"\b(?:in|into|to|on|onto|for)? ?(?:my|the) (?:calendar|diary|agenda|schedule)\b|\bput that in\b"
    r"|\b(?:put (?:it|that)|write (?:it|that)|note (?:it|that)"
    r"|please add it|add (?:it|that)|keep that)(?: down| in)?\b.*$"
)
_REMINDING = (
    r"\b(?:remind me|reminder|nudge me|ping me|give me a (?:shout|reminder)|tell me|let me know"
    r"|make sure i (?:don't forget|remember)|don't let me forget|i must not forget|remember that i have"
    r"|i have|i must|i should|i need|set|create|start|make|want)\b"
)
_EDGES = re.compile(
    r"^(?:\W|(?:an?|the|my|to|for|about|of|that|at|on|in|is|and|with|by)\b)+"
    r"|(?:\W|\b(?:to|for|at|on|in|and|about|please|from|the|a|my|me|by)\b)+$",
    re.IGNORECASE,
)


def _without_times(ask: Ask) -> str:
    text = ask.text
    times = [slot for slot in ask.slots if slot.kind == "time" and text[slot.start : slot.end] == slot.text]
    for slot in sorted(times, key=lambda slot: -slot.start):
        text = f"{text[: slot.start]} {text[slot.end :]}"
    return " ".join(text.split())


def title_of(ask: Ask) -> str:
    """What is left of a sentence without its order and its times, or "": "call mum", "Meeting with Anna"."""
    left = re.sub(_ASKING, "", _without_times(ask), flags=re.IGNORECASE)
    if ask.intent == "reminder_add":
        if re.search(r"\b(?:wak(?:e|ing)|alarm|get me up|out of bed)\b", left, re.IGNORECASE):
            return "wake up"
        if re.search(r"\btimer\b", left, re.IGNORECASE):
            return "timer"
        left = re.sub(_REMINDING, " ", left, flags=re.IGNORECASE)
    else:
        left = re.sub(_CALENDAR, " ", left, flags=re.IGNORECASE)
        left = re.sub(rf"^{_VERBS}", " ", left, flags=re.IGNORECASE)
        if re.fullmatch(
            r"\W*(?:an? )?(?:event|appointment|entry|meeting)?\W*(?:to|in)?\W*", left, re.IGNORECASE
        ):
            return "Appointment" if "appointment" in left else "Meeting" if "meeting" in left else ""
    left = " ".join(left.split())
    while (trimmed := _EDGES.sub("", left)) != left:
        left = trimmed
    left = left[:LONGEST].strip()
    return left if ask.intent == "reminder_add" else left[:1].upper() + left[1:]


_LIST = re.compile(
    r"\b(?:add|put|write|note|jot down|stick|buy|get|pick up|please|also|we need|i need|we have to|i have to"
    r"|some|more|don't let me forget to|make sure i|remember to|from the \w+|left|any|as well|too|for me|the"
    r"|(?:to|on|onto|among|in) (?:my|the) (?:shopping |grocery )?(?:list|groceries|things to buy)"
    r"(?: of things to buy| of groceries)?|we are out of|we ran out of|we've run out of|there is no"
    r"|could you|would you)\b",
    re.IGNORECASE,
)


_MEASURES = re.compile(
    r"\b(?:bottles?|packs?|packets?|kilos?|cartons?|tins?|cans?|bags?|pieces?|box(?:es)?|loaf|of"
    rf"|{NUMBER})\b",
    re.IGNORECASE,
)


def item_names(ask: Ask) -> list[tuple[str, int]]:
    """What to put on the list, and how many: known groceries by their names, others as they were said."""
    items = [slot for slot in ask.slots if slot.kind == "item"]
    left = " ".join(_LIST.sub(" ", _without_times(ask)).split())
    found: list[tuple[str, int]] = []
    for part in re.split(r",|\band\b", left):
        words = _EDGES.sub("", part.strip(" .,!?"))
        known = next((slot for slot in items if slot.text in words), None)
        rest = _MEASURES.sub(" ", words.replace(known.text, " ") if known else words).split()
        if known and len(rest) != 1:
            found.append((_as_said(known), _count_before(known, ask)))
        elif rest and len(rest) <= (2 if items else 4):
            found.append((" ".join(_MEASURES.sub(" ", words).split())[:LONGEST], 1))
    return [each for each in found if each[0]][:8]


def _as_said(item: Slot) -> str:
    """ "eggs" stays in the plural; a misspelt word does not stay misspelt."""
    said, name = item.text.lower(), str(item.value)
    return said if said in (f"{name}s", f"{name}es", f"{name[:-1]}ies") else name


def _count_before(item: Slot, ask: Ask) -> int:
    counts = [slot for slot in ask.slots if slot.kind == "count" and slot.end <= item.start]
    others = [slot for slot in ask.slots if slot.kind == "item" and slot.end <= item.start]
    near = counts[-1] if counts else None
    return near.value if near and not (others and others[-1].start > near.start) else 1
