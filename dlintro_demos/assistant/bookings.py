"""What was ordered and booked: to be shown and cancelled; and "cancel the first one" of what was shown."""

from __future__ import annotations

import re

from sqlalchemy import select

from dlintro_demos.assistant.asking import Ask, Option, OptionKind, Reply
from dlintro_demos.assistant.choosing import chosen
from dlintro_demos.assistant.confirming import confirm
from dlintro_demos.assistant.seed import CITIES
from dlintro_demos.assistant.store import Row
from dlintro_demos.assistant.tables import (
    BOOKINGS,
    DISHES,
    EVENTS,
    FLIGHTS,
    ORDERS,
    REMINDERS,
    SHOPPING,
    TABLES,
)
from dlintro_demos.assistant.wording import listed, moment_words, price_words, sentence

_WORDS: dict[OptionKind, str] = {
    "table": r"\btables?\b|\brestaurant\b|\bdinner\b",
    "booking": r"\bflights?\b|\btrips?\b|\bseats?\b|\btickets?\b|\bfly\b|\bplane\b",
    "order": r"\border\w*\b|\bfood\b|\bdish\w*\b|\bdelivery\b|\bkitchen\b|\beat\b",
}
TABLE_OF = {
    "event": EVENTS,
    "reminder": REMINDERS,
    "item": SHOPPING,
    "booking": BOOKINGS,
    "order": ORDERS,
    "table": TABLES,
}
_ALL = re.compile(r"\b(?:both|all|every\w*|them)\b")


def _orders(ask: Ask) -> list[Option]:
    query = select(ORDERS, DISHES.c.name, DISHES.c.price).join(DISHES, ORDERS.c.dish_id == DISHES.c.id)
    dishes = [str(dish).lower() for dish in ask.values("dish")]
    return [
        Option(kind="order", row=row, words=f"{row['count']} × {row['name']}")
        for row in ask.store.read(query.order_by(ORDERS.c.id))
        if not dishes or any(dish in row["name"].lower() for dish in dishes)
    ]


def _tables(ask: Ask) -> list[Option]:
    return [
        Option(
            kind="table",
            row=row,
            words=f"a table for {row['people']} {moment_words(row['starts'], ask.now)}",
        )
        for row in ask.store.read(select(TABLES).order_by(TABLES.c.starts))
    ]


def flight_options(ask: Ask) -> list[Option]:
    """Booked flights, as they can be chosen from."""
    query = select(FLIGHTS, BOOKINGS.c.seats, BOOKINGS.c.id.label("booking")).join(
        BOOKINGS, BOOKINGS.c.flight_id == FLIGHTS.c.id
    )
    places = [place for place in ask.values("place") if place in CITIES]
    return [
        Option(kind="booking", row=row | {"id": row["booking"]}, words=_flight(row, ask))
        for row in ask.store.read(query.order_by(FLIGHTS.c.departs))
        if not places or row["destination"] in places
    ]


def _flight(row: Row, ask: Ask) -> str:
    return f"the flight {row['number']} to {row['destination']} {moment_words(row['departs'], ask.now)}"


def _booked(ask: Ask) -> list[Option]:
    """What a sentence is about: orders, tables, flights; all of them where it does not say."""
    text = ask.text.lower()
    kinds = {kind for kind, pattern in _WORDS.items() if re.search(pattern, text)}
    if ask.values("dish"):
        kinds.add("order")
    if any(place in CITIES for place in ask.values("place")):
        kinds.add("booking")
    found = {"order": _orders, "table": _tables, "booking": flight_options}
    return [option for kind, read in found.items() if not kinds or kind in kinds for option in read(ask)]


def orders_show(ask: Ask) -> Reply:
    """ "What did I order?", "Which table have I booked?" """
    options = _booked(ask)
    if not options:
        return Reply(answer="You have ordered and booked nothing of that.")
    dishes = [option.row for option in options if option.kind == "order"]
    total = sum(row["price"] * row["count"] for row in dishes)
    cost = f" The dishes are {price_words(total)}." if dishes else ""
    return Reply(
        answer=f"You have {listed([option.words for option in options])}.{cost}", options=tuple(options)
    )


def orders_cancel(ask: Ask) -> Reply:
    """ "Cancel my order", "Cancel the table", "Cancel my flight to Rome" """
    options = _booked(ask)
    if not options:
        return Reply(answer="You have ordered and booked nothing of that.")
    kinds = {option.kind for option in options}
    several = kinds != {"order"} and len(options) > 1 and not _ALL.search(ask.text.lower())
    if several:
        told = "; ".join(f"{number}. {option.words}" for number, option in enumerate(options, 1))
        return Reply(answer=f"Which one shall I cancel? {told}.", options=tuple(options))
    return _confirm(ask, options)


def follow_cancel(ask: Ask, options: tuple[Option, ...]) -> Reply:
    """ "Cancel the first one", of what was shown."""
    can_go = tuple(option for option in options if option.kind in TABLE_OF)
    if not can_go:
        return Reply(answer="Which one? I have shown nothing that I could cancel.", options=options)
    if len(can_go) == 1 or _ALL.search(ask.text.lower()):
        return _confirm(ask, list(can_go))
    option = chosen(can_go, ask)
    if option is None:
        told = "; ".join(f"{number}. {each.words}" for number, each in enumerate(can_go, 1))
        return Reply(answer=f"I did not get which one: {told}.", options=can_go)
    return _confirm(ask, [option])


def _confirm(ask: Ask, options: list[Option]) -> Reply:
    """Ask before it goes; all are of one kind, or each is asked about as a whole."""
    kind = options[0].kind
    same = [option for option in options if option.kind == kind]
    told = [option.words for option in same]
    question = f"Shall I cancel {listed(told)}?"
    return confirm(
        ask,
        "remove",
        question,
        table=TABLE_OF[kind],
        ids=[option.row["id"] for option in same],
        told=sentence(f"{listed(told)} {'is' if len(told) == 1 else 'are'} cancelled."),
    )
