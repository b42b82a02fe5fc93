"""The thread between pages and database: nothing is lost, nothing is doubled, nobody waits."""

import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bench.scores import crowd, killed
from dlintro_demos.gallery.scores import clerk as clerk_module
from dlintro_demos.gallery.scores.clerk import BoardDown, Clerk
from dlintro_demos.gallery.scores.store import NicknameTaken, Store, database_url
from dlintro_demos.gallery.settings import REPOSITORY
from tests.gallery.scores import restless
from tests.gallery.scores.playing import played, player


class Breakable(Store):
    """A store whose database can be switched off: at once, or after it has kept what it was told to."""

    broken = False
    breaks_after_writing = False

    def _check(self):
        if self.broken:
            raise OperationalError("SELECT 1", {}, Exception("the server is gone"))

    def migrate(self):
        self._check()
        super().migrate()

    def write(self, rounds):
        self._check()
        super().write(rounds)
        if self.breaks_after_writing:
            self.broken, self.breaks_after_writing = True, False
            self._check()

    def delete(self, players):
        self._check()
        super().delete(players)

    def board(self, room):
        self._check()
        return super().board(room)


@pytest.fixture
def clerk(monkeypatch):
    """One over a database that can be switched off; it tries again every 20 ms."""
    monkeypatch.setattr(clerk_module, "RETRY_SECONDS", (0.02, 0.02))
    monkeypatch.setattr(clerk_module, "FRESH_SECONDS", 0.0)
    made = Clerk(Breakable(database_url("sqlite://")), most_waiting=3)
    for name in ("Ada", "Grace"):
        made.ask(lambda store, name=name: store.join(player(name)))
    yield made
    made._store.broken = False
    made.close()


def until(true):
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def lines(clerk):
    clerk.board("")
    board = clerk.ask(lambda store: store.board(""))
    return {line.nickname: (line.rounds, line.points) for line in board.lines}


def test_a_round_is_written_soon(clerk):
    clerk.record(played("Ada"))
    until(lambda: clerk.condition().waiting == 0)
    assert lines(clerk) == {"Ada": (1, 100)}


def switch_off(clerk):
    clerk._store.broken = True
    clerk.record(played("Ada"))
    until(lambda: clerk.condition().down)


def test_while_the_database_is_down_rounds_wait_and_are_written_when_it_is_back(clerk):
    switch_off(clerk)
    clerk.record(played("Ada"))  # once more, the same
    clerk.record(played("Grace", yours=0.25))
    assert (clerk.condition().waiting, clerk.condition().lost) == (2, 0)
    clerk._store.broken = False
    until(lambda: not clerk.condition().down and not clerk.condition().waiting)
    assert lines(clerk) == {"Ada": (1, 100), "Grace": (1, 25)}


def test_a_database_that_dies_after_it_has_written_and_before_it_says_so_counts_nothing_twice(clerk):
    clerk._store.breaks_after_writing = True
    clerk.record(played("Ada"))
    until(lambda: clerk.condition().down)
    assert clerk.condition().waiting == 1
    clerk._store.broken = False
    until(lambda: not clerk.condition().waiting)
    assert lines(clerk) == {"Ada": (1, 100)}


def test_who_asks_while_it_is_down_is_told_at_once(clerk):
    switch_off(clerk)
    clerk._retry_at = time.monotonic() + 60
    before = time.monotonic()
    with pytest.raises(BoardDown):
        clerk.ask(lambda store: store.join(player("Alan")))
    assert time.monotonic() - before < 1
    clerk._retry_at = 0.0


def test_where_the_disk_is_full_rounds_wait_for_room(monkeypatch, tmp_path):
    monkeypatch.setattr(clerk_module, "RETRY_SECONDS", (0.02, 0.02))
    store = Store(database_url(f"sqlite:///{tmp_path}/scores.db"))
    clerk = Clerk(store)
    clerk.ask(lambda store: store.join(player("Ada")))
    full = threading.Event()
    full.set()

    @event.listens_for(store._engine, "begin")
    def limit(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages if full.is_set() else 1 << 30}")

    for number in range(500):  # more than the last page has room for
        assert clerk.record(played("Ada", number))
    until(lambda: clerk.condition().down)
    assert clerk.condition().waiting
    full.clear()
    until(lambda: not clerk.condition().waiting)
    assert lines(clerk)["Ada"][0] == 500
    assert clerk.condition().lost == 0
    clerk.close()


def test_what_finds_no_room_to_wait_is_counted_as_lost(clerk):
    switch_off(clerk)
    assert [clerk.record(played("Ada", number)) for number in (1, 2, 3)] == [True, True, False]
    assert (clerk.condition().waiting, clerk.condition().lost) == (3, 1)


def test_scores_that_are_deleted_while_it_is_down_are_gone_when_it_is_back(clerk):
    clerk.record(played("Ada"))
    clerk.record(played("Grace"))
    until(lambda: clerk.condition().waiting == 0)
    switch_off(clerk)
    clerk.delete("id of Ada")
    clerk.record(played("Ada", 2))
    clerk._store.broken = False
    until(lambda: not clerk.condition().down)
    assert lines(clerk) == {"Grace": (1, 100)}


