"""The picture comparer in Chromium: divider, lens, keyboard, touch, and what must never happen."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

WIDTH, HEIGHT = 400, 300  # of `after`; `before` has a quarter of the pixels each way
HOSTILE = "<img src=x onerror=alert(1)>"
SCRIPT = f"""
import io

import numpy as np
import streamlit as st
from PIL import Image

from dlintro_demos.gallery.ui.components.comparer import View, comparer

st.session_state.runs = st.session_state.get("runs", 0) + 1
st.title("Two comparers")
st.write(f"Run {{st.session_state.runs}}")
blue = 200 if st.toggle("Other pictures") else 0


def png(width, height):
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([x % 256, y % 256, x // 256 * 40 + blue], axis=-1).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def show(key, label):
    comparer(
        View(label=label, picture=png(100, 75), alt=f"{{key}}, small", pixelated=True),
        View(label="Sharp", picture=png({WIDTH}, {HEIGHT}), alt=f"{{key}}, large"),
        key=key,
        width={WIDTH},
        height={HEIGHT},
    )


show("first", "Blurry")
if not st.toggle("Only one"):
    show("second", {HOSTILE!r})
for _ in range(12):
    st.write("More to read.")
"""

COUNT_LISTENERS = """
window.live = 0;
for (const target of [document, window]) {
    const add = target.addEventListener.bind(target);
    target.addEventListener = (type, handler, options) => {
        if (options?.signal && /keydown|scroll|resize/.test(type)) {
            window.live += 1;
            options.signal.addEventListener('abort', () => (window.live -= 1));
        }
        return add(type, handler, options);
    };
}
"""
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def ramp(width: int, height: int, blue: int = 0) -> np.ndarray:
    """The picture of the script: its colours name the pixel, so that a shift by one shows."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x % 256, y % 256, x // 256 * 40 + blue], axis=-1).astype(np.uint8)


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("comparer") / "two_comparers.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with serve_script(script) as url:
        yield url


def visit(page: Page, url: str) -> Locator:
    """Open the page and return the first comparer, its pictures loaded."""
    page.goto(url)
    comparers = page.locator(".comparer")
    expect(comparers).to_have_count(2)
    expect(page.get_by_role("slider").nth(1)).to_have_value("50")
    wait_for_pictures(page)
    return comparers.first


def wait_for_pictures(page: Page) -> None:
    page.wait_for_function(
        """() => [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
        .flatMap((host) => [...host.shadowRoot.querySelectorAll('img')])
        .every((picture) => picture.complete && picture.naturalWidth)"""
    )


def share_of_before(comparer: Locator) -> float:
    """Per cent of the width in which `before` really shows, from what the browser computed."""
    clip = comparer.locator(".picture.before").evaluate("picture => getComputedStyle(picture).clipPath")
    hidden = float(clip.removeprefix("inset(0px ").split("%")[0])
    return 100 - hidden


def lens_pixels(comparer: Locator, side: str) -> np.ndarray:
    canvas = comparer.locator(f".look.{side} canvas")
    side_length, rgba = canvas.evaluate(
        "canvas => [canvas.width, [...canvas.getContext('2d')"
        ".getImageData(0, 0, canvas.width, canvas.height).data]]"
    )
    return np.array(rgba, np.uint8).reshape(side_length, side_length, 4)[..., :3]


def point_at(page: Page, comparer: Locator, x: int, y: int) -> None:
    box = comparer.locator(".stage").bounding_box()
    page.mouse.move(
        box["x"] + (x + 0.5) * box["width"] / WIDTH, box["y"] + (y + 0.5) * box["height"] / HEIGHT
    )


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """One finger from `start` to `end`, as the browser gets it from a touch screen."""
    touch = page.context.new_cdp_session(page)
    (x, y), (to_x, to_y) = start, end
    path = [(x + (to_x - x) * step / 8, y + (to_y - y) * step / 8) for step in range(9)]
    for kind, points in [("Start", path[:1]), *(("Move", [point]) for point in path[1:]), ("End", [])]:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": f"touch{kind}", "touchPoints": [{"x": px, "y": py} for px, py in points]},
        )


def test_labels_are_text_and_dragging_moves_one_divider_and_runs_nothing_on_the_server(
    page: Page, url: str, problems: list[str], screenshot: Callable
) -> None:
    first = visit(page, url)
    second = page.locator(".comparer").nth(1)
    expect(second.locator(".chip.before")).to_have_text(HOSTILE)
    expect(second.locator("img")).to_have_count(2)
    for alt in ("first, small", "first, large", "second, small", "second, large"):
        expect(page.get_by_alt_text(alt)).to_have_count(1)

    box = first.locator(".stage").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, middle, steps=4)
    page.mouse.move(box["x"] + box["width"] * 0.25, middle + 20, steps=4)
    page.mouse.up()
    assert share_of_before(first) == pytest.approx(25, abs=0.3)
    assert share_of_before(second) == 50
    page.mouse.click(box["x"] + box["width"] * 0.8, middle)
    assert share_of_before(first) == pytest.approx(80, abs=0.3)
    expect(page.get_by_text("Run 1", exact=True)).to_be_visible()
    assert not problems
    screenshot(page, "comparer-1280")


