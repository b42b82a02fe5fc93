"""Results kept for visitors between two clicks: in memory only, bounded per visitor and in all."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np


class ResultStore:
    """Keeps results by visitor and key; the least recently used give way.

    Args:
        per_visitor: bytes kept for one visitor.
        total: bytes kept for all.
    """

    def __init__(self, *, per_visitor: int = 64 << 20, total: int = 2 << 30):
        self.per_visitor = per_visitor
        self.total = total
        self._entries: OrderedDict[tuple[str, Hashable], tuple[Any, int]] = OrderedDict()
        self._used: dict[str, int] = {}  # by visitor
        self._lock = threading.Lock()

    def get(self, visitor: str, key: Hashable) -> Any | None:
        """The kept result, or None."""
        with self._lock:
            entry = self._entries.get((visitor, key))
            if entry is None:
                return None
            self._entries.move_to_end((visitor, key))
            return entry[0]

    def put(self, visitor: str, key: Hashable, result: Any) -> None:
        """Keep a result; one that is larger than a visitor's whole share is not kept."""
        size = size_of(result)
        with self._lock:
            self._drop((visitor, key))
            if size > self.per_visitor:
                return
            mine = (entry for entry in list(self._entries) if entry[0] == visitor)
            while self._used.get(visitor, 0) + size > self.per_visitor:
                self._drop(next(mine))
            while self._entries and sum(self._used.values()) + size > self.total:
                self._drop(next(iter(self._entries)))
            self._entries[(visitor, key)] = (result, size)
            self._used[visitor] = self._used.get(visitor, 0) + size

    def forget(self, visitor: str) -> None:
        """Drop everything kept for a visitor."""
        with self._lock:
            for entry in [entry for entry in self._entries if entry[0] == visitor]:
                self._drop(entry)

    def used(self, visitor: str | None = None) -> int:
        """Bytes kept for a visitor, or for all."""
        with self._lock:
            return sum(self._used.values()) if visitor is None else self._used.get(visitor, 0)

    def _drop(self, entry: tuple[str, Hashable]) -> None:
        if entry in self._entries:
            _, size = self._entries.pop(entry)
            self._used[entry[0]] -= size
            if not self._used[entry[0]]:
                del self._used[entry[0]]


def size_of(result: Any) -> int:
    """Bytes of the arrays and byte strings in a result, however deep in dataclasses or collections."""
    if isinstance(result, np.ndarray):
        return result.nbytes
    if isinstance(result, bytes):
        return len(result)
    if dataclasses.is_dataclass(result):
        return sum(size_of(getattr(result, field.name)) for field in dataclasses.fields(result))
    if isinstance(result, Mapping):
        return sum(map(size_of, result.values()))
    if isinstance(result, Iterable) and not isinstance(result, str):
        return sum(map(size_of, result))
    return 64
