"""The people board in Chromium: moving faces by hand and by menu, and what must never happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from dlintro_demos.faces.ui.components.people_board import Chip, Group, Move, people_board, read_move

HOSTILE = "<img src=x onerror=alert(1)>"
SCRIPT = f"""
import io

import streamlit as st
from PIL import Image

from dlintro_demos.faces.ui.components.people_board import Chip, Group, people_board

TITLES = {{"eileen": "Eileen", "hostile": {HOSTILE!r}, "long": "A very long name " * 10}}
state = st.session_state
state.setdefault("home", {{f"face {{i}}": ["eileen", "hostile", "long"][i % 3] for i in range(9)}})
state.runs = state.get("runs", 0) + 1


def jpeg(i):
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (28 * i, 90, 255 - 28 * i)).save(file, "JPEG")
    return file.getvalue()


def groups():
    return [
        Group(key=key, title=title, note="some photos", faces=[
            Chip(key=face, picture=jpeg(int(face[-1])), alt=face)
            for face, home in state.home.items() if home == key
        ])
        for key, title in TITLES.items()
    ]


st.write(f"Run {{state.runs}}")
move = people_board(groups(), key="people")
if move:
    state.last = move
    if move.to != "new":
        state.home[move.face] = move.to
        st.rerun()
st.write(f"Last: {{state.get('last')}}")
"""


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("people_board") / "board.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with serve_script(script) as url:
        yield url


def visit(page: Page, url: str) -> Locator:
    page.goto(url)
    board = page.locator(".people-board")
    expect(board.locator(".chip")).to_have_count(9)
    expect(page.get_by_text("Last: None")).to_be_visible()
    return board


def card(board: Locator, title: str) -> Locator:
    return board.get_by_role("region", name=title, exact=True)


def chip(board: Locator, face: str) -> Locator:
    return board.get_by_role("button", name=f"{face}: move")


def test_a_face_is_dragged_to_another_card(page: Page, url: str, problems: list[str]) -> None:
    board = visit(page, url)
    chip(board, "face 1").drag_to(card(board, "Eileen"))
    expect(page.get_by_text("Last: Move(face='face 1', to='eileen')")).to_be_visible()
    expect(chip(card(board, "Eileen"), "face 1")).to_be_visible()
    expect(board.locator(".over, .lifted")).to_have_count(0)
    assert not problems


def test_the_menu_moves_a_face_from_the_keyboard_alone(page: Page, url: str) -> None:
    board = visit(page, url)
    chip(board, "face 1").press("Enter")
    menu = board.get_by_role("combobox", name="Move face 1 to…")
    expect(menu).to_be_focused()
    titles = [option.strip() for option in menu.locator("option").all_inner_texts()]
    assert titles == ["Eileen", ("A very long name " * 10).strip(), "New person"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Last: Move(face='face 1', to='eileen')")).to_be_visible()
    expect(chip(card(board, "Eileen"), "face 1")).to_be_focused()
    expect(board.get_by_role("status")).to_have_text("face 1 goes to Eileen.")


def test_a_face_dropped_at_home_or_let_go_by_escape_stays_until_it_is_dragged_to_a_new_person(
    page: Page, url: str
) -> None:
    board = visit(page, url)
    chip(board, "face 0").drag_to(card(board, "Eileen").locator("h3"))
    expect(board.locator(".over, .lifted")).to_have_count(0)
    chip(board, "face 4").click()
    expect(chip(board, "face 4")).to_have_attribute("aria-expanded", "true")
    board.get_by_role("button", name="Cancel").press("Escape")
    expect(board.get_by_role("combobox")).to_be_hidden()
    expect(chip(board, "face 4")).to_be_focused()
    chip(board, "face 0").drag_to(card(board, "New person"))
    expect(page.get_by_text("Last: Move(face='face 0', to='new')")).to_be_visible()
    expect(page.get_by_text("Run 2", exact=True)).to_be_visible()  # the first since the visit began


def test_names_are_text(page: Page, url: str, problems: list[str]) -> None:
    board = visit(page, url)
    expect(board.locator("h3").nth(1)).to_have_text(HOSTILE)
    chip(board, "face 0").click()
    expect(board.locator("option").first).to_have_text(HOSTILE)
    expect(board.locator("img")).to_have_count(9)
    assert not problems


def test_on_a_phone_a_tap_opens_the_menu_and_nothing_sticks_out(
    new_page: Callable[..., Page], url: str, screenshot: Callable
) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    board = visit(page, url)
    chip(board, "face 2").tap()
    expect(board.get_by_role("combobox")).to_be_visible()
    for selector in ("html", "[data-testid=stMain]"):
        assert page.locator(selector).evaluate("part => part.scrollWidth <= part.clientWidth")
    screenshot(page, "people-board-360")
    board.get_by_role("combobox").select_option("New person")
    board.get_by_role("button", name="Move", exact=True).tap()
    expect(page.get_by_text("Last: Move(face='face 2', to='new')")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    new_page: Callable[..., Page], url: str, scheme: str, serious_violations: Callable, screenshot: Callable
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    board = visit(page, url)
    assert serious_violations(page) == []
    chip(board, "face 1").click()
    assert serious_violations(page) == []
    screenshot(page, f"people-board-{scheme}")


def group(key: str, *faces: str) -> Group:
    return Group(key=key, title=key, note="", faces=[Chip(key=face, picture=b"", alt=face) for face in faces])


GROUPS = [group("g1", "a", "b"), group("g2", "c")]


@pytest.mark.parametrize("to", ["g2", "new"])
def test_an_honest_move_is_believed(to: str) -> None:
    assert read_move({"face": "a", "to": to}, GROUPS) == Move(face="a", to=to)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "a",
        ["a", "g2"],
        {},
        {"face": "a"},
        {"face": "a", "to": "g2", "more": 1},
        {"face": "z", "to": "g2"},
        {"face": "a", "to": "g9"},
        {"face": "a", "to": "g1"},
        {"face": ["a"], "to": "g2"},
        {"face": "a", "to": {"g2": 1}},
        {"face": "a", "to": None},
    ],
)
def test_anything_else_is_not_believed(sent: object) -> None:
    assert read_move(sent, GROUPS) is None


@pytest.mark.parametrize(
    "groups", [[group("g1"), group("g1")], [group("new")], [group("g1", "a"), group("g2", "a")]]
)
def test_boards_with_ambiguous_keys_are_refused(groups: list[Group]) -> None:
    with pytest.raises(ValueError, match="the same key"):
        people_board(groups, key="people")
