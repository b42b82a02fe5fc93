"""The occluder in Chromium: brush, eraser, keyboard, touch, live bars, and no backlog on a slow server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.visiting import ours

SIDE = 14
HOSTILE = "<img src=x onerror=alert(1)>"
SLOW = 0.4  # seconds that the slow script takes for a message
NOTHING = "0" * SIDE**2
SCRIPT = f"""
import io
import time

import numpy as np
import streamlit as st
from PIL import Image

from dlintro_demos.gallery.ui.components.component import run_fragment_again
from dlintro_demos.feature_layers.ui.components.occluder import Bar, occluder

state = st.session_state
state.setdefault("visit", 1)


def start_over():
    visit = state.visit + 1
    state.clear()
    state.visit = visit


with st.container(horizontal=True):
    picture_id = "tiles" if st.toggle("Other picture", key=f"other-{{state.visit}}") else "waves"
    slow = st.toggle("Slow", key=f"slow-{{state.visit}}")
    away = st.toggle("Away", key=f"away-{{state.visit}}")
    silent = st.toggle("Silent", key=f"silent-{{state.visit}}")
    st.button("Start over", on_click=start_over)


def encoded(picture_id):
    y, x = np.mgrid[:224, :224]
    if picture_id == "tiles":
        red, green, blue = 60 + x // 32 * 25, 220 - y // 32 * 22, (x // 32 + y // 32) % 2 * 120 + 60
    else:
        red, green, blue = 128 + 100 * np.sin(x / 19), 120 + 90 * np.cos(y / 23), 90 + (x + y) / 3
    file = io.BytesIO()
    Image.fromarray(np.stack([red, green, blue], axis=-1).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def bars(share):
    chances = [0.62 * (1 - share), 0.2 + 0.5 * share, 0.1, 0.05, 0.0004]
    labels = ["tiger cat", "tabby", "Egyptian cat", "German short-haired pointer", {HOSTILE!r}]
    return [Bar(label=label, probability=chance) for label, chance in zip(labels, chances)]


@st.fragment
def cover():
    state.runs = state.get("runs", 0) + 1
    if state.get("picture_id") != picture_id:
        state.picture_id, state.now, state.cells = picture_id, bars(0), ""
    leading = max(state.now, key=lambda bar: bar.probability).label
    covered = occluder(
        encoded(picture_id),
        alt=f"Picture of {{picture_id}}, visit {{state.visit}}",
        picture_id=picture_id,
        before=bars(0),
        now=state.now,
        note=f"Now it says: {{leading}}",
        key=f"occluder-{{state.visit}}",
    )
    if covered is not None:
        state.messages = state.get("messages", 0) + 1
        time.sleep({SLOW} if slow else 0.04)
        state.now = bars(covered.cells.mean())
        state.cells = "".join("1" if cell else "0" for cell in covered.cells.flat)
        if not silent:
            run_fragment_again()
    st.button("Run again")
    st.write(f"Runs {{state.runs}}; messages {{state.get('messages', 0)}}.")
    st.code(state.cells or "none", language=None, wrap_lines=True)


if not away:
    cover()
"""


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("occluder") / "cover.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with serve_script(script) as url:
        yield url


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A busy machine answers late; what is right at once costs no time."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


def visit(page: Page, url: str) -> Locator:
    page.goto(url)
    board = page.locator(".occluder")
    expect(board.locator(".bar")).to_have_count(5)
    expect(page.get_by_test_id("stCode")).to_have_text("none")
    return board


@pytest.fixture(scope="module")
def desk(open_context: Callable[..., BrowserContext], url: str) -> Iterator[Page]:
    """A page for all tests that need none of their own."""
    page = open_context(viewport={"width": 1280, "height": 900}).new_page()
    visit(page, url)
    yield page
    page.close()


@pytest.fixture
def board(desk: Page) -> Locator:
    """A picture that nobody has covered yet, on the page that these tests share."""
    board = desk.locator(".occluder")
    before = board.locator(".picture").get_attribute("alt")
    desk.get_by_role("button", name="Start over").click()
    after = f"Picture of waves, visit {int(before.split()[-1]) + 1}"
    expect(board.locator(f'.picture[alt="{after}"]')).to_have_count(1)
    expect(board).to_have_count(1)  # the one before has gone
    expect(board.locator(".bar")).to_have_count(5)
    expect(desk.get_by_test_id("stCode")).to_have_text("none")
    return board


def centre(board: Locator, column: float, row: float) -> tuple[float, float]:
    """The middle of a cell as a point of the screen."""
    stage = board.locator(".stage").bounding_box()
    side = stage["width"] / SIDE
    return stage["x"] + (column + 0.5) * side, stage["y"] + (row + 0.5) * side


def stroke(page: Page, board: Locator, start: tuple[int, int], end: tuple[int, int], steps: int = 8) -> None:
    page.mouse.move(*centre(board, *start))
    page.mouse.down()
    page.mouse.move(*centre(board, *end), steps=steps)
    page.mouse.up()


def block(columns: range, rows: range) -> str:
    """The cells when those of a rectangle are covered."""
    return "".join("01"[column in columns and row in rows] for row in range(SIDE) for column in range(SIDE))


def expect_cells(page: Page, board: Locator, cells: str) -> None:
    """Both the browser and, after the last message, Python have these cells."""
    expect(board).to_have_attribute("data-cells", cells)
    expect(page.get_by_test_id("stCode")).to_have_text(cells)


def counted(page: Page, what: str) -> int:
    return int(re.search(rf"{what} (\d+)", page.get_by_text("messages").inner_text())[1])


def use(board: Locator, name: str) -> None:
    board.get_by_role("button", name=name).click()


def bar(board: Locator, label: str) -> Locator:
    return board.get_by_role("listitem").filter(has_text=label)


def test_painting_covers_cells_and_moves_the_bars(
    page: Page, url: str, problems: list[str], serious_violations: Callable, screenshot: Callable
) -> None:
    board = visit(page, url)
    expect(bar(board, "tiger cat").locator(".percent")).to_have_text("62 %")
    length = bar(board, "tiger cat").locator(".fill").bounding_box()["width"]
    stroke(page, board, (1, 1), (12, 1))
    stroke(page, board, (12, 4), (1, 4))
    expect_cells(page, board, block(range(SIDE), range(6)))
    expect(bar(board, "tiger cat")).to_contain_text("35 %")
    expect(bar(board, "tiger cat").locator(".also")).to_have_text(", 62 % before")
    expect(bar(board, "tabby")).to_have_class("bar leading")
    expect(bar(board, "onerror")).to_contain_text("< 0.1 %")
    expect(board.locator(".note")).to_have_text("Now it says: tabby")
    expect(board.get_by_text("84 of 196 cells covered", exact=True)).to_be_visible()
    expect(board.get_by_role("status")).to_have_text("84 of 196 cells covered. Now it says: tabby")
    page.wait_for_function(
        "([bar, length]) => bar.getBoundingClientRect().width < 0.62 * length",
        arg=[bar(board, "tiger cat").locator(".fill").element_handle(), length],
    )
    ghost = bar(board, "tiger cat").locator(".ghost").bounding_box()
    tick = bar(board, "tiger cat").locator(".tick").bounding_box()
    assert ghost["width"] == pytest.approx(length, abs=1)
    assert tick["x"] + tick["width"] / 2 == pytest.approx(ghost["x"] + length, abs=1.5)
    stage, bars = (board.locator(part).bounding_box() for part in (".stage", ".bars"))
    assert bars["x"] >= stage["x"] + stage["width"]
    assert fits(page)
    assert serious_violations(page) == []
    screenshot(page, "occluder")
    assert ours(problems) == []


def test_bars_move_while_the_pointer_is_still_down(desk: Page, board: Locator) -> None:
    desk.mouse.move(*centre(board, 1, 1))
    desk.mouse.down()
    desk.mouse.move(*centre(board, 12, 1), steps=6)
    expect_cells(desk, board, block(range(SIDE), range(3)))
    expect(bar(board, "tiger cat")).to_contain_text("49 %")
    desk.mouse.move(*centre(board, 12, 4), steps=3)
    desk.mouse.up()


def test_a_fast_stroke_leaves_no_gap(desk: Page, board: Locator) -> None:
    use(board, "Small: 1 cell")
    stroke(desk, board, (0, 7), (13, 7), steps=1)
    expect_cells(desk, board, block(range(SIDE), range(7, 8)))


def test_a_stroke_may_leave_the_picture_and_come_back(desk: Page, board: Locator) -> None:
    use(board, "Small: 1 cell")
    desk.mouse.move(*centre(board, 12, 3))
    desk.mouse.down()
    for column, row in [(18, 3), (18, 5), (12, 5)]:
        desk.mouse.move(*centre(board, column, row), steps=4)
    desk.mouse.up()
    expected = [*NOTHING]
    for cell in [3 * SIDE + 12, 3 * SIDE + 13, 5 * SIDE + 12, 5 * SIDE + 13]:
        expected[cell] = "1"
    expect_cells(desk, board, "".join(expected))


def test_a_slow_script_gets_no_backlog_and_the_last_state_arrives(desk: Page, board: Locator) -> None:
    desk.get_by_text("Slow").click()
    expect(desk.get_by_test_id("stCode")).to_have_text("none")
    use(board, "Small: 1 cell")
    desk.mouse.move(*centre(board, 0, 0))
    desk.mouse.down()
    for row in range(SIDE):
        columns = (0, 13) if row % 2 == 0 else (13, 0)
        for column in columns:
            desk.mouse.move(*centre(board, column, row), steps=13)
    desk.mouse.up()
    expect_cells(desk, board, "1" * SIDE**2)
    expect(bar(board, "tiger cat")).to_contain_text("0 %")
    moves = 26 * SIDE
    assert 2 <= counted(desk, "messages") <= int(board.get_attribute("data-sent")) <= moves / 8


def test_without_an_answer_the_latest_state_is_sent_all_the_same(desk: Page, board: Locator) -> None:
    desk.get_by_text("Silent").click()
    expect(desk.get_by_role("switch", name="Silent")).to_be_checked()
    stroke(desk, board, (1, 1), (12, 1), steps=12)
    expect_cells(desk, board, block(range(SIDE), range(3)))
    assert counted(desk, "messages") >= 2  # the first told of one spot only


def test_the_eraser_uncovers(desk: Page, board: Locator) -> None:
    stroke(desk, board, (4, 4), (9, 4))
    expect_cells(desk, board, block(range(3, 11), range(3, 6)))
    use(board, "Eraser")
    expect(board.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    expect(board.get_by_role("button", name="Brush")).to_have_attribute("aria-pressed", "false")
    stroke(desk, board, (8, 4), (9, 4))
    expect_cells(desk, board, block(range(3, 7), range(3, 6)))
    use(board, "Brush")
    stroke(desk, board, (8, 4), (9, 4))
    expect_cells(desk, board, block(range(3, 11), range(3, 6)))


def test_clear_uncovers_everything_and_the_bars_go_back(desk: Page, board: Locator) -> None:
    stroke(desk, board, (2, 2), (10, 10))
    expect(bar(board, "tiger cat").locator(".percent")).not_to_have_text("62 %")
    use(board, "Clear")
    expect_cells(desk, board, NOTHING)
    expect(bar(board, "tiger cat").locator(".percent")).to_have_text("62 %")


def test_the_keyboard_covers_and_uncovers(desk: Page, board: Locator) -> None:
    field = board.get_by_role("application")
    use(board, "Small: 1 cell")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    expect(field).to_be_focused()
    expect(board.locator(".brush")).to_be_visible()
    for key in ["ArrowLeft", "ArrowUp", "ArrowUp"]:
        desk.keyboard.press(key)
    expect(board.get_by_role("status")).to_have_text("Row 6, column 7, not covered")
    desk.keyboard.press("Space")
    expect_cells(desk, board, block(range(6, 7), range(5, 6)))
    expect(field).to_have_accessible_name(re.compile("Row 6, column 7, covered"))
    expect(board.get_by_role("status")).to_have_text("1 of 196 cells covered. Now it says: tiger cat")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Space")
    expect_cells(desk, board, block(range(6, 8), range(5, 6)))
    desk.keyboard.press("Space")
    expect_cells(desk, board, block(range(6, 7), range(5, 6)))
    for _ in range(SIDE):
        desk.keyboard.press("ArrowDown")
    expect(field).to_have_accessible_name(re.compile("Row 14, column 8, not covered"))


def test_the_keyboard_covers_as_much_as_the_size_says(desk: Page, board: Locator) -> None:
    board.get_by_role("application").focus()
    desk.keyboard.press("Space")
    expect_cells(desk, board, block(range(6, 9), range(6, 9)))


def fits(page: Page) -> bool:
    parts = page.locator("html"), page.locator("[data-testid=stMain]")
    return all(part.evaluate("part => part.scrollWidth <= part.clientWidth") for part in parts)


def test_a_finger_paints_on_a_phone_in_the_dark(
    new_page: Callable[..., Page],
    url: str,
    problems: list[str],
    serious_violations: Callable,
    screenshot: Callable,
) -> None:
    page = new_page(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, color_scheme="dark"
    )
    board = visit(page, url)
    board.locator(".stage").scroll_into_view_if_needed()
    touch = page.context.new_cdp_session(page)
    path = [centre(board, 3, row) for row in range(2, 11)]
    for kind, points in [("Start", path[:1]), *(("Move", [point]) for point in path[1:]), ("End", [])]:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": f"touch{kind}", "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )
    expect_cells(page, board, block(range(2, 5), range(1, 12)))
    expect(board.locator(".brush")).to_be_hidden()
    stage, bars = (board.locator(part).bounding_box() for part in (".stage", ".bars"))
    assert bars["y"] >= stage["y"] + stage["height"]
    assert fits(page)
    assert serious_violations(page) == []
    screenshot(page, "occluder-phone")
    assert ours(problems) == []


def test_another_picture_clears_the_cover(desk: Page, board: Locator) -> None:
    stroke(desk, board, (2, 2), (10, 2))
    expect_cells(desk, board, block(range(1, 12), range(1, 4)))
    desk.get_by_text("Other picture").click()
    expect(board.get_by_alt_text("Picture of tiles")).to_be_visible()
    expect(board).to_have_attribute("data-cells", NOTHING)
    expect(bar(board, "tiger cat").locator(".percent")).to_have_text("62 %")
    stroke(desk, board, (2, 2), (2, 2))
    expect_cells(desk, board, block(range(1, 4), range(1, 4)))


def test_a_run_with_the_same_picture_undoes_no_stroke(desk: Page, board: Locator) -> None:
    desk.get_by_text("Slow").click()
    stroke(desk, board, (1, 1), (12, 1))
    expected = block(range(SIDE), range(3))
    desk.evaluate(
        """() => {
          window.undone = 0;
          const board = document.querySelector("[data-testid=stBidiComponentIsolated]").shadowRoot
            .querySelector(".occluder");
          const covered = () => board.dataset.cells.split("1").length;
          let most = covered();
          new MutationObserver(() => {
            if (covered() < most) window.undone += 1;
            most = Math.max(most, covered());
          }).observe(board, { attributes: true });
        }"""
    )
    runs = counted(desk, "Runs")
    desk.get_by_role("button", name="Run again").click()
    stroke(desk, board, (1, 4), (12, 4), steps=30)
    expected = block(range(SIDE), range(6))
    expect_cells(desk, board, expected)
    assert counted(desk, "Runs") > runs
    assert desk.evaluate("window.undone") == 0


def test_a_visitor_who_comes_back_finds_the_cover_that_the_bars_speak_of(desk: Page, board: Locator) -> None:
    stroke(desk, board, (1, 1), (12, 1))
    cells = block(range(SIDE), range(3))
    expect_cells(desk, board, cells)
    desk.get_by_text("Away").click()
    expect(board).to_have_count(0)
    desk.get_by_text("Away").click()
    expect_cells(desk, board, cells)
    expect(bar(board, "tiger cat")).to_contain_text("49 %")


def test_labels_are_text(board: Locator) -> None:
    expect(board.locator(".label").last).to_have_text(HOSTILE)
    expect(board.locator("img")).to_have_count(1)


def test_reduced_motion_stops_the_bars_from_gliding(
    board: Locator, new_page: Callable[..., Page], url: str
) -> None:
    calm = visit(new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce"), url)
    for some, seconds in [(board, "0.26s, 0.26s"), (calm, "0s")]:
        fill = some.locator(".fill").first
        assert fill.evaluate("fill => getComputedStyle(fill).transitionDuration") == seconds
