"""Convolution, step by step, in Chromium: its arithmetic, its show, and what must never happen."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import skimage.data
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from dlintro_demos.feature_layers.convolution import (
    Convolution,
    FirstLayer,
    Window,
    first_convolution,
    first_layer,
    window,
)
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.imagenet import prepare
from tests.visiting import ours

CHANNELS = (6, 0)  # two of the liveliest
SIDE = 112  # pixels of the map
FILLED = 31  # the last step: 27 products, their sum, batch norm, ReLU6 and the pixel
SCRIPT = f"""
import json
from types import SimpleNamespace

import streamlit as st

from dlintro_demos.feature_layers.ui.components.convolution_steps import show_convolution

st.set_page_config(layout="wide")
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.title("Convolution, step by step")
with open(PATH) as file:
    layer = json.load(file, object_hook=lambda found: SimpleNamespace(**found))
layer.pixels = bytes.fromhex(layer.pixels)
if st.toggle("Another picture"):
    layer.pixels = layer.pixels[::-1]
shown = {CHANNELS}[st.toggle("Another channel")]
show_convolution(layer, next(one for one in layer.filters if one.channel == shown), key="convolution")
st.button("Run")
st.write(f"Run {{st.session_state.runs}}")
"""


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A busy machine answers late; what is right at once costs no time."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def layer(cache: ModelCache) -> FirstLayer:
    *_, found = first_layer(skimage.data.chelsea(), cache)
    return found


@pytest.fixture(scope="module")
def convolutions(network: Any) -> list[Convolution]:
    pixels = prepare(skimage.data.chelsea())
    return [first_convolution(network, pixels, channel) for channel in CHANNELS]


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory, layer: FirstLayer) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("convolution")
    numbers = dataclasses.asdict(layer) | {"pixels": layer.pixels.hex()}
    (folder / "layer.json").write_text(json.dumps(numbers), encoding="utf-8")
    script = folder / "convolution_alone.py"
    script.write_text(SCRIPT.replace("PATH", repr(str(folder / "layer.json"))), encoding="utf-8")
    with serve_script(script) as url:
        yield url


@pytest.fixture(scope="module")
def clocked(chromium: Browser, url: str) -> Iterator[Page]:
    """A page whose clock stands still until a test moves it."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    visit(page, url)
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def calm(open_context: Callable[..., BrowserContext], url: str) -> Iterator[Page]:
    """A page without motion for all tests that need none of their own."""
    page = open_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
    visit(page, url)
    yield page
    page.close()


@pytest.fixture
def board(calm: Page) -> Locator:
    """The board on the page that these tests share; each chooses its pixel."""
    return calm.locator(".convolution")


def visit(page: Page, url: str) -> Locator:
    page.goto(url)
    board = page.locator(".convolution")
    finished(board)
    expect(page.get_by_text("Run 1", exact=True)).to_be_visible()
    return board


def finished(board: Locator) -> None:
    """Wait for the end of the show."""
    expect(board).to_have_attribute("data-done", "", timeout=30_000)


def on_screen(part: Locator, row: float, column: float, side: int = SIDE) -> tuple[float, float]:
    """The middle of a pixel of the map, or of the picture, as a point of the screen."""
    box = part.bounding_box()
    return box["x"] + (column + 0.5) * box["width"] / side, box["y"] + (row + 0.5) * box["height"] / side


def click(page: Page, board: Locator, row: int, column: int) -> None:
    board.get_by_role("application").scroll_into_view_if_needed()
    page.mouse.click(*on_screen(board.get_by_role("application"), row, column))


def spot(board: Locator) -> tuple[int, int]:
    return int(board.get_attribute("data-row")), int(board.get_attribute("data-column"))


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def exact(board: Locator) -> list[float]:
    return [float(board.get_attribute(f"data-{name}")) for name in ("sum", "normalised", "activation")]


def numbers_of(found: Window) -> list[float]:
    return [found.sum, found.normalised, found.activation]


def cells(board: Locator, column: int) -> np.ndarray:
    """The numbers of a column of grids, (3, 3, 3): row, column, colour. Column 0 has the pixels."""
    grids = [board.locator(f".colour.{name} .grid").nth(column) for name in ("red", "green", "blue")]
    texts = [grid.locator(".cell").all_inner_texts() for grid in grids]
    return np.stack([np.reshape([number(text) for text in nine], (3, 3)) for nine in texts], axis=-1)


