"""The sketch in Chromium: pen, fill, keyboard, clearing, and the panel that looks at what was drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import visiting

SIDE = 96
SCRIPT = """
import streamlit as st

from dlintro_demos.gallery.ui.components.sketch import sketch

away = st.toggle("Away")
drawing = None if away else sketch(key="paper")
st.code("nothing" if drawing is None else f"{(drawing.rgb != 255).any(2).sum()} {drawing.digest[-8:]}")
"""


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("sketch") / "paper.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with serve_script(script) as url:
        yield url


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


def visit(page: Page, url: str) -> Locator:
    page.goto(url)
    paper = page.locator(".sketch")
    expect(paper.locator(".palette button")).to_have_count(8)
    expect(page.get_by_test_id("stCode")).to_have_text("nothing")
    return paper


def stroke(page: Page, paper: Locator, *points: tuple[float, float]) -> None:
    """Points are shares of the paper's width and height."""
    paper.locator(".field").scroll_into_view_if_needed()
    box = paper.locator(".field").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def cells(paper: Locator) -> str:
    return paper.get_attribute("data-cells")


def test_a_stroke_reaches_python_in_its_colour_and_stays_until_it_is_cleared(
    page: Page, url: str, problems: list[str]
) -> None:
    paper, heard = visit(page, url), page.get_by_test_id("stCode")
    paper.get_by_role("button", name="Blue").click()
    stroke(page, paper, (0.2, 0.5), (0.8, 0.5))
    expect(heard).not_to_have_text("nothing")
    drawn, told = cells(paper), heard.inner_text()
    assert set(drawn) == {"0", "5"}
    assert drawn[48 * SIDE + 30 : 48 * SIDE + 60] == "5" * 30
    assert told.split()[0] == str(drawn.count("5"))

    page.get_by_text("Away").click()
    expect(paper).to_have_count(0)
    page.get_by_text("Away").click()
    expect(paper).to_have_attribute("data-cells", drawn)
    expect(heard).to_have_text(told)

    paper.get_by_role("button", name="Clear").click()
    expect(heard).to_have_text("nothing")
    assert set(cells(paper)) == {"0"}
    assert problems == []


def test_the_keyboard_draws_and_fill_stops_at_the_line(page: Page, url: str) -> None:
    paper = visit(page, url)
    paper.locator(".field").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert cells(paper)[48 * SIDE + 48] == "1"
    assert cells(paper)[48 * SIDE + 54] == "1"
    expect(page.get_by_test_id("stCode")).not_to_have_text("nothing")
    assert "Arrow keys move, Space draws in Red" in paper.locator(".field").get_attribute("aria-label")

    paper.get_by_role("button", name="Clear").click()
    stroke(page, paper, (0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7), (0.3, 0.3))
    paper.get_by_role("button", name="Yellow").click()
    paper.get_by_role("button", name="Fill").click()
    stroke(page, paper, (0.5, 0.5))
    drawn = cells(paper)
    assert drawn[48 * SIDE + 48] == "3"
    assert drawn[0] == drawn[-1] == "0"
    assert drawn[48 * SIDE + 29] == "1"


def test_the_panel_has_nothing_serious_for_axe_and_fits_a_phone(
    gallery: str,
    new_page: Callable[..., Page],
    serious_violations: Callable[[Page], list[str]],
    problems: list[str],
) -> None:
    page = new_page(viewport={"width": 360, "height": 800})
    visiting.visit(page, f"{gallery}/classical_vs_deep")
    expect(page.get_by_text("Your features against the network's")).to_be_visible(timeout=90_000)
    page.get_by_text("Draw", exact=True).click()
    expect(page.get_by_text("The paper is empty")).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    stroke(page, page.locator(".sketch"), (0.3, 0.5), (0.7, 0.5))
    expect(page.get_by_text("All that both roads get")).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
        assert serious_violations(page) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 360
    assert visiting.ours(problems) == []
