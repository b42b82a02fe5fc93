"""What a sentence names."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dlintro_demos.assistant.slots import extract

NOW = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Berlin"))


def named(text, intent=""):
    found = extract(text, NOW, intent=intent)
    assert all(text[slot.start : slot.end] == slot.text for slot in found)
    return [(slot.kind, getattr(slot.value, "iso", slot.value)) for slot in found]


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("book a table for two tonight at nine", [("count", 2), ("time", "2026-11-26T21:00:00+01:00")]),
        ("three margaritas and a coffe", [("count", 3), ("dish", "Pizza Margherita")]),
        ("two spring rolls", [("count", 2), ("dish", "Spring rolls")]),
        (
            "meet Anna and my sister at work",
            [("person", "Anna"), ("person", "sister"), ("place", "the office")],
        ),
        ("work on the mark", []),
        ("from Berlin to Rom, I mean Rome", [("place", "Berlin"), ("place", "Rome")]),
        ("on the second", [("time", "2026-12-02")]),
        ("the second one", []),
    ],
)
def test_slots(text, slots):
    assert named(text) == slots


def test_coffee_is_drunk_or_bought():
    assert named("a coffee please", "food_order") == [("dish", "Coffee")]
    assert named("coffee please", "shopping_add") == [("item", "coffee")]


@pytest.mark.parametrize(
    "text",
    [
        "in 999999999999999 hours", "for 99999999999999 days", "1e999 hours", "99999999999 minutes",
        "in 3000 years",
        "99999999999999999999999 eggs", "on 31 december 99999", "in -5 minutes",
    ],
)  # fmt: skip
def test_numbers_out_of_this_world_break_nothing(text):
    for slot in extract(text, NOW):
        if slot.kind == "time":
            assert slot.value.length is None or slot.value.length.days < 4_000
            assert slot.value.problem or slot.value.iso or slot.value.duration
        else:
            assert slot.value <= 1_000_000
