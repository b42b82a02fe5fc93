"""Who plays for which board: rooms, names and rounds, as the pages ask for them."""

from __future__ import annotations

import functools
import hashlib
import hmac
import math
import secrets
import threading
import time

from dlintro_demos.gallery.scores.clerk import Clerk
from dlintro_demos.gallery.scores.nicknames import clean_nickname, skeleton
from dlintro_demos.gallery.scores.rooms import (
    OPEN,
    BadCode,
    Doorkeeper,
    clean_code,
    new_code,
)
from dlintro_demos.gallery.scores.rounds import Outcome
from dlintro_demos.gallery.scores.store import Player, Round, Store, database_url
from dlintro_demos.gallery.settings import settings
from dlintro_demos.gallery.tries import Allowance, TooOften

LONGEST_SECRET = 100  # characters of what a browser says that it kept
ROUTE = "/board"


class Desk:
    """One per process; every call returns soon, and what has to ask the database raises `BoardDown`."""

    def __init__(self, store: Store) -> None:
        self.clerk = Clerk(store)
        self.doorkeeper = Doorkeeper()
        self.names = Allowance(20, 60)  # names that a browser may take
        self._key = secrets.token_bytes(32)

    def open_room(self, client: str) -> str:
        """Open a room; gives its code. Raises `TooOften`, `BoardFull`, `BoardDown`."""
        self.doorkeeper.may_open(client)
        while True:
            code = new_code()
            if self.clerk.ask(functools.partial(Store.open_room, code=code)):
                return code

    def enter(self, client: str, text: str) -> str:
        """The code of an open room, as it was typed or scanned. Raises `BadCode`, `TooOften`, `BoardDown`."""
        code = clean_code(text)
        self.doorkeeper.may_guess(client)
        if not self.clerk.ask(lambda store: store.is_open(code)):
            self.doorkeeper.was_wrong(client)
            raise BadCode("There is no such room, or its day is over. Look at the code again.")
        return code

    def join(self, client: str, text: str, room: str = OPEN) -> tuple[Player, str]:
        """Take a name in a room that was entered; gives the player, and what their browser is to keep.

        Raises `BadNickname`, `NicknameTaken`, `BoardFull`, `TooOften`, `BoardDown`.
        """
        name = clean_nickname(text)
        if wait := self.names.wait(client):
            raise TooOften(f"Too many names from here. Try again in {math.ceil(wait)} seconds.")
        secret = secrets.token_urlsafe(24)
        player = Player(
            id=secrets.token_hex(16),
            room=room,
            nickname=name,
            skeleton=skeleton(name),
            secret=_hash(secret),
        )
        self.clerk.ask(lambda store: store.join(player))
        self.names.spend(client)
        return player, secret

    def back(self, secret: object) -> Player | None:
        """Who kept this secret in an earlier visit; None where that player is gone. Raises `BoardDown`."""
        if not isinstance(secret, str) or not 0 < len(secret) <= LONGEST_SECRET:
            return None
        return self.clerk.ask(lambda store: store.find(_hash(secret)))

    def record(self, player: Player, outcome: Outcome, question: object) -> bool:
        """Count a round on the player's board; the same question once only. False where no room was left."""
        name = f"{player.id}|{outcome.demo}|{question!r}"
        return self.clerk.record(
            Round(
                id=_hash(name),
                player=player.id,
                demo=outcome.demo,
                yours=outcome.yours,
                machine=outcome.machine,
                played_at=time.time(),
            )
        )

    def address(self, room: str) -> str:
        """Where the browser of somebody who is in a room reads its board; nobody else can make it up."""
        return f"{ROUTE}/{room or 'open'}/{self._sign(room)}"

    def signed(self, room: str, signature: str) -> bool:
        """Whether `address` gave this address."""
        return hmac.compare_digest(self._sign(room).encode(), signature.encode())

    def _sign(self, room: str) -> str:
        return hmac.new(self._key, room.encode(), hashlib.sha256).hexdigest()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


_built: list[Desk] = []
_lock = threading.Lock()


def desk() -> Desk:
    """The desk of this process. Raises `BadSetting` for a database's address that cannot be understood."""
    with _lock:
        if not _built:
            _built.append(Desk(Store(database_url(settings().database_url))))
        return _built[0]


def close() -> None:
    """Write what waits, if anybody ever asked for the desk."""
    if _built:
        _built[0].clerk.close()
