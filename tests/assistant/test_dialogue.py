"""Whole dialogues, replayed: each turn must do what it says, and nothing else."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from dlintro_demos.assistant.dialogue import REFUSED, Dialogue, replay
from dlintro_demos.assistant.seed import WEATHER_SOURCE
from dlintro_demos.assistant.tables import BOOKINGS, EVENTS, METADATA, ORDERS, REMINDERS, SHOPPING, TABLES
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.wire import pack, unpack

NOW = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def dialogue():
    return Dialogue(engine().cache, NOW)


def say(dialogue, *lines):
    return [dialogue.say(line).answer for line in lines]


def rows(dialogue, table):
    return dialogue.store.read(select(table))


def counts(dialogue):
    return {
        table.name: dialogue.store.read(select(func.count().label("n")).select_from(table))[0]["n"]
        for table in METADATA.sorted_tables
    }


def test_a_day_in_the_calendar_and_the_day_after(dialogue):
    tomorrow, after = say(dialogue, "What is my schedule for tomorrow?", "And the day after?")
    assert tomorrow == (
        "You have 3 appointments tomorrow: at 09:00 Call with the bank, at 11:30 Dentist and "
        "at 15:00 Meeting with Anna."
    )
    assert after == "You have 1 appointment on Saturday: at 19:00 Dinner with Julia."


def test_what_is_longer_than_is_read_is_not_taken_up(dialogue):
    before = counts(dialogue)
    turn = dialogue.say("Add milk to my shopping list " * 15)
    assert (turn.known, turn.answer) == (False, REFUSED)
    assert counts(dialogue) == before
    assert dialogue.say("Add milk to my shopping list").known


def test_an_appointment_is_added_taken_back_and_seen_by_others(dialogue):
    say(dialogue, "Add a meeting with Sarah tomorrow at four")
    (added,) = [row for row in rows(dialogue, EVENTS) if row["person"] == "Sarah"]
    assert (added["title"], added["starts"]) == ("Meeting with Sarah", "2026-11-27T16:00")
    busy, undone, free = say(dialogue, "Am I free tomorrow at 4?", "undo that", "Am I free tomorrow at 4?")
    assert "Meeting with Sarah" in busy
    assert undone == "Meeting with Sarah is removed again."
    assert free == "Yes, you are free tomorrow at 16:00."


def test_a_deletion_waits_for_a_yes_and_comes_back(dialogue):
    before = rows(dialogue, EVENTS)
    (asked, *_) = say(dialogue, "Cancel my meeting with Anna tomorrow", "no")
    assert asked == "Shall I delete Meeting with Anna tomorrow at 15:00?"
    assert rows(dialogue, EVENTS) == before
    say(dialogue, "Cancel my meeting with Anna tomorrow", "book it")
    assert rows(dialogue, EVENTS) == before
    say(dialogue, "Cancel my meeting with Anna tomorrow", "yes")
    assert len(rows(dialogue, EVENTS)) == len(before) - 1
    say(dialogue, "undo")
    assert sorted(map(str, rows(dialogue, EVENTS))) == sorted(map(str, before))


def test_the_cheaper_flight_for_two(dialogue):
    offered, chosen, two, booked = say(
        dialogue, "Find a flight to Paris on Friday", "the cheaper one", "make it two", "yes"
    )
    first, second = (int(part.split("€")[1].split(";")[0].split(".")[0]) for part in offered.split("; 2."))
    cheaper = min(first, second)
    assert chosen.endswith(f"for €{cheaper}?")
    assert two.endswith(f"for €{2 * cheaper}?")
    assert "2 seats" in booked
    assert rows(dialogue, BOOKINGS)[-1]["seats"] == 2
    assert "Paris" in say(dialogue, "Show my upcoming flights")[0]


def test_a_missing_slot_is_asked_for(dialogue):
    assert say(dialogue, "Book a table", "tonight at eight", "for four", "make it five") == [
        "For what time shall I book the table?",
        "For how many people?",
        "Shall I book a table for 4 today at 20:00?",
        "Shall I book a table for 5 today at 20:00?",
    ]
    assert rows(dialogue, TABLES) == []
    say(dialogue, "yes please")
    assert [(row["starts"], row["people"]) for row in rows(dialogue, TABLES)] == [("2026-11-26T20:00", 5)]


def test_which_pizza_is_asked_and_nothing_is_ordered_unconfirmed(dialogue):
    which, asked = say(dialogue, "Order two pizzas", "the margherita")
    assert which.startswith("Which pizza: Pizza Margherita €9")
    assert asked == "2 × Pizza Margherita, that is €18. Shall I order it?"
    assert rows(dialogue, ORDERS) == []
    say(dialogue, "never mind", "yes")
    assert rows(dialogue, ORDERS) == []
    say(dialogue, "I'd like a lasagne and two lemonades", "yes")
    assert [row["count"] for row in rows(dialogue, ORDERS)] == [1, 2]
    say(dialogue, "undo")
    assert rows(dialogue, ORDERS) == []


def test_a_free_hour_is_found(dialogue):
    assert say(dialogue, "Find me a free hour tomorrow") == [
        "You are free tomorrow from 08:00 to 09:00, from 09:30 to 11:30, from 12:15 to 15:00 and "
        "from 16:00 to 20:00."
    ]


def test_people_dine_in_the_evening_and_wake_up_in_the_morning(dialogue):
    assert say(dialogue, "Book a table for two tomorrow at seven") == [
        "Shall I book a table for 2 tomorrow at 19:00?"
    ]
    assert say(dialogue, "never mind", "Set an alarm", "half past six")[-1] == (
        "I have set “wake up”: tomorrow at 06:30."
    )
    assert say(dialogue, "Get me out of bed at seven") == ["I have set “wake up”: tomorrow at 07:00."]


def test_an_order_is_bounded(dialogue):
    assert say(dialogue, "Order 500 pizzas", "the funghi")[1] == "I can order 1 to 20 of a dish, not 500."
    assert say(dialogue, "Book a table for 300 people tonight at nine") == [
        "I can book a table for 1 to 20 people, not 300."
    ]


def test_a_place_it_does_not_serve_is_named(dialogue):
    assert say(dialogue, "Find a flight to Tokyo tomorrow")[0].startswith("I have no flights to Tokyo")


def test_a_part_of_the_day_is_not_yet_an_hour(dialogue):
    assert say(dialogue, "Book a table for two tomorrow evening", "half past seven") == [
        "For what time shall I book the table?",
        "Shall I book a table for 2 tomorrow at 19:30?",
    ]


def test_the_shopping_list(dialogue):
    say(dialogue, "Put caviar and truffle oil on the list")
    assert [row["item"] for row in rows(dialogue, SHOPPING)[-2:]] == ["caviar", "truffle oil"]
    say(dialogue, "undo")
    say(dialogue, "Add oat milk and six eggs to my shopping list")
    assert [(row["item"], row["count"]) for row in rows(dialogue, SHOPPING)[-2:]] == [
        ("oat milk", 1),
        ("eggs", 6),
    ]
    say(dialogue, "Empty the shopping list", "yes")
    assert say(dialogue, "What's on my shopping list?") == ["Your shopping list is empty."]
    say(dialogue, "undo")
    assert len(rows(dialogue, SHOPPING)) == 6


def test_reminders(dialogue):
    asked, done = say(dialogue, "Remind me to call the plumber", "tomorrow at nine")
    assert asked == "When shall I remind you?"
    assert done == "I have set “call the plumber”: tomorrow at 09:00."
    assert say(dialogue, "Set a timer for ten minutes") == ["I have set “timer”: today at 10:10."]
    say(dialogue, "Wake me up at six", "Cancel the alarm", "yes")
    assert [row["text"] for row in rows(dialogue, REMINDERS)][-2:] == ["call the plumber", "timer"]


def test_trains_and_weather_follow(dialogue):
    turns = [
        dialogue.say(line)
        for line in ("When is the next train to Hamburg?", "and tomorrow morning?", "the earlier one")
    ]
    assert "today at" in turns[0].answer
    assert "tomorrow at" in turns[1].answer
    assert turns[1].answer.startswith(turns[2].answer.rstrip("."))
    berlin, rome = say(dialogue, "Will it rain tomorrow?", "And in Rome?")
    assert berlin.startswith("Berlin: tomorrow")
    assert rome.startswith("Rome: tomorrow")
    assert WEATHER_SOURCE in rome


def test_a_turn_tells_its_stages(dialogue):
    turn = dialogue.say("Am I free on Friady at three?")
    assert turn.changes == (("Friady", "friday"),)
    assert (turn.intent, turn.known) == ("calendar_free", True)
    assert len(turn.guess.top) == len(turn.guess.nearest) == 3
    (slot,) = turn.slots
    assert slot.value.iso == "2026-11-27T15:00:00+01:00"
    (ran,) = turn.sql
    assert "FROM events" in ran.statement
    assert ran.parameters == ("2026-11-27T16:00", "2026-11-27T15:00")
    assert set(turn.milliseconds) == {"normalise", "intent", "slots", "action"}


@pytest.mark.parametrize(
    "text",
    [
        "delete everything; drop table", "'; DROP TABLE events; --", "who is the pope", "", "   ", "🎉",
        "<script>alert(1)</script>", "a " * 500, "turn on the lights", "Guten Tag, wie geht es Ihnen?",
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_not_understood_changes_nothing(dialogue, text):
    before = counts(dialogue)
    turn = dialogue.say(text)
    assert (turn.known, turn.answer) == (False, REFUSED)
    assert turn.sql == ()
    assert counts(dialogue) == before


def test_words_of_a_visitor_reach_sql_only_as_parameters(dialogue):
    turn = dialogue.say("Remind me tomorrow at nine to call Robert'); DROP TABLE events; --")
    assert all("robert" not in ran.statement.lower() for ran in turn.sql)
    assert any("robert" in str(ran.parameters).lower() for ran in turn.sql)
    assert rows(dialogue, EVENTS)


def test_an_impossible_date_is_said_to_be_one(dialogue):
    assert say(dialogue, "Remind me on the 31st of February to laugh") == [
        "There is no 31 February: that month has 29 days at most."
    ]


def test_small_talk_help_and_repeat(dialogue):
    hello, again, able, nothing = say(dialogue, "Hello", "repeat that please", "help", "the cheaper one")
    assert again == hello
    assert "calendar" in able
    assert nothing == "Which one? I have not offered anything to choose from."


def test_two_visitors_do_not_meet(dialogue):
    other = Dialogue(engine().cache, NOW)
    say(dialogue, "Add caviar and milk to my shopping list")
    assert len(rows(other, SHOPPING)) == 4
    assert say(other, "undo") == ["There is nothing to undo."]


def test_a_dialogue_replays_the_same():
    lines = [
        "What is my schedule for tomorrow?",
        "and the day after?",
        "Book a table for two tonight at nine",
        "yes",
    ]
    assert replay(lines, engine().cache, NOW) == replay(lines, engine().cache, NOW)


def test_what_is_said_to_a_fork_the_other_does_not_hear(dialogue):
    say(dialogue, "Find a flight to Paris on Friday", "the cheaper one")
    before = counts(dialogue)
    fork = dialogue.fork()
    (booked,) = say(fork, "yes")
    assert booked.startswith("Booked: ")
    assert counts(fork)["flight_bookings"] == before["flight_bookings"] + 1
    assert (counts(dialogue), len(dialogue.turns)) == (before, 2)
    assert say(dialogue, "no") == ["Then I leave it as it is."]
    again = fork.fork()
    (undone,) = say(again, "undo")  # it can take back what was done before
    assert undone != say(dialogue, "undo")[0]
    assert counts(again) == before
    assert counts(fork)["flight_bookings"] == before["flight_bookings"] + 1
    assert dialogue.nbytes == dialogue.store.nbytes > 100_000


def test_a_dialogue_that_travelled_goes_on_where_it_was():
    """Store, what was asked back, and what can be taken back; `wire` is how it goes to another process."""
    cache = engine().cache
    here = Dialogue(cache, NOW)
    here.say("Remind me to call Anna tomorrow at three")
    here.say("Book a table")
    there = unpack(pack(here, {"cache": cache}), {"cache": cache})
    assert there.store is not here.store
    assert (there.awaits, there.store.changed) == (here.awaits, here.store.changed)
    lines = ("for two", "tomorrow at eight", "yes", "undo", "undo", "what are my reminders?")
    assert [there.say(line).answer for line in lines] == [here.say(line).answer for line in lines]
