"""Teach it like a child, in Chromium: tell, see what changes, the red ball, save and load."""

import re

import pytest
from playwright.sync_api import expect

from tests.visiting import ours, visit


def test_a_word_is_taught_and_the_map_is_drawn(gallery, page, problems, screenshot):
    visit(page, f"{gallery}/teach_a_child?sample=cup-1")
    field = page.get_by_role("textbox", name="It is something else")
    field.fill("cup")
    page.get_by_role("button", name="Teach it this word").click()
    expect(page.get_by_text("before you told it")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("5 examples, 3 words:")).to_be_visible()
    chart = "A map of 5 examples of 3 words; what is alike stands together"
    expect(page.get_by_label(chart, exact=True)).to_be_visible()
    page.get_by_role("button", name="Show it another thing").click()
    expect(page).to_have_url(re.compile("tray=2"))
    screenshot(page, "teach-a-child")
    assert ours(problems) == []


def test_the_red_ball_to_its_end(gallery, page, problems, screenshot):
    visit(page, f"{gallery}/teach_a_child?teach=The+red+ball")
    for number in range(1, 6):
        expect(page.get_by_text(f"Ball {number} of 5.")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name=re.compile("No, that is a ball|Right, a ball")).last.click()
    expect(page.get_by_text(re.compile("Wrong at ball 1"))).to_be_visible(timeout=60_000)
    screenshot(page, "teach-a-child-story")
    assert ours(problems) == []


def test_a_lesson_is_saved_and_loaded(gallery, page, problems, tmp_path):
    visit(page, f"{gallery}/teach_a_child?teach=Keep+the+lesson")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("The lesson, 4 examples")).click()
    path = tmp_path / "lesson.zip"
    download.value.save_as(path)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Go on with this lesson").click(timeout=60_000)
    expect(page.get_by_text("4 examples, 2 words:")).to_be_visible(timeout=60_000)
    assert ours(problems) == []


def test_the_camera_is_something_to_learn_from(gallery, page, problems):
    visit(page, f"{gallery}/teach_a_child")
    page.get_by_text("Camera", exact=True).click()
    page.get_by_role("button", name="Take Photo").click(timeout=60_000)
    expect(page.get_by_text(re.compile("I have never seen this|A ball|An apple")).first).to_be_visible(
        timeout=60_000
    )
    assert ours(problems) == []


@pytest.mark.parametrize("mode", ["Teach it", "The red ball", "Keep the lesson"])
def test_a_phone_needs_no_sideways_scrolling(gallery, new_page, mode, screenshot):
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True)
    visit(page, f"{gallery}/teach_a_child?teach={mode.replace(' ', '+')}")
    expect(page.get_by_text("Under the hood", exact=True)).to_be_visible(timeout=90_000)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 360
    screenshot(page, f"teach-a-child-phone-{mode[:3]}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panels_are_accessible(gallery, new_page, scheme, serious_violations):
    page = new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    for mode in ("Teach+it", "The+red+ball", "Keep+the+lesson"):
        visit(page, f"{gallery}/teach_a_child?teach={mode}")
        expect(page.get_by_text("Under the hood", exact=True)).to_be_visible(timeout=90_000)
        assert serious_violations(page) == []
