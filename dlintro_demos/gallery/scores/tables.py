"""The tables of the board, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, MetaData, String, Table, UniqueConstraint

METADATA = MetaData()
ROOMS = Table(
    "rooms",
    METADATA,
    Column("code", String(5), primary_key=True),
    Column("opened_at", Float, nullable=False, index=True),  # seconds since 1970
)
PLAYERS = Table(
    "players",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("room", String(5), nullable=False),  # "" on the open board
    Column("nickname", String(20), nullable=False),
    Column("skeleton", String(80), nullable=False),
    Column("secret", String(64), nullable=False, unique=True),  # SHA-256 of what the browser keeps
    Column("joined_at", Float, nullable=False, index=True),
    UniqueConstraint("room", "skeleton", name="one_of_a_name_in_a_room"),
)
ROUNDS = Table(
    "rounds",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("player", String(32), ForeignKey("players.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("demo", String(40), nullable=False),
    Column("yours", Float, nullable=False),  # share of what could be right in the round
    Column("machine", Float),  # null where it said that it does not know
    Column("played_at", Float, nullable=False),
)
