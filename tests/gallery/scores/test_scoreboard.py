"""The scoreboard and the games, page by page, without a browser."""

import json
import time

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.util import calc_hash

from dlintro_demos.gallery.scores import desk as desk_module
from dlintro_demos.gallery.scores.desk import Desk
from dlintro_demos.gallery.scores.route import BOARD_ROUTE
from dlintro_demos.gallery.scores.store import Store, database_url
from tests.reading import words


@pytest.fixture
def desk(monkeypatch):
    """A board on which nobody stands yet."""
    made = Desk(Store(database_url("sqlite://")))
    monkeypatch.setattr(desk_module, "_built", [made])
    yield made
    made.clerk.close()


def click(at, label):
    next(button for button in at.button if label in (button.label, button.key)).click().run()
    assert not at.exception
    return at


def fill(at, label, value):
    next(field for field in at.text_input if label in field.label).set_value(value)


def join(at, name):
    fill(at, "Your name", name)
    return click(at, "Join")


def component(at, key):
    return json.loads(
        next(part.proto for part in at.get("bidi_component") if part.proto.id.endswith(key)).json
    )


def kept(at):
    """What the browser is told to keep, and whether it is to keep nothing any more."""
    told = component(at, "keepsake")
    return told["secret"], told["left"]


def read(desk, room=""):
    return desk.clerk.ask(lambda store: store.board(room))


def rows(desk):
    def count(store):
        with store._engine.begin() as connection:
            return [
                connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
                for table in ("players", "rounds")
            ]

    return desk.clerk.ask(count)


def go_to(at, slug, **query):
    """Another page in the same visit."""
    at._page_hash = calc_hash(slug)
    at.query_params.clear()
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def play_a_round(open_page, player=None):
    at = open_page("why_now", do="Guess the order")
    if player is not None:
        at.session_state["visitor"].play_as(player)
    click(at, next(button.key for button in at.button if (button.key or "").startswith("order-")))
    return at


def test_nothing_is_kept_of_a_round_before_the_visitor_has_a_name(desk, open_page):
    at = play_a_round(open_page)
    assert "this does not count" in words(at)
    assert rows(desk) == [0, 0]


def test_a_round_counts_for_the_visitors_name(desk, open_page):
    at = join(open_page("scoreboard"), "Ada")
    assert "on the open board" in words(at)
    me = at.session_state["visitor"].player
    played = play_a_round(open_page, me)
    assert "Counts for \u2068Ada\u2069." in words(played)
    (demo,) = read(desk).demos
    score = played.session_state["game-order"]
    assert (demo.demo, demo.rounds, demo.yours, demo.machine) == ("why_now", 1, score.yours, score.machine)
    play_a_round(open_page, me)  # the opening again, in another visit: the answer is known by now
    assert read(desk).demos == (demo,)


def test_what_was_answered_before_joining_does_not_count_a_second_time(desk, open_page):
    at = play_a_round(open_page)
    go_to(at, "scoreboard")
    join(at, "Ada")
    del at.session_state["game-order"]
    go_to(at, "why_now", do="Guess the order")
    click(at, next(button.key for button in at.button if (button.key or "").startswith("order-")))
    assert rows(desk) == [1, 0]
    click(at, "Next round")
    click(at, next(button.key for button in at.button if (button.key or "").startswith("order-")))
    assert rows(desk) == [1, 1]


def test_who_deleted_their_scores_in_another_tab_is_told_that_nothing_counts(desk, open_page):
    at = join(open_page("scoreboard"), "Ada")
    me = at.session_state["visitor"].player
    click(at, "Delete my scores")
    assert "this does not count" in words(play_a_round(open_page, me))
    assert rows(desk) == [0, 0]


def test_a_big_board_stays_big_and_has_neither_menu_nor_foot(desk, open_page):
    room = desk.open_room("10.0.0.1 presenter")
    at = open_page("scoreboard", room=room, big="1")
    assert at.query_params["big"] in ("1", ["1"])
    assert component(at, "board")["big"] is True
    assert not any(part.proto.id.endswith("-menu") for part in at.get("bidi_component"))
    assert not [button for button in at.button if "Forget" in button.label]


def test_who_has_a_name_elsewhere_can_play_in_the_room(desk, open_page):
    at = join(open_page("scoreboard"), "Ada")
    room = desk.open_room("10.0.0.1 presenter")
    go_to(at, "scoreboard", room=room)
    click(at, f"Play in room **{room}** instead")
    join(at, "Ada")
    assert at.session_state["visitor"].player.room == room


