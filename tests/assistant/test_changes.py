"""Dialogues that change what stands: moved appointments, cancelled orders, "cancel the first one"."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from dlintro_demos.assistant.dialogue import Dialogue
from dlintro_demos.assistant.tables import BOOKINGS, EVENTS, ORDERS, REMINDERS, SHOPPING, TABLES
from dlintro_demos.gallery.process import engine

NOW = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def dialogue():
    return Dialogue(engine().cache, NOW)


def say(dialogue, *lines):
    return [dialogue.say(line).answer for line in lines]


def starts(dialogue, title):
    rows = dialogue.store.read(select(EVENTS).where(EVENTS.c.title == title))
    return [(row["starts"], row["ends"]) for row in rows]


@pytest.mark.parametrize(
    ("line", "title", "moved"),
    [
        ("Move my dentist appointment to three", "Dentist", ("2026-11-27T15:00", "2026-11-27T15:45")),
        (
            "reschedule the meeting with Anna to Saturday at ten",
            "Meeting with Anna",
            ("2026-11-28T10:00", "2026-11-28T11:00"),
        ),
        ("push the team meeting back by an hour", "Team meeting", ("2026-11-30T11:00", "2026-11-30T12:00")),
        (
            "bring tomorrow's meeting with Anna forward by an hour",
            "Meeting with Anna",
            ("2026-11-27T14:00", "2026-11-27T15:00"),
        ),
        ("Move Monday's team meeting to Wednesday", "Team meeting", ("2026-12-02T10:00", "2026-12-02T11:00")),
        (
            "move the call from nine to eleven",
            "Call with the bank",
            ("2026-11-27T11:00", "2026-11-27T11:30"),
        ),
        ("push the dentist back an hour", "Dentist", ("2026-11-27T12:30", "2026-11-27T13:15")),
        ("make the dentist an hour later", "Dentist", ("2026-11-27T12:30", "2026-11-27T13:15")),
        (
            "bring the team meeting forward by 30 minutes",
            "Team meeting",
            ("2026-11-30T09:30", "2026-11-30T10:30"),
        ),
        ("move my three o'clock to four", "Meeting with Anna", ("2026-11-27T16:00", "2026-11-27T17:00")),
        (
            "move my three o'clock two days later",
            "Meeting with Anna",
            ("2026-11-29T15:00", "2026-11-29T16:00"),
        ),
        (
            "move tomorrow's nine o'clock to Monday at two",
            "Call with the bank",
            ("2026-11-30T14:00", "2026-11-30T14:30"),
        ),
        (
            "can the dentist be at two instead of half past eleven",
            "Dentist",
            ("2026-11-27T14:00", "2026-11-27T14:45"),
        ),
        ("move the dentist from tomorrow to Monday", "Dentist", ("2026-11-30T11:30", "2026-11-30T12:15")),
    ],
)
def test_an_appointment_moves_and_comes_back(dialogue, line, title, moved):
    before = starts(dialogue, title)
    (answer,) = say(dialogue, line)
    assert answer.startswith(f"I have moved {title}: it is ")
    assert starts(dialogue, title) == [moved]
    assert say(dialogue, "undo") == [f"{title} is as before."]
    assert starts(dialogue, title) == before


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("cancel my three o'clock", "Meeting with Anna tomorrow at 15:00"),
        ("drop my ten o'clock", "Team meeting on Monday at 10:00"),
        ("delete the appointment at half past eleven", "Dentist tomorrow at 11:30"),
        ("cancel what I have at four on Tuesday", "Doctor's appointment on Tuesday at 16:00"),
    ],
)
def test_an_appointment_is_cancelled_by_its_hour_after_a_yes(dialogue, line, meant):
    assert say(dialogue, line, "no")[0] == f"Shall I delete {meant}?"
    assert starts(dialogue, "Meeting with Anna")
    say(dialogue, line, "yes")
    assert starts(dialogue, meant.partition(" on ")[0].partition(" tomorrow")[0]) == []


def test_an_hour_is_first_that_of_what_was_shown(dialogue):
    say(dialogue, "Add a meeting with Sarah on Sunday at ten")
    assert say(dialogue, "cancel my ten o'clock")[0].startswith("Shall I delete Meeting with Sarah")
    shown, asked = say(dialogue, "What is on my calendar on Monday?", "cancel the ten o'clock")
    assert "Team meeting" in shown
    assert asked == "Shall I delete Team meeting on Monday at 10:00?"


def test_an_hour_at_which_it_is_not_moves_nothing(dialogue):
    before = starts(dialogue, "Dentist")
    assert say(dialogue, "move the dentist from nine to ten", "cancel the dentist at nine") == [
        "I found no such appointment to move.",
        "I found no such appointment.",
    ]
    assert starts(dialogue, "Dentist") == before


def test_which_hour_moves_is_kept_while_it_asks_to_when(dialogue):
    assert say(dialogue, "move my ten o'clock", "to Tuesday") == [
        "To when shall I move Team meeting?",
        "I have moved Team meeting: it is on Tuesday at 10:00 now, not on Monday at 10:00.",
    ]


def test_what_is_missing_for_a_move_is_asked_for(dialogue):
    assert say(dialogue, "Move my appointment", "the dentist", "four") == [
        "Which appointment shall I move? Say what it is, or with whom.",
        "To when shall I move Dentist?",
        "I have moved Dentist: it is tomorrow at 16:00 now, not tomorrow at 11:30.",
    ]


def test_a_move_into_the_past_or_to_no_day_is_refused(dialogue):
    before = starts(dialogue, "Concert")
    assert say(dialogue, "Move the concert to yesterday", "Move the concert to the 31st of February") == [
        "Yesterday at 20:00 is over. Say another time.",
        "There is no 31 February: that month has 29 days at most.",
    ]
    assert starts(dialogue, "Concert") == before


def test_one_of_what_was_shown_moves_or_goes(dialogue):
    _, moved = say(dialogue, "What is my schedule for tomorrow?", "move the second one to four")
    assert moved.startswith("I have moved Dentist: it is tomorrow at 16:00")
    _, asked, gone = say(dialogue, "What is my schedule for tomorrow?", "cancel the first one", "yes")
    assert asked == "Shall I cancel Call with the bank tomorrow at 09:00?"
    assert starts(dialogue, "Call with the bank") == []
    assert gone.endswith("Say “undo” to have it back.")
    say(dialogue, "undo")
    assert len(starts(dialogue, "Call with the bank")) == 1


@pytest.mark.parametrize(
    ("shown", "table"),
    [
        ("What reminders do I have?", REMINDERS),
        ("What's on my shopping list?", SHOPPING),
        ("Show my upcoming flights", BOOKINGS),
    ],
)
def test_cancel_the_second_one_waits_for_a_yes(dialogue, shown, table):
    before = dialogue.store.read(select(table))
    say(dialogue, shown, "delete the second one")
    assert dialogue.store.read(select(table)) == before
    say(dialogue, "yes")
    assert len(dialogue.store.read(select(table))) == len(before) - 1


def test_without_anything_shown_nothing_is_cancelled(dialogue):
    assert say(dialogue, "cancel the first one") == ["Which one? I have shown nothing that I could cancel."]


def test_orders_are_shown_and_cancelled(dialogue):
    assert say(dialogue, "What did I order?") == ["You have ordered and booked nothing of that."]
    say(dialogue, "Order two pizzas margherita", "yes")
    shown, asked, _ = say(dialogue, "What did I order?", "Cancel my order", "yes")
    assert shown == "You have 2 × Pizza Margherita. The dishes are €18."
    assert asked == "Shall I cancel 2 × Pizza Margherita?"
    assert dialogue.store.read(select(ORDERS)) == []


def test_a_table_and_a_flight_are_cancelled_after_a_yes(dialogue):
    say(dialogue, "Book a table for two tonight at eight", "yes", "cancel the table", "no")
    assert len(dialogue.store.read(select(TABLES))) == 1
    say(dialogue, "cancel the table", "yes")
    assert dialogue.store.read(select(TABLES)) == []
    asked, _ = say(dialogue, "cancel my flight to Rome", "yes")
    assert asked == "Shall I cancel the flight AF 293 to Rome on Sunday at 10:35?"
    assert len(dialogue.store.read(select(BOOKINGS))) == 1


@pytest.mark.parametrize("place", ["Tokyo", "Stuttgart", "Timbuktu"])
def test_weather_elsewhere_is_said_not_to_be_there(dialogue, place):
    (answer,) = say(dialogue, f"What's the weather in {place}?")
    assert answer == f"I only have recorded weather, of Berlin and 17 other cities; none of {place}."


def test_weather_here_is_no_place_elsewhere(dialogue):
    lines = ("How cold is it in the morning?", "What's the weather at home?", "Will it rain in December?")
    assert not [answer for answer in say(dialogue, *lines) if answer.startswith("I only have")]


def test_a_follow_up_tells_its_slots_as_they_are_meant(dialogue):
    say(dialogue, "What is my schedule for tomorrow?")
    turn = dialogue.say("and the day after?")
    assert [slot.value.iso for slot in turn.resolved] == ["2026-11-28"]
