"""The gallery as a visitor meets it, in Chromium cut off from the network."""

import re
import urllib.request

import pytest
from playwright.sync_api import expect

from dlintro_demos.gallery.catalogue import demos
from tests.visiting import ours, visit

SLUGS = ["", "status", *(demo.slug for demo in demos())]
every_page = pytest.mark.parametrize("slug", SLUGS, ids=lambda slug: slug or "home")


@every_page
def test_a_page_deep_links_on_a_fresh_process_inside_the_frame(start_gallery, page, problems, slug):
    with start_gallery(until="/_stcore/health") as url:
        visit(page, f"{url}/{slug}")
        expect(page.locator("h1")).to_have_count(1)
        expect(page.get_by_role("link", name="Gallery")).to_be_visible()
        assert page.url.rstrip("/") == f"{url}/{slug}".rstrip("/")
        assert ours(problems) == []


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_a_page_is_accessible_and_fits(
    gallery, new_page, problems, serious_violations, screenshot, slug, scheme, width
):
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    visit(page, f"{gallery}/{slug}")
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"{slug or 'home'}-{scheme}-{width}")
    assert ours(problems) == []


def test_settings_in_the_address_are_forgotten_too(gallery, page):
    visit(page, f"{gallery}/flappy_bird?do=Race+it&against=best")
    expect(page.get_by_text("Your best games of this visit")).to_be_visible()
    page.get_by_role("button", name="Forget everything I showed").click()
    expect(page.get_by_text("10 minutes").first).to_be_visible(timeout=30_000)
    assert "against" not in page.url
    assert page.get_by_text("Something went wrong").count() == 0


def test_the_wall_leads_to_a_demo_and_back(gallery, page):
    visit(page, gallery)
    page.get_by_role("link", name="Try it").first.click()
    expect(page.locator("h1")).to_have_text(demos()[0].title)
    page.get_by_role("link", name="Gallery").click()
    expect(page.locator("h1")).to_have_text("Deep Learning, Live")


def test_a_demo_can_be_reached_by_keyboard_alone(gallery, page):
    visit(page, gallery)
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").strip().endswith("Try it"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(demos()[0].title)


def test_a_full_gallery_lets_nobody_wait_before_a_blank_page(start_gallery, new_page):
    with start_gallery(until="/_stcore/health", DLINTRO_SESSIONS="1") as url:
        first, second = new_page(), new_page()
        visit(first, url)
        second.goto(url)
        expect(second.locator("h1")).to_have_text("The gallery is full")


def test_ready_and_alive_are_two_things(start_gallery):
    with start_gallery(until="/_stcore/health") as url:
        assert urllib.request.urlopen(f"{url}/_stcore/health", timeout=10).status == 200
        try:
            ready = urllib.request.urlopen(f"{url}/readyz", timeout=10).status
        except urllib.error.HTTPError as error:
            ready = error.code
        assert ready in (200, 503)


def test_a_model_that_is_missing_closes_its_demo_and_nothing_else(start_gallery, page, tmp_path):
    with start_gallery(DLINTRO_MODELS_DIR=str(tmp_path)) as url:
        visit(page, f"{url}/super_resolution")
        expect(page.get_by_text(re.compile("No model card for 'super_resolution_ours"))).to_be_visible()
        visit(page, f"{url}/status")
        expect(page.get_by_text(re.compile("Not ready"))).to_be_visible()
