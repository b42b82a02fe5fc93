"""What is done only after a "yes": deletions, orders, bookings; and what asks for it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from dlintro_demos.assistant.actions import dishes_named
from dlintro_demos.assistant.asking import Ask, Option, Pending, Reply, asks_for
from dlintro_demos.assistant.diary import events_meant
from dlintro_demos.assistant.seed import iso
from dlintro_demos.assistant.store import Row
from dlintro_demos.assistant.tables import BOOKINGS, EVENTS, ORDERS, REMINDERS, SHOPPING, TABLES
from dlintro_demos.assistant.wording import counted, listed, moment_words, price_words, sentence

DELETIONS = ("calendar_cancel", "reminder_cancel", "shopping_remove", "remove")
MOST_SEATS, MOST_PORTIONS, MOST_PEOPLE = 9, 20, 20


def confirm(ask: Ask, action: str, question: str, **data: Any) -> Reply:
    """Ask before anything is done."""
    return Reply(answer=question, pending=Pending(wants="confirm", ask=ask, action=action, data=data))


def calendar_cancel(ask: Ask) -> Reply:
    """ "Cancel my meeting with Anna tomorrow" """
    rows = events_meant(ask)
    if re.search(r"\bnext (?:appointment|meeting|event)\b", ask.text):
        rows = ask.store.read(
            select(EVENTS).where(EVENTS.c.starts >= iso(ask.now)).order_by(EVENTS.c.starts).limit(1)
        )
    if not rows:
        if not ask.when and not ask.values("person"):
            return asks_for(ask, "time", "Which appointment shall I delete? Say its day, or with whom it is.")
        return Reply(answer="I found no such appointment.")
    told = [f"{row['title']} {moment_words(row['starts'], ask.now)}" for row in rows]
    return confirm(ask, "calendar_cancel", f"Shall I delete {listed(told)}?", ids=[row["id"] for row in rows])


def reminder_cancel(ask: Ask) -> Reply:
    """ "Cancel the reminder to call mum" """
    rows = ask.store.read(select(REMINDERS).order_by(REMINDERS.c.due))
    said = set(re.findall(r"[a-z]{3,}", ask.text.lower())) - _PLAIN
    if not re.search(r"\b(?:all|every|everything)\b", ask.text.lower()):
        named = [row for row in rows if said & set(re.findall(r"[a-z]{3,}", row["text"].lower()))]
        kind = re.search(r"\b(?:alarm|wake|timer)\b", ask.text.lower())
        if kind and (ask.when or not named):
            wanted = "timer" if kind[0] == "timer" else "wake up"
            rows = [row for row in rows if row["text"] == wanted]
            named = []
        if (ask.when or kind) and not named:
            begin, end = ask.span()
            named = [row for row in rows if not ask.when or begin <= row["due"] < end]
        rows = named
    if not rows:
        return Reply(answer="I found no such reminder or alarm.")
    told = [f"“{row['text']}” {moment_words(row['due'], ask.now)}" for row in rows]
    return confirm(ask, "reminder_cancel", f"Shall I delete {listed(told)}?", ids=[row["id"] for row in rows])


_PLAIN = frozenset(
    ("the", "reminder", "reminders", "cancel", "delete", "remove", "about", "for", "please", "don't", "any")
)


def shopping_remove(ask: Ask) -> Reply:
    """ "Remove milk from my shopping list", "Empty the list" """
    rows = ask.store.read(select(SHOPPING).order_by(SHOPPING.c.id))
    items = [str(item) for item in ask.values("item")]
    if items:
        rows = [row for row in rows if any(_same(item, row["item"]) for item in items)]
    elif not re.search(r"\b(?:all|every\w*|empty|clear|whole|entire|list)\b", ask.text.lower()):
        said = set(re.findall(r"[a-z]{3,}", ask.text.lower()))
        rows = [row for row in rows if said & set(row["item"].lower().split())]
        if not rows:
            return asks_for(ask, "item", "What shall I take off the list?")
    if not rows:
        return Reply(answer=f"{listed(items).capitalize() or 'That'} is not on your shopping list.")
    told = listed([row["item"] for row in rows])
    return confirm(
        ask, "shopping_remove", f"Shall I take {told} off your list?", ids=[row["id"] for row in rows]
    )


def _same(item: str, listed_item: str) -> bool:
    return item == listed_item or listed_item in (f"{item}s", f"{item}es", f"{item[:-1]}ies")


def food_order(ask: Ask) -> Reply:
    """ "Order two pizzas margherita and a lemonade" """
    wanted: list[tuple[str, int]] = []
    count = 1
    for slot in ask.slots:
        if slot.kind == "count":
            count = slot.value
        elif slot.kind == "dish":
            wanted.append((str(slot.value), count))
            count = 1
    if not wanted:
        return asks_for(ask, "dish", "What would you like? Ask me for the menu if you want to choose.")
    lines: list[tuple[Row, int]] = []
    for name, number in wanted:
        rows = dishes_named(ask, name)
        if len(rows) > 1:
            options = tuple(Option(kind="dish", row=row, words=row["name"]) for row in rows)
            told = listed([f"{row['name']} {price_words(row['price'])}" for row in rows], "or")
            pending = Pending(wants="dish", ask=ask, data={"count": number, "lines": lines})
            return Reply(answer=f"Which {name.lower()}: {told}?", options=options, pending=pending)
        if not rows:
            return Reply(answer=f"{name} is not on the menu.")
        lines.append((rows[0], number))
    return confirm_order(ask, lines)


def confirm_order(ask: Ask, lines: list[tuple[Row, int]]) -> Reply:
    """Ask before an order, with what it costs."""
    too_many = next((number for _, number in lines if not 1 <= number <= MOST_PORTIONS), None)
    if too_many is not None:
        return Reply(answer=f"I can order 1 to {MOST_PORTIONS} of a dish, not {too_many}.")
    told = listed([f"{number} × {row['name']}" for row, number in lines])
    total = price_words(sum(row["price"] * number for row, number in lines))
    at = f" for {moment_words(ask.moment, ask.now)}" if ask.moment else ""
    return confirm(
        ask, "food_order", f"{told}{at}, that is {total}. Shall I order it?", lines=lines, at=ask.moment
    )


def table_book(ask: Ask) -> Reply:
    """ "Book a table for two tonight at eight" """
    if not ask.moment:
        return asks_for(ask, "time", "For what time shall I book the table?")
    people = ask.value("count")
    if people is None:
        return asks_for(ask, "count", "For how many people?")
    if not 1 <= people <= MOST_PEOPLE:
        return Reply(answer=f"I can book a table for 1 to {MOST_PEOPLE} people, not {people}.")
    if ask.moment < iso(ask.now):
        return Reply(answer=f"{sentence(moment_words(ask.moment, ask.now))} is over. Say another time.")
    told = f"a table for {people} {moment_words(ask.moment, ask.now)}"
    return confirm(ask, "table_book", f"Shall I book {told}?", starts=ask.moment, people=people)


def flight_book(ask: Ask, row: Row, seats: int) -> Reply:
    """Ask before a flight is booked."""
    if not 1 <= seats <= MOST_SEATS:
        return Reply(answer=f"I can book 1 to {MOST_SEATS} seats, not {seats}.")
    told = f"{row['number']} to {row['destination']} {moment_words(row['departs'], ask.now)}"
    total = price_words(row["price"] * seats)
    question = f"Shall I book {counted(seats, 'seat')} on {told} for {total}?"
    return confirm(ask, "flight_book", question, row=row, seats=seats)


def perform(pending: Pending) -> str:
    """Do what was confirmed; what to answer."""
    ask, data = pending.ask, pending.data
    store = ask.store
    if pending.action == "food_order":
        rows = [
            {"dish_id": row["id"], "count": count, "at": data["at"] or None} for row, count in data["lines"]
        ]
        store.add(ORDERS, rows)
        told = [f"{count} × {row['name']}" for row, count in data["lines"]]
        return f"Ordered: {listed(told)}."
    if pending.action == "table_book":
        store.add(TABLES, [{"starts": data["starts"], "people": data["people"]}])
        return f"Your table for {data['people']} is booked, {moment_words(data['starts'], ask.now)}."
    if pending.action == "flight_book":
        store.add(BOOKINGS, [{"flight_id": data["row"]["id"], "seats": data["seats"]}])
        row = data["row"]
        return f"Booked: {row['number']} to {row['destination']}, {counted(data['seats'], 'seat')}."
    if pending.action == "remove":
        store.remove(data["table"], data["table"].c.id.in_(data["ids"]))
        return f"{data['told']} Say “undo” to have it back."
    table = {"calendar_cancel": EVENTS, "reminder_cancel": REMINDERS, "shopping_remove": SHOPPING}[
        pending.action
    ]
    gone = store.remove(table, table.c.id.in_(data["ids"]))
    names = [row.get("title") or row.get("text") or row.get("item") for row in gone]
    return f"Deleted: {listed([str(name) for name in names])}. Say “undo” to have it back."


def changed_count(pending: Pending, count: int) -> Reply | None:
    """ "Make it two", while an order or booking waits for its "yes"; None where there is nothing to count."""
    data = pending.data
    if pending.action == "food_order":
        *rest, (row, _) = data["lines"]
        if 1 <= count <= MOST_PORTIONS:
            return confirm_order(pending.ask, [*rest, (row, count)])
        return Reply(answer=f"I can order 1 to {MOST_PORTIONS} of a dish, not {count}.", pending=pending)
    if pending.action == "flight_book":
        return flight_book(pending.ask, data["row"], count)
    if pending.action == "table_book":
        told = f"a table for {count} {moment_words(data['starts'], pending.ask.now)}"
        if not 1 <= count <= MOST_PEOPLE:
            return Reply(answer=f"I can book for 1 to {MOST_PEOPLE} people, not {count}.", pending=pending)
        return confirm(
            pending.ask, "table_book", f"Shall I book {told}?", starts=data["starts"], people=count
        )
    return None


def told_undone(undone: list[tuple[str, str, Row]]) -> str:
    """What was taken back, in words."""
    if not undone:
        return "There is nothing to undo."
    names = [
        row.get("title") or row.get("text") or row.get("item") or _KINDS[table] for _, table, row in undone
    ]
    how = {"added": "removed again", "removed": "back", "changed": "as before"}[undone[0][0]]
    different = list(dict.fromkeys(map(str, names)))
    many = "are" if len(different) > 1 else "is"
    return sentence(f"{listed(different)} {many} {how}.")


_KINDS = {
    "orders": "your order",
    "table_bookings": "your table",
    "flight_bookings": "your flight",
    "events": "it",
}
