"""Read the times in a sentence, relative to a given now: one function over the library and our own rules.

The library is recognizers-text-date-time; where it knows only what is possible ("at eight" is morning or
evening, "Friday" past or coming), the choice is made here: what comes next, and an hour from one to six is in
the afternoon unless the morning is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from recognizers_date_time import Culture, recognize_datetime

from dlintro_demos.assistant.clock_rules import clock_times
from dlintro_demos.assistant.date_rules import apply_rules, weekday
from dlintro_demos.assistant.number_words import DAY, NUMBER
from dlintro_demos.assistant.times import Grain, When, iso_duration, moment_at

LONGEST = 400  # characters that are read
_EVENING = re.compile(r"\b(?:evening|tonight|night|dinner|supper|party|theatre|cinema)\b", re.IGNORECASE)
_MORNING = re.compile(r"\b(?:morning|breakfast|sunrise|wake|alarm)\b", re.IGNORECASE)
# Words that the library takes for times and that are mostly something else, or that hide a time from it.
_NOT_TIMES = re.compile(
    r"\b(?:may(?= (?:i|we|you|have|be)\b)|spring(?= rolls?| onions?)|(?:a|one|just a|the|every|wait a) second"
    r"|(?:second|now|once|(?:the |some )?time|(?:the )?day|daily|week|years?|hours?|minutes|sun|sat|wed)"
    r"(?! (?:ago|before|after))|early|late|later|first thing"
    r"|(?<!day )(?:before|after|by|until|till|since)(?= (?:\d|noon|tomorrow|the |next |christmas|easter"
    rf"|midnight|new year|{DAY})))\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"(?:\d|\b(?:{NUMBER}|half|few|several|next|last|this|every|each|other|whole|all))[ -]$", re.IGNORECASE
)
_BETWEEN = re.compile(
    r"[\s,]*(?:(?:at|on|in|the|from|between|starting|around|about|by|for|of)\b\s*)*", re.IGNORECASE
)
# Hours of the parts of a day as the library names them; a night ends at midnight here.
_PARTS = {"MO": (6, 12), "AF": (12, 18), "EV": (17, 22), "NI": (20, 24), "DT": (6, 18)}


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A mention not yet joined: a `When`, or hours (from, to) that wait for their day."""

    start: int
    end: int
    when: When | None = None
    clocks: tuple[tuple[time, time | None], ...] = ()


def warm_up() -> None:
    """Read one sentence, so that the library has built its tables."""
    recognize_datetime("tomorrow at noon", Culture.English, reference=datetime(2026, 1, 1))


def read_times(text: str, now: datetime) -> list[When]:
    """Every mention of time in a sentence, in its order; `now` carries the zone that is meant.

    Only the first 400 characters are read. Raises `ValueError` for a `now` without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must carry its time zone")
    shown = text[:LONGEST]
    parts = [_Part(start=when.start, end=when.end, when=when) for when in apply_rules(shown, now)]
    left = _without(shown, parts)
    spoken = [_Part(start=start, end=end, clocks=clocks) for start, end, clocks in clock_times(left)]
    parts += spoken
    left = _without(left, spoken)
    left = _NOT_TIMES.sub(
        lambda match: match[0] if _counted(left, match.start()) else "#" * len(match[0]), left
    )
    parts += _by_library(left, shown, now)
    return _joined(_spans(sorted(parts, key=lambda part: part.start), shown), shown, now)


def _counted(text: str, place: int) -> bool:
    """Whether a number stands before: "two hours" is a time after all."""
    return _COUNT.search(text[:place]) is not None


def _without(text: str, parts: Iterable[_Part]) -> str:
    for part in parts:
        text = text[: part.start] + "#" * (part.end - part.start) + text[part.end :]
    return text


def _by_library(text: str, shown: str, now: datetime) -> Iterator[_Part]:
    reference = now.replace(tzinfo=None)
    for found in recognize_datetime(text, Culture.English, reference=reference):
        start, end = found.start, found.end + 1
        values = (found.resolution or {}).get("values") or []
        values = [
            value for value in values if value.get("value", "") != "not resolved" or value["type"] == "set"
        ]
        kind = found.type_name.removeprefix("datetimeV2.")
        if not values:
            continue
        if kind == "timerange" and (hours := _part_of_day(values)):
            coming = When(text=shown[start:end], start=start, end=end, **_coming_part(hours, now))
            yield _Part(start=start, end=end, when=coming)
        elif kind in ("time", "timerange"):
            yield _Part(start=start, end=end, clocks=tuple(_clock(value) for value in values))
        elif (fields := _fields(kind, values, shown, now)) is not None:
            yield _Part(
                start=start, end=end, when=When(text=shown[start:end], start=start, end=end, **fields)
            )


def _clock(value: Mapping[str, str]) -> tuple[time, time | None]:
    begin = value.get("value") or value.get("start") or "00:00:00"
    until = value.get("end")
    return time.fromisoformat(begin), time.fromisoformat(until) if until else None


def _fields(kind: str, values: list[dict[str, str]], shown: str, now: datetime) -> dict[str, Any] | None:
    """The library's possible values to the fields of one `When`."""
    if kind == "duration":
        return {"grain": "length", "duration": values[0]["timex"]}
    if kind == "set":
        return _repeat(values[0]["timex"], shown, now)
    if kind == "date":
        days = sorted(date.fromisoformat(value["value"]) for value in values)
        return {"grain": "day", "iso": next((day for day in days if day >= now.date()), days[-1]).isoformat()}
    if kind == "datetime":
        return {
            "grain": "minute",
            "iso": moment_at(_choose([_naive(value["value"]) for value in values], shown, now), now),
        }
    if kind == "datetimerange":
        starts = {
            _naive(value["start"]): _naive(value["end"])
            for value in values
            if "start" in value and "end" in value
        }
        if not starts:
            return None
        begin = _choose(list(starts), shown, now)
        if hours := _part_of_day(values):
            return _hours_of(begin.date(), hours, now)
        return {"grain": "hour", "iso": moment_at(begin, now), "until": moment_at(starts[begin], now)}
    if kind == "daterange":
        return _stretch(values, shown, now)
    return None


