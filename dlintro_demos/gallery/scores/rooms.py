"""Rooms: a code of five letters, and how often one may guess one."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from dlintro_demos.gallery.scores.nicknames import rude
from dlintro_demos.gallery.tries import Allowance, Tries

LETTERS = "ABCDEFGHJKMNPQRTUVWXY"  # without I, L, O, S and Z: read aloud and typed on a phone
LENGTH = 5  # 21 ** 5: four million codes
OPEN = ""  # the board of everybody who is in no room
DAY = 24 * 3600.0  # seconds that a room and what stands on a board are kept


class BadCode(ValueError):
    """No room can have this code, or none has; the message says what to do."""


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


class Doorkeeper:
    """Counts wrong codes, and rooms opened. A class behind one address may open the same room at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.wrong = Tries(Allowance(10, 30, clock), Allowance(60, 5, clock))
        self.opened = Tries(Allowance(5, 600, clock), Allowance(40, 60, clock))

    def may_guess(self, client: str) -> None:
        """Raises `TooOften`, before a code is looked up."""
        self.wrong.ask(client, "Too many wrong codes from here.")

    def may_open(self, client: str) -> None:
        """Raises `TooOften`, or counts a room that is opened."""
        self.opened.ask(client, "Too many rooms were opened from here.")
        self.opened.spend(client)

    def was_wrong(self, client: str) -> None:
        """Count a wrong code."""
        self.wrong.spend(client)
