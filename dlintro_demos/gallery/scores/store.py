"""Where boards are kept: SQLite in memory or in a file, or PostgreSQL. A call may block: `clerk.py` waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, case, create_engine, delete, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError
from sqlalchemy.pool import StaticPool

from dlintro_demos.gallery.scores.rooms import DAY, OPEN
from dlintro_demos.gallery.scores.tables import PLAYERS, ROOMS, ROUNDS
from dlintro_demos.gallery.settings import BadSetting

MIGRATIONS = Path(__file__).parent / "migrations"
MOST_ROOMS = 1_000  # open at once
MOST_PLAYERS = 1_000  # on one board
SHOWN = 100  # names on a board, the best ones
ANSWER_MS = 3_000  # that PostgreSQL may take for a statement
_MIGRATING = 0x646C  # number of the lock: two processes that start together wait for each other


class NicknameTaken(ValueError):
    """Somebody in the room is called that, or looks like it; the message says what to do."""


class BoardFull(ValueError):
    """No room for one more; the message says so."""


@dataclass(frozen=True, kw_only=True)
class Player:
    """A name on a board; `secret` is the SHA-256 of what this player's browser keeps."""

    id: str
    room: str
    nickname: str
    skeleton: str
    secret: str


@dataclass(frozen=True, kw_only=True)
class Round:
    """A round that was played: shares of what could be right, 0 to 1; `machine` None for “I don't know”.

    Kept once for each `id`, however often it is written. `played_at` is in seconds since 1970.
    """

    id: str
    player: str
    demo: str
    yours: float
    machine: float | None
    played_at: float


@dataclass(frozen=True, kw_only=True)
class DemoLine:
    """A demo on a board: the mean shares of all rounds there, and how often the machine did not know."""

    demo: str
    rounds: int
    yours: float
    machine: float
    unsure: int


@dataclass(frozen=True, kw_only=True)
class PlayerLine:
    """A player on a board: points (100 for a round that is all right), and the machine's in these rounds."""

    nickname: str
    rounds: int
    points: int
    machine: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """All of a room's rounds; `lines` are the best `SHOWN` of `players` who have played."""

    demos: tuple[DemoLine, ...]
    lines: tuple[PlayerLine, ...]
    players: int


def database_url(setting: str) -> URL:
    """The address as SQLAlchemy takes it. Raises `BadSetting`, without the password that it may hold."""
    try:
        url = make_url(setting)
    except (ArgumentError, ValueError):
        url = None
    kinds = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    if url is None or url.get_backend_name() not in kinds:
        raise BadSetting(
            "DLINTRO_DATABASE_URL: use sqlite:// (memory), sqlite:////path/to/file or postgresql://user@host/name."
        )
    return url.set(drivername=kinds[url.get_backend_name()])