def _part_of_day(values: list[dict[str, str]]) -> tuple[int, int] | None:
    found = (re.search(r"T(MO|AF|EV|NI|DT)$", value["timex"]) for value in values)
    return next((_PARTS[match[1]] for match in found if match), None)


def _hours_of(day: date, hours: tuple[int, int], now: datetime) -> dict[str, Any]:
    begin, until = (datetime.combine(day, time()) + timedelta(hours=hour) for hour in hours)
    return {"grain": "part of day", "iso": moment_at(begin, now), "until": moment_at(until, now)}


def _coming_part(hours: tuple[int, int], now: datetime) -> dict[str, Any]:
    """ "in the morning": today's if it is not over, else tomorrow's."""
    return _hours_of(now.date() + timedelta(days=now.hour >= hours[1]), hours, now)


def _stretch(values: list[dict[str, str]], shown: str, now: datetime) -> dict[str, Any] | None:
    whole = [value for value in values if "start" in value and "end" in value]
    spans = sorted((value["start"], value["end"]) for value in whole)
    if not spans:
        return None
    begin, end = next((span for span in spans if date.fromisoformat(span[1]) > now.date()), spans[-1])
    if between := re.search(rf"{DAY} (?:to|till|until|through) {DAY}", shown, re.IGNORECASE):
        first, last = re.split(r" (?:to|till|until|through) ", between[0])
        start = weekday(first, now.date() - timedelta(days=1))
        begin, end = start.isoformat(), (weekday(last, start) + timedelta(days=1)).isoformat()
    days = (date.fromisoformat(end) - date.fromisoformat(begin)).days
    grain: Grain = "day" if days < 5 else "week" if days < 15 else "month" if days < 100 else "year"
    return {"grain": grain, "iso": begin, "until": end}


def _repeat(timex: str, shown: str, now: datetime) -> dict[str, Any] | None:
    """ "every Monday", "every day at eight": the first one from tomorrow, and how often."""
    match = re.match(
        r"(?P<day>XXXX-WXX-\d|P\d+[DWMY]|XXXX-XX-XX)(?:T(?P<hour>\d\d)(?::(?P<minute>\d\d))?)?", timex
    )
    if match is None:
        return None
    ahead, often = 1, "P1D" if match["day"].startswith("XXXX-XX") else match["day"]
    if match["day"].startswith("XXXX-WXX"):
        ahead, often = (int(match["day"][-1]) - 1 - now.weekday() - 1) % 7 + 1, "P1W"
    day = now.date() + timedelta(days=ahead)
    if match["hour"] is None:
        return {"grain": "repeat", "iso": day.isoformat(), "repeat": often}
    first = time(int(match["hour"]), int(match["minute"] or 0))
    clocks = [first] if first.hour > 11 else [first, first.replace(hour=first.hour + 12)]
    at = datetime.combine(day, _likeliest(clocks, shown))
    return {"grain": "minute", "iso": moment_at(at, now), "repeat": often}


