"""What can be done at once: look up flights, menu, lists, trains and weather, and add to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import and_, select

from dlintro_demos.assistant.asking import Ask, Option, Reply, asks_for, of_day
from dlintro_demos.assistant.diary import stretch_words
from dlintro_demos.assistant.seed import CITIES, HOME, STATIONS, iso
from dlintro_demos.assistant.store import Row
from dlintro_demos.assistant.tables import (
    BOOKINGS,
    DISHES,
    FLIGHTS,
    REMINDERS,
    SHOPPING,
    TRAINS,
    WEATHER,
)
from dlintro_demos.assistant.titles import item_names, title_of
from dlintro_demos.assistant.wording import (
    counted,
    day_words,
    length_words,
    listed,
    moment_words,
    price_words,
    sentence,
)

SHOWN = 4  # options at once
Action = Callable[[Ask], Reply]


def _flight_words(row: Row, ask: Ask) -> str:
    stops = "direct" if not row["stops"] else counted(row["stops"], "stop")
    return (
        f"{row['number']} to {row['destination']} {moment_words(row['departs'], ask.now)}, "
        f"{length_words(row['departs'], row['arrives'])}, {stops}, {price_words(row['price'])}"
    )


def booked_flights(ask: Ask) -> list[Row]:
    """Flights that are booked and have not left, the next first."""
    query = (
        select(FLIGHTS, BOOKINGS.c.seats, BOOKINGS.c.id.label("booking"))
        .join(BOOKINGS, BOOKINGS.c.flight_id == FLIGHTS.c.id)
        .where(FLIGHTS.c.departs >= iso(ask.now))
        .order_by(FLIGHTS.c.departs)
    )
    places = [place for place in ask.values("place") if place in CITIES]
    rows = ask.store.read(query.where(FLIGHTS.c.destination.in_(places)) if places else query)
    if not ask.when:
        return rows
    begin, end = ask.span()
    return [row for row in rows if begin <= row["departs"] < end]


def flights_show(ask: Ask) -> Reply:
    """ "Show my upcoming flights" """
    rows = booked_flights(ask)
    if not rows:
        return Reply(
            answer=f"You have no flights booked {stretch_words(ask) if ask.when else ''}".strip() + ".",
            topic=True,
        )
    rows = rows[:1] if re.search(r"\bnext flight\b", ask.text) else rows
    told = [f"{_flight_words(row, ask)}, {counted(row['seats'], 'seat')}" for row in rows]
    options = tuple(
        Option(kind="booking", row=row | {"id": row["booking"]}, words=each)
        for row, each in zip(rows, told, strict=True)
    )
    said = f"You have {counted(len(rows), 'flight')}: {'; '.join(told)}."
    return Reply(answer=said, options=options, topic=True)


def flight_status(ask: Ask) -> Reply:
    """ "Is my flight on time?" """
    rows = booked_flights(ask)
    if not rows:
        return Reply(answer="You have no such flight booked.")
    row = rows[0]
    late = f"{row['delay']} minutes late" if row["delay"] else "on time"
    board = (datetime.fromisoformat(row["departs"]) + timedelta(minutes=row["delay"] - 40)).isoformat()[11:16]
    return Reply(
        answer=f"{row['number']} to {row['destination']} {moment_words(row['departs'], ask.now)} is {late}. "
        f"Gate {row['gate']}, boarding from {board}."
    )


def flights_find(ask: Ask) -> Reply:
    """ "Find a flight to Paris on Friday" """
    places = [place for place in ask.values("place") if place != HOME]
    if not places:
        return asks_for(ask, "place", "Where do you want to fly?")
    if places[0] not in CITIES:
        return Reply(
            answer=f"I have no flights to {places[0]}; from {HOME} I know those to {listed(CITIES)}."
        )
    if not ask.when:
        return asks_for(ask, "time", f"On which day do you want to fly to {places[0]}?")
    begin, end = of_day(ask.day())[0], of_day(ask.when.last_day or ask.day())[1]
    if ask.when.moment and ask.when.until:
        begin, end = ask.span()
    query = select(FLIGHTS).where(
        FLIGHTS.c.destination == places[0],
        FLIGHTS.c.departs >= max(begin, iso(ask.now)),
        FLIGHTS.c.departs < end,
    )
    if re.search(r"\b(?:direct|non-?stop)\b", ask.text.lower()):
        query = query.where(FLIGHTS.c.stops == 0)
    cheap = re.search(r"\bcheap", ask.text)
    rows = ask.store.read(query.order_by(FLIGHTS.c.price if cheap else FLIGHTS.c.departs))
    if not rows:
        return Reply(answer=f"I found no flight to {places[0]} {stretch_words(ask)}.", topic=True)
    options = tuple(Option(kind="flight", row=row, words=_flight_words(row, ask)) for row in rows[:SHOWN])
    told = "; ".join(f"{number}. {option.words}" for number, option in enumerate(options, 1))
    more = "Which one?" if len(options) > 1 else "Say “book it” if you want it."
    return Reply(answer=f"{told}. {more}", options=options, topic=True)


def trains_find(ask: Ask) -> Reply:
    """ "When is the next train to Hamburg?" """
    places = [place for place in ask.values("place") if place != HOME] or ask.values("place")
    if not places:
        return asks_for(ask, "place", "Where do you want to go?")
    if places[-1] not in STATIONS:
        return Reply(answer=f"I have no trains to {places[-1]}; I know those to {listed(STATIONS)}.")
    begin = max(ask.span()[0], iso(ask.now))
    begin_of_day = max(of_day(ask.day())[0], iso(ask.now))
    arrive_by = bool(
        ask.moment
        and re.search(r"\bby (?:\d|#|half|quarter|nine|ten|eight|seven|noon|\w+ o)|be (?:at|in)\b", ask.text)
    )
    last = bool(re.search(r"\blast\b|\blate train\b", ask.text))
    query = select(TRAINS).where(TRAINS.c.destination == places[-1])
    if arrive_by:
        query = query.where(TRAINS.c.arrives <= ask.moment, TRAINS.c.departs >= begin_of_day)
    else:
        query = query.where(TRAINS.c.departs >= begin, TRAINS.c.departs < of_day(ask.day())[1])
    order = TRAINS.c.departs.desc() if arrive_by or last else TRAINS.c.departs
    rows = ask.store.read(query.order_by(order).limit(1 if last else 3))
    if not rows:
        return Reply(answer=f"I found no train to {places[-1]} {stretch_words(ask)}.", topic=True)
    options = tuple(Option(kind="train", row=row, words=_train_words(row, ask)) for row in rows)
    lead = f"To be there by {ask.moment[11:16]}: " if arrive_by else ""
    told = sentence(lead + "; ".join(option.words for option in options))
    return Reply(answer=f"{told}.", options=options, topic=True)


def _train_words(row: Row, ask: Ask) -> str:
    late = f", {row['delay']} min late" if row["delay"] else ""
    when = moment_words(row["departs"], ask.now)
    ride = f"from platform {row['platform']}, there at {row['arrives'][11:16]}"
    return f"the train to {row['destination']} {when} {ride}, {price_words(row['price'])}{late}"


def menu_show(ask: Ask) -> Reply:
    """ "What's on the menu?", "Do you have anything vegan?", "How much is the lasagne?" """
    query = select(DISHES).order_by(DISHES.c.id)
    said = ask.text.lower()
    if (dish := ask.value("dish")) and re.search(
        r"\b(?:how much|how expensive|cost|price|charge|have|is there)\b", said
    ):
        rows = dishes_named(ask, dish)
    else:
        for word, where in _MENU_WORDS.items():
            if re.search(word, said):
                query = query.where(where)
        rows = ask.store.read(query)
    if "cheapest" in said:
        rows = sorted(rows, key=lambda row: row["price"])[:1]
    if not rows:
        return Reply(answer="There is nothing like that on the menu.")
    shown = rows if len(rows) <= 20 else [row for row in rows if row["course"] in ("pizza", "main course")]
    options = tuple(Option(kind="dish", row=row, words=row["name"]) for row in shown)
    told = listed([f"{row['name']} {price_words(row['price'])}" for row in shown])
    rest = "" if shown is rows else " There are starters, side dishes, desserts and drinks, too."
    return Reply(answer=f"{told}.{rest}", options=options, topic=True)


_MENU_WORDS = {
    r"\bvegan": DISHES.c.vegan,
    r"\bvegetarian|\bwithout meat|don't eat meat|\bmeatless|\bveggie": DISHES.c.vegetarian,
    r"\bdessert|\bsweet": DISHES.c.course == "dessert",
    r"\bdrink": DISHES.c.course == "drink",
    r"\bstarter|\bappetizer": DISHES.c.course == "starter",
    r"\bpizza": DISHES.c.course == "pizza",
    r"\bmain course": DISHES.c.course.in_(("main course", "pizza")),
    r"\bsoup": DISHES.c.name.in_(("Tomato soup", "Minestrone")),
    r"\bpasta": DISHES.c.name.in_(("Lasagne", "Spaghetti Bolognese", "Spaghetti with tomato sauce")),
}


def dishes_named(ask: Ask, name: str) -> list[Row]:
    """Dishes of the menu whose name has these words: all three pizzas for "Pizza"."""
    rows = ask.store.read(select(DISHES).where(DISHES.c.name.ilike(f"%{name}%")).order_by(DISHES.c.id))
    return [row for row in rows if row["name"].lower() == name.lower()] or rows


def shopping_add(ask: Ask) -> Reply:
    """ "Add milk to my shopping list" """
    items = item_names(ask)
    if not items:
        return asks_for(ask, "item", "What shall I put on the list?")
    ask.store.add(SHOPPING, [{"item": name, "count": count} for name, count in items])
    told = [name if count == 1 else f"{count} × {name}" for name, count in items]
    return Reply(
        answer=f"{listed(told).capitalize()} {'is' if len(told) == 1 else 'are'} on your shopping list now."
    )


def shopping_show(ask: Ask) -> Reply:
    """ "What's on my shopping list?" """
    rows = ask.store.read(select(SHOPPING).order_by(SHOPPING.c.id))
    told = [row["item"] if row["count"] == 1 else f"{row['count']} × {row['item']}" for row in rows]
    asked = [str(item) for item in ask.values("item")]
    if asked and re.search(r"\b(?:is|are|do i have|did i)\b", ask.text.lower()):
        there = any(row["item"].startswith(asked[0][:-1]) for row in rows)
        return Reply(
            answer=f"{'Yes' if there else 'No'}, {asked[0]} is {'' if there else 'not '}on your list."
        )
    options = tuple(Option(kind="item", row=row, words=each) for row, each in zip(rows, told, strict=True))
    said = f"Your shopping list has {listed(told)}." if told else "Your shopping list is empty."
    return Reply(answer=said, options=options)


def reminder_add(ask: Ask) -> Reply:
    """ "Remind me to call mum at five", "Set a timer for ten minutes" """
    length = next(
        (slot.value.length for slot in ask.slots if slot.kind == "time" and slot.value.length), None
    )
    due = ask.moment
    if not due and length and not ask.when:
        due = iso(ask.now + length)
    if not due and ask.when and ask.when.day:
        due = max(f"{ask.when.day.isoformat()}T09:00", ask.when.iso[:16])  # of an evening, where it begins
    if not due:
        return asks_for(ask, "time", "When shall I remind you?")
    text = title_of(ask)
    if not text:
        return asks_for(ask, "title", "What shall I remind you of?")
    repeats = ask.when.repeat if ask.when else ""
    ask.store.add(REMINDERS, [{"text": text, "due": due, "repeats": repeats or None}])
    often = {"P1D": ", and every day after", "P1W": ", and every week after"}.get(repeats, "")
    return Reply(answer=f"I have set “{text}”: {moment_words(due, ask.now)}{often}.")


def reminder_show(ask: Ask) -> Reply:
    """ "What reminders do I have?" """
    query = select(REMINDERS).where(REMINDERS.c.due >= iso(ask.now)).order_by(REMINDERS.c.due)
    if ask.when:
        begin, end = ask.span()
        query = query.where(REMINDERS.c.due >= begin, REMINDERS.c.due < end)
    rows = ask.store.read(query)
    told = [f"“{row['text']}” {moment_words(row['due'], ask.now)}" for row in rows]
    if not told:
        return Reply(
            answer=f"There is nothing to remind you of {stretch_words(ask) if ask.when else ''}".strip()
            + ".",
            topic=True,
        )
    options = tuple(
        Option(kind="reminder", row=row, words=each) for row, each in zip(rows, told, strict=True)
    )
    said = f"You have {counted(len(told), 'reminder')}: {listed(told)}."
    return Reply(answer=said, options=options, topic=True)


def weather(ask: Ask) -> Reply:
    """ "Will it rain tomorrow?" """
    places = [place for place in ask.values("place") if place not in _HERE] or _unheard_of(ask)
    city = next((place for place in places if place in RECORDED), HOME)
    if places and city not in places:
        others = len(RECORDED) - 1
        said = f"I only have recorded weather, of {HOME} and {others} other cities; none of {places[0]}."
        return Reply(answer=said, topic=True)
    last = (ask.when.last_day if ask.when else None) or ask.day()
    where = and_(
        WEATHER.c.city == city, WEATHER.c.day >= ask.day().isoformat(), WEATHER.c.day <= last.isoformat()
    )
    rows = ask.store.read(select(WEATHER).where(where).order_by(WEATHER.c.day))
    if not rows:
        return Reply(answer=f"I have no weather for {city} {stretch_words(ask)}.", topic=True)
    told = [
        f"{day_words(datetime.fromisoformat(row['day']).date(), ask.now)} {row['sky']}, "
        f"{row['low']} to {row['high']} °C, {row['rain']} % chance of rain"
        for row in rows[:7]
    ]
    return Reply(answer=f"{city}: {'; '.join(told)} ({rows[0]['source']}).", topic=True)


def _unheard_of(ask: Ask) -> list[str]:
    """A place that is in no list: "in Timbuktu", where it is no time."""
    times = [range(slot.start, slot.end) for slot in ask.slots if slot.kind == "time"]
    named = re.finditer(r"\b(?:in|at|for) ([A-Z][\w'-]+(?: [A-Z][\w'-]+)*)|\bin ([a-z]{4,})\b", ask.text)
    return [
        (match[1] or match[2]).title()
        for match in named
        if not any(match.start(match.lastindex or 0) in each for each in times)
        and (match[2] or "") not in _NOWHERE
    ]


_HERE = ("home", "the city", "the office", "the university", "the airport")
_NOWHERE = frozenset(("general", "case", "here", "advance", "celsius", "fahrenheit", "degrees", "detail"))
RECORDED = (HOME, *CITIES, "Hamburg", "Munich")


def clock(ask: Ask) -> Reply:
    """ "What time is it?", "What day is the third of December?" """
    now, day = ask.now, ask.when.day if ask.when else None
    if match := re.search(r"\bhow (?:many|long)\b.*\b(?P<unit>days?|hours?|until|till)\b", ask.text.lower()):
        if ask.when and ask.when.moment:
            left = ask.when.moment - now
            hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
            return Reply(answer=f"{counted(hours, 'hour')} and {counted(minutes, 'minute')}.")
        if day and match:
            return Reply(answer=f"{counted((day - now.date()).days, 'day')}.")
    if day and day != now.date():
        told = f"{sentence(day_words(day, now))}: a {day:%A}, {day.day} {day:%B %Y}."
        return Reply(answer=told, topic=True)
    return Reply(answer=f"It is {now:%H:%M} on {now:%A}, {now.day} {now:%B %Y}.")
