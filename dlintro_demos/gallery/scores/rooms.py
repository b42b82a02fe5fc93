"""Rooms: a code of five letters, and how often one may guess one."""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from dlintro_demos.gallery.scores.nicknames import rude

LETTERS = "ABCDEFGHJKMNPQRTUVWXY"  # without I, L, O, S and Z: read aloud and typed on a phone
LENGTH = 5  # 21 ** 5: four million codes
OPEN = ""  # the board of everybody who is in no room
DAY = 24 * 3600.0  # seconds that a room and what stands on a board are kept


class BadCode(ValueError):
    """No room can have this code, or none has; the message says what to do."""


class TooOften(ValueError):
    """Too many tries from one place; the message says how long to wait."""


def new_code() -> str:
    """A code that nobody can foresee, and that may stand on a wall."""
    while rude(code := "".join(secrets.choice(LETTERS) for _ in range(LENGTH))):
        pass
    return code


def clean_code(text: str) -> str:
    """The code in capitals. Raises `BadCode` where it can be none."""
    code = "".join(text[:40].split()).upper()
    if len(code) != LENGTH or set(code) - set(LETTERS):
        raise BadCode(f"A room's code has {LENGTH} letters; {', '.join('ILOSZ')} are none of them.")
    return code


@dataclass
class _Bucket:
    left: float
    at: float


class Allowance:
    """So many tries at once, and one more every `refill` seconds, for each of many places; in memory only."""

    def __init__(
        self, tries: int, refill: float, clock: Callable[[], float] = time.monotonic, places: int = 10_000
    ):
        self.tries = tries
        self.refill = refill
        self.clock = clock
        self.places = places
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, place: str) -> float:
        """Seconds until that place may try again; 0 where it may now."""
        with self._lock:
            return max(0.0, (1 - self._bucket(place).left) * self.refill)

    def spend(self, place: str) -> None:
        """Count a try."""
        with self._lock:
            self._bucket(place).left -= 1  # below none where many came at once: they wait longer for it

    def _bucket(self, place: str) -> _Bucket:
        now = self.clock()
        bucket = self._buckets.setdefault(place, _Bucket(self.tries, now))
        bucket.left = min(self.tries, bucket.left + (now - bucket.at) / self.refill)
        bucket.at = now
        self._buckets.move_to_end(place)
        while len(self._buckets) > self.places:
            self._buckets.popitem(last=False)
        return bucket


class Doorkeeper:
    """Counts what each browser and each address tries: wrong codes, and rooms opened.

    A `client` is an address, a space and a browser, as `Visitor.client`. A class behind one address may
    open the same room at once: only wrong codes count.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.wrong = (Allowance(10, 30, clock), Allowance(60, 5, clock))
        self.opened = (Allowance(5, 600, clock), Allowance(40, 60, clock))

    def may_guess(self, client: str) -> None:
        """Raises `TooOften`, before a code is looked up."""
        _ask(self.wrong, client, "Too many wrong codes from here.")

    def may_open(self, client: str) -> None:
        """Raises `TooOften`, or counts a room that is opened."""
        _ask(self.opened, client, "Too many rooms were opened from here.")
        _spend(self.opened, client)

    def was_wrong(self, client: str) -> None:
        """Count a wrong code."""
        _spend(self.wrong, client)


def _ask(pair: tuple[Allowance, Allowance], client: str, why: str) -> None:
    seconds = max(each.wait(place) for each, place in zip(pair, _places(client), strict=True))
    if seconds > 0:
        raise TooOften(f"{why} Try again in {math.ceil(seconds)} seconds.")


def _spend(pair: tuple[Allowance, Allowance], client: str) -> None:
    for each, place in zip(pair, _places(client), strict=True):
        each.spend(place)


def _places(client: str) -> tuple[str, str]:
    return client, client.partition(" ")[0]
