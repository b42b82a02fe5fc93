"""Rounds under way: begun by the gallery, ended once by the game that judged them. No browser has a say."""

from __future__ import annotations

import math
import secrets
import threading
import weakref
from dataclasses import dataclass, field


class ForgedRound(ValueError):
    """A round that was not begun here, or ended before, or cannot have gone so."""


@dataclass(frozen=True, eq=False)
class Ticket:
    """A round that one visitor has begun in one demo; it lives as long as whoever plays it keeps it."""

    visitor: str
    demo: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a round ended: shares of what could be right; `machine` None for “I don't know”."""

    demo: str
    yours: float
    machine: float | None


_begun: weakref.WeakValueDictionary[str, Ticket] = weakref.WeakValueDictionary()
_lock = threading.Lock()


def begin(visitor: str, demo: str) -> Ticket:
    """Begin a round."""
    ticket = Ticket(visitor, demo)
    with _lock:
        _begun[ticket.id] = ticket
    return ticket


def finish(
    ticket: str, visitor: str, demo: str, *, yours: float, machine: float | None, of: float
) -> Outcome:
    """End a round, once: what was right on each side, `of` what could be. Raises `ForgedRound`."""
    with _lock:
        begun = _begun.get(ticket)
        if begun is None or (begun.visitor, begun.demo) != (visitor, demo):
            raise ForgedRound("No such round is under way.")
        del _begun[ticket]
    points = [yours] if machine is None else [yours, machine]
    if not (math.isfinite(of) and of > 0 and all(0 <= each <= of for each in points)):
        raise ForgedRound("No round can end like this.")
    return Outcome(demo=demo, yours=yours / of, machine=None if machine is None else machine / of)
