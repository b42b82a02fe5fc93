"""Inside the classifier, in Chromium: walk, cover, switch off, fool, play."""

import re

import pytest
from playwright.sync_api import expect

from tests.visiting import ours, visit

PATIENCE = 90_000  # ms for what is computed


@pytest.fixture(scope="module", autouse=True)
def patience():
    """A busy machine answers late; what is right at once costs no time."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def shows():
    """`shows(page, mode, words)`: chooses a panel and waits for what it says."""

    def choose(page, mode, words):
        page.get_by_role("radio", name=mode, exact=True).click()
        expect(page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE)

    return choose


def test_the_slider_walks_with_the_keyboard_and_a_channel_is_looked_at_closer(
    gallery, page, problems, screenshot
):
    visit(page, f"{gallery}/feature_layers?layer=3")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Edges that repeat")).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("layer=4"))
    expect(page.get_by_text("144 channels, of which")).to_be_visible(timeout=PATIENCE)  # it had 96 before
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE)
    channels = page.get_by_role("button", name=re.compile(r"^No\. "))
    expect(channels).to_have_count(12)
    other = channels.and_(page.locator("[aria-pressed=false]")).nth(3)
    number = other.inner_text().strip().removeprefix("No. ")
    page.get_by_role("button", name=f"No. {number}", exact=True).click()
    expect(page.get_by_role("heading", name=f"Channel {number}", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name=f"No. {number}", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page).to_have_url(re.compile(f"channel={number}"))
    expect(page.get_by_role("img", name=re.compile("^Parts of"))).to_be_visible()
    expect(page.get_by_role("img", name=f"Lit where channel {number} answers")).to_be_visible()
    screenshot(page, "feature-layers-walk")
    assert ours(problems) == []


def cover_the_middle(page):
    board = page.locator(".occluder .stage")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.3, 0.5, 0.7, 0.9):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2, steps=3)
    page.mouse.up()
    covered = page.get_by_text(re.compile(r"^\d+ ?% covered\. Now it says"))
    expect(covered).to_be_visible(timeout=PATIENCE)


def test_a_visitor_looks_into_every_panel(gallery, page, problems, screenshot, shows, serious_violations):
    visit(page, f"{gallery}/feature_layers?sample=coffee")
    assert serious_violations(page) == []
    shows(page, "One convolution", "Multiply: pixel times weight")
    expect(page.locator(".convolution")).to_have_attribute("data-done", "", timeout=PATIENCE)
    screenshot(page, "feature-layers-convolution")
    shows(page, "Why?", "Do the maps mean something?")
    cover_the_middle(page)
    assert serious_violations(page) == []
    screenshot(page, "feature-layers-why")
    shows(page, "Switch it off", "10 of 1152 channels off:")
    screenshot(page, "feature-layers-off")
    shows(page, "Fool it", re.compile("enough|It still says"))
    assert serious_violations(page) == []
    screenshot(page, "feature-layers-fool")
    shows(page, "Look-alikes", "The number is the cosine")
    screenshot(page, "feature-layers-alike")
    assert ours(problems) == []


def test_a_round_of_the_game(gallery, page, problems, screenshot):
    visit(page, f"{gallery}/feature_layers?look=You+against+it")
    page.get_by_role("button", name="Play", exact=True).click()
    game = page.locator(".flash")
    game.get_by_role("button", name="Start").click(timeout=PATIENCE)
    game.locator(".answers button").first.click(timeout=PATIENCE)
    expect(page.get_by_text(re.compile("After 1: you"))).to_be_visible(timeout=PATIENCE)
    expect(game.locator(".picture")).to_be_visible()
    screenshot(page, "feature-layers-game")
    page.get_by_role("button", name="Next picture").click()
    expect(page.get_by_text("Picture 2 of 10")).to_be_visible(timeout=PATIENCE)
    expect(game.get_by_role("button", name="Start")).to_be_visible()
    assert ours(problems) == []


def test_a_phone_in_the_dark_needs_no_sideways_scrolling_and_is_accessible(
    gallery, new_page, screenshot, shows, serious_violations
):
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True, color_scheme="dark")
    visit(page, f"{gallery}/feature_layers")
    for mode, words in {
        "Layer by layer": "What else it likes",
        "One convolution": "Multiply: pixel times weight",
        "Why?": "Do the maps mean something?",
        "Switch it off": "10 of 1152 channels off:",
        "Fool it": re.compile("enough|It still says"),
        "Look-alikes": "The number is the cosine",
    }.items():
        shows(page, mode, words)
        assert page.get_by_test_id("stMain").evaluate("part => part.scrollWidth") <= 360
        if mode in ("Layer by layer", "Why?", "Fool it"):
            assert serious_violations(page) == []
        screenshot(page, f"feature-layers-phone-{mode}")
