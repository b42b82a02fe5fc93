"""The face board in Chromium: choosing faces, drawing a missed one, and what must never happen."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from dlintro_demos.faces.ui.components.face_board import BoardAnswer, Mark, face_board, read_answer

WIDTH, HEIGHT = 800, 600
HOSTILE = "<img src=x onerror=alert(1)>"
SCRIPT = f"""
import io

import numpy as np
import streamlit as st
from PIL import Image

from dlintro_demos.faces.ui.components.face_board import Mark, face_board

st.session_state.runs = st.session_state.get("runs", 0) + 1
st.write(f"Run {{st.session_state.runs}}")
crowd = st.toggle("Crowd")
if st.button("Choose nobody"):
    st.session_state.chosen = None


def jpeg():
    y, x = np.mgrid[:{HEIGHT}, :{WIDTH}]
    file = io.BytesIO()
    Image.fromarray(np.stack([x // 4, y // 3, x // 8 + 90], axis=-1).astype(np.uint8)).save(file, "JPEG")
    return file.getvalue()


few = [
    Mark(key="a", box=(100, 100, 220, 240), label="Eileen", level="sure"),
    Mark(key="b", box=(300, 100, 420, 240), label="Grace", level="named"),
    Mark(key="c", box=(500, 100, 620, 240), label="Ada", level="maybe"),
    Mark(key="d", box=(-30, 400, 60, 640), label={HOSTILE!r}, level="unknown"),
    Mark(key="e", box=(140, 190, 170, 220), label="Tiny", level="unknown"),
]
many = [
    Mark(
        key=f"m{{i}}",
        box=(20 + i % 10 * 78, 20 + i // 10 * 58, 50 + i % 10 * 78, 50 + i // 10 * 58),
        label=f"Somebody {{i}}",
        level=["sure", "maybe", "unknown", "named"][i % 4],
    )
    for i in range(100)
]
answer = face_board(
    jpeg(), "A photo of five", {WIDTH}, {HEIGHT}, many if crowd else few,
    key="board", selected=st.session_state.get("chosen"),
)
if answer.drawn:
    st.session_state.drawn = answer.drawn
if answer.selected:
    st.session_state.chosen = answer.selected
    st.rerun()
st.write(f"Chosen: {{st.session_state.get('chosen')}}")
st.write(f"Drawn: {{st.session_state.get('drawn')}}")
"""
FACES = [
    Mark(key="a", box=(10, 10, 40, 40), label="Eileen", level="sure"),
    Mark(key="b", box=(50, 10, 80, 40), label="Grace", level="named"),
]


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("face_board") / "board.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with serve_script(script) as url:
        yield url


def visit(page: Page, url: str) -> Locator:
    page.goto(url)
    board = page.locator(".face-board")
    expect(board.locator(".mark")).to_have_count(5)
    expect(page.get_by_text("Drawn: None")).to_be_visible()
    return board


@pytest.fixture(scope="module")
def looked_at(open_context: Callable[..., BrowserContext], url: str) -> Iterator[Locator]:
    """One visit for the tests that only look, or that end as they began: nothing chosen, nothing drawn."""
    page = open_context(viewport={"width": 1280, "height": 900}).new_page()
    yield visit(page, url)
    page.close()


def run_of(page: Page) -> int:
    return int(page.get_by_text(re.compile(r"^Run \d+$")).inner_text().split()[1])


def expect_no_run_since(page: Page, number: int) -> None:
    """The next run, which is asked for here, is the next after `number`; then all is as before."""
    for turn in (1, 2):
        page.get_by_text("Crowd").click()
        expect(page.get_by_text(f"Run {number + turn}", exact=True)).to_be_visible()
    expect(page.locator(".mark")).to_have_count(5)


def face(board: Locator, name: str) -> Locator:
    return board.get_by_role("button", name=name, exact=True)


def on_screen(board: Locator, x: float, y: float) -> tuple[float, float]:
    """A pixel of the picture as a point of the screen."""
    stage = board.locator(".stage").bounding_box()
    return stage["x"] + x * stage["width"] / WIDTH, stage["y"] + y * stage["height"] / HEIGHT


def drag(page: Page, board: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*on_screen(board, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(board, *end), steps=4)
    page.mouse.up()


def drawn_box(page: Page) -> list[float]:
    said = page.get_by_text("Drawn: (")
    expect(said).to_be_visible()
    return [float(number) for number in said.inner_text().split("(")[1].rstrip(")").split(",")]


def test_a_click_selects_a_face_and_python_hears_its_key(page: Page, url: str, problems: list[str]) -> None:
    board = visit(page, url)
    face(board, "Eileen, sure").click(position={"x": 5, "y": 5})
    expect(page.get_by_text("Chosen: a", exact=True)).to_be_visible()
    expect(face(board, "Eileen, sure")).to_have_attribute("aria-pressed", "true")
    face(board, "Ada, maybe").click()
    expect(page.get_by_text("Chosen: c", exact=True)).to_be_visible()
    expect(face(board, "Eileen, sure")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Choose nobody").click()
    expect(board.locator("[aria-pressed=true]")).to_have_count(0)
    assert not problems


def test_the_keyboard_walks_through_the_faces_and_selects(page: Page, url: str) -> None:
    board = visit(page, url)
    face(board, "Eileen, sure").focus()
    page.keyboard.press("Tab")
    expect(face(board, "Grace, named")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Chosen: b", exact=True)).to_be_visible()
    expect(face(board, "Grace, named")).to_be_focused()


def test_boxes_lie_on_their_faces_and_end_at_the_edge_of_the_picture(looked_at: Locator) -> None:
    board = looked_at
    for name, (x0, y0, x1, y1) in {
        "Grace, named": (300, 100, 420, 240),
        f"{HOSTILE}, unknown": (0, 400, 60, 600),
    }.items():
        box = face(board, name).bounding_box()
        assert (box["x"], box["y"]) == pytest.approx(on_screen(board, x0, y0), abs=1)
        corner = (box["x"] + box["width"], box["y"] + box["height"])
        assert corner == pytest.approx(on_screen(board, x1, y1), abs=1)


def test_a_small_face_inside_the_box_of_a_large_one_can_be_chosen(page: Page, url: str) -> None:
    board = visit(page, url)
    page.mouse.click(*on_screen(board, 155, 205))
    expect(page.get_by_text("Chosen: e", exact=True)).to_be_visible()


def test_labels_are_text(looked_at: Locator) -> None:
    board, page = looked_at, looked_at.page
    expect(board.locator(".chip", has_text="onerror")).to_have_text(HOSTILE)
    expect(board.locator("img")).to_have_count(1)
    expect(page.get_by_alt_text("A photo of five")).to_have_count(1)


def test_levels_differ_in_colour_and_in_dashes(looked_at: Locator) -> None:
    board = looked_at
    strokes = board.locator(".mark rect:last-child").evaluate_all(
        "lines => lines.slice(0, 4).map(line => [getComputedStyle(line).stroke,"
        " getComputedStyle(line).strokeDasharray])"
    )
    colours, dashes = zip(*strokes, strict=True)
    assert len(set(colours)) == len(set(dashes)) == 4
    assert board.locator(".legend").inner_text().split("\n") == ["named by you", "sure", "maybe", "unknown"]


def test_small_faces_show_their_label_only_when_looked_at(looked_at: Locator) -> None:
    board, page = looked_at, looked_at.page
    tiny = board.locator(".chip", has_text="Tiny")
    expect(board.locator(".chip", has_text="Ada")).to_be_visible()
    expect(tiny).to_be_hidden()
    face(board, "Tiny, unknown").hover()
    expect(tiny).to_be_visible()
    page.mouse.move(1, 1)
    expect(tiny).to_be_hidden()
    face(board, "Tiny, unknown").focus()
    expect(tiny).to_be_visible()


def test_a_hundred_faces_stay_readable_and_nothing_sticks_out(
    page: Page, url: str, screenshot: Callable, problems: list[str]
) -> None:
    board = visit(page, url)
    page.get_by_text("Crowd").click()
    expect(board.locator(".mark")).to_have_count(100)
    expect(board.locator(".chip:not(.away)")).to_have_count(0)
    for width, number in ((1280, 42), (360, 46)):
        page.set_viewport_size({"width": width, "height": 900})
        face(board, f"Somebody {number}, unknown").click()
        expect(page.get_by_text(f"Chosen: m{number}", exact=True)).to_be_visible()
        expect(board.locator(".chip:not(.away)")).to_have_text(f"Somebody {number}")
        for selector in ("html", "[data-testid=stMain]"):
            assert page.locator(selector).evaluate("part => part.scrollWidth <= part.clientWidth")
        screenshot(page, f"face-board-crowd-{width}")
    assert not problems


def test_a_missed_face_is_boxed_by_dragging_in_any_direction(
    page: Page, url: str, screenshot: Callable, problems: list[str]
) -> None:
    board = visit(page, url)
    tool = board.get_by_role("button", name="Draw a box")
    tool.click()
    expect(tool).to_have_attribute("aria-pressed", "true")
    page.mouse.move(*on_screen(board, 640, 560))
    page.mouse.down()
    page.mouse.move(*on_screen(board, 520, 400), steps=4)
    screenshot(page, "face-board-drawing")
    page.mouse.up()
    assert drawn_box(page) == pytest.approx([520, 400, 640, 560], abs=1.5)
    expect(tool).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_text("Chosen: None", exact=True)).to_be_visible()
    assert not problems


def test_a_box_dragged_past_the_edge_ends_there(page: Page, url: str) -> None:
    board = visit(page, url)
    board.get_by_role("button", name="Draw a box").click()
    drag(page, board, (700, 500), (900, 590))
    assert drawn_box(page) == pytest.approx([700, 500, 800, 590], abs=1.5)


def test_a_slip_of_the_pointer_draws_nothing_and_says_so(looked_at: Locator) -> None:
    board, page = looked_at, looked_at.page
    before = run_of(page)
    board.get_by_role("button", name="Draw a box").click()
    drag(page, board, (160, 160), (163, 164))
    expect(board.get_by_role("status")).to_contain_text("Too small")
    expect(board.get_by_role("application")).to_be_focused()
    page.keyboard.press("Escape")
    expect_no_run_since(page, before)


def test_a_box_is_drawn_from_the_keyboard_alone(page: Page, url: str) -> None:
    board = visit(page, url)
    tool = board.get_by_role("button", name="Draw a box")
    status = board.get_by_role("status")
    tool.press("Enter")
    expect(board.get_by_role("application")).to_be_focused()
    expect(status).to_contain_text("Box of 150 by 150 pixels at 325, 225")
    page.keyboard.press("ArrowRight")
    expect(status).to_have_text("Box of 150 by 150 pixels at 337, 225")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    expect(status).to_have_text("Box of 138 by 162 pixels at 337, 213")
    page.keyboard.press("Enter")
    assert drawn_box(page) == [337, 213, 475, 375]
    expect(tool).to_be_focused()


def test_a_box_from_the_keyboard_stays_in_the_picture_and_keeps_a_size(looked_at: Locator) -> None:
    board, page = looked_at, looked_at.page
    board.get_by_role("button", name="Draw a box").press("Enter")
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Shift+ArrowUp")
    expect(board.get_by_role("status")).to_have_text("Box of 150 by 8 pixels at 0, 225")
    page.keyboard.press("Escape")


def test_escape_leaves_the_drawing_and_nothing_is_sent(looked_at: Locator) -> None:
    board, page = looked_at, looked_at.page
    before = run_of(page)
    tool = board.get_by_role("button", name="Draw a box")
    tool.press("Enter")
    page.keyboard.press("Escape")
    expect(tool).to_be_focused()
    expect(tool).to_have_attribute("aria-pressed", "false")
    expect(board.get_by_role("application")).to_be_hidden()
    expect(board.get_by_role("status")).to_have_text("Nothing was drawn.")
    expect_no_run_since(page, before)


def test_a_finger_draws_a_box(new_page: Callable[..., Page], url: str, problems: list[str]) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    board = visit(page, url)
    board.get_by_role("button", name="Draw a box").tap()
    touch = page.context.new_cdp_session(page)
    path = [on_screen(board, 500 + 20 * step, 300 + 30 * step) for step in range(9)]
    for kind, points in [("Start", path[:1]), *(("Move", [point]) for point in path[1:]), ("End", [])]:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": f"touch{kind}", "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )
    assert drawn_box(page) == pytest.approx([500, 300, 660, 540], abs=4)
    assert not problems


def test_the_room_is_reserved_before_the_script_has_run(page: Page, url: str) -> None:
    page.add_init_script(
        "const address = URL.createObjectURL;"
        "const nothing = new Blob(['export default () => {}'], { type: 'text/javascript' });"
        "URL.createObjectURL = () => address(nothing)"
    )
    page.goto(url)
    expect(page.get_by_text("Drawn: None")).to_be_visible()
    stage = page.locator(".face-board .stage")
    expect(stage).to_be_visible()
    expect(page.locator(".mark")).to_have_count(0)
    box = stage.bounding_box()
    assert box["width"] / box["height"] == pytest.approx(WIDTH / HEIGHT, rel=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    new_page: Callable[..., Page], url: str, scheme: str, serious_violations: Callable, screenshot: Callable
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    board = visit(page, url)
    face(board, "Grace, named").click()
    expect(page.get_by_text("Chosen: b", exact=True)).to_be_visible()
    assert serious_violations(page) == []
    screenshot(page, f"face-board-{scheme}")
    board.get_by_role("button", name="Draw a box").press("Enter")
    assert serious_violations(page) == []


def test_an_honest_answer_is_believed() -> None:
    assert read_answer("b", [1, 2, 30.5, 40], FACES, 100, 50) == BoardAnswer(
        selected="b", drawn=(1.0, 2.0, 30.5, 40.0)
    )


@pytest.mark.parametrize("selected", [None, "", "z", 7, True, ["a"], {"a": 1}])
def test_only_the_key_of_a_face_on_the_board_is_believed(selected: object) -> None:
    assert read_answer(selected, None, FACES, 100, 50).selected is None


@pytest.mark.parametrize(
    "drawn",
    [
        None,
        "0,0,9,9",
        {"0": 0, "1": 0, "2": 9, "3": 9},
        [0, 0, 20],
        [0, 0, 20, 20, 20],
        [0, 0, "20", 20],
        [False, 0, 20, 20],
        [0, 0, math.nan, 20],
        [-math.inf, 0, 20, 20],
        [0, 0, 10**400, 20],
        [-1, 0, 20, 20],
        [0, 0, 101, 20],
        [0, 0, 20, 50.01],
        [20, 20, 5, 5],
        [0, 0, 7.9, 20],
        [0, 0, 20, 7],
    ],
)
def test_only_a_box_of_some_size_inside_the_picture_is_believed(drawn: object) -> None:
    assert read_answer(None, drawn, FACES, 100, 50).drawn is None


def test_two_faces_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        face_board(b"", "", 10, 10, [FACES[0], FACES[0]], key="board", selected=None)
