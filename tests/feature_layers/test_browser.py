"""Inside the classifier, in Chromium: walk, cover, switch off, fool, play."""

import re

import pytest
from playwright.sync_api import expect

from tests.visiting import ours, visit


@pytest.fixture
def open_mode(gallery, page):
    def open_(mode, **query):
        settings = {"look": mode.replace(" ", "+").replace("?", "%3F")} | query
        asked = "&".join(f"{key}={value}" for key, value in settings.items())
        visit(page, f"{gallery}/feature_layers?{asked}")
        return page

    return open_


def test_walking_shows_channels_and_a_closer_look(open_mode, problems, screenshot):
    page = open_mode("Layer by layer", layer="8")
    expect(page.get_by_text("What else it likes")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name=re.compile(r"^No\. "))).to_have_count(12)
    page.get_by_role("button", name=re.compile(r"^No\. ")).nth(3).click()
    expect(page.get_by_role("img", name=re.compile("preferred input|Parts of")).first).to_be_visible()
    screenshot(page, "feature-layers-walk")
    assert ours(problems) == []


def test_the_slider_walks_with_the_keyboard(open_mode, page):
    open_mode("Layer by layer", layer="3")
    handle = page.get_by_role("slider").first
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Edges that repeat")).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile("layer=4|feature_layers"))


def test_one_convolution_moves_with_the_window(open_mode, problems, screenshot):
    page = open_mode("One convolution")
    expect(page.get_by_text("Multiply: pixel times weight")).to_be_visible(timeout=60_000)
    screenshot(page, "feature-layers-convolution")
    assert ours(problems) == []


def test_covering_the_picture_moves_the_bars(open_mode, problems, screenshot):
    page = open_mode("Why?", sample="coffee")
    expect(page.get_by_text("Do the maps mean something?")).to_be_visible(timeout=90_000)
    board = page.locator(".occluder .stage")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.3, 0.5, 0.7, 0.9):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2, steps=3)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"\d+ ?% covered\. Now it says"))).to_be_visible(timeout=60_000)
    screenshot(page, "feature-layers-why")
    assert ours(problems) == []


def test_channels_are_switched_off(open_mode, problems, screenshot):
    page = open_mode("Switch it off", sample="coffee")
    expect(page.get_by_text("10 of 1152 channels off:")).to_be_visible(timeout=60_000)
    screenshot(page, "feature-layers-off")
    assert ours(problems) == []


def test_noise_fools_it(open_mode, problems, screenshot):
    page = open_mode("Fool it")
    expect(page.get_by_text(re.compile("are enough|It still says")).first).to_be_visible(timeout=60_000)
    screenshot(page, "feature-layers-fool")
    assert ours(problems) == []


def test_a_round_of_the_game(open_mode, page, problems, screenshot):
    open_mode("You against it")
    page.get_by_role("button", name="Play", exact=True).click()
    game = page.locator(".flash")
    game.get_by_role("button", name="Start").click(timeout=60_000)
    game.locator(".answers button").first.click(timeout=60_000)
    expect(page.get_by_text(re.compile("After 1: you"))).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Next picture")).to_be_visible()
    screenshot(page, "feature-layers-game")
    assert ours(problems) == []


@pytest.mark.parametrize("mode", ["Layer by layer", "Why?", "Fool it"])
def test_a_phone_needs_no_sideways_scrolling(gallery, new_page, mode, screenshot):
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True)
    visit(page, f"{gallery}/feature_layers?look={mode.replace(' ', '+').replace('?', '%3F')}")
    expect(page.get_by_text("What just happened?")).to_be_visible(timeout=90_000)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 360
    screenshot(page, f"feature-layers-phone-{mode[:3]}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panels_are_accessible(gallery, new_page, scheme, serious_violations):
    page = new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    for mode in ("Layer+by+layer", "Why%3F", "Fool+it"):
        visit(page, f"{gallery}/feature_layers?look={mode}")
        expect(page.get_by_text("What just happened?")).to_be_visible(timeout=90_000)
        assert serious_violations(page) == []
