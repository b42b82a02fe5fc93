"""What the store holds when a visitor comes: made up, relative to their now, always the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from dlintro_demos.assistant.tables import (
    BOOKINGS,
    DISHES,
    EVENTS,
    FLIGHTS,
    REMINDERS,
    SHOPPING,
    TRAINS,
    WEATHER,
)

HOME = "Berlin"
CITIES = (
    "Paris", "Rome", "London", "Madrid", "Vienna", "Lisbon", "Oslo", "Athens", "Dublin", "Copenhagen",
    "Amsterdam", "Zurich", "Brussels", "Stockholm", "Prague",
)  # fmt: skip
STATIONS = (
    "Hamburg", "Munich", "Potsdam", "Leipzig", "Dresden", "Cologne", "Frankfurt", "the office", "the airport",
    "the university", "the city", "home",
)  # fmt: skip
PEOPLE = ("Anna", "Tom", "Maria", "Peter", "Julia", "Sam", "Sarah", "Ben", "Clara", "Priya")
MENU = (
    ("Tomato soup", "starter", 5.5, True, True), ("Minestrone", "starter", 6.0, True, True),
    ("Spring rolls", "starter", 5.0, True, True), ("Samosas", "starter", 5.0, True, True),
    ("Green salad", "starter", 5.5, True, True), ("Caesar salad", "starter", 8.5, False, False),
    ("Pizza Margherita", "pizza", 9.0, True, False), ("Pizza Funghi", "pizza", 10.5, True, False),
    ("Pizza Quattro Formaggi", "pizza", 11.5, True, False), ("Pizza Salami", "pizza", 11.0, False, False),
    ("Lasagne", "main course", 12.0, False, False), ("Risotto", "main course", 12.5, True, False),
    ("Spaghetti Bolognese", "main course", 11.0, False, False),
    ("Spaghetti with tomato sauce", "main course", 9.0, True, True),
    ("Vegetable curry", "main course", 11.5, True, True),
    ("Chicken curry", "main course", 13.0, False, False),
    ("Pad Thai", "main course", 12.0, False, False), ("Burger", "main course", 10.5, False, False),
    ("Cheeseburger", "main course", 11.5, False, False), ("Sushi", "main course", 15.0, False, False),
    ("French fries", "side dish", 4.0, True, True), ("Garlic bread", "side dish", 4.0, True, False),
    ("Tiramisu", "dessert", 6.0, True, False), ("Ice cream", "dessert", 4.5, True, False),
    ("Apple pie", "dessert", 5.5, True, False), ("Fruit salad", "dessert", 5.0, True, True),
    ("Water", "drink", 2.5, True, True), ("Lemonade", "drink", 3.5, True, True),
    ("Orange juice", "drink", 3.5, True, True), ("Coffee", "drink", 2.8, True, True),
    ("Espresso", "drink", 2.5, True, True), ("Cappuccino", "drink", 3.4, True, False),
    ("Tea", "drink", 2.8, True, True), ("Beer", "drink", 4.0, True, True),
    ("Red wine", "drink", 5.5, True, True), ("White wine", "drink", 5.5, True, True),
)  # fmt: skip
WEATHER_SOURCE = "recorded for this demo, made up; not a forecast"
_SKIES = ("sunny", "cloudy", "rainy", "windy", "foggy", "partly cloudy")
# Days ahead, hour, minute, minutes long, title, person, place
_EVENTS = (
    (0, 14, 0, 60, "Project review", "Peter", "the office"),
    (0, 18, 30, 90, "Yoga class", None, None),
    (1, 9, 0, 30, "Call with the bank", None, None),
    (1, 11, 30, 45, "Dentist", None, "the city"),
    (1, 15, 0, 60, "Meeting with Anna", "Anna", "the office"),
    (2, 19, 0, 120, "Dinner with Julia", "Julia", None),
    (4, 10, 0, 60, "Team meeting", None, "the office"),
    (4, 12, 30, 60, "Lunch with Tom", "Tom", None),
    (5, 16, 0, 60, "Doctor's appointment", None, None),
    (7, 13, 0, 120, "Budget meeting", "Maria", "the office"),
    (9, 20, 0, 150, "Concert", "Sam", "the city"),
)


def iso(moment: datetime) -> str:
    """A moment as the tables hold it: the wall clock, to the minute."""
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")


def rows(now: datetime) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The rows of each table."""
    chance = random.Random(20)  # noqa: S311 - made-up data, not secrets
    today = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    yield EVENTS, [_event(today, each) for each in _EVENTS]
    flights = list(_flights(today, chance))
    yield FLIGHTS, flights
    after = {"Rome": iso(today + timedelta(days=3)), "London": iso(today + timedelta(days=8))}
    trips = [
        next(each for each in flights if each["destination"] == city and each["departs"] > start)
        for city, start in after.items()
    ]
    yield BOOKINGS, [{"flight_id": flight["id"], "seats": 1} for flight in trips]
    columns = ("name", "course", "price", "vegetarian", "vegan")
    yield DISHES, [dict(zip(columns, dish, strict=True)) for dish in MENU]
    yield SHOPPING, [{"item": item, "count": 1} for item in ("milk", "bread", "tomatoes", "coffee")]
    due = (("call mum", 0, 19), ("pay the rent", 2, 9), ("water the plants", 1, 8))
    yield (
        REMINDERS,
        [
            {"text": text, "due": iso(today + timedelta(days=days, hours=hour)), "repeats": None}
            for text, days, hour in due
        ],
    )
    yield TRAINS, list(_trains(today, chance))
    yield WEATHER, list(_weather(today, chance))