def lit(board: Locator) -> list[int]:
    return [board.locator(f".colour .grid:nth-of-type({n}) .lit").count() for n in (1, 2, 3)]


@pytest.mark.parametrize(("row", "column"), [(41, 70), (0, 0), (0, 111), (111, 0), (111, 111), (60, 33)])
def test_a_click_on_the_map_shows_the_arithmetic_of_its_pixel(
    calm: Page, board: Locator, convolutions: list[Convolution], row: int, column: int
) -> None:
    click(calm, board, row, column)
    assert spot(board) == (row, column)
    expected = window(convolutions[0], row, column)
    assert exact(board) == pytest.approx(numbers_of(expected), abs=1e-5)
    finished(board)
    outputs = [number(text) for text in board.locator(".value").all_inner_texts()]
    assert outputs == pytest.approx(numbers_of(expected), abs=6e-4)
    np.testing.assert_allclose(cells(board, 0), expected.window, atol=6e-3)
    np.testing.assert_allclose(cells(board, 1), convolutions[0].kernel, atol=6e-3)
    np.testing.assert_allclose(cells(board, 2), expected.products, atol=6e-3)


def test_the_map_that_the_browser_computes_is_the_networks(
    board: Locator, convolutions: list[Convolution]
) -> None:
    for name, expected in [
        ("map", np.repeat(grey(convolutions[0].feature_map)[..., None], 3, axis=-1)),
        ("picture", convolutions[0].picture),
    ]:
        rgba = board.locator(f"canvas.{name}").evaluate(
            "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
        )
        drawn = np.reshape(rgba, (*expected.shape[:2], 4))
        np.testing.assert_allclose(drawn[..., :3], expected, atol=1)
        assert (drawn[..., 3] == 255).all()


def grey(feature_map: np.ndarray) -> np.ndarray:
    """From the lowest value as black to the highest as white."""
    low, high = feature_map.min(), feature_map.max()
    return (feature_map - low) / (high - low) * 255


def test_a_click_on_the_picture_chooses_the_window_around_it(calm: Page, board: Locator) -> None:
    calm.mouse.click(*on_screen(board.locator("canvas.picture"), 101, 61, side=224))
    assert spot(board) == (50, 30)
    expect(board.locator(".place")).to_have_text("3 × 3 pixels, enlarged: rows 101 to 103, columns 61 to 63.")
    frame, picture = (board.locator(name).bounding_box() for name in (".seen .frame", "canvas.picture"))
    middle = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    scale = picture["width"] / 224
    assert middle == pytest.approx((picture["x"] + 61.5 * scale, picture["y"] + 101.5 * scale), abs=0.6)


def test_beyond_the_edge_the_window_is_hatched_and_said_to_be_zero(calm: Page, board: Locator) -> None:
    click(calm, board, 111, 111)
    expect(board.locator(".patch .beyond")).to_have_count(5)
    expect(board.locator(".place")).to_contain_text("Beyond the edge, the network puts zeros.")
    click(calm, board, 50, 50)
    expect(board.locator(".beyond")).to_have_count(0)


def test_dragging_over_the_map_takes_the_window_along_and_runs_nothing_on_the_server(
    calm: Page, board: Locator
) -> None:
    runs = int(calm.get_by_text(re.compile(r"^Run \d+$")).last.inner_text().split()[1])
    field = board.get_by_role("application")
    field.scroll_into_view_if_needed()
    calm.mouse.move(*on_screen(field, 20, 20))
    calm.mouse.down()
    calm.mouse.move(*on_screen(field, 60, 90), steps=5)
    assert spot(board) == (60, 90)
    finished(board)
    calm.mouse.move(*on_screen(field, 60, 300))
    assert spot(board) == (60, 111)
    calm.mouse.up()
    calm.get_by_role("button", name="Run").click()
    expect(calm.get_by_text(f"Run {runs + 1}", exact=True)).to_be_visible()  # and none in between
    assert spot(board) == (60, 111)


