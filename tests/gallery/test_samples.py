"""The strip of samples in Chromium: mouse, finger, keyboard and address choose; forged keys do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from dlintro_demos.gallery.intake.images import decode_image
from dlintro_demos.gallery.ui.pictures import _thumbnails

HOSTILE = "<img src=x onerror=alert(1)>"
LONG = "A picture with a title that is much longer than its tile is wide"
SCRIPT = f"""
import io

import streamlit as st
from PIL import Image

from dlintro_demos.gallery.ui.components.samples import Tile, choose_tile
from dlintro_demos.gallery.ui.show import bundled

st.session_state.runs = st.session_state.get("runs", 0) + 1


def square(red):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (red, 90, 160)).save(file, "PNG")
    return file.getvalue()


titles = {{3: {LONG!r}, 4: {HOSTILE!r}}}
tiles = [
    Tile(key=f"key{{i}}", title=titles.get(i, f"Title {{i}}"), source=bundled(square(12 * i)))
    for i in range(20)
]
asked = st.query_params.get("sample", "")
chosen = asked if asked in {{tile.key for tile in tiles}} else "key0"
st.title("Samples")
choose_tile(tiles, chosen=chosen, query="sample", label="Samples")
st.write(f"Run {{st.session_state.runs}} shows {{chosen}}")
st.button("Run again")
if st.button("Show another"):
    st.query_params["sample"] = "key17"
    st.rerun()
"""
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("samples") / "twenty_samples.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with serve_script(script) as url:
        yield url


def visit(page: Page, url: str, shows: str = "key0") -> Locator:
    page.goto(url)
    expect(page.get_by_text(f"Run 1 shows {shows}", exact=True)).to_be_visible()
    strip = page.get_by_role("toolbar", name="Samples")
    expect(strip.get_by_role("button")).to_have_count(20)
    return strip


def tile(strip: Locator, title: str) -> Locator:
    return strip.get_by_role("button", name=title, exact=True)


def only_pressed(strip: Locator, title: str) -> None:
    expect(strip.get_by_role("button", pressed=True)).to_have_text([title])


def in_view(tile: Locator) -> bool:
    return tile.evaluate(
        """tile => {
            const [inner, outer] = [tile, tile.parentElement].map((part) => part.getBoundingClientRect());
            return inner.left >= outer.left && inner.right <= outer.right;
        }"""
    )


def test_a_click_changes_address_and_page_with_one_run(
    page: Page, url: str, problems: list[str], screenshot: Callable
) -> None:
    strip = visit(page, url)
    only_pressed(strip, "Title 0")
    tops = "pictures => new Set(pictures.map((each) => each.getBoundingClientRect().top)).size"
    assert strip.locator("img").evaluate_all(tops) == 1  # however long the title below

    tile(strip, "Title 2").click()
    expect(page.get_by_text("Run 2 shows key2", exact=True)).to_be_visible()
    only_pressed(strip, "Title 2")
    assert page.url == f"{url}/?sample=key2"
    screenshot(page, "samples-1280")

    tile(strip, "Title 2").click()  # chosen already: no run
    tile(strip, HOSTILE).click()
    expect(page.get_by_text("Run 3 shows key4", exact=True)).to_be_visible()

    strip.evaluate("strip => (strip.scrollLeft = 200)")
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Run 4 shows key4", exact=True)).to_be_visible()
    assert strip.evaluate("strip => strip.scrollLeft") == 200

    page.get_by_role("button", name="Show another").click()  # a choice from elsewhere comes into view
    expect(page.get_by_text("Run 6 shows key17", exact=True)).to_be_visible()
    only_pressed(strip, "Title 17")
    assert in_view(tile(strip, "Title 17"))

    tile(strip, "Title 16").evaluate("tile => (tile.dataset.key = 'forged')")
    tile(strip, "Title 16").click()
    expect(page.get_by_text("Run 7 shows key17", exact=True)).to_be_visible()
    assert page.url == f"{url}/?sample=key17"

    page.go_back()
    expect(page.get_by_text("Run 8 shows key4", exact=True)).to_be_visible()
    only_pressed(strip, HOSTILE)
    assert problems == []


def test_one_stop_for_the_tab_key_and_arrows_along_the_strip(page: Page, url: str) -> None:
    strip = visit(page, f"{url}/?sample=key18", "key18")
    assert in_view(tile(strip, "Title 18"))
    page.get_by_role("button", name="Run again").focus()
    page.keyboard.press("Shift+Tab")
    expect(tile(strip, "Title 18")).to_be_focused()
    for _ in range(3):  # there is no tile behind the last
        page.keyboard.press("ArrowRight")
    expect(tile(strip, "Title 19")).to_be_focused()
    expect(tile(strip, "Title 19")).to_have_css("outline-style", "solid")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(tile(strip, "Title 1")).to_be_focused()
    assert in_view(tile(strip, "Title 1"))
    only_pressed(strip, "Title 18")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Run 2 shows key1", exact=True)).to_be_visible()
    expect(tile(strip, "Title 1")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run again")).to_be_focused()


def until_pressed(strip: Locator, title: str) -> None:
    """Tap as a person does: on a strip that still glides a tap only stops it, so once more."""
    for patience in (1_000, 3_000, 10_000):
        tile(strip, title).tap()
        with suppress(AssertionError):
            return expect(tile(strip, title)).to_have_attribute("aria-pressed", "true", timeout=patience)
    pytest.fail(f"three taps on {title} chose nothing")


def test_a_finger_pushes_the_strip_or_chooses(
    new_page: Callable[..., Page],
    url: str,
    serious_violations: Callable,
    screenshot: Callable,
    problems: list[str],
) -> None:
    page = new_page(**PHONE)
    strip = visit(page, url)
    expect(tile(strip, LONG)).to_be_visible()
    assert serious_violations(page) == []
    screenshot(page, "samples-360-light")
    for part in ("html", "[data-testid=stMain]"):
        assert page.locator(part).evaluate("part => part.scrollWidth <= part.clientWidth")

    box = strip.bounding_box()
    touch = page.context.new_cdp_session(page)
    path = [{"x": 300 - 25 * step, "y": box["y"] + 40} for step in range(9)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": path[:1]})
    for point in path[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("strip => strip.scrollLeft > 100", arg=strip.element_handle())
    only_pressed(strip, "Title 0")
    until_pressed(strip, "Title 5")
    expect(page.get_by_text("Run 2 shows key5", exact=True)).to_be_visible()

    page.emulate_media(color_scheme="dark")
    expect(page.locator(".stApp")).to_have_css("color-scheme", "dark")
    assert serious_violations(page) == []
    screenshot(page, "samples-360-dark")

    page.emulate_media(forced_colors="active")
    expect(tile(strip, "Title 5").locator("img")).to_have_css("outline-style", "solid")
    expect(tile(strip, "Title 6").locator("img")).to_have_css("outline-style", "none")
    assert problems == []


@pytest.mark.reports
def test_two_demos_with_a_sample_of_one_name_show_each_its_own_thumbnail():
    """`astronaut` and `coffee` exist in several demos; one got the other's thumbnail."""

    @dataclass(frozen=True)
    class Named:
        grey: int
        key: str = "coffee"
        title: str = "Coffee"
        alt: str = "A cup"
        credit: str = "ours"
        lesson: str = ""

        def load(self):
            return np.full((40, 60, 3), self.grey, np.uint8)

    for grey in (30, 220, 30):
        (thumbnail,) = _thumbnails((Named(grey),))
        assert abs(int(decode_image(thumbnail).rgb.mean()) - grey) <= 2
