"""What a sentence names: times, places, counts, dishes, people, things to buy; misspellings are forgiven."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from dlintro_demos.assistant.dates import read_times
from dlintro_demos.assistant.groceries import GROCERIES
from dlintro_demos.assistant.number_words import NUMBER, number_of
from dlintro_demos.assistant.seed import CITIES, HOME, MENU, PEOPLE, STATIONS
from dlintro_demos.assistant.times import When
from dlintro_demos.shared.spelling import errors

MOST = 1_000_000  # a count above it is that
Kind = Literal["time", "place", "count", "dish", "person", "item", "title"]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """`text[start:end]` of the sentence, its `value`: a `When`, a name of the store, or a number."""

    kind: Kind
    text: str
    start: int
    end: int
    value: Any


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """Names by what people call them, lower case, of one kind."""

    kind: Kind
    names: Mapping[str, str]
    words: int = field(default=4)


def _dishes() -> dict[str, str]:
    names = {name.lower(): name for name, *_ in MENU}
    for name in list(names):
        if name.startswith("pizza "):
            names[name.removeprefix("pizza ")] = names[f"{name.removeprefix('pizza ')} pizza"] = names[name]
    return names | {
        "pizza": "Pizza", "salad": "Salad", "curry": "Curry", "spaghetti": "Spaghetti", "wine": "Wine",
        "soup": "Tomato soup", "fries": "French fries", "chips": "French fries", "four cheese pizza":
        "Pizza Quattro Formaggi", "mushroom pizza": "Pizza Funghi", "bolognese": "Spaghetti Bolognese",
        "spaghetti with tomatoes": "Spaghetti with tomato sauce", "hamburger": "Burger", "veggie curry":
        "Vegetable curry", "glass of water": "Water", "bottle of water": "Water", "mineral water": "Water",
        "lemonades": "Lemonade", "black coffee": "Coffee", "lasagna": "Lasagne", "gelato": "Ice cream",
        "minestrone soup": "Minestrone", "juice": "Orange juice", "espressi": "Espresso",
    }  # fmt: skip


_FIRST_NAMES = (
    "Alex", "Alice", "Andrew", "Barbara", "Carl", "Carlos", "Charlotte", "Chris", "Claire", "Daniel", "David",
    "Diana", "Emma", "Eric", "Eva", "Fatima", "Felix", "Frank", "George", "Hannah", "Helen", "Henry",
    "Ingrid",
    "Jack", "James", "Jane", "John", "Kate", "Laura", "Leo", "Linda", "Lisa", "Lucy", "Luis", "Marco", "Mark",
    "Martin", "Mary", "Max", "Michael", "Mohammed", "Nina", "Olivia", "Oscar", "Paul", "Rachel", "Robert",
    "Rosa", "Simon", "Sofia", "Sophie", "Stefan", "Steve", "Susan", "Thomas", "Tina", "Victor", "Wei", "Yuki",
)  # fmt: skip
_RELATIVES = (
    "mum", "mom", "mother", "dad", "father", "parents", "sister", "brother", "wife", "husband", "boss", "son",
    "daughter", "grandma", "grandpa", "grandmother", "uncle", "aunt", "landlord", "lawyer", "plumber",
    "hairdresser", "girlfriend", "boyfriend",
)  # fmt: skip
# Known to be places, though the store has nothing there: so that "to Tokyo" is not taken for something else.
_ELSEWHERE = (
    "Tokyo", "New York", "Los Angeles", "San Francisco", "Chicago", "Boston", "Toronto", "Sydney",
    "Melbourne", "Beijing", "Shanghai", "Hong Kong", "Singapore", "Bangkok", "Delhi", "Mumbai", "Dubai",
    "Istanbul", "Cairo", "Moscow", "Warsaw", "Budapest", "Bucharest", "Helsinki", "Barcelona", "Milan",
    "Venice", "Naples", "Lyon", "Marseille", "Nice", "Geneva", "Manchester", "Edinburgh", "Glasgow",
    "Stuttgart", "Bremen", "Hanover", "Nuremberg", "Düsseldorf", "Heidelberg", "Cape Town", "Nairobi",
    "Lagos", "Mexico City", "Buenos Aires", "Reykjavik",
)  # fmt: skip
_PLACES = {name.lower().removeprefix("the "): name for name in (*_ELSEWHERE, HOME, *CITIES, *STATIONS)} | {
    "work": "the office", "office": "the office", "my office": "the office", "town": "the city",
    "city centre": "the city", "city center": "the city", "downtown": "the city", "uni": "the university",
    "campus": "the university", "my house": "home", "köln": "Cologne", "münchen": "Munich", "roma": "Rome",
    "wien": "Vienna", "zürich": "Zurich",
}  # fmt: skip
GAZETTEERS = (
    Gazetteer(kind="dish", names=_dishes()),
    Gazetteer(kind="item", names={name: name for name in GROCERIES}, words=3),
    Gazetteer(kind="place", names=_PLACES, words=2),
    Gazetteer(kind="person", names={name.lower(): name for name in (*PEOPLE, *_FIRST_NAMES)}, words=1),
)
_SHOPPING = re.compile(
    r"\b(?:list|groceries|grocery|supermarket|shop|store|shopping|run out|ran out|out of|left|buy|bought|"
    r"purchased?|pick up|we need|i need|need more|market|finished)\b", re.IGNORECASE,
)  # fmt: skip
# Names that are words of their own: believed only where a name can stand.
_DOUBTFUL = frozenset(
    {"mark", "sam", "max", "jack", "frank", "rosa", "wei", "will", "ben", "tom", "home", "work", "nice"}
)


def extract(text: str, now: datetime, *, intent: str = "", about: str = "") -> tuple[Slot, ...]:
    """The slots of a normalised sentence, in their order. `intent` says whether coffee is drunk
    or bought, `about` is what it answers."""
    shopping = intent.startswith("shopping") or (not intent and bool(_SHOPPING.search(text)))
    found: list[Slot] = []
    left = text
    for slot in _heads(text):
        found.append(slot)
        left = _without(left, slot)
    for gazetteer in GAZETTEERS:
        if gazetteer.kind == ("dish" if shopping else "item"):
            continue
        for slot in _named(left, gazetteer):
            found.append(slot)
            left = _without(left, slot)
    found += _relatives(left)
    if intent == "calendar_move" and not re.search(r"\bfrom\b", left):
        left = _TO_HOUR.sub("at ", left)
    left = _AROUND.sub("    at", left)
    for when in read_times(left + _hint(f"{about} {text}", intent), now):
        found.append(
            Slot(kind="time", text=text[when.start : when.end], start=when.start, end=when.end, value=when)
        )
        left = _without(left, found[-1])
    found += _counts(left, text)
    return tuple(sorted(found, key=lambda slot: slot.start))


_HOUR = rf" (?={NUMBER}\b(?! (?:minutes|hours|days|weeks|people)))"
_TO_HOUR = re.compile(rf"\bto{_HOUR}", re.IGNORECASE)
_AROUND = re.compile(rf"\baround(?={_HOUR})", re.IGNORECASE)  # an hour, if no exact one


def _hint(text: str, intent: str) -> str:
    """A word that tells the morning from the evening: people dine at seven, and wake up at seven."""
    if intent == "table_book" and not re.search(
        r"\b(?:lunch|brunch|breakfast|morning|noon)\b", text, re.IGNORECASE
    ):
        return " ~ dinner"
    return (
        " ~ alarm"
        if intent == "reminder_add" and re.search(r"\b(?:alarm|wak(?:e|ing)|out of bed)\b", text)
        else ""
    )


def _without(text: str, slot: Slot) -> str:
    return text[: slot.start] + "~" * (slot.end - slot.start) + text[slot.end :]


def _named(text: str, gazetteer: Gazetteer) -> Iterator[Slot]:
    said = [
        (match[0].lower(), match.start(), match.end()) for match in re.finditer(r"[^\W\d_]+(?:-\w+)?", text)
    ]
    place = 0
    while place < len(said):
        for length in range(min(gazetteer.words, len(said) - place), 0, -1):
            window = said[place : place + length]
            start, end = window[0][1], window[-1][2]
            name = _match(" ".join(word for word, *_ in window), gazetteer.names)
            if name is None or "~" in text[start:end] or not _fits(gazetteer.kind, text, start, end):
                continue
            yield Slot(
                kind=gazetteer.kind, text=text[start:end], start=start, end=end, value=gazetteer.names[name]
            )
            place += length - 1
            break
        place += 1


def _fits(kind: Kind, text: str, start: int, end: int) -> bool:
    """Whether a name can stand there: "Mark" and "work" are also verbs."""
    word = text[start:end].lower()
    if word not in _DOUBTFUL:
        return not (kind == "person" and text[end:].lstrip().lower().startswith(("street", "station")))
    before = text[:start].rstrip().lower()
    if kind == "place":
        return bool(
            re.search(r"\b(?:to|at|from|for|in|get me|take me|bring me|go|me|train|way|last train)$", before)
        )
    return bool(re.search(r"\b(?:with|meet|meeting|see|call|and|to|from|for|by|tell|ask|seeing)$", before))


def _match(words: str, names: Mapping[str, str]) -> str | None:
    """The name that is meant, exactly, in the plural, or with a few letters wrong."""
    for each in (
        words,
        words.removesuffix("s"),
        words.removesuffix("es"),
        f"{words[:-3]}y" if words.endswith("ies") else words,
    ):
        if each in names:
            return each
    single = words.removesuffix("s")
    if len(single) < 6:
        return None
    allowed = 2 if len(single) >= 9 else 1
    near = [
        (errors(each, name), name)
        for name in names
        for each in (words, single)
        if abs(len(name) - len(each)) <= allowed and name[0] == each[0]
    ]
    wrong, name = min(near, default=(9, ""))
    return name if wrong <= allowed else None


def _relatives(text: str) -> Iterator[Slot]:
    names = "|".join(_RELATIVES)
    pattern = rf"\b(?:my |our |the )?(?P<who>{names}|(?:doctor|dr|mr|mrs|ms|professor)\.? [A-Z]?\w+)\b"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        yield Slot(
            kind="person",
            text=match["who"],
            start=match.start("who"),
            end=match.end("who"),
            value=match["who"],
        )


_NOT_COUNTS = "o'?clock|am|pm|hours?|minutes?|days?|weeks?|euros?|degrees|third|half"
_COUNTED = re.compile(
    rf"\b(?P<n>half a dozen|(?:a )?dozen|(?:a )?couple of|{NUMBER}|twice)\b(?! (?:{_NOT_COUNTS})\b)",
    re.IGNORECASE,
)


_ONE_OF = re.compile(
    r"(?:~|of|more|person|pizza|portion|seat|ticket|piece|bottle|please|instead)", re.IGNORECASE
)
_ONE_ALONE = re.compile(r"(?:^|\b(?:just|only|it|that|to|for))$", re.IGNORECASE)


def _counts(left: str, text: str) -> Iterator[Slot]:
    """Numbers that are left when times are gone; "one" counts only before something named, or alone."""
    for match in _COUNTED.finditer(left):
        word = match["n"].lower()
        if word in ("a", "an") or (word == "zero"):
            continue
        after = left[match.end() :].lstrip(" ")
        before = left[: match.start()].rstrip().lower()
        if word == "one" and not (_ONE_OF.match(after) or (_ONE_ALONE.search(before) and not after)):
            continue
        if re.search(
            r"\b(?:number|option|flight|gate|platform|lh|ba|af|sk|the)$",
            left[: match.start()].rstrip().lower(),
        ):
            continue
        value = 2 if word == "twice" else min(int(number_of(word)), MOST)
        yield Slot(
            kind="count",
            text=text[match.start("n") : match.end("n")],
            start=match.start("n"),
            end=match.end("n"),
            value=value,
        )


_HEADS = re.compile(
    rf"(?:\b(?:table|tables|reservation|booking|seats?|places?|dinner|lunch) (?:for|of) (?P<a>{NUMBER})"
    rf"(?! ?(?:o'?clock|[ap]\.?m\b|hours?|minutes?|[:.]\d))"
    rf"|\b(?P<b>{NUMBER})(?= (?:people|persons?|guests|of us|seats|tickets|adults|friends)\b))",
    re.IGNORECASE,
)


def _heads(text: str) -> Iterator[Slot]:
    """How many people there are, before the number is taken for an hour: "a table for two tonight"."""
    for match in _HEADS.finditer(text):
        name = "a" if match["a"] else "b"
        if match[name].lower() not in ("a", "an"):
            start, end = match.span(name)
            value = min(int(number_of(match[name])), MOST)
            yield Slot(kind="count", text=text[start:end], start=start, end=end, value=value)


def first(slots: Sequence[Slot], kind: Kind) -> Any:
    """The value of the first slot of a kind, or None."""
    return next((slot.value for slot in slots if slot.kind == kind), None)


def whens(slots: Sequence[Slot]) -> list[When]:
    """The times of a sentence."""
    return [slot.value for slot in slots if slot.kind == "time"]