def _event(today: datetime, event: tuple[Any, ...]) -> dict[str, Any]:
    days, hour, minute, length, title, person, place = event
    starts = today + timedelta(days=days, hours=hour, minutes=minute)
    ends = starts + timedelta(minutes=length)
    return {"title": title, "starts": iso(starts), "ends": iso(ends), "person": person, "place": place}


def _flights(today: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    number = 0
    for day in range(15):
        for city in CITIES:
            for hour in sorted(chance.sample((7, 10, 13, 17, 20), 2)):
                number += 1
                departs = today + timedelta(days=day, hours=hour, minutes=chance.choice((5, 20, 35, 50)))
                stops = int(chance.random() < 0.25)
                arrives = departs + timedelta(minutes=chance.randrange(75, 200, 5) + 90 * stops)
                yield {
                    "id": number,
                    "number": f"{chance.choice(('LH', 'BA', 'AF', 'SK'))} {200 + number}",
                    "origin": HOME,
                    "destination": city,
                    "departs": iso(departs),
                    "arrives": iso(arrives),
                    "price": chance.randrange(59, 320, 10),
                    "stops": stops,
                    "gate": f"{chance.choice('ABC')}{chance.randrange(1, 30)}",
                    "delay": chance.choice((0, 0, 0, 0, 15, 40)),
                }


def _trains(today: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    for day in range(8):
        for station in STATIONS:
            near = station in ("Potsdam", "home") or station.startswith("the ")
            for hour in range(6, 24, 1 if near else 3):
                departs = today + timedelta(days=day, hours=hour, minutes=chance.randrange(0, 60, 4))
                length = chance.randrange(18, 45) if near else chance.randrange(75, 250, 5)
                yield {
                    "destination": station,
                    "departs": iso(departs),
                    "arrives": iso(departs + timedelta(minutes=length)),
                    "platform": chance.randrange(1, 15),
                    "price": 4 if near else chance.randrange(19, 90, 10),
                    "delay": chance.choice((0, 0, 0, 0, 5, 10)),
                }


def _weather(today: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    month = today.month
    for city in (HOME, *CITIES, "Hamburg", "Munich"):
        warm = {"Rome": 8, "Madrid": 6, "Lisbon": 9, "Athens": 10, "Oslo": -5, "Stockholm": -4}.get(city, 0)
        for day in range(-1, 15):
            high = 12 + warm - round(9 * abs(month - 7) / 6) + 9 + chance.randrange(-4, 5)
            sky = chance.choice(_SKIES) if high > 2 else chance.choice(("snowy", *_SKIES))
            yield {
                "city": city,
                "day": (today + timedelta(days=day)).date().isoformat(),
                "sky": sky,
                "low": high - chance.randrange(4, 10),
                "high": high,
                "rain": chance.randrange(60, 96, 5)
                if sky in ("rainy", "snowy")
                else chance.randrange(0, 35, 5),
                "source": WEATHER_SOURCE,
            }