def _naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _choose(moments: list[datetime], shown: str, now: datetime) -> datetime:
    """Of the possible moments the one that is meant; see the head of this file."""
    here = now.replace(tzinfo=None)
    moments = sorted(moments)
    coming = [moment for moment in moments if moment > here] or moments[-2:]
    first = [moment for moment in coming if moment.date() == coming[0].date()]
    return next(moment for moment in first if moment.time() == _likeliest([m.time() for m in first], shown))


def _likeliest(clocks: list[time], shown: str) -> time:
    if len(clocks) > 1:
        if _EVENING.search(shown) and not _MORNING.search(shown):
            return max(clocks)
        if 1 <= min(clocks).hour <= 6 and not _MORNING.search(shown):
            return max(clocks)
        if min(clocks).hour == 0:
            return max(clocks)
    return min(clocks)


def _spans(parts: list[_Part], shown: str) -> list[_Part]:
    """Two hours with "to" between them, or "and" after "between", become one stretch."""
    spans: list[_Part] = []
    for part in parts:
        before = spans[-1] if spans else None
        if before and before.clocks and part.clocks and before.clocks[0][1] is None:
            word = shown[before.end : part.start].strip().lower()
            lead = shown[: before.start].rstrip().lower().endswith("between")
            if word in ("to", "till", "until", "-", "–") or (word == "and" and lead):
                ends = sorted(clock for clock, _ in part.clocks)
                pairs = [
                    (clock, next((end for end in ends if end > clock), None)) for clock, _ in before.clocks
                ]
                clocks = tuple(pair for pair in pairs if pair[1]) or ((before.clocks[0][0], ends[0]),)
                spans[-1] = _Part(start=before.start, end=part.end, clocks=clocks)
                continue
        spans.append(part)
    return spans


def _joined(parts: list[_Part], shown: str, now: datetime) -> list[When]:
    """Days and the hours beside them become one moment; hours that stand alone are the next ones."""
    found: list[When] = []
    place = 0
    while place < len(parts):
        part = parts[place]
        after = parts[place + 1] if place + 1 < len(parts) else None
        if after and _BETWEEN.fullmatch(shown, part.end, after.start):
            day, clock = (part, after) if after.clocks else (after, part)
            if day.when and clock.clocks and _takes_hours(day.when):
                found.append(_at(day.when, clock, part.start, after.end, shown, now))
                place += 2
                continue
        found.append(part.when or _alone(part, shown, now))
        place += 1
    return found


def _takes_hours(when: When) -> bool:
    one_day = when.grain == "day" and not when.until
    return bool(when.iso) and (one_day or when.grain in ("part of day", "repeat"))


def _at(when: When, part: _Part, start: int, end: int, shown: str, now: datetime) -> When:
    day = when.day or now.date()
    moments = {datetime.combine(day, begin): until for begin, until in part.clocks}
    if when.grain == "part of day":
        days = (day, day + timedelta(days=1))
        moments = {datetime.combine(each, begin): until for each in days for begin, until in part.clocks}
        inside = {m: u for m, u in moments.items() if when.iso <= moment_at(m, now) < when.until}
        moments = inside or moments
    return _moments(moments, start, end, shown, now, when.repeat)


def _alone(part: _Part, shown: str, now: datetime) -> When:
    days = (now.date(), now.date() + timedelta(days=1))
    moments = {datetime.combine(day, begin): until for day in days for begin, until in part.clocks}
    if len(part.clocks) > 1 and _MORNING.search(shown):
        moments = {m: u for m, u in moments.items() if m.hour < 12}
    elif len(part.clocks) > 1 and now.hour >= 6:
        moments = {m: u for m, u in moments.items() if not 1 <= m.hour <= 6} or moments
    return _moments(moments, part.start, part.end, shown, now)


def _moments(
    moments: Mapping[datetime, time | None], start: int, end: int, shown: str, now: datetime, repeat: str = ""
) -> When:
    chosen = _choose(list(moments), shown, now)
    until = moments[chosen]
    last = datetime.combine(chosen.date(), until) if until else None
    if last and last <= chosen:
        last += (
            timedelta(hours=12)
            if last + timedelta(hours=12) > chosen and len(moments) > 1
            else timedelta(days=1)
        )
    return When(
        text=shown[start:end],
        start=start,
        end=end,
        grain="hour" if last else "minute",
        iso=moment_at(chosen, now),
        until=moment_at(last, now) if last else "",
        duration=iso_duration(last - chosen) if last else "",
        repeat=repeat,
    )