def test_what_the_store_refuses_is_said_to_who_asked_and_the_clerk_goes_on(clerk):
    with pytest.raises(NicknameTaken):
        clerk.ask(lambda store: store.join(player("ADA")))
    with pytest.raises(ZeroDivisionError):
        clerk.ask(lambda _: 1 / 0)
    assert clerk.ask(lambda _: "still here") == "still here"
    assert not clerk.condition().down


def test_a_board_is_what_was_read_last_and_never_waits(clerk):
    clerk.record(played("Ada"))
    until(lambda: clerk.board("") is not None and clerk.board("").lines)
    switch_off(clerk)
    assert clerk.board("").lines[0].nickname == "Ada"
    assert clerk.board("ABCDE") is None


def test_boards_that_are_remembered_are_bounded(clerk, monkeypatch):
    monkeypatch.setattr(clerk_module, "MOST_BOARDS", 2)
    for room in ("AAAAA", "BBBBB", "CCCCC"):
        clerk.board(room)
    assert "AAAAA" not in clerk._boards


def test_what_waits_is_written_when_the_gallery_closes(tmp_path):
    address = database_url(f"sqlite:///{tmp_path}/scores.db")
    clerk = Clerk(Store(address))
    clerk.ask(lambda store: store.join(player("Ada")))
    for number in range(50):
        clerk.record(played("Ada", number))
    clerk.close()
    assert Store(address).board("").lines[0].rounds == 50


def test_a_database_of_another_shape_closes_the_board_and_not_the_gallery(tmp_path, monkeypatch):
    monkeypatch.setattr(clerk_module, "RETRY_SECONDS", (0.02, 0.02))
    path = tmp_path / "scores.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        other.execute("INSERT INTO alembic_version VALUES ('of the future')")
    clerk = Clerk(Store(database_url(f"sqlite:///{path}")))
    until(lambda: clerk.condition().down)
    assert clerk.record(played("Ada"))
    assert clerk._thread.is_alive()
    clerk.close()


def test_two_hundred_writers_at_once_lose_nothing(address):
    """In two galleries that share a file or a server; memory is one's own."""
    outcome = crowd(address, writers=200, rounds=3, galleries=1 if address == "sqlite://" else 2)
    assert (outcome.played, outcome.lost, outcome.doubled) == (600, 0, 0)


def test_two_hundred_writers_lose_nothing_when_postgresql_is_killed_in_the_middle_and_comes_back(
    postgres_server, own_postgres
):
    outcome = crowd(own_postgres, writers=200, rounds=4, in_the_middle=killed(postgres_server))
    assert (outcome.played, outcome.lost, outcome.doubled) == (800, 0, 0)


def test_two_hundred_writers_lose_nothing_when_another_gallery_is_killed_in_the_middle(address):
    """Nor does that one lose what it had written, and a file is whole."""
    if address == "sqlite://":
        pytest.skip("memory is one gallery's own")
    command = [sys.executable, "-m", restless.__name__, address]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as other:
        try:
            written = [int(other.stdout.readline())]
            outcome = crowd(address, writers=200, rounds=4, in_the_middle=other.kill)
        finally:
            other.kill()
        written += [int(line) for line in other.stdout if line.endswith("\n")]
    assert other.returncode == -signal.SIGKILL
    assert (outcome.played, outcome.lost, outcome.doubled) == (800, 0, 0)
    store = Store(database_url(address))
    lines = {line.nickname: line.rounds for line in store.board("").lines}
    assert lines[restless.NAME] >= written[-1] + 1
    if store._engine.dialect.name == "sqlite":
        with store._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.hang_up()


def test_postgresql_that_hangs_lets_nobody_wait_for_long(postgres_server, own_postgres):
    clerk = Clerk(Store(database_url(own_postgres)))
    clerk.ask(lambda store: store.join(player("Ada")))
    postgres_server.hang(True)
    try:
        before = time.monotonic()
        assert clerk.record(played("Ada"))
        clerk.board("")
        assert time.monotonic() - before < 0.1
        with pytest.raises(BoardDown):
            clerk.ask(lambda store: store.join(player("Grace")))
        assert time.monotonic() - before < clerk_module.ANSWER_SECONDS + 1
        until(lambda: clerk.condition().down)
    finally:
        postgres_server.hang(False)
    until(lambda: not clerk.condition().waiting and not clerk.condition().down)
    assert clerk.ask(lambda store: store.board("")).lines[0].rounds == 1
    clerk.close()


def test_two_galleries_that_start_together_make_the_tables_once(address):
    if address == "sqlite://":
        pytest.skip("memory is one gallery's own")
    stores = [Store(database_url(address)) for _ in range(4)]
    failed = []

    def migrate(store):
        try:
            store.migrate()
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=migrate, args=(store,)) for store in stores]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