class Store:
    """The tables behind one address; calls may come from any thread, over memory from one at a time."""

    def __init__(self, url: URL, clock: Callable[[], float] = time.time):
        self.clock = clock
        self.in_memory = url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")
        self._engine = _engine(url, in_memory=self.in_memory)
        self._insert: Any = sqlite.insert if url.get_backend_name() == "sqlite" else postgresql.insert

    def migrate(self) -> None:
        """Bring the tables to the newest shape, from whatever they are."""
        from alembic import command  # here, as nothing else needs it: the gallery answers sooner
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self._engine.begin() as connection:  # over SQLite it holds the file's lock from here on
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATING})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def hang_up(self) -> None:
        """Drop the connections, so that the next call makes new ones."""
        if not self.in_memory:  # where the connection is the database
            self._engine.dispose()

    def open_room(self, code: str) -> bool:
        """Open a room; False where one with that code is open. Raises `BoardFull`."""
        with suppress(IntegrityError), self._engine.begin() as connection:
            self._expire(connection)
            if _count(connection, select(ROOMS)) >= MOST_ROOMS:
                raise BoardFull("There are too many rooms for now. Use the open board.")
            connection.execute(ROOMS.insert().values(code=code, opened_at=self.clock()))
            return True
        return False

    def is_open(self, code: str) -> bool:
        """Whether there is such a room, not older than a day."""
        young = ROOMS.c.opened_at > self.clock() - DAY
        with self._engine.begin() as connection:
            return _count(connection, select(ROOMS).where(ROOMS.c.code == code, young)) == 1

    def join(self, player: Player) -> None:
        """Put a name on a board; the same player twice is no harm. Raises `NicknameTaken`, `BoardFull`."""
        with self._engine.begin() as connection:
            self._expire(connection)
            there = select(PLAYERS).where(PLAYERS.c.room == player.room)
            if _count(connection, there) >= MOST_PLAYERS:
                raise BoardFull("This board is full. Open a room of your own.")
            values = asdict(player) | {"joined_at": self.clock()}
            connection.execute(self._insert(PLAYERS).values(values).on_conflict_do_nothing())
            if not _count(connection, select(PLAYERS).where(PLAYERS.c.id == player.id)):
                raise NicknameTaken("Somebody here is called that, or nearly so. Choose another name.")

    def find(self, secret: str) -> Player | None:
        """The player whose browser kept that secret (its SHA-256); None where there is none any more."""
        with self._engine.begin() as connection:
            self._expire(connection)
            row = connection.execute(select(PLAYERS).where(PLAYERS.c.secret == secret)).mappings().first()
        return Player(**{name: row[name] for name in Player.__dataclass_fields__}) if row else None

    def delete(self, players: Sequence[str]) -> None:
        """Delete players, by their ids, with all their rounds."""
        with self._engine.begin() as connection:
            connection.execute(delete(PLAYERS).where(PLAYERS.c.id.in_(players)))

    def write(self, rounds: Sequence[Round]) -> None:
        """Keep rounds, each once; those of players who are gone are dropped, in one transaction."""
        try:
            self._write(rounds)
        except IntegrityError:  # a player was deleted meanwhile, by another process
            for each in rounds:
                self._write([each])

    def _write(self, rounds: Sequence[Round]) -> None:
        with self._engine.begin() as connection:
            wanted = {each.player for each in rounds}
            here = set(connection.scalars(select(PLAYERS.c.id).where(PLAYERS.c.id.in_(wanted))))
            rows = [asdict(each) for each in rounds if each.player in here]
            if rows:
                connection.execute(self._insert(ROUNDS).on_conflict_do_nothing(), rows)

    def board(self, room: str) -> Board:
        """The board of a room; `OPEN` is everybody's who is in none."""
        of_room = ROUNDS.join(PLAYERS).select().where(PLAYERS.c.room == room).subquery()
        rounds, points = func.count(), func.sum(of_room.c.yours)
        machine = func.sum(func.coalesce(of_room.c.machine, 0.0))
        unsure = func.sum(case((of_room.c.machine.is_(None), 1), else_=0))
        by_demo = select(of_room.c.demo, rounds, points, machine, unsure).group_by(of_room.c.demo)
        by_player = (
            select(of_room.c.nickname, rounds, points, machine)
            .group_by(of_room.c.nickname)
            .order_by(points.desc(), rounds, of_room.c.nickname)
        )
        with self._engine.begin() as connection:
            demos = connection.execute(by_demo).all()
            players = connection.execute(by_player.limit(SHOWN)).all()
            everybody = _count(connection, select(PLAYERS).where(PLAYERS.c.room == room))
        return Board(
            demos=tuple(
                DemoLine(demo=demo, rounds=n, yours=yours / n, machine=its / n, unsure=int(unknown))
                for demo, n, yours, its, unknown in demos
            ),
            lines=tuple(
                PlayerLine(nickname=name, rounds=n, points=round(100 * yours), machine=round(100 * its))
                for name, n, yours, its in players
            ),
            players=everybody,
        )

    def expire(self) -> None:
        """Delete what is older than a day."""
        with self._engine.begin() as connection:
            self._expire(connection)

    def _expire(self, connection: Connection) -> None:
        old = self.clock() - DAY
        connection.execute(delete(ROOMS).where(ROOMS.c.opened_at <= old))
        inside = PLAYERS.c.room != OPEN
        closed = inside & PLAYERS.c.room.not_in(select(ROOMS.c.code))
        connection.execute(delete(PLAYERS).where(closed | (~inside & (PLAYERS.c.joined_at <= old))))


def _count(connection: Connection, rows: Any) -> int:
    return connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one()


def _engine(url: URL, *, in_memory: bool) -> Engine:
    if url.get_backend_name() != "sqlite":
        options = f"-c statement_timeout={ANSWER_MS} -c lock_timeout={ANSWER_MS}"
        return create_engine(
            url,
            pool_size=2,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,  # a log is no place for names
            connect_args={"connect_timeout": 3, "options": options, "tcp_user_timeout": ANSWER_MS},
        )
    pool = {"poolclass": StaticPool} if in_memory else {}
    engine = create_engine(
        url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 5}, **pool
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins its transactions itself, below
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # who waits for the lock does so here, once

    return engine
