"""A file that a visitor brought, for work that reads it when its turn comes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Brought:
    """`name` and how to `read` it. On its way to another process it is read, and its bytes go along."""

    name: str
    read: Callable[[], bytes]

    def __getstate__(self) -> tuple[str, bytes]:
        return self.name, self.read()

    def __setstate__(self, state: tuple[str, bytes]) -> None:
        object.__setattr__(self, "name", state[0])
        object.__setattr__(self, "read", functools.partial(bytes, state[1]))


def read_all(files: tuple[Brought, ...]) -> list[tuple[str, bytes]]:
    """Name and bytes of each."""
    return [(file.name, file.read()) for file in files]
