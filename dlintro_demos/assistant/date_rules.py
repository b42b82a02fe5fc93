"""Phrases of time that the library does not read, or reads as something else: our own rules.

Each rule is a pattern and what it makes of a match: a `When`, or None where it means nothing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from dlintro_demos.assistant.number_words import DAY, DAYS, MONTH, MONTHS, NTH, NUMBER, nth, number_of
from dlintro_demos.assistant.times import When, iso_duration, moment_at, moment_in

_UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?)"
_CLOCK_LENGTH = (
    rf"(?:(?:a )?quarter of an hour|three quarters of an hour|half an hour|(?:a )?half hour"
    rf"|{NUMBER} and a half {_UNIT}|{NUMBER} {_UNIT}(?: and (?:a (?:half|quarter)|{NUMBER} {_UNIT}))?"
    rf"|{NUMBER}(?:h|m|min|s))"
)


def clock_length(words: str) -> timedelta:
    """ "an hour and a half", "90 minutes", "2 hours and ten minutes" as a length."""
    words = words.lower()
    fixed = {"quarter of an hour": 15, "three quarters of an hour": 45, "half an hour": 30, "half hour": 30}
    if words.removeprefix("a ") in fixed:
        return timedelta(minutes=fixed[words.removeprefix("a ")])
    total, last = 0.0, 60.0
    for number, half, unit in re.findall(rf"({NUMBER})( and a half)? ?({_UNIT}|h\b|m\b|min\b|s\b)", words):
        last = {"s": 1.0, "m": 60.0, "h": 3600.0}[unit[0]]
        total += (number_of(number) + (0.5 if half else 0)) * last
    for part, share in (("half", 0.5), ("quarter", 0.25)):
        if re.search(rf"{_UNIT} and a {part}$", words):
            total += share * last
    return timedelta(seconds=total)


Rule = Callable[[re.Match[str], datetime], "When | None"]
_RULES: list[tuple[re.Pattern[str], Rule]] = []


def _rule(pattern: str) -> Callable[[Rule], Rule]:
    def keep(function: Rule) -> Rule:
        _RULES.append((re.compile(rf"(?<![\w:])(?:{pattern})(?!\w)", re.IGNORECASE), function))
        return function

    return keep


def apply_rules(text: str, now: datetime) -> Iterator[When]:
    """What the rules find, first rules first; what one took is not seen by the next."""
    left = text
    for pattern, function in _RULES:
        for match in pattern.finditer(left):
            try:
                found = function(match, now)
            except (OverflowError, ValueError):
                found = _problem(match, f"“{match[0]}” is further away than a calendar goes.")
            if found:
                yield found
                left = left[: match.start()] + "\0" * (match.end() - match.start()) + left[match.end() :]


def _day(match: re.Match[str], day: date, until: date | None = None) -> When:
    return When(
        text=match[0],
        start=match.start(),
        end=match.end(),
        grain="day" if until is None else "week",
        iso=day.isoformat(),
        until=until.isoformat() if until else "",
    )


def _problem(match: re.Match[str], words: str) -> When:
    return When(text=match[0], start=match.start(), end=match.end(), grain="day", problem=words)


def weekday(name: str, after: date) -> date:
    """The first day of that name after a day."""
    wanted = next(number for number, each in enumerate(DAYS) if each.startswith(name.lower()[:3]))
    return after + timedelta(days=(wanted - after.weekday() - 1) % 7 + 1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(name: str) -> int:
    return next(number for number, each in enumerate(MONTHS, 1) if each.startswith(name.lower()[:3]))


@_rule(
    rf"(?:from |between )?(?:the )?(?P<first>{NTH}) (?:to|until|till|and|through) (?:the )?(?P<last>{NTH})"
    rf"(?: of)? (?P<month>{MONTH})"
)
def _days_of_month(match: re.Match[str], now: datetime) -> When | None:
    month = _month(match["month"])
    try:
        first = date(now.year + (month < now.month), month, nth(match["first"]))
        return _day(match, first, first.replace(day=nth(match["last"])) + timedelta(days=1))
    except ValueError:
        return None


# A date that is none, and a 29th of February, which the library looks for in other years.
@_rule(
    rf"(?:(?:on )?{DAY},? )?"
    rf"(?:(?:the )?(?P<d1>{NTH})(?: day)?(?: of)? (?P<m1>{MONTH})|(?P<m2>{MONTH}) (?:the )?(?P<d2>{NTH}))"
    r"(?:,? (?P<y>20\d\d))?(?![:.]?\d)(?! (?:o'?clock|am|pm|a\.m|p\.m))"
)
def _calendar_day(match: re.Match[str], now: datetime) -> When | None:
    month = _month(match["m1"] or match["m2"])
    number, said = nth(match["d1"] or match["d2"]), match["y"]
    for year in [int(said)] if said else range(now.year, now.year + 9):
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if said or day >= now.date():
            return _day(match, day)
    longest = monthrange(int(said or 2028), month)[1]
    name = MONTHS[month - 1].capitalize() + (f" {said}" if said else "")
    return _problem(match, f"There is no {number} {name}: that month has {longest} days at most.")


@_rule(
    rf"(?:on )?(?:{DAY},? )the (?P<with>{NTH})|on the (?P<on>{NTH})(?! (?:floor|page|one|time|list))"
    r"|the (?P<late>(?:[4-9]|1\d|2\d|3[01])th|1st|2nd|3rd|21st|22nd|23rd|31st|twent(?:y|ieth)(?:[- ]\w+)?"
    r"|thirt\w+(?:[- ]first)?)(?! (?:floor|page|one|time|century|birthday|street|item|thing))"
)
def _day_of_month(match: re.Match[str], now: datetime) -> When | None:
    try:
        number = nth(match["with"] or match["on"] or match["late"])
    except KeyError:
        return None
    for ahead in range(14):
        year, month = _month_ahead(now, ahead)
        if 0 < number <= monthrange(year, month)[1] and date(year, month, number) >= now.date():
            return _day(match, date(year, month, number))
    return _problem(match, f"No month has a day {number}.")


def _month_ahead(now: datetime, ahead: int) -> tuple[int, int]:
    return now.year + (now.month + ahead - 1) // 12, (now.month + ahead - 1) % 12 + 1


@_rule(rf"(?:on )?the last day (?:of|in) (?P<month>{MONTH})")
def _last_day_of_month(match: re.Match[str], now: datetime) -> When:
    month = _month(match["month"])
    year = now.year + (month < now.month)
    return _day(match, date(year, month, monthrange(year, month)[1]))


@_rule(r"new year'?s? (?P<which>eve|day)")
def _new_year(match: re.Match[str], now: datetime) -> When:
    if match["which"].lower() == "eve":
        return _day(match, date(now.year, 12, 31))
    return _day(match, date(now.year + (now.month + now.day > 2), 1, 1))


@_rule(
    rf"(?:in |after )(?P<in>a week|{NUMBER} weeks)(?:'s?)?(?: time)?"
    rf"|(?P<from>a week|{NUMBER} weeks) (?:from now|hence)"
)
def _weeks_from_now(match: re.Match[str], now: datetime) -> When:
    return _day(match, now.date() + timedelta(weeks=_weeks(match["in"] or match["from"])))


@_rule(rf"in (?P<n>{NUMBER}) months?(?:'s?)?(?: time)?")
def _months_from_now(match: re.Match[str], now: datetime) -> When:
    year, month = _month_ahead(now, int(number_of(match["n"])))
    return _day(match, date(year, month, min(now.day, monthrange(year, month)[1])))


@_rule(rf"(?P<n>{NUMBER}) days? (?:from now|hence|later)")
def _days_from_now(match: re.Match[str], now: datetime) -> When:
    return _day(match, now.date() + timedelta(days=int(number_of(match["n"]))))


@_rule(r"every (?:single )?(?:morning|evening|night)(?! at)")
def _every_part_of_a_day(match: re.Match[str], now: datetime) -> When:
    return replace(_day(match, now.date() + timedelta(days=1)), grain="repeat", repeat="P1D")


@_rule(r"every (?:working day|weekday)|on weekdays")
def _working_days(match: re.Match[str], now: datetime) -> When:
    ahead = next(days for days in range(1, 4) if (now.weekday() + days) % 7 < 5)
    return replace(_day(match, now.date() + timedelta(days=ahead)), grain="repeat", repeat="P1D")


@_rule(r"(?:at )?(?P<h>\d{1,2})[:.](?P<m>\d\d)(?![.\d])(?P<half> ?[ap]\.?m)?")
def _no_such_clock(match: re.Match[str], _: datetime) -> When | None:
    hour, minute = int(match["h"]), int(match["m"])
    if minute > 59 and "." in match[0]:
        return None
    if minute <= 59 and (hour < 24 or (hour == 24 and minute == 0)) and not (match["half"] and hour > 12):
        return None
    return _problem(match, f"There is no {match['h']}:{match['m']}{match['half'] or ''} on a clock.")


@_rule(
    rf"(?:in|within|after) (?:about |around )?(?P<length>{_CLOCK_LENGTH})(?:'s)?(?: time)?"
    rf"|(?P<from>{_CLOCK_LENGTH}) (?:from now|later|hence)"
)
def _clock_time_from_now(match: re.Match[str], now: datetime) -> When:
    return _moment(match, moment_in(clock_length(match["length"] or match["from"]), now))


@_rule(rf"(?P<length>{_CLOCK_LENGTH}) ago")
def _clock_time_ago(match: re.Match[str], now: datetime) -> When:
    return _moment(match, moment_in(-clock_length(match["length"]), now))


def _moment(match: re.Match[str], iso: str) -> When:
    return When(text=match[0], start=match.start(), end=match.end(), grain="minute", iso=iso)


@_rule(rf"(?:for |lasting |lasts )(?:about |around )?(?P<length>{_CLOCK_LENGTH})")
def _clock_lasting(match: re.Match[str], _: datetime) -> When:
    length = iso_duration(clock_length(match["length"]))
    return When(text=match[0], start=match.start(), end=match.end(), grain="length", duration=length)


_WEEKS = rf"(?P<n>a week|a fortnight|{NUMBER} weeks)"


def _weeks(words: str) -> int:
    words = words.lower()
    fixed = {"a week": 1, "a fortnight": 2, "week": 1, "fortnight": 2}
    return fixed.get(words) or int(number_of(words.removesuffix(" weeks")))


@_rule(rf"{_WEEKS} (?:from |on |this |from this )*(?P<day>{DAY}|today|tomorrow)")
def _weeks_on(match: re.Match[str], now: datetime) -> When:
    return _day(match, _named(match["day"], now) + timedelta(weeks=_weeks(match["n"])))


@_rule(rf"(?P<day>{DAY}|today|tomorrow) (?P<n>week|fortnight)")
def _day_week(match: re.Match[str], now: datetime) -> When:
    return _day(match, _named(match["day"], now) + timedelta(weeks=_weeks(match["n"])))


def _named(name: str, now: datetime) -> date:
    today = now.date()
    near = {"today": today, "tomorrow": today + timedelta(days=1)}
    return near.get(name.lower()) or weekday(name, today)


@_rule(r"(?:in )?a fortnight(?:'s time| from now)?")
def _fortnight(match: re.Match[str], now: datetime) -> When:
    return _day(match, now.date() + timedelta(weeks=2))


@_rule(r"the day after the day after tomorrow|in three days'? time")
def _three_days(match: re.Match[str], now: datetime) -> When:
    return _day(match, now.date() + timedelta(days=3))


@_rule(rf"(?:the )?(?P<what>weekend|week|{DAY}) after next")
def _after_next(match: re.Match[str], now: datetime) -> When:
    monday = _monday(now.date()) + timedelta(weeks=2)
    return _week_part(match, monday, match["what"])


@_rule(r"(?:the )?(?:following|next) weekend")
def _next_weekend(match: re.Match[str], now: datetime) -> When:
    return _week_part(match, _monday(now.date()) + timedelta(weeks=1), "weekend")


@_rule(r"(?:over |on |at |during )?(?:this|the|coming|this coming) weekend")
def _this_weekend(match: re.Match[str], now: datetime) -> When:
    return _week_part(match, _monday(now.date()), "weekend")


@_rule(rf"(?P<next>next) (?P<what>{DAY})|(?P<day>{DAY}) next week|next week(?: on)? (?P<on>{DAY})")
def _next_week_day(match: re.Match[str], now: datetime) -> When:
    """ "next Friday" on a Thursday is eight days away, not tomorrow."""
    name = match["what"] or match["day"] or match["on"]
    return _week_part(match, _monday(now.date()) + timedelta(weeks=1), name)


def _week_part(match: re.Match[str], monday: date, what: str) -> When:
    if what.lower() == "week":
        return _day(match, monday, monday + timedelta(weeks=1))
    if what.lower() == "weekend":
        return _day(match, monday + timedelta(days=5), monday + timedelta(weeks=1))
    return _day(match, weekday(what, monday - timedelta(days=1)))


@_rule(r"(?:the )?month after next")
def _month_after_next(match: re.Match[str], now: datetime) -> When:
    months = now.month + 1, now.month + 2
    first, last = (date(now.year + month // 12, month % 12 + 1, 1) for month in months)
    return _day(match, first, last)


@_rule(r"(?:by |at )?(?:the )?end of (?:the|this) month")
def _month_end(match: re.Match[str], now: datetime) -> When:
    following = (now.date().replace(day=28) + timedelta(days=4)).replace(day=1)
    return _day(match, following - timedelta(days=1))


@_rule(r"(?:at )?(?:the stroke of )?midnight (?:tonight|today)|(?:tonight|today),? (?:at )?midnight")
def _midnight(match: re.Match[str], now: datetime) -> When:
    coming = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
    return _moment(match, moment_at(coming, now))
