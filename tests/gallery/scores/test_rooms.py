"""Codes, and who may guess them."""

import pytest

from dlintro_demos.gallery.scores import desk as desk_module
from dlintro_demos.gallery.scores.desk import Desk
from dlintro_demos.gallery.scores.rooms import (
    LETTERS,
    BadCode,
    Doorkeeper,
    clean_code,
    new_code,
)
from dlintro_demos.gallery.scores.rounds import Outcome
from dlintro_demos.gallery.scores.store import NicknameTaken, Store, database_url
from dlintro_demos.gallery.tries import Allowance, TooOften


@pytest.fixture
def desk(clock):
    made = Desk(Store(database_url("sqlite://")))
    made.doorkeeper = Doorkeeper(clock)
    made.names = Allowance(20, 60, clock)
    yield made
    made.clerk.close()


def test_codes_have_five_letters_that_nobody_mixes_up():
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190
    assert all(len(code) == 5 and not set(code) & set("ILOSZ0125") for code in codes)


@pytest.mark.parametrize("typed", ["abcde", " ABCDE\n", "ab cde"])
def test_a_code_is_known_as_people_type_it(typed):
    assert clean_code(typed) == "ABCDE"


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCDEF", "ABCD1", "ABCDO", "<b>AB", "АBCDE", "A" * 1_000_000])
def test_what_can_be_no_code_is_refused_in_words(typed):
    with pytest.raises(BadCode, match="5 letters"):
        clean_code(typed)


def test_who_has_the_code_comes_in_as_often_as_they_like(desk):
    code = desk.open_room("10.0.0.1 one")
    for number in range(300):  # a whole school behind one address
        assert desk.enter(f"10.0.0.1 {number % 100}", code.lower()) == code


@pytest.mark.parametrize("browsers", [1, 10_000])
def test_ten_thousand_guesses_find_no_room(desk, clock, browsers):
    """Even where the right one is among them, after the first hundred; a new cookie for each is no help."""
    code = desk.open_room("10.0.0.1 presenter")
    looked_up = 0
    wrong = iter(sorted({new_code() for _ in range(11_000)} - {code}))
    for number in range(10_000):
        guess = code if number and number % 100 == 0 else next(wrong)
        try:
            assert desk.enter(f"10.6.6.6 {number % browsers}", guess) is None, "found"
        except BadCode:
            looked_up += 1
        except TooOften:
            continue
    assert looked_up == (10 if browsers == 1 else 60)
    assert desk.enter("10.0.0.9 somebody else", code) == code
    clock.now += 30
    with pytest.raises(BadCode):
        desk.enter("10.6.6.6 0", next(wrong))


def test_one_browser_opens_few_rooms(desk):
    for _ in range(5):
        desk.open_room("10.0.0.1 one")
    with pytest.raises(TooOften, match="Try again in 600 seconds"):
        desk.open_room("10.0.0.1 one")
    assert set(desk.open_room("10.0.0.1 two")) <= set(LETTERS)


def test_one_browser_takes_few_names(desk):
    for number in range(20):
        desk.join("10.0.0.1 one", f"Name {number}")
    with pytest.raises(TooOften):
        desk.join("10.0.0.1 one", "Another")
    desk.join("10.0.0.1 two", "Another")


def test_places_that_are_counted_are_bounded(clock):
    allowance = Allowance(1, 60, clock, places=10)
    for number in range(100):
        allowance.spend(str(number))
    assert len(allowance._buckets) == 10


def test_two_take_one_name_and_one_gets_it(desk):
    desk.join("a b", "Ada")
    with pytest.raises(NicknameTaken):
        desk.join("c d", "ADA")


def test_a_player_comes_back_with_what_the_browser_kept_and_with_nothing_else(desk):
    player, secret = desk.join("a b", "Ada")
    assert desk.back(secret) == player
    assert player.secret != secret  # the database does not tell who may come back
    for told in (None, "", 7, "x" * 101, secret + "x", player.secret, player.id, {"a": 1}, "\ud800"):
        assert desk.back(told) is None


def test_a_question_counts_once_for_a_player(desk):
    player, _ = desk.join("a b", "Ada")
    other, _ = desk.join("c d", "Grace")
    right, wrong = (Outcome(demo="faces", yours=share, machine=1.0) for share in (1.0, 0.0))
    desk.record(player, wrong, ("game", 1))
    desk.record(player, right, ("game", 1))
    desk.record(player, right, ("game", 2))
    desk.record(other, right, ("game", 1))
    desk.record(player, Outcome(demo="why_now", yours=1.0, machine=1.0), ("game", 1))
    board = desk.clerk.ask(lambda store: store.board(""))
    assert {line.nickname: (line.rounds, line.points) for line in board.lines} == {
        "Ada": (3, 200),
        "Grace": (1, 100),
    }


def test_a_boards_address_cannot_be_made_up(desk):
    room, signature = desk.address("ABCDE").split("/")[2:]
    assert room == "ABCDE"
    assert desk.signed("ABCDE", signature)
    assert not desk.signed("ABCDF", signature)
    assert not desk.signed("", signature)
    assert not desk.signed("ABCDE", "é")
    assert desk.address("").startswith(f"{desk_module.ROUTE}/open/")
