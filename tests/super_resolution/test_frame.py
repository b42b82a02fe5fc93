"""The frame on a photo in Chromium: mouse, finger and keyboard choose a part; what is forged does not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from dlintro_demos.shared.tiles import Box
from dlintro_demos.super_resolution.pace import SMALLEST
from dlintro_demos.super_resolution.ui.components.frame import read_box

SIZE = WIDTH, HEIGHT = 4000, 3000
SCRIPT = f"""
import io

import streamlit as st
from PIL import Image

from dlintro_demos.shared.tiles import Box
from dlintro_demos.super_resolution.ui.components.frame import chosen_box, frame

st.session_state.runs = st.session_state.get("runs", 0) + 1
file = io.BytesIO()
Image.new("RGB", (400, 300), (90, 140, 200)).save(file, "PNG")
box = chosen_box("photo", {SIZE}) or Box(0, 0, *{SIZE})
st.title("A frame")
frame(file.getvalue(), size={SIZE}, box=box, full={{4: 3_000_000, 2: 11_000_000}}, digest="photo", pace=2.0)
st.write(f"Run {{st.session_state.runs}}: {{box.left}} {{box.top}} {{box.right}} {{box.bottom}}")
for _ in range(20):
    st.write("More to read.")
"""
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("frame") / "one_frame.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with serve_script(script) as url:
        yield url


def visit(page: Page, url: str) -> Locator:
    page.goto(url)
    expect(ran(page, 1, 0, 0, WIDTH, HEIGHT)).to_be_visible()
    expect(page.locator(".framing .picture")).to_have_js_property("naturalWidth", 400)
    return page.locator(".framing")


def ran(page: Page, number: int, *edges: int) -> Locator:
    return page.get_by_text(f"Run {number}: {' '.join(map(str, edges))}", exact=True)


def at(framing: Locator, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the photo is on the screen."""
    stage = framing.locator(".stage").bounding_box()
    return stage["x"] + x / WIDTH * stage["width"], stage["y"] + y / HEIGHT * stage["height"]


def drag(page: Page, start: tuple[float, float], *path: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    for place in path:
        page.mouse.move(*place, steps=3)


def edges(framing: Locator) -> list[int]:
    """Of the frame as it is seen, in pixels of the photo: left, top, right, bottom."""
    stage, frame = (framing.locator(each).bounding_box() for each in (".stage", ".frame"))
    left, top = frame["x"] - stage["x"], frame["y"] - stage["y"]
    across, down = WIDTH / stage["width"], HEIGHT / stage["height"]
    right, bottom = (left + frame["width"]) * across, (top + frame["height"]) * down
    return [round(left * across), round(top * down), round(right), round(bottom)]


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """One finger from `start` to `end`, as the browser gets it from a touch screen."""
    touch = page.context.new_cdp_session(page)
    for step in range(9):
        x, y = (here + (there - here) * step / 8 for here, there in zip(start, end, strict=True))
        kind = "touchStart" if step == 0 else "touchMove"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def swipe_until(page: Page, start: tuple[float, float], end: tuple[float, float], state: str) -> None:
    """Swipe until `state` holds: a browser on a busy machine takes a quick finger for none at all."""
    for _ in range(5):
        swipe(page, start, end)
        with contextlib.suppress(TimeoutError):
            page.wait_for_function(state, timeout=5_000)
            return
    raise AssertionError(f"five swipes, and not yet: {state}")


def scrolled(page: Page) -> float:
    return page.evaluate(SCROLLED)


def test_a_mouse_resizes_moves_and_draws_and_the_page_runs_on_release_only(
    page: Page, url: str, problems: list[str], screenshot: Callable
) -> None:
    framing = visit(page, url)
    said = framing.locator(".said")
    expect(said).to_have_text(
        "The whole photo: 4,000 x 3,000 pixels, made smaller first: 4x goes up to 3 megapixels."
    )
    drag(page, at(framing, WIDTH, HEIGHT), at(framing, 3500, 2500), at(framing, 2000, 1500))
    expect(said).to_contain_text("In the frame: 2,0")
    expect(said).to_contain_text("enlarged 4x to 8,")
    expect(ran(page, 1, 0, 0, WIDTH, HEIGHT)).to_be_visible()
    page.mouse.up()
    expect(page.get_by_text("Run 2: 0 0 ")).to_be_visible()
    left, top, right, bottom = edges(framing)
    assert (left, top) == (0, 0)
    assert abs(right - 2000) < 20
    assert abs(bottom - 1500) < 20

    drag(page, at(framing, 1000, 700), at(framing, 1500, 1000), at(framing, 6000, 800))  # and over the edge
    page.mouse.up()
    expect(page.get_by_text("Run 3: ")).to_be_visible()
    moved = edges(framing)
    assert moved[2] == WIDTH
    assert moved[2] - moved[0] == pytest.approx(right, abs=8)
    assert moved[1] == pytest.approx(100, abs=20)
    screenshot(page, "frame-1280")

    drag(page, at(framing, 200, 2000), at(framing, 900, 2800))  # beside it: a new one
    expect(framing.get_by_text("700 pixels")).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_text("Run 4: ")).to_be_visible()
    assert np.abs(np.subtract(edges(framing), [200, 2000, 900, 2800])).max() < 25
    page.mouse.click(*at(framing, 3000, 1000))  # a click draws none
    framing.get_by_role("button", name="The whole photo").click()
    expect(ran(page, 5, 0, 0, WIDTH, HEIGHT)).to_be_visible()
    framing.get_by_role("button", name="A part of it").click()
    expect(ran(page, 6, 1000, 750, 3000, 2250)).to_be_visible()
    assert problems == []


