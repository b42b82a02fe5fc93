"""Numbers, ordinals, days and months as they are said."""

from __future__ import annotations

import re

SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
UNITS = {word: number for number, word in enumerate(SMALL)} | {
    "a": 1, "an": 1, "couple of": 2, "a couple of": 2, "dozen": 12, "a dozen": 12, "half a dozen": 6,
}  # fmt: skip
_TEN_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
TENS = {word: 10 * number for number, word in enumerate(_TEN_WORDS, 2)}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_FIRST = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_LATER = (
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
ORDINALS = (
    {word: number for number, word in enumerate(_FIRST + _LATER, 1)}
    | {f"twenty-{word}": 20 + number for number, word in enumerate(_FIRST, 1)}
    | {"thirtieth": 30, "thirty-first": 31, "thirty-second": 32}
)


def _any_of(words: object) -> str:
    return "|".join(sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


NUMBER = rf"(?:\d+(?:\.\d+)?|(?:{'|'.join(TENS)})(?:[ -](?:{_any_of(SMALL)}))?|{_any_of(UNITS)})"
NTH = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_any_of(word.replace('-', '[- ]') for word in ORDINALS)})"
DAY = rf"(?:{'|'.join(DAYS)}|mon|tues?|weds?|thurs?|fri|sat|sun)"
MONTH = rf"(?:{'|'.join(f'{name}|{name[:3]}' for name in MONTHS)}|sept)"


def number_of(words: str) -> float:
    """ "forty-five", "12", "a couple of" as a number. Raises `KeyError` for what is none."""
    words = words.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", words):
        return float(words)
    if words in UNITS:
        return UNITS[words]
    tens, _, rest = words.replace("-", " ").partition(" ")
    return TENS[tens] + (UNITS[rest] if rest else 0)


def nth(words: str) -> int:
    """ "third", "21st", "twenty first" as a number. Raises `KeyError` for what is none."""
    digits = re.match(r"\d+", words)
    return int(digits[0]) if digits else ORDINALS[words.lower().replace(" ", "-")]
