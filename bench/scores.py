"""Visitors who end a round at once: how many rounds the board's database loses, and how long a page waits.

    python -m bench.scores [--writers 200] [--rounds 5]

PostgreSQL is also killed (SIGKILL) in the middle, and started again. Two galleries share a file or a server.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from bench import postgres
from dlintro_demos.gallery.scores.clerk import Clerk
from dlintro_demos.gallery.scores.store import Player, Round, Store, database_url
from dlintro_demos.gallery.scores.tables import ROUNDS

PATIENCE = 60.0  # seconds for what waits to be written
EIGHTH = 0.125  # of a round counts: these add up without rounding


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Rounds that were played, that the database has afterwards, and its sum of what counted, in rounds.

    `longest` is the longest that a page waited, `seconds` what it took until all was written.
    """

    played: int
    there: int
    counted: float
    longest: float
    seconds: float

    @property
    def lost(self) -> int:
        """Rounds that are not there."""
        return self.played - self.there

    @property
    def doubled(self) -> float:
        """Rounds that count more than once."""
        return self.counted - self.there


def crowd(
    address: str,
    *,
    writers: int,
    rounds: int,
    galleries: int = 2,
    in_the_middle: Callable[[], None] | None = None,
) -> Outcome:
    """Have `writers` players play at the same time in `galleries` processes' worth of clerks."""
    stores = [Store(database_url(address)) for _ in range(galleries)]
    clerks = [Clerk(store) for store in stores]
    for number in range(writers):
        player = Player(
            id=f"p{number}",
            room="",
            nickname=f"player {number}",
            skeleton=f"player{number}",
            secret=f"s{number}",
        )
        clerks[number % galleries].ask(lambda store, player=player: store.join(player))
    started, waited = time.perf_counter(), [0.0] * writers
    gate = threading.Barrier(writers + 1)

    def play(number: int) -> None:
        for turn in range(rounds):
            gate.wait()
            before = time.perf_counter()
            clerks[number % galleries].record(
                Round(
                    id=f"{number}-{turn}",
                    player=f"p{number}",
                    demo="faces",
                    yours=EIGHTH,
                    machine=None,
                    played_at=time.time(),
                )
            )
            waited[number] = max(waited[number], time.perf_counter() - before)

    crowd_ = [threading.Thread(target=play, args=(number,)) for number in range(writers)]
    for each in crowd_:
        each.start()
    for turn in range(rounds):
        gate.wait()
        if in_the_middle is not None and turn == rounds // 2:
            in_the_middle()
    for each in crowd_:
        each.join()
    deadline = time.perf_counter() + PATIENCE
    while any(clerk.condition().waiting for clerk in clerks) and time.perf_counter() < deadline:
        time.sleep(0.01)
    seconds = time.perf_counter() - started
    there, counted = clerks[0].ask(_count)
    for clerk, store in zip(clerks, stores, strict=True):
        clerk.close()
        store.hang_up()
    return Outcome(
        played=writers * rounds, there=there, counted=counted / EIGHTH, longest=max(waited), seconds=seconds
    )


def _count(store: Store) -> tuple[int, float]:
    with store._engine.begin() as connection:
        ours = select(func.count(), func.sum(ROUNDS.c.yours)).where(ROUNDS.c.player.startswith("p"))
        there, counted = connection.execute(ours).one()
    return there, counted


def killed(server: postgres.Server) -> Callable[[], None]:
    """Kills the server, and has it started again while the rounds go on."""

    def interrupt() -> None:
        server.kill()
        threading.Timer(1.0, server.start).start()

    return interrupt


def main() -> None:
    """Print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--writers", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=5)
    options = vars(asked.parse_args())
    with TemporaryDirectory() as folder:
        _say("SQLite in memory", crowd("sqlite://", galleries=1, **options))
        _say("SQLite in a file", crowd(f"sqlite:///{Path(folder)}/scores.db", **options))
    if postgres.binaries() is None:
        print("PostgreSQL is not installed.")
        return
    with postgres.serving() as server:
        _say("PostgreSQL", crowd(server.url, **options))
    with postgres.serving() as server:
        _say("PostgreSQL, killed", crowd(server.url, in_the_middle=killed(server), **options))


def _say(name: str, outcome: Outcome) -> None:
    print(
        f"{name:20} {outcome.played} rounds played, rounds lost {outcome.lost}, doubled {outcome.doubled:g}; "
        f"all written after {outcome.seconds:.2f} s; a page waited {1000 * outcome.longest:.2f} ms at most"
    )


if __name__ == "__main__":
    main()
