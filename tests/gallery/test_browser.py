"""The gallery as a visitor meets it, in Chromium cut off from the network."""

import pytest
from playwright.sync_api import expect

from dlintro_demos.gallery import catalogue
from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.ui.menu import OTHERS
from tests.gallery.first_screen import (
    a_chapter_with_a_card_is_on_the_first_screen,
    the_result_is_on_the_first_screen,
)
from tests.visiting import ours, visit

SLUGS = [*("" if slug == "home" else slug for slug in OTHERS), *(demo.slug for demo in demos())]


def stands_in_its_frame(page, url, slug):
    """The page of that address is there, once, with the menu around it."""
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_role("link", name="Gallery")).to_be_visible()
    assert page.url.rstrip("/") == f"{url}/{slug}".rstrip("/")


@pytest.mark.parametrize("slug", SLUGS, ids=lambda slug: slug or "home")
@pytest.mark.parametrize(
    ("scheme", "width", "height"), [("light", 1280, 800), ("light", 1920, 1080), ("dark", 360, 740)]
)
def test_a_page_stands_in_its_frame_is_accessible_fits_and_opens_with_a_result(
    gallery, new_page, problems, serious_violations, screenshot, slug, scheme, width, height
):
    page = new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    visit(page, f"{gallery}/{slug}")
    stands_in_its_frame(page, gallery, slug)
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if slug in catalogue.SLUGS:
        the_result_is_on_the_first_screen(page)
    elif not slug:
        a_chapter_with_a_card_is_on_the_first_screen(page)
    screenshot(page, f"{slug or 'home'}-{scheme}-{width}")
    if width != 1920:
        other = "dark" if scheme == "light" else "light"
        page.emulate_media(color_scheme=other, reduced_motion="reduce")
        expect(page.locator(".stApp")).to_have_css("color-scheme", other)
        assert serious_violations(page) == []
    assert ours(problems) == []


def test_a_fresh_process_opens_a_deep_link_in_its_frame_and_lets_nobody_wait_where_it_is_full(
    start_gallery, new_page, problems
):
    with start_gallery(until="/_stcore/health", DLINTRO_SESSIONS="1") as url:
        first, second = new_page(), new_page()
        visit(first, f"{url}/{SLUGS[-1]}")
        stands_in_its_frame(first, url, SLUGS[-1])
        assert ours(problems) == []
        second.goto(url)
        expect(second.locator("h1")).to_have_text("The gallery is full")


def test_the_menu_leads_away_from_a_mode_that_stands_in_the_address(gallery, page, problems):
    visit(page, f"{gallery}/flappy_bird?do=Train+one+now")
    page.get_by_role("link", name="Gallery").click()
    expect(page.locator("h1")).to_have_text("Deep Learning, Live")
    expect(page).to_have_url(f"{gallery}/")
    assert ours(problems) == []


def test_the_mode_that_a_link_opens_shows_in_the_row_of_a_phone_which_scrolls_freely_then(gallery, new_page):
    page = new_page(viewport={"width": 360, "height": 740})
    visit(page, f"{gallery}/flappy_bird?do=Train+one+now")
    chosen = page.get_by_role("radio", name="Train one now", checked=True)
    row = page.get_by_role("radiogroup", name="What to do?")
    box = chosen.bounding_box()
    assert 0 <= box["x"] <= 360 - box["width"]
    chosen.evaluate("chosen => Promise.all(chosen.getAnimations().map((each) => each.finished))")
    row.evaluate("row => (row.scrollLeft = 0)")
    page.set_viewport_size({"width": 361, "height": 740})  # a row that held on to it would go back now
    assert row.evaluate("row => row.scrollLeft") == 0


def test_settings_in_the_address_are_forgotten_too(gallery, page):
    visit(page, f"{gallery}/flappy_bird?do=Race+it&against=best")
    expect(page.get_by_text("Your best games of this visit")).to_be_visible()
    page.get_by_role("button", name="Forget everything I showed").click()
    expect(page.get_by_text("10 minutes").first).to_be_visible(timeout=30_000)
    assert "against" not in page.url
    assert page.get_by_text("Something went wrong").count() == 0


def test_the_wall_leads_to_a_demo_and_back_within_one_visit(gallery, page):
    visit(page, gallery)
    page.evaluate("window.sameVisit = true")
    card = page.get_by_role("listitem").filter(has_text=demos()[1].title)
    card.click(position={"x": 40, "y": 40})  # its picture: the whole card is the link
    expect(page.locator("h1")).to_have_text(demos()[1].title)
    page.get_by_role("link", name="Gallery").click()
    expect(page.locator("h1")).to_have_text("Deep Learning, Live")
    assert page.evaluate("window.sameVisit")


def test_a_demo_can_be_reached_by_keyboard_alone(gallery, page):
    demo = demos()[-1]
    visit(page, gallery)
    card = page.locator(".wall").get_by_role("link", name=demo.title)
    for _ in range(40):
        page.keyboard.press("Tab")
        if card.evaluate("link => link.getRootNode().activeElement === link"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(demo.title)


def test_the_demos_of_a_chapter_fold_out_of_the_menu_and_the_page_shown_is_marked(gallery, page):
    chapters = [demo.chapter for demo in demos()]
    demo = next(each for each in demos() if chapters.count(each.chapter) > 1)
    visit(page, f"{gallery}/status")
    menu = page.get_by_role("navigation", name="Demos")
    expect(menu.get_by_role("link", name=demo.title)).to_be_hidden()
    menu.get_by_role("button", name=demo.chapter).press("Enter")
    menu.get_by_role("link", name=demo.title).press("Enter")
    expect(page.locator("h1")).to_have_text(demo.title)
    expect(menu.get_by_role("link", name=demo.title)).to_be_hidden()
    expect(menu.get_by_role("link", name=demo.title, include_hidden=True)).to_have_attribute(
        "aria-current", "page"
    )
    expect(menu.get_by_role("button", name=demo.chapter)).to_have_attribute("aria-current", "true")
    expect(menu.get_by_role("button", name="For presenters")).not_to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_menu_is_one_row_and_shows_where_one_is(gallery, new_page, width):
    page = new_page(viewport={"width": width, "height": 740})
    visit(page, f"{gallery}/status")
    menu = page.get_by_role("navigation", name="Demos")
    assert menu.bounding_box()["height"] < 60
    expect(menu.get_by_role("button", name="For presenters")).to_be_in_viewport(ratio=0.95)


def test_a_table_of_the_status_page_fits_a_phone(gallery, new_page):
    page = new_page(viewport={"width": 360, "height": 740})
    visit(page, f"{gallery}/status")
    for table in page.get_by_role("table").all():
        assert table.evaluate("table => table.parentElement.scrollWidth <= table.parentElement.clientWidth")
