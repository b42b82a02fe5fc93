"""What the big screen shows: one state for all presenters, and the lock before it. Safe from any thread."""

from __future__ import annotations

import dataclasses
import functools
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from dlintro_demos.gallery.settings import settings
from dlintro_demos.gallery.tour import Tour, places
from dlintro_demos.gallery.tries import Allowance, Tries

FREE_TRIES, WAIT = 5, 60.0  # wrong ones of one browser, then one a minute
FROM_ONE_ADDRESS, ADDRESS_WAIT = 100, 18.0  # then 200 an hour: six letters or digits take centuries or months
OPEN_SECONDS = 12 * 3600.0


@dataclass(frozen=True, kw_only=True)
class State:
    """Where the stage is: `number` 0 is the wall, then come the stops of `tour`, then the questions.

    `version` counts the changes, `visitor` those who stood at the big screen; `since` is in seconds of the
    stage's clock.
    """

    tour: Tour = "short"
    number: int = 0
    version: int = 0
    visitor: int = 0
    since: float = 0.0


class Stage:
    """The state; a change counts only for the version it was made on, so that two at once are one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self._lock = threading.Lock()
        self._state = State(since=clock())

    def look(self) -> State:
        """The state now."""
        return self._state

    @property
    def seconds(self) -> float:
        """How long the big screen has shown this."""
        return self.clock() - self._state.since

    def move(self, by: int, version: int) -> bool:
        """One stop on or back; False where somebody has moved it meanwhile, or there is none."""
        return self.show(self._state.tour, self._state.number + by, version)

    def show(self, tour: Tour, number: int, version: int) -> bool:
        """Show a stop, as `move`."""
        with self._lock:
            if version != self._state.version or not 0 <= number <= len(places(tour)) + 1:
                return False
            self._change(tour=tour, number=number)
            return True

    def begin(self) -> None:
        """A presenter has come: where nothing has been shown yet, the clock starts."""
        with self._lock:
            if not self._state.version:
                self._state = dataclasses.replace(self._state, since=self.clock())

    def next_visitor(self, version: int) -> bool:
        """Have the big screen begin a fresh visit at the same stop, as `move`."""
        with self._lock:
            if version != self._state.version:
                return False
            self._change(visitor=self._state.visitor + 1)
            return True

    def _change(self, **fields: object) -> None:
        version = self._state.version + 1
        self._state = dataclasses.replace(
            self._state,
            version=version,
            since=self.clock(),
            **fields,  # type: ignore[arg-type]
        )


class WrongPin(ValueError):
    """Not the PIN; the message is written for whoever typed it."""


class Lock:
    """Opens for a PIN, for each client by itself: whoever guesses keeps nobody else out.

    A client is an address and, after a space, a browser. Who has opened it stays in for `OPEN_SECONDS`,
    whatever is typed then.
    """

    def __init__(self, pin: str, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self.key = secrets.token_urlsafe(16)  # of what only presenters get, as part of an address
        self._pin = pin.encode()
        self._lock = threading.Lock()
        self._open: dict[str, float] = {}
        self._wrong = Tries(
            Allowance(FREE_TRIES, WAIT, clock), Allowance(FROM_ONE_ADDRESS, ADDRESS_WAIT, clock)
        )

    @property
    def exists(self) -> bool:
        """Whether a PIN is set; without one nobody gets in."""
        return bool(self._pin)

    @property
    def anybody(self) -> bool:
        """Whether anybody is in."""
        return any(map(self.is_open, list(self._open)))

    def is_open(self, client: str) -> bool:
        """Whether this client is in."""
        return self._open.get(client, 0.0) > self.clock()

    def open(self, client: str, pin: str) -> None:
        """Let a client in. Raises `WrongPin`, or `TooOften` without a look at what was typed."""
        with self._lock:
            self._wrong.ask(client, "Too many wrong tries.")
            if not self.exists or not hmac.compare_digest(self._pin, pin.encode("utf-8", "surrogatepass")):
                self._wrong.spend(client)
                raise WrongPin("That is not the PIN.")
            now = self.clock()
            self._open = {each: until for each, until in self._open.items() if until > now}
            self._open[client] = now + OPEN_SECONDS

    def is_key(self, key: str) -> bool:
        """Whether this is the key."""
        return self.exists and hmac.compare_digest(self.key.encode(), key.encode("utf-8", "surrogatepass"))

    def close(self, client: str) -> None:
        """Let a client out."""
        self._open.pop(client, None)


stage = Stage()
"""The one of this process."""


@functools.cache
def lock() -> Lock:
    """The one of this process, with the operator's PIN."""
    return Lock(settings().presenter_pin)
