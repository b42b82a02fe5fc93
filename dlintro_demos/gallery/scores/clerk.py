"""One thread that talks to the store, so that no page waits for a database, whatever became of it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from dlintro_demos.gallery.scores.store import Board, Round, Store

log = logging.getLogger("dlintro")
T = TypeVar("T")
Errand = tuple[Callable[[Store], Any], Future[Any]]
MOST_WAITING = 20_000  # rounds kept in memory while the database is down: a full room's for hours
AT_ONCE = 500  # rounds in one transaction
ANSWER_SECONDS = 3.0  # that somebody who joins waits for the database
FRESH_SECONDS = 1.0  # a board is not read again before
MOST_BOARDS = 200  # boards remembered
MOST_GONE = 10_000  # players remembered who have deleted themselves
RETRY_SECONDS = (0.5, 5.0)  # the first pause, and the longest
TIDY_SECONDS = 600.0


class BoardDown(RuntimeError):
    """The database does not answer; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Whether the database is down, how many rounds wait for it, and how many found no room to wait."""

    down: bool
    waiting: int
    lost: int


class Clerk:
    """Takes rounds at once and writes them when it can, each once; asks the store for everybody else."""

    def __init__(self, store: Store, *, most_waiting: int = MOST_WAITING):
        self._store = store
        self._most = most_waiting
        self._errands: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._rounds: OrderedDict[str, Round] = OrderedDict()
        self._deleted: set[str] = set()
        self._gone: OrderedDict[str, None] = OrderedDict()
        self._boards: OrderedDict[str, tuple[Board | None, float]] = OrderedDict()
        self._lost = 0
        self._down = self._ready = self._closing = False
        self._busy_since: float | None = None
        self._pause, self._retry_at, self._tidied = RETRY_SECONDS[0], 0.0, time.monotonic()
        self._thread = threading.Thread(target=self._work, name="scores", daemon=True)
        self._thread.start()

    def record(self, played: Round) -> bool:
        """Keep a round, at once; the database gets it later. False where nothing more can wait for it."""
        with self._lock:
            if played.player in self._deleted:
                return True
            if len(self._rounds) >= self._most and played.id not in self._rounds:
                self._lost += 1
                return False
            self._rounds.setdefault(played.id, played)  # the first answer counts, here as in the store
        self._wake()
        return True

    def has_deleted(self, player: str) -> bool:
        """Whether that player was deleted here, not long ago."""
        return player in self._gone

    def delete(self, player: str) -> None:
        """Delete a player with all rounds; where the database is down, as soon as it is back."""
        with self._lock:
            self._deleted.add(player)
            self._gone[player] = None
            while len(self._gone) > MOST_GONE:
                self._gone.popitem(last=False)
            for each in [key for key, waiting in self._rounds.items() if waiting.player == player]:
                del self._rounds[each]
            self._boards.clear()
        self._wake()

    def ask(self, errand: Callable[[Store], T]) -> T:
        """What `errand` gives; raises what it raises, or `BoardDown` where the database does not answer."""
        answer: Future[T] = Future()
        self._errands.put((errand, answer))
        try:
            return answer.result(ANSWER_SECONDS)
        except TookTooLong:
            answer.cancel()
            raise BoardDown("The board does not answer just now. Try again in a moment.") from None

    def board(self, room: str) -> Board | None:
        """The board as it was read last, at most `FRESH_SECONDS` ago where the database is up; never waits.

        None before it was read for the first time.
        """
        with self._lock:
            board, since = self._boards.get(room, (None, -FRESH_SECONDS))
            stale = time.monotonic() - since >= FRESH_SECONDS
            if stale:
                self._boards[room] = (board, time.monotonic())
                self._boards.move_to_end(room)
                while len(self._boards) > MOST_BOARDS:
                    self._boards.popitem(last=False)
        if stale:
            self._errands.put((lambda store: self._remember(room, store.board(room)), Future()))
        return board

    def condition(self) -> Condition:
        """How it stands with the database; never waits."""
        busy = self._busy_since
        stuck = busy is not None and time.monotonic() - busy > ANSWER_SECONDS
        with self._lock:
            return Condition(down=self._down or stuck, waiting=len(self._rounds), lost=self._lost)

    def close(self, seconds: float = ANSWER_SECONDS) -> None:
        """Write what waits, as far as that can be done by then."""
        self._closing = True
        self._wake()
        self._thread.join(seconds)
        if self._rounds:
            log.error("%d rounds were not written: the scores' database is down.", len(self._rounds))

    def _wake(self) -> None:
        self._errands.put(None)

    def _work(self) -> None:
        while not (self._closing and (self._down or not (self._rounds or self._deleted))):
            try:
                errand = self._errands.get(timeout=self._until_next())
            except queue.Empty:
                errand = None
            self._busy_since = time.monotonic()
            self._serve(errand)
            self._busy_since = None

    def _until_next(self) -> float:
        if self._down:
            return max(0.01, self._retry_at - time.monotonic())
        return 0.01 if self._rounds or self._deleted or not self._ready else TIDY_SECONDS

    def _serve(self, errand: Errand | None) -> None:
        if self._down and time.monotonic() < self._retry_at:
            _refuse(errand)
            return
        try:
            self._catch_up()
            if errand is not None and errand[1].set_running_or_notify_cancel():
                _answer(errand, self._store)
            self._up()
        except Exception as error:  # noqa: BLE001 - whatever a database does, this thread goes on
            self._fail(error)
            _refuse(errand)

    def _catch_up(self) -> None:
        """Migrate before the first call; delete, and write what waits."""
        if not self._ready:
            self._store.migrate()
            self._ready = True
        with self._lock:
            deleted = list(self._deleted)
        if deleted:
            self._store.delete(deleted)
            with self._lock:
                self._deleted.difference_update(deleted)
        with self._lock:
            batch = [each for each, _ in zip(self._rounds.values(), range(AT_ONCE), strict=False)]
        if batch:
            self._store.write(batch)
            with self._lock:  # only now: a transaction that broke off is written again, under the same ids
                for each in batch:
                    self._rounds.pop(each.id, None)
        if time.monotonic() - self._tidied >= TIDY_SECONDS:
            self._tidied = time.monotonic()
            self._store.expire()

    def _up(self) -> None:
        if self._down:
            log.warning("The scores' database is back.")
        self._down, self._pause = False, RETRY_SECONDS[0]

    def _fail(self, error: Exception) -> None:
        """Try again later, from the connection and the tables on: it may be another database by then."""
        if not self._down:
            log.error("The scores' database is down (%s); rounds wait in memory.", type(error).__name__)
        self._store.hang_up()
        self._down, self._ready = True, self._store.in_memory and self._ready
        self._retry_at = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, RETRY_SECONDS[1])

    def _remember(self, room: str, board: Board) -> None:
        with self._lock:
            self._boards[room] = (board, time.monotonic())


def _answer(errand: Errand, store: Store) -> None:
    call, answer = errand
    try:
        answer.set_result(call(store))
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 - a name that is taken, a full board: for who asked
        answer.set_exception(error)


def _refuse(errand: Errand | None) -> None:
    if errand is not None and not errand[1].done():
        errand[1].set_exception(BoardDown("The board's database does not answer just now. Try again later."))