def test_arrow_keys_move_the_pixel_and_the_numbers_are_read_out(
    calm: Page, board: Locator, convolutions: list[Convolution]
) -> None:
    click(calm, board, 2, 4)
    field = board.get_by_role("application")
    expect(field).to_be_focused()
    for key, place in [
        ("ArrowRight", (2, 5)),
        ("ArrowDown", (3, 5)),
        ("ArrowLeft", (3, 4)),
        ("ArrowUp", (2, 4)),
        ("Shift+ArrowDown", (12, 4)),
        ("Shift+ArrowLeft", (12, 0)),
        ("End", (12, 111)),
        ("Home", (12, 0)),
        ("Shift+ArrowUp", (2, 0)),
    ]:
        calm.keyboard.press(key)
        assert spot(board) == place
        assert exact(board) == pytest.approx(numbers_of(window(convolutions[0], *place)), abs=1e-5)
    spoken = board.get_by_role("status")
    expect(spoken).to_contain_text("Window at row 3, column 1: sum ")
    said = [number(text) for text in re.findall(r"(?:sum|norm|ReLU6) (−?[\d.]+)", spoken.inner_text())]
    assert said == pytest.approx(numbers_of(window(convolutions[0], 2, 0)), abs=6e-3)
    expect(field).to_have_attribute("aria-label", re.compile("row 3, column 1: "))


def test_products_appear_one_after_the_other_in_about_a_second(clocked: Page) -> None:
    page, board = clocked, clocked.locator(".convolution")
    click(page, board, 50, 50)
    expect(board.locator(".empty")).to_have_count(27 + 1)  # and the pixel
    expect(board).to_have_attribute("data-step", "0")
    page.clock.run_for(500)
    step = int(board.get_attribute("data-step"))
    assert 8 < step < 18
    assert lit(board) == [1, 1, 1]
    expect(board.locator(".patch .lit")).to_have_count(1)
    expect(board.locator(".empty")).to_have_count(27 - step + 1)
    expect(board.locator(".current")).to_have_text(re.compile("^−?[0-9.]+ × .* = −?[0-9.]+$"))
    page.clock.run_for(700)
    expect(board.locator(".stop .value").first).not_to_be_empty()
    expect(board.locator(".colour .empty")).to_have_count(0)
    expect(board.locator(".stop .value").nth(1)).to_be_empty()
    page.clock.run_for(3000)
    finished(board)
    assert lit(board) == [0, 0, 0]


def test_pointing_at_a_product_lights_up_what_it_is_made_of(calm: Page, board: Locator) -> None:
    summary = board.locator(".current").inner_text()
    board.locator(".colour.green .grid").nth(2).locator(".cell").nth(5).hover()
    assert lit(board) == [1, 1, 1]
    expect(board.locator(".colour.green .grid").first.locator(".cell").nth(5)).to_have_class("cell lit")
    expect(board.locator(".current")).to_contain_text(" × ")
    calm.mouse.move(1, 1)
    assert lit(board) == [0, 0, 0]
    expect(board.locator(".current")).to_have_text(summary)


def test_step_goes_one_pixel_on_and_from_the_end_of_a_row_to_the_next(calm: Page, board: Locator) -> None:
    click(calm, board, 7, 110)
    for place in [(7, 111), (8, 0)]:
        board.get_by_role("button", name="Step").click()
        assert spot(board) == place
    click(calm, board, 111, 111)
    board.get_by_role("button", name="Step").click()
    assert spot(board) == (0, 0)


def test_play_moves_the_window_and_pause_stops_it(clocked: Page) -> None:
    page, board = clocked, clocked.locator(".convolution")
    click(page, board, 5, 5)
    board.get_by_role("button", name="Play").click()
    page.clock.run_for(12_000)
    row, column = spot(board)
    assert row == 5
    assert 6 <= column <= 9  # a readable pace: a pixel takes some seconds
    board.get_by_role("button", name="Pause").click()
    expect(board.get_by_role("status")).to_contain_text("Paused. Window at row 6")
    place = spot(board)
    page.clock.run_for(12_000)
    assert spot(board) == place
    finished(board)


def test_a_fast_window_fills_the_map_and_the_numbers_are_right_when_it_stops(
    page: Page, url: str, convolutions: list[Convolution], problems: list[str], screenshot: Callable
) -> None:
    board = visit(page, url)
    click(page, board, 20, 0)
    board.get_by_role("button", name="Fast").click()
    board.get_by_role("button", name="Play").click()
    expect(board).to_have_attribute("data-row", re.compile("2[2-9]"), timeout=20_000)
    screenshot(page, "convolution-fast")
    board.get_by_role("button", name="Pause").click()
    row, column = spot(board)
    expected = window(convolutions[0], row, column)
    assert exact(board) == pytest.approx(numbers_of(expected), abs=1e-5)
    np.testing.assert_allclose(cells(board, 2), expected.products, atol=6e-3)
    assert alpha(board, row - 1) == 255
    assert alpha(board, row + 1) < 255
    click(page, board, 3, 3)
    assert alpha(board, row + 1) == 255
    assert ours(problems) == []


