"""The frameworks' page in Chromium."""

import re

from playwright.sync_api import expect

from tests.visiting import ours, visit


def test_the_row_of_an_idea_stands_out_in_all_three_by_keyboard(gallery, page, problems, serious_violations):
    visit(page, f"{gallery}/frameworks?do=Line+by+line")
    row = page.locator(".languages tbody tr").nth(3)
    row.focus()
    expect(row).to_be_focused()
    assert row.evaluate("row => getComputedStyle(row).backgroundColor") != "rgba(0, 0, 0, 0)"
    expect(row.locator("pre")).to_have_count(3)
    assert serious_violations(page) == []
    assert ours(problems) == []


def test_what_is_installed_runs_here_and_now(gallery, page, problems):
    visit(page, f"{gallery}/frameworks")
    expect(page.get_by_text(re.compile("^Recorded ")).first).to_be_visible()
    page.get_by_role("button", name="Run what is installed here").click()
    expect(page.get_by_text("Measured here, now")).to_be_visible(timeout=60_000)
    assert ours(problems) == []


def test_on_a_phone_a_drawn_line_is_answered_by_all_that_are_here(gallery, new_page, problems):
    page = new_page(viewport={"width": 360, "height": 740})
    visit(page, f"{gallery}/frameworks?do=Draw+a+digit")
    expect(page.get_by_text("This is a seven of ours")).to_be_visible()
    box = page.locator("canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8, steps=8)
    page.mouse.up()
    expect(page.get_by_text("This is a seven of ours")).to_have_count(0)
    expect(page.get_by_text(re.compile("^(All [2-4] say|I don't know)"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ours(problems) == []
