"""The short tour from its first stop to its score, in Chromium cut off from the network."""

import time

import pytest
from playwright.sync_api import expect

from dlintro_demos.gallery.tour import QUESTIONS, places
from tests.gallery.first_screen import _beyond
from tests.visiting import ours, visit

ON_A_SCREEN = [(1280, 800), (1920, 1080), (360, 740)]


def arrive(page, number, of=5):
    """Wait until the stop of that number stands there and its script has ended."""
    where = page.locator(".rail .where")
    expect(where).to_contain_text(f"Stop {number} of {of}" if number <= of else "Questions", timeout=60_000)
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1, timeout=60_000)


@pytest.mark.parametrize(("width", "height"), ON_A_SCREEN)
def test_the_whole_short_tour_is_one_visit_and_ends_with_a_score(
    gallery, new_page, problems, screenshot, serious_violations, width, height
):
    page = new_page(viewport={"width": width, "height": height})
    visit(page, f"{gallery}/tour")
    assert serious_violations(page) == []
    page.get_by_role("link", name="1. ").first.click()
    page.evaluate("window.sameVisit = true")
    for place in places("short"):
        started = time.monotonic()
        arrive(page, place.number)
        print(f"{width} px, stop {place.number}, {place.demo.slug}: {time.monotonic() - started:.1f} s")
        assert page.url == f"{gallery}{place.href}"
        expect(page.locator("h1")).to_have_text(place.demo.title)
        expect(page.locator(".tour-words")).to_have_text(place.stop.words)
        assert [part for part in page.locator(".rail, h1").all() if _beyond(page, part)] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        screenshot(page, f"tour-{place.number}-{width}")
        page.get_by_role("link", name="Next").click()
    arrive(page, 6)
    right = {question.asks: question.answers[0] for question in QUESTIONS}
    expect(page.get_by_role("radiogroup")).to_have_count(5)
    for group in page.get_by_role("radiogroup").all():
        group.get_by_text(right[group.get_attribute("aria-label")], exact=True).click()
    page.get_by_role("button", name="How did I do?").click()
    expect(page.get_by_role("heading", name="5 of 5 right")).to_be_visible()
    assert serious_violations(page) == []
    screenshot(page, f"tour-6-{width}")
    assert page.evaluate("window.sameVisit")
    assert ours(problems) == []


def test_the_keyboard_goes_on_and_back_and_out_and_the_place_outlives_a_reload(gallery, page, problems):
    visit(page, f"{gallery}{places('full')[17].href}")
    arrive(page, 18, of=20)
    page.get_by_role("link", name="Next").focus()
    page.keyboard.press("Enter")
    arrive(page, 19, of=20)
    page.reload()
    arrive(page, 19, of=20)
    expect(page.get_by_role("radio", name="Three causes")).to_be_checked()
    page.get_by_role("link", name="Back").focus()
    page.keyboard.press("Enter")
    arrive(page, 18, of=20)
    expect(page.get_by_role("radio", name="Sixty years")).to_be_checked()
    page.get_by_role("link", name="Leave the tour").click()
    expect(page.locator("h1")).to_have_text("The tour")
    expect(page).to_have_url(f"{gallery}/tour")
    assert ours(problems) == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_the_way_on_stays_where_it_is_reached_and_hides_nothing_before_one_scrolls(
    gallery, new_page, width, height
):
    page = new_page(viewport={"width": width, "height": height})
    visit(page, f"{gallery}{places('full')[1].href}")
    arrive(page, 2, of=20)
    bar, following = page.locator(".rail"), page.get_by_role("link", name="Next")
    for part in page.locator("h1, .tour-words, .st-key-first-result").all():
        assert part.bounding_box()["y"] >= bar.bounding_box()["y"] + bar.bounding_box()["height"]
    where = page.locator(".rail .where")
    expect(where).to_contain_text("3 minutes")
    assert where.evaluate("each => each.scrollWidth <= each.clientWidth")
    page.get_by_text("Under the hood").scroll_into_view_if_needed()
    expect(page.locator("h1")).not_to_be_in_viewport()
    expect(following).to_be_in_viewport(ratio=1)
    following.click()
    arrive(page, 3, of=20)
    expect(page.locator("h1")).to_be_in_viewport(ratio=1)


def test_the_browsers_back_goes_one_stop_back(gallery, page):
    """One click on Next left four entries in the history, of which some were no stop."""
    visit(page, f"{gallery}/tour")
    page.get_by_role("link", name="1. ").first.click()
    for number in (1, 2, 3):
        arrive(page, number)
        if number < 3:
            page.get_by_role("link", name="Next").click()
    for number in (2, 1):
        page.go_back()
        arrive(page, number)
        assert page.url == f"{gallery}{places('short')[number - 1].href}"
        expect(page.locator("h1")).to_have_text(places("short")[number - 1].demo.title)
    page.go_forward()
    arrive(page, 2)
    page.go_back()
    arrive(page, 1)
    page.go_back()
    expect(page.locator("h1")).to_have_text("The tour")


def test_what_was_chosen_at_a_stop_does_not_go_along_to_the_next_one(gallery, page):
    visit(page, f"{gallery}{places('full')[9].href}")  # the classifier, as the stops before and after it
    arrive(page, 10, of=20)
    page.get_by_role("radio", name="Layer by layer").click()
    expect(page.get_by_role("radio", name="Layer by layer")).to_be_checked()
    page.get_by_role("button", name="Panda").click()
    expect(page.get_by_role("button", name="Panda")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Next").click()
    arrive(page, 11, of=20)
    expect(page.get_by_role("radio", name="Switch it off")).to_be_checked()
    expect(page.get_by_role("button", name="Apple", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_stop_without_a_setting_has_the_default_on_the_screen_too(gallery, page):
    visit(page, f"{gallery}{places('full')[4].href}")  # “The red ball”, before “Teach it” on the same page
    arrive(page, 5, of=20)
    expect(page.get_by_role("radio", name="The red ball")).to_be_checked()
    page.get_by_role("link", name="Next").click()
    arrive(page, 6, of=20)
    expect(page.get_by_role("radio", name="Teach it", exact=True)).to_be_checked()
    expect(page.get_by_role("button", name="Apple", exact=True)).to_have_attribute("aria-pressed", "true")


def test_dark_the_list_the_bar_and_the_questions_are_accessible(gallery, new_page, serious_violations):
    page = new_page(color_scheme="dark")
    for address in ("/tour", "/tour?tour=short&stop=6", places("short")[4].href):
        visit(page, gallery + address)
        assert serious_violations(page) == []
