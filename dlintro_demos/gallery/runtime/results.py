"""Results kept between two clicks: in memory only, bounded for each owner and in all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable, Mapping
from typing import Any

_OVERHEAD = 64  # bytes, about, of an object without its parts
EVERYBODY = "everybody"  # owns the results of bundled samples; a visitor's id is longer


class ResultStore:
    """Keeps results by owner and key; the least recently used give way.

    Args:
        per_visitor: bytes kept for one visitor.
        everybody: bytes kept for everybody.
        total: bytes kept in all.
    """

    def __init__(self, *, per_visitor: int = 64 << 20, everybody: int = 256 << 20, total: int = 2 << 30):
        self.per_visitor = per_visitor
        self.everybody = everybody
        self.total = total
        self._entries: dict[str, OrderedDict[Hashable, tuple[Any, int]]] = {}  # least recent owner first
        self._used: dict[str, int] = {}
        self._lock = threading.Lock()

    def get(self, owner: str, key: Hashable) -> Any | None:
        """The kept result, or None."""
        with self._lock:
            mine = self._entries.get(owner)
            if mine is None or key not in mine:
                return None
            mine.move_to_end(key)
            self._entries[owner] = self._entries.pop(owner)
            return mine[key][0]

    def put(self, owner: str, key: Hashable, result: Any) -> None:
        """Keep a result; one that is larger than its owner's whole share is not kept."""
        size = size_of(result)
        share = self.everybody if owner == EVERYBODY else self.per_visitor
        with self._lock:
            self._drop(owner, key)
            if size > min(share, self.total):
                return
            while self._used.get(owner, 0) + size > share:
                self._drop(owner, next(iter(self._entries[owner])))
            while sum(self._used.values()) + size > self.total:
                oldest = next(iter(self._entries))
                self._drop(oldest, next(iter(self._entries[oldest])))
            mine = self._entries[owner] = self._entries.pop(owner, OrderedDict())
            mine[key] = (result, size)
            self._used[owner] = self._used.get(owner, 0) + size

    def forget(self, owner: str) -> int:
        """Drop everything kept for an owner; gives its bytes."""
        with self._lock:
            self._entries.pop(owner, None)
            return self._used.pop(owner, 0)

    def count(self, owner: str) -> int:
        """How many results are kept for an owner."""
        with self._lock:
            return len(self._entries.get(owner, ()))

    def used(self, owner: str | None = None) -> int:
        """Bytes kept for an owner, or for all."""
        with self._lock:
            return sum(self._used.values()) if owner is None else self._used.get(owner, 0)

    def _drop(self, owner: str, key: Hashable) -> None:
        mine = self._entries.get(owner, OrderedDict())
        if key in mine:
            _, size = mine.pop(key)
            self._used[owner] -= size
            if not mine:
                del self._entries[owner], self._used[owner]


def size_of(result: Any) -> int:
    """Bytes of the arrays, tensors, byte strings and texts in a result, however deep; each counted once."""
    return _size_of(result, set())


def _size_of(result: Any, counted: set[int]) -> int:
    if id(result) in counted:
        return 0
    counted.add(id(result))
    if isinstance(result, bytes | bytearray | str):
        return len(result)
    if isinstance(size := _bytes_of(result), int):
        parts = result.flat if str(getattr(result, "dtype", "")) == "object" else ()
        return size + sum(_size_of(part, counted) for part in parts)
    if isinstance(result, Mapping):
        return sum(_size_of(part, counted) for part in (*result, *result.values()))
    if isinstance(result, Collection):
        return sum(_size_of(part, counted) for part in result)
    parts = (*getattr(result, "__dict__", {}).values(), *_slots_of(result))
    return _OVERHEAD + sum(_size_of(part, counted) for part in parts)


def _bytes_of(result: Any) -> Any:
    try:
        return getattr(result, "nbytes", None)
    except RuntimeError:  # a sparse tensor: what it would have if it were full
        return result.numel() * result.element_size()


def _slots_of(result: Any) -> list[Any]:
    names = (name for each in type(result).__mro__ for name in getattr(each, "__slots__", ()))
    return [getattr(result, name) for name in names if hasattr(result, name)]
