"""Hours of the day as people say them, where the library reads something else or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time

from dlintro_demos.assistant.number_words import NUMBER, SMALL, number_of

_HOURS = SMALL[1:13]
_HOUR = rf"(?:{'|'.join(_HOURS)}|1[0-2]|[1-9])"
_HALF = r"(?: ?(?P<half>[ap])\.?m\b\.?| (?:in the (?P<part>morning|afternoon|evening)|at (?P<night>night)))?"
_UNIT = "|".join(_HOURS[:9])
_WORDS = rf"(?:o|oh|zero) (?:{_UNIT})|(?:twenty|thirty|forty|fifty)(?:[ -](?:{_UNIT}))?|ten|fifteen"
_FIVES = r"(?:a )?quarter|five|ten|twenty(?:[ -]five)?|5|10|20|25"
_BEFORE = rf"(?<!from )(?<!between )(?P<before>{NUMBER}(?= minutes?)|{_FIVES})"
_HUNDREDS = rf"(?:oh?|zero) (?:{_UNIT})|{'|'.join(SMALL[10:])}|twenty(?: one| two| three)?"
_TO = r"(?:to|till|until|and)"


def _spoken(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b{pattern}", re.IGNORECASE)


_SPOKEN = [
    _spoken(rf"(?:from|between) (?P<hour>{_HOUR}) {_TO} (?P<last>{_HOUR})\b(?![:.]\d| past){_HALF}"),
    # In British English "half seven" is 7:30.
    _spoken(rf"half (?:past )?(?P<hour>{_HOUR})\b{_HALF}"),
    _spoken(rf"{_BEFORE}(?: minutes?)? (?P<way>to|till|before|past|after) (?P<hour>{_HOUR})\b{_HALF}"),
    _spoken(rf"(?P<hour>[01]?\d|2[0-3])[.:h](?P<minute>[0-5]\d)(?!\.?\d)(?: hours)?{_HALF}"),
    # "ten thirty" as Whisper writes it, where nothing else is said.
    _spoken(r"(?:^|(?<=^at ))(?P<hour>[01]?\d|2[0-3])(?P<minute>[0-5]\d)(?=\.?$)"),
    _spoken(rf"(?P<hour>{'|'.join(_HOURS)}) (?P<minute>{_WORDS})\b(?! (?:minutes?|hours?|people|of)){_HALF}"),
    _spoken(rf"(?P<hour>{_HOUR})(?P<whole>ish)\b"),
    _spoken(
        rf"(?:(?<=after )|(?<=before )|(?<=by )|(?<=until ))(?P<hour>{_HOUR})(?P<whole>)\b"
        rf"(?!(?:[:.]\d| o'?clock| (?:people|persons?|of|minutes?|hours?|days?|weeks?|euros?)\b)){_HALF}"
    ),
    _spoken(rf"(?P<military>{_HUNDREDS}) hundred(?: hours)?\b"),
    _spoken(r"(?P<word>noon|midday|lunchtime|midnight)\b"),
    # A bare hour before or after one that was found, and is "#" by now: "from nine to half past ten".
    _spoken(rf"(?:(?<=from )|(?<=between ))(?P<hour>{_HOUR})(?P<whole>)(?= {_TO} #)"),
    _spoken(rf"(?:(?<=# to )|(?<=# and )|(?<=# until ))(?P<hour>{_HOUR})(?P<whole>)\b{_HALF}"),
]
_NAMED = {"noon": time(12), "midday": time(12), "lunchtime": time(12, 30), "midnight": time(0)}
Clocks = tuple[tuple[time, time | None], ...]


def clock_times(text: str) -> Iterator[tuple[int, int, Clocks]]:
    """Where an hour is said, and which it may be, with its end: (start, end, ((from, to or None), ...))."""
    left = text
    for pattern in _SPOKEN:
        for match in pattern.finditer(left):
            if clocks := _read(match):
                yield match.start(), match.end(), tuple((clock, _end(match, clock)) for clock in clocks)
                left = left[: match.start()] + "#" * (match.end() - match.start()) + left[match.end() :]


def _end(match: re.Match[str], clock: time) -> time | None:
    """Where "from two to four" ends, for an hour at which it may begin."""
    last = match.groupdict().get("last")
    if not last:
        return None
    hour = int(number_of(last)) % 12
    return time((hour + (12 if hour <= clock.hour % 12 else 0) + clock.hour // 12 * 12) % 24)


def _read(match: re.Match[str]) -> list[time]:
    said = match.groupdict()
    if word := said.get("word"):
        return [_NAMED[word.lower()]]
    if military := said.get("military"):
        words = [word for word in military.lower().split() if word not in ("o", "oh")]
        return [time(int(sum(map(number_of, words))))]
    hour = int(number_of(said["hour"]))
    minute = _minutes_past(said)
    if minute is None:
        return []
    if (said.get("minute") or "").isdigit() and (hour > 12 or said["hour"].startswith("0")):
        return [time(hour, minute)]
    morning = (hour * 60 + minute) % 720
    options = [time(morning // 60, morning % 60), time(morning // 60 + 12, morning % 60)]
    if said.get("half") or said.get("part") or said.get("night"):
        first = (said.get("half") or "").lower() == "a" or (said.get("part") or "").lower() == "morning"
        return options[:1] if first else options[1:]
    return options


def _minutes_past(said: dict[str, str]) -> int | None:
    if before := said.get("before"):
        minutes = 15 if before.lower().endswith("quarter") else int(number_of(before))
        if not 0 < minutes < 60:
            return None
        return -minutes if said["way"].lower() in ("to", "till", "before") else minutes
    if minute := said.get("minute"):
        first, _, rest = minute.lower().partition(" ")
        return int(number_of(rest if first in ("o", "oh", "zero") else minute))
    return 0 if "whole" in said or "last" in said else 30