def test_the_divider_obeys_the_keyboard_and_labels_make_way(page: Page, url: str) -> None:
    first = visit(page, url)
    slider = first.get_by_role("slider", name="Divider between Blurry and Sharp")
    slider.focus()
    for key, share in [
        ("ArrowRight", 52),
        ("ArrowLeft", 50),
        ("PageUp", 60),
        ("PageDown", 50),
        ("Home", 0),
        ("ArrowLeft", 0),
        ("End", 100),
        ("ArrowDown", 98),
    ]:
        page.keyboard.press(key)
        assert share_of_before(first) == pytest.approx(share)
        expect(slider).to_have_value(str(share))
        expect(slider).to_have_attribute("aria-valuetext", f"{share} % Blurry, {100 - share} % Sharp")
    for key, before, after in [("Home", "0", "1"), ("End", "1", "0")]:
        page.keyboard.press(key)  # a label hides when its side is too narrow
        expect(first.locator(".chip.before")).to_have_css("opacity", before)
        expect(first.locator(".chip.after")).to_have_css("opacity", after)


def test_the_lens_shows_exactly_the_pixels_under_the_pointer(page: Page, url: str) -> None:
    first = visit(page, url)
    first.get_by_role("button", name="Zoom lens").click()
    before = ramp(100, 75).repeat(4, axis=0).repeat(4, axis=1)
    for power, across, x, y in [("4×", 53, 290, 97), ("8×", 27, 33, 201)]:
        first.get_by_role("button", name=power).click()
        point_at(page, first, x, y)
        expect(first.locator(".where")).to_have_text(f"{power} at pixel {x}, {y} of {WIDTH} × {HEIGHT}")
        half = across // 2
        window = np.s_[y - half : y + half + 1, x - half : x + half + 1]
        np.testing.assert_array_equal(lens_pixels(first, "after"), ramp(WIDTH, HEIGHT)[window])
        np.testing.assert_array_equal(lens_pixels(first, "before"), before[window])


def test_the_floating_lens_stays_in_view_and_off_the_spot(page: Page, url: str, screenshot: Callable) -> None:
    first = visit(page, url)
    toggle, lens = first.get_by_role("button", name="Zoom lens"), first.locator(".lens")
    toggle.click()
    corners = [(9, 9), (390, 9), (9, 290), (390, 290), (200, 200)]
    for width, (x, y) in itertools.product([1280, 620], corners):
        page.set_viewport_size({"width": width, "height": 900})
        toggle.evaluate("button => button.scrollIntoView()")
        point_at(page, first, x, y)
        expect(first.locator(".where")).to_contain_text(f"pixel {x}, {y} ")
        box, stage = lens.bounding_box(), first.locator(".stage").bounding_box()
        spot_x = stage["x"] + (x + 0.5) * stage["width"] / WIDTH
        spot_y = stage["y"] + (y + 0.5) * stage["height"] / HEIGHT
        right, bottom = box["x"] + box["width"], box["y"] + box["height"]
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert right <= width
        assert bottom <= 900
        assert not (box["x"] <= spot_x <= right and box["y"] <= spot_y <= bottom)
    screenshot(page, "comparer-lens-620")