def alpha(board: Locator, row: int) -> int:
    """How opaque the middle of a row of the map is drawn."""
    return board.locator("canvas.map").evaluate(
        "(canvas, row) => canvas.getContext('2d').getImageData(56, row, 1, 1).data[3]", row
    )


def test_a_visitor_who_takes_over_stops_the_play(calm: Page, board: Locator) -> None:
    for take_over in (
        lambda: calm.keyboard.press("ArrowUp"),
        lambda: click(calm, board, 9, 9),
        lambda: board.get_by_role("button", name="Step").click(),
    ):
        board.get_by_role("button", name="Play").click()
        expect(board).to_have_attribute("data-playing", "")
        board.get_by_role("application").focus()
        take_over()
        expect(board.get_by_role("button", name="Play")).to_be_visible()
        expect(board).not_to_have_attribute("data-playing", "")


def test_without_motion_the_result_is_there_at_once_and_play_only_jumps(clocked: Page) -> None:
    page, board = clocked, clocked.locator(".convolution")
    page.emulate_media(reduced_motion="reduce")
    board.evaluate(
        "board => { board.steps = new Set(); new MutationObserver(() => board.steps.add(board.dataset.step))"
        ".observe(board, { attributes: true }); }"
    )
    click(page, board, 30, 30)
    board.get_by_role("button", name="Play").click()
    page.clock.run_for(5_000)
    row, column = spot(board)
    assert row == 30
    assert 32 <= column <= 35
    assert board.evaluate("board => [...board.steps]") == [str(FILLED)]
    board.get_by_role("button", name="Pause").click()
    page.emulate_media(reduced_motion="no-preference")


def test_another_channel_keeps_the_pixel(calm: Page, board: Locator, convolutions: list[Convolution]) -> None:
    click(calm, board, 33, 44)
    calm.get_by_text("Another channel").click()
    expect(board.locator(".legend")).to_contain_text(f"channel {CHANNELS[1]}.")
    assert spot(board) == (33, 44)
    assert exact(board) == pytest.approx(numbers_of(window(convolutions[1], 33, 44)), abs=1e-5)
    calm.get_by_text("Another channel").click()
    expect(board.locator(".legend")).to_contain_text(f"channel {CHANNELS[0]}.")


def test_a_picture_that_does_not_arrive_is_said(calm: Page, board: Locator) -> None:
    calm.route("**/shown/**", lambda route: route.abort())
    calm.get_by_text("Another picture").click()
    expect(board.locator(".hint")).to_have_text("The picture did not arrive. Please load the page again.")
    calm.unroute("**/shown/**")
    calm.get_by_text("Another picture").click()
    expect(board.locator(".hint")).to_contain_text("Click a pixel of the picture")


def sticks_out(page: Page, board: Locator) -> bool:
    parts = page.locator("html"), page.get_by_test_id("stMain")
    fits = [part.evaluate("part => part.scrollWidth <= part.clientWidth") for part in parts]
    cells = board.locator(".cell").evaluate_all(
        "cells => cells.every(cell => cell.scrollWidth <= cell.clientWidth)"
    )
    return not all([*fits, cells])


def test_on_a_wide_and_a_narrow_screen_nothing_sticks_out_and_axe_is_content(
    calm: Page, board: Locator, serious_violations: Callable, screenshot: Callable
) -> None:
    click(calm, board, 111, 111)
    assert serious_violations(calm) == []
    for width in (1280, 700):
        calm.set_viewport_size({"width": width, "height": 900})
        assert not sticks_out(calm, board)
        screenshot(calm, f"convolution-{width}")
    calm.set_viewport_size({"width": 1280, "height": 900})


def test_a_finger_chooses_a_pixel_by_a_tap_on_a_phone_in_the_dark(
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
    field = board.get_by_role("application")
    field.scroll_into_view_if_needed()
    page.touchscreen.tap(*on_screen(field, 70, 40))
    assert spot(board) == pytest.approx((70, 40), abs=1)
    expect(board.locator(".hint")).to_contain_text("Tap")
    finished(board)
    assert not sticks_out(page, board)
    assert serious_violations(page) == []
    screenshot(page, "convolution-phone")
    assert ours(problems) == []
