"""The tables of the board, in memory, in a file and in PostgreSQL."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from dlintro_demos.gallery.scores.rooms import DAY
from dlintro_demos.gallery.scores.store import (
    MOST_PLAYERS,
    BoardFull,
    DemoLine,
    NicknameTaken,
    PlayerLine,
    Store,
    database_url,
)
from dlintro_demos.gallery.scores.tables import METADATA
from dlintro_demos.gallery.settings import BadSetting
from tests.gallery.scores.playing import played, player


def test_the_migrations_make_the_tables_that_the_code_knows(store):
    with store._engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrating_again_changes_nothing(store):
    store.join(player("Ada"))
    store.migrate()
    assert store.board("").players == 1


def test_what_a_gallery_kept_is_there_after_a_restart(store, address):
    store.join(player("Ada"))
    store.write([played("Ada")])
    store.hang_up()
    again = store if store.in_memory else Store(database_url(address), store.clock)
    again.migrate()
    assert again.board("").lines[0].points == 100
    again.hang_up()


def test_a_board_sets_the_room_beside_the_machine_demo_by_demo(store):
    store.open_room("ABCDE")
    for name, room in (("Ada", "ABCDE"), ("Grace", "ABCDE"), ("Ada", "")):
        store.join(player(name, room, id=f"{name} in {room}", secret=f"{name} in {room}"))
    rows = (
        ("Ada in ABCDE", "faces", 1.0, 1.0),
        ("Ada in ABCDE", "faces", 0.0, None),
        ("Grace in ABCDE", "faces", 0.25, 1.0),
        ("Grace in ABCDE", "why_now", 1.0, 0.0),
        ("Ada in ", "faces", 1.0, 0.0),
    )
    for number, (who, demo, yours, machine) in enumerate(rows):
        one = played("x", number, demo=demo, yours=yours, machine=machine)
        store.write([type(one)(**(vars(one) | {"player": who}))])
    board = store.board("ABCDE")
    assert sorted(board.demos, key=lambda line: line.demo) == [
        DemoLine(demo="faces", rounds=3, yours=1.25 / 3, machine=2 / 3, unsure=1),
        DemoLine(demo="why_now", rounds=1, yours=1.0, machine=0.0, unsure=0),
    ]
    assert board.lines == (
        PlayerLine(nickname="Grace", rounds=2, points=125, machine=100),
        PlayerLine(nickname="Ada", rounds=2, points=100, machine=100),
    )
    assert board.players == 2
    assert store.board("").lines == (PlayerLine(nickname="Ada", rounds=1, points=100, machine=0),)


def test_the_same_round_counts_once_and_as_it_was_first(store):
    store.join(player("Ada"))
    store.write([played("Ada", yours=0.5), played("Ada", yours=1.0)])
    store.write([played("Ada", yours=1.0)])
    assert store.board("").lines == (PlayerLine(nickname="Ada", rounds=1, points=50, machine=50),)


def test_rounds_of_nobody_are_dropped_and_those_beside_them_kept(store):
    store.join(player("Ada"))
    store.write([played("Nobody"), played("Ada")])
    assert [line.nickname for line in store.board("").lines] == ["Ada"]


def test_a_name_is_there_once_in_a_room_however_it_is_written(store):
    store.open_room("ABCDE")
    store.join(player("Ada"))
    store.join(player("Ada"))  # the same one, sent twice
    for name in ("ADA", "Аdа", "A.d-a"):  # the second has Cyrillic letters
        with pytest.raises(NicknameTaken):
            store.join(player(name))
    store.join(player("Ada", "ABCDE", id="other", secret="other"))
    assert store.board("").players == store.board("ABCDE").players == 1


def test_a_player_is_found_by_their_secret_until_they_delete_themselves(store):
    store.join(player("Ada"))
    store.write([played("Ada")])
    assert store.find("secret of Ada") == player("Ada")
    store.delete(["id of Ada"])
    assert store.find("secret of Ada") is None
    with store._engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM rounds")).scalar() == 0
    store.join(player("ADA"))  # the name is free again


def test_rooms_and_what_is_on_them_are_gone_after_a_day(store, clock):
    assert store.open_room("ABCDE")
    assert not store.open_room("ABCDE")
    clock.now += DAY - 1
    store.join(player("Ada", "ABCDE"))
    store.join(player("Grace"))
    store.write([played("Ada"), played("Grace")])
    assert store.is_open("ABCDE")
    clock.now += 1
    assert not store.is_open("ABCDE")
    assert store.find("secret of Ada") is None
    assert store.find("secret of Grace") == player("Grace")  # the open board counts each player's own day
    assert store.open_room("ABCDE")
    assert store.board("ABCDE").lines == ()
    clock.now += DAY
    store.expire()
    assert store.board("").players == 0


def test_a_board_is_full_one_day(store, monkeypatch):
    monkeypatch.setattr("dlintro_demos.gallery.scores.store.MOST_PLAYERS", 2)
    assert MOST_PLAYERS > 2
    store.join(player("Ada"))
    store.join(player("Grace"))
    with pytest.raises(BoardFull):
        store.join(player("Alan"))


@pytest.mark.parametrize(
    "setting",
    ["mysql://root:hunter2@host/db", "scores.db", "", "sqlite", "postgresql://u:hunter2@host:port/db"],
)
def test_an_address_that_no_database_has_is_refused_without_its_password(setting):
    with pytest.raises(BadSetting, match="DLINTRO_DATABASE_URL") as refused:
        database_url(setting)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("setting", ["postgres://me@host/db", "postgresql://me@host/db"])
def test_postgresql_is_reached_by_psycopg_however_it_is_spelt(setting):
    assert database_url(setting).drivername == "postgresql+psycopg"