def test_keys_resize_and_move_it_and_what_they_do_is_said(page: Page, url: str) -> None:
    framing = visit(page, url)
    frame = framing.get_by_role("application")
    frame.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    name = "Frame: 3,760 x 2,920 pixels, 80 from the left and 80 from the top, of 4,000 x 3,000."
    expect(frame).to_have_accessible_name(f"{name} Arrow keys move it, with Shift they resize it.")
    expect(framing.get_by_role("status")).to_contain_text("In the frame: 3,760 x 2,920 pixels, enlarged 2x")
    expect(ran(page, 2, 80, 80, 3840, 3000)).to_be_visible()
    expect(frame).to_be_focused()


def test_a_finger_drags_the_frame_without_scrolling_and_scrolls_beside_it(
    new_page: Callable[..., Page], url: str, problems: list[str], screenshot: Callable
) -> None:
    page = new_page(**PHONE)
    framing = visit(page, url)
    down = f"() => {SCROLLED} > 40"
    swipe_until(page, at(framing, 2000, 2200), at(framing, 2000, 900), down)  # the whole photo is no obstacle
    framing.get_by_role("button", name="A part of it").tap()
    expect(ran(page, 2, 1000, 750, 3000, 2250)).to_be_visible()
    before = scrolled(page)
    swipe(page, at(framing, 2000, 1500), at(framing, 2000, 900))
    expect(page.get_by_text("Run 3: 1000 1")).to_be_visible()
    left, top, right, bottom = edges(framing)
    assert (left, right) == (1000, 3000)
    assert bottom - top == 1500
    assert top == pytest.approx(150, abs=30)
    corner = framing.locator(".corner").last.bounding_box()
    assert min(corner["width"], corner["height"]) >= 44
    swipe(page, at(framing, right - 40, bottom - 40), at(framing, 2600, 1300))
    expect(page.get_by_text("Run 4: 1000 1")).to_be_visible()
    assert edges(framing)[2] == pytest.approx(2640, abs=40)
    assert scrolled(page) == before
    screenshot(page, "frame-360")
    assert page.get_by_test_id("stMain").evaluate("part => part.scrollWidth <= part.clientWidth")
    high, low = at(framing, 3500, 1000), at(framing, 3500, 2600)
    if before:
        swipe_until(page, high, low, f"() => {SCROLLED} < {before}")
    else:  # a page that was scrolled back when it ran again
        swipe_until(page, low, high, f"() => {SCROLLED} > 0")
    assert problems == []


def test_axe_finds_nothing_serious_in_the_light_and_in_the_dark(
    page: Page, url: str, serious_violations: Callable
) -> None:
    framing = visit(page, url)
    framing.get_by_role("button", name="A part of it").click()
    expect(ran(page, 2, 1000, 750, 3000, 2250)).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way to another
        expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
        assert serious_violations(page) == []


def test_a_frame_on_this_photo_is_believed():
    assert read_box({"box": [0, 10, 32, 3000], "id": "photo"}, SIZE, "photo") == Box(0, 10, 32, 3000)
    assert read_box({"box": [0, 0, 5, 40], "id": "strip"}, (5, 100), "strip") == Box(0, 0, 5, 40)


@pytest.mark.parametrize(
    "box",
    [
        None,
        "0,0,100,100",
        [0, 0, 100],
        [0, 0, 100, 100, 100],
        ["0", "0", "100", "100"],
        [0.0, 0.0, 100.0, 100.0],
        [float("nan"), 0, 100, 100],
        [0, 0, float("inf"), 100],
        [-1, 0, 100, 100],
        [0, 0, WIDTH + 1, 100],
        [0, 0, 100, 10**30],
        [200, 0, 100, 100],
        [0, 0, SMALLEST - 1, 100],
        [False, False, 100, 100],
        {"left": 0},
    ],
    ids=repr,
)
def test_a_forged_frame_is_not(box):
    assert read_box({"box": box, "id": "photo"}, SIZE, "photo") is None


@pytest.mark.parametrize(
    "sent",
    [None, [0, 0, 100, 100], {"box": [0, 0, 100, 100]}, {"box": [0, 0, 100, 100], "id": "another"}],
    ids=repr,
)
def test_a_frame_on_another_photo_is_not(sent):
    assert read_box(sent, SIZE, "photo") is None