def test_the_lens_works_from_the_keyboard_alone(page: Page, url: str) -> None:
    first = visit(page, url)
    toggle = first.get_by_role("button", name="Zoom lens")
    field = first.get_by_role("application")
    expect(field).to_be_hidden()
    toggle.press("Enter")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    for _ in range(3):  # past the two magnifications to the picture
        page.keyboard.press("Tab")
    expect(field).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(first.get_by_role("status")).to_have_text("Pixel 168, 121")
    expect(field).to_have_accessible_name(
        "4× at pixel 168, 121 of 400 × 300. Arrow keys move it, Escape closes it."
    )
    page.keyboard.press("Escape")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    expect(toggle).to_be_focused()
    expect(first.locator(".lens")).to_be_hidden()


def test_new_pictures_keep_divider_and_lens_and_leaving_takes_the_listeners_along(
    page: Page, url: str, problems: list[str]
) -> None:
    page.add_init_script(COUNT_LISTENERS)
    first = visit(page, url)
    first.get_by_role("slider").press("PageUp")
    first.get_by_role("button", name="Zoom lens").click()
    source = first.locator("img.after").get_attribute("src")
    page.get_by_text("Other pictures").click()
    expect(page.get_by_text("Run 2", exact=True)).to_be_visible()
    expect(first.locator("img.after")).not_to_have_attribute("src", source)
    wait_for_pictures(page)
    assert share_of_before(first) == pytest.approx(60)
    point_at(page, first, 100, 100)
    expect(first.locator(".where")).to_contain_text("pixel 100, 100 ")
    half = 26
    window = np.s_[100 - half : 101 + half, 100 - half : 101 + half]
    np.testing.assert_array_equal(lens_pixels(first, "after"), ramp(WIDTH, HEIGHT, blue=200)[window])

    assert page.evaluate("live") == 6  # two mounts, each once
    page.get_by_text("Only one").click()
    expect(page.locator(".comparer")).to_have_count(1)
    page.wait_for_function("live === 3")
    assert not problems


def test_on_a_phone_a_finger_drags_the_divider_or_scrolls_past_it(
    new_page: Callable[..., Page], url: str, problems: list[str], screenshot: Callable
) -> None:
    page = new_page(**PHONE)
    first = visit(page, url)
    box = first.locator(".stage").bounding_box()
    middle = box["y"] + box["height"] / 2
    swipe(page, (box["x"] + box["width"] / 2, middle), (box["x"] + box["width"] * 0.2, middle))
    assert share_of_before(first) == pytest.approx(20, abs=1)
    grip = first.locator(".grip").bounding_box()
    assert min(grip["width"], grip["height"]) >= 44
    screenshot(page, "comparer-360")
    swipe(page, (280, middle), (286, middle - 150))
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 50")
    assert share_of_before(first) == pytest.approx(20, abs=1)
    assert not problems


def test_on_a_phone_the_lens_is_a_panel_below_and_nothing_sticks_out(
    new_page: Callable[..., Page], url: str, problems: list[str], screenshot: Callable
) -> None:
    page = new_page(**PHONE)
    first = visit(page, url)
    first.get_by_role("button", name="Zoom lens").tap()
    expect(first.locator(".where")).to_be_visible()
    stage, lens = first.locator(".stage").bounding_box(), first.locator(".lens").bounding_box()
    assert lens["y"] >= stage["y"] + stage["height"]
    left, top = stage["x"] + 0.5 * stage["width"] / WIDTH, stage["y"] + 0.5 * stage["height"] / HEIGHT
    target = (left + 280 * stage["width"] / WIDTH, top + 240 * stage["height"] / HEIGHT)
    swipe(page, (stage["x"] + stage["width"] / 2, stage["y"] + 30), target)
    expect(first.locator(".where")).to_contain_text("at pixel 280, 240")
    assert share_of_before(first) == 50
    for selector in ("html", "[data-testid=stMain]"):
        assert page.locator(selector).evaluate("part => part.scrollWidth <= part.clientWidth")
    assert not problems
    screenshot(page, "comparer-360-lens")


def test_axe_finds_nothing_serious_in_the_light_and_in_the_dark(
    page: Page, url: str, serious_violations: Callable, screenshot: Callable
) -> None:
    first = visit(page, url)
    toggle = first.get_by_role("button", name="Zoom lens")
    for scheme, lens in [("light", False), ("light", True), ("dark", True), ("dark", False)]:
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
        if (toggle.get_attribute("aria-pressed") == "true") != lens:
            toggle.click()
        expect(first.locator(".where")).to_be_visible(visible=lens)
        assert serious_violations(page) == []
        screenshot(page, f"comparer-{scheme}")
