"""A visitor's own store: SQLite in memory, through SQLAlchemy; every statement that ran is kept to be shown.

What a visitor says reaches SQL only as bound parameters.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.pool import StaticPool

from dlintro_demos.assistant.normalise import masked
from dlintro_demos.assistant.seed import rows
from dlintro_demos.assistant.tables import METADATA

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One statement as it ran, with "?" where its `parameters` were bound."""

    statement: str
    parameters: tuple[Any, ...]

    def masked(self) -> Ran:
        """The same with bad words masked."""
        words = (masked(each) if isinstance(each, str) else each for each in self.parameters)
        return Ran(statement=self.statement, parameters=tuple(words))


@dataclass(frozen=True, kw_only=True)
class _Change:
    """What to put back in a table: rows that went or had other values, and the ids of rows that came."""

    table: str
    came: tuple[int, ...] = ()
    before: tuple[Row, ...] = ()
    changed: bool = False


class Store:
    """The tables, filled for a `now`; one for each visitor. Calls may come from any thread, one at a time."""

    def __init__(self, now: datetime) -> None:
        self._open()
        METADATA.create_all(self._engine)
        with self._engine.begin() as connection:
            for table, values in rows(now):
                connection.execute(insert(table), values)
        self._ran.clear()

    def _open(self) -> None:
        self._engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        self._lock = threading.RLock()
        self._ran: list[Ran] = []
        self._done: list[list[_Change]] = []
        self._begun: list[_Change] | None = None
        event.listen(self._engine, "before_cursor_execute", self._note)

    def copy(self) -> Store:
        """Another store with the same rows, and the same changes to take back."""
        twin = Store.__new__(Store)
        twin._open()
        with self._lock, self._engine.connect() as here, twin._engine.connect() as there:
            _sqlite(here).backup(_sqlite(there))
            twin._done = [list(changes) for changes in self._done]
            twin._begun = twin._done[-1] if twin._done else None
        return twin

    def __getstate__(self) -> dict[str, Any]:
        """Everything, to be one store elsewhere: in another process, or in a copy."""
        with self._lock, self._engine.connect() as connection:
            return {
                "rows": _sqlite(connection).serialize(),
                "ran": list(self._ran),
                "done": list(self._done),
                "begun": [changes is self._begun for changes in self._done],
                "changed": self.changed,
            }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._open()
        with self._engine.connect() as connection:
            _sqlite(connection).deserialize(state["rows"])
        self._ran, self._done = state["ran"], state["done"]
        begun = [changes for changes, here in zip(self._done, state["begun"], strict=True) if here]
        self._begun = begun[0] if begun else ([] if state["changed"] and not self._done else None)

    @property
    def changed(self) -> bool:
        """Whether anything was changed here since it was made or copied, and not taken back."""
        return (self._done[-1] if self._done else None) is not self._begun

    @property
    def nbytes(self) -> int:
        """What it holds, in bytes, for who keeps results (`ResultStore`)."""
        with self._lock, self._engine.connect() as connection:
            return len(_sqlite(connection).serialize())

    def _note(self, _c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> None:
        listed = tuple(parameters) if isinstance(parameters, (list, tuple)) else (parameters,)
        self._ran.append(Ran(statement=" ".join(statement.split()), parameters=listed))

    def ran(self) -> tuple[Ran, ...]:
        """The statements since the last call of this."""
        with self._lock:
            ran, self._ran = tuple(self._ran), []
        return ran

    def read(self, query: Select[Any]) -> list[Row]:
        """The rows of a query, as dictionaries."""
        with self._lock, self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def add(self, table: Table, values: Sequence[Row]) -> list[int]:
        """Insert rows; their ids."""
        with self._lock, self._engine.begin() as connection:
            ids = [int(connection.execute(insert(table).values(**row)).lastrowid) for row in values]
        self._remember(_Change(table=str(table.name), came=tuple(ids)))
        return ids

    def remove(self, table: Table, where: ColumnElement[bool]) -> list[Row]:
        """Delete rows; what they were."""
        with self._lock, self._engine.begin() as connection:
            before = [dict(row) for row in connection.execute(select(table).where(where)).mappings()]
            connection.execute(delete(table).where(where))
        if before:
            self._remember(_Change(table=str(table.name), before=tuple(before)))
        return before

    def change(self, table: Table, where: ColumnElement[bool], values: Mapping[str, Any]) -> list[Row]:
        """Give rows other values; what they were before."""
        with self._lock, self._engine.begin() as connection:
            before = [dict(row) for row in connection.execute(select(table).where(where)).mappings()]
            connection.execute(update(table).where(where).values(**values))
        if before:
            self._remember(_Change(table=str(table.name), before=tuple(before), changed=True))
        return before

    def _remember(self, change: _Change) -> None:
        with self._lock:
            self._done.append([change])
            del self._done[:-20]

    def undo(self) -> list[tuple[str, str, Row]]:
        """Take the last change back: ("added" | "removed" | "changed", table, row) of what it had done."""
        with self._lock:
            if not self._done:
                return []
            told: list[tuple[str, str, Row]] = []
            with self._engine.begin() as connection:
                for change in self._done.pop():
                    table = METADATA.tables[change.table]
                    key = table.c.id
                    for row in change.before:
                        if change.changed:
                            connection.execute(update(table).where(key == row["id"]).values(**row))
                        else:
                            connection.execute(insert(table).values(**row))
                        told.append(("changed" if change.changed else "removed", table.name, row))
                    for came in change.came:
                        found = connection.execute(select(table).where(key == came)).mappings().first()
                        connection.execute(delete(table).where(key == came))
                        told.append(("added", table.name, dict(found or {})))
            return told

    def close(self) -> None:
        """Let the memory go."""
        self._engine.dispose()


def _sqlite(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection behind SQLAlchemy's."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
