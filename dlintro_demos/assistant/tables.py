"""The tables of the assistant's store."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, MetaData, String, Table

METADATA = MetaData()

# Moments are ISO 8601 of the wall clock in the visitor's zone, "2026-11-27T07:30"; they sort as they follow.
EVENTS = Table(
    "events",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("title", String, nullable=False),
    Column("starts", String, nullable=False),
    Column("ends", String, nullable=False),
    Column("person", String),
    Column("place", String),
)
FLIGHTS = Table(
    "flights",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("number", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("destination", String, nullable=False),
    Column("departs", String, nullable=False),
    Column("arrives", String, nullable=False),
    Column("price", Integer, nullable=False),
    Column("stops", Integer, nullable=False),
    Column("gate", String, nullable=False),
    Column("delay", Integer, nullable=False),
)
BOOKINGS = Table(
    "flight_bookings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("flight_id", ForeignKey("flights.id"), nullable=False),
    Column("seats", Integer, nullable=False),
)
DISHES = Table(
    "dishes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("course", String, nullable=False),
    Column("price", Float, nullable=False),
    Column("vegetarian", Boolean, nullable=False),
    Column("vegan", Boolean, nullable=False),
)
ORDERS = Table(
    "orders",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("dish_id", ForeignKey("dishes.id"), nullable=False),
    Column("count", Integer, nullable=False),
    Column("at", String),
)
TABLES = Table(
    "table_bookings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("starts", String, nullable=False),
    Column("people", Integer, nullable=False),
)
SHOPPING = Table(
    "shopping",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("item", String, nullable=False),
    Column("count", Integer, nullable=False),
)
REMINDERS = Table(
    "reminders",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("text", String, nullable=False),
    Column("due", String, nullable=False),
    Column("repeats", String),
)
TRAINS = Table(
    "trains",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("destination", String, nullable=False),
    Column("departs", String, nullable=False),
    Column("arrives", String, nullable=False),
    Column("platform", Integer, nullable=False),
    Column("price", Integer, nullable=False),
    Column("delay", Integer, nullable=False),
)
WEATHER = Table(
    "weather",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("city", String, nullable=False),
    Column("day", String, nullable=False),
    Column("sky", String, nullable=False),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
    Column("rain", Integer, nullable=False),
    Column("source", String, nullable=False),
)
