"""Times in sentences: a table read by hand, and what a clock must never do."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import bench
from dlintro_demos.assistant.dates import read_times

BERLIN = ZoneInfo("Europe/Berlin")
TABLE = tomllib.loads(Path(bench.__file__).with_name("assistant_dates.toml").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 26, 10, tzinfo=BERLIN)


def said(when):
    if when.problem:
        return "no such time"
    until = f"/{when.until}" if when.until else ""
    every = f" every {when.repeat}" if when.repeat else ""
    return when.iso + until + ("" if when.iso else when.duration) + every


@pytest.mark.parametrize("now", TABLE)
def test_phrases_mean_what_was_decided_by_hand(now):
    then = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    read = {phrase: " & ".join(map(said, read_times(phrase, then))) for phrase in TABLE[now]}
    assert read == TABLE[now]


def test_the_table_is_long_and_every_kind_is_in_it():
    expected = [value for table in TABLE.values() for value in table.values()]
    assert len(expected) >= 150
    assert {"", "no such time", "PT1H30M"} <= set(expected)


def test_the_zone_is_that_of_now():
    (when,) = read_times("tomorrow at noon", datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Asia/Kolkata")))
    assert when.iso == "2026-07-02T12:00:00+05:30"
    with pytest.raises(ValueError, match="zone"):
        read_times("tomorrow", datetime(2026, 7, 1))


def test_elapsed_time_counts_the_hour_that_a_clock_repeats():
    before = datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN)
    (when,) = read_times("in two hours", before)
    assert when.moment.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=2)
    assert when.iso == "2026-10-25T02:30:00+01:00"


def test_where_a_mention_stands_is_told():
    text = "Book a table on Friday at 8 pm, please"
    (when,) = read_times(text, NOW)
    assert text[when.start : when.end].removeprefix("on ") == "Friday at 8 pm"
    assert when.day.isoformat() == "2026-11-27"
    assert when.moment.hour == 20


def test_a_stretch_knows_its_last_day():
    (when,) = read_times("from monday to wednesday", NOW)
    assert (when.day.isoformat(), when.last_day.isoformat()) == ("2026-11-30", "2026-12-02")


def test_a_length_is_one():
    (when,) = read_times("for two and a half hours", NOW)
    assert when.length == timedelta(hours=2, minutes=30)
    assert when.day is None


def test_an_impossible_date_says_so_in_words():
    (when,) = read_times("on the 31st of February", NOW)
    assert when.problem == "There is no 31 February: that month has 29 days at most."
    assert when.iso == ""


@pytest.mark.parametrize(
    "text", ["", "🎉" * 500, "'; DROP TABLE x", "at " * 2_000, "0" * 400, "٣ مارس", "9:99"], ids=range(7)
)
def test_what_is_no_time_is_none_or_a_problem(text):
    assert all(when.problem for when in read_times(text, NOW))