@pytest.mark.parametrize("name", ["", "<b>Ada</b>", "\u202eadA", "a\u200bb", "machine"])
def test_a_name_that_is_refused_is_said_and_not_kept(desk, open_page, name):
    at = open_page("scoreboard")
    next(field for field in at.text_input if "Your name" in field.label).set_value(name)
    click(at, "Join")
    assert at.warning[0].value.endswith(".")
    assert rows(desk) == [0, 0]
    assert not click(at, "Forget everything I showed").warning


def test_a_name_of_two_hundred_letters_never_reaches_the_board(desk, open_page):
    """The browser takes no more than twenty, and Streamlit cuts what somebody sends past it."""
    join(open_page("scoreboard"), "x" * 200)

    def longest(store):
        with store._engine.begin() as connection:
            return connection.execute(text("SELECT max(length(nickname)) FROM players")).scalar() or 0

    assert desk.clerk.ask(longest) <= 20


def test_a_room_has_a_board_of_its_own_and_others_come_in_by_its_address(desk, open_page):
    first = click(open_page("scoreboard"), "Open a room")
    room = first.session_state["visitor"].room
    assert room in first.query_params["room"]
    join(first, "Ada")
    second = open_page("scoreboard", room=room.lower())
    assert second.session_state["visitor"].room == room
    join(second, "ADA")
    assert "nearly so" in second.warning[0].value
    join(second, "Grace")
    assert read(desk, room).players == 2
    assert component(second, "board")["address"] == desk.address(room)
    click(second, "Leave the room")
    assert "room" not in second.query_params
    assert component(second, "board")["address"] == desk.address("")


def test_a_wrong_code_in_the_address_is_looked_up_once(desk, open_page, monkeypatch):
    asked = []
    monkeypatch.setattr(desk.doorkeeper, "was_wrong", asked.append)
    at = open_page("scoreboard", room="ABCDE")
    assert "no such room" in at.warning[0].value
    assert not at.run().warning
    assert len(asked) == 1
    for code in ("<b>", "x" * 90, "12345"):
        at = open_page("scoreboard", room=code)
        assert "5 letters" in at.warning[0].value
        assert component(at, "board")["address"] == desk.address("")


def test_who_deletes_their_scores_is_gone_from_the_board(desk, open_page):
    at = join(open_page("scoreboard"), "Ada")
    play_a_round(open_page, at.session_state["visitor"].player)
    assert rows(desk) == [1, 1]
    click(at, "Delete my scores")
    assert rows(desk) == [0, 0]
    assert kept(at) == ("", True)
    join(at, "Ada")


def test_the_next_visitor_of_a_gallery_that_forgot_plays_under_no_name(desk, open_page):
    at = join(open_page("scoreboard"), "Ada")
    assert kept(at)[0]
    click(at, "Forget everything I showed")
    assert kept(at) == ("", True)
    assert rows(desk) == [1, 0]


def test_a_gallery_whose_database_is_down_opens_and_says_so(desk, open_page):
    at = join(open_page("scoreboard"), "Ada")
    me = at.session_state["visitor"].player
    desk.clerk._down, desk.clerk._retry_at = True, time.monotonic() + 60
    assert "written when it is back" in words(play_a_round(open_page, me))
    assert desk.clerk.condition().waiting == 1
    other = join(open_page("scoreboard"), "Grace")
    assert "does not answer" in other.warning[0].value
    click(other, "Open a room")
    assert "does not answer" in other.warning[0].value
    desk.clerk._retry_at = 0.0
    desk.clerk._wake()
    assert read(desk).lines[0].nickname == "Ada"


@pytest.fixture
def client():
    return TestClient(Starlette(routes=[BOARD_ROUTE]))


def test_the_browser_reads_the_board_and_only_who_was_given_its_address(desk, client, open_page):
    at = join(open_page("scoreboard"), "Ada")
    play_a_round(open_page, at.session_state["visitor"].player)
    read(desk)
    address = component(at, "board")["address"]
    while not (told := client.get(address)).json()["ready"] or not told.json()["lines"]:
        desk.clerk._boards.clear()
    assert told.headers["cache-control"] == "no-store"
    assert told.json()["demos"][0]["title"] == "Why now?"
    assert (told.json()["lines"][0]["name"], told.json()["down"]) == ("Ada", False)
    for other in ("/board/ABCDE/" + address.split("/")[3], "/board/open/x", "/board/../x", "/board/open/"):
        assert client.get(other).status_code == 404
