"""How often one may try: PINs, codes of rooms, names. In memory only, safe from any thread."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

PLACES = 10_000  # remembered: the one that tried longest ago goes first


class TooOften(ValueError):
    """Too many tries from one place; the message says how long to wait."""


@dataclass
class _Bucket:
    left: float
    at: float


class Allowance:
    """So many tries at once, and one more every `refill` seconds, for each of many places."""

    def __init__(
        self, tries: int, refill: float, clock: Callable[[], float] = time.monotonic, places: int = PLACES
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


class Tries:
    """An allowance for each browser, and a larger one for each address: a guesser may throw its cookie away.

    A `client` is an address, a space and a browser, as `Visitor.client`.
    """

    def __init__(self, browser: Allowance, address: Allowance):
        self._of = (browser, address)

    def ask(self, client: str, why: str) -> None:
        """Raises `TooOften`, which begins with `why`, where this client has to wait."""
        seconds = max(each.wait(place) for each, place in zip(self._of, _places(client), strict=True))
        if seconds > 0:
            raise TooOften(f"{why} Try again in {math.ceil(seconds)} seconds.")

    def spend(self, client: str) -> None:
        """Count a try."""
        for each, place in zip(self._of, _places(client), strict=True):
            each.spend(place)


def _places(client: str) -> tuple[str, str]:
    return client, client.partition(" ")[0]
