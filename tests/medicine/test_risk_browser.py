"""“Weigh the risk” in Chromium."""

import pytest
from playwright.sync_api import expect

from dlintro_demos.medicine.risk.samples import SAMPLES
from tests.gallery.first_screen import the_result_is_on_the_first_screen
from tests.visiting import ours, visit

VIEW = "medicine?do=Weigh+the+risk"
# Each panel, and words that stand at its end.
PANELS = {
    "Its 30 measures": "over the nuclei of a case",
    "Why does it say so?": "No measure alone flips it",
    "How far should one believe it?": "Printed by",
    "Many cases at once": "It stays in this visit",
}


@pytest.mark.parametrize(("scheme", "width", "height"), [("light", 1280, 800), ("dark", 360, 740)])
def test_the_case_its_probability_and_the_answer_stand_on_the_first_screen(
    gallery, new_page, problems, serious_violations, screenshot, scheme, width, height
):
    page = new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    visit(page, f"{gallery}/{VIEW}")
    expect(page.get_by_role("heading", name="Malignant", exact=True)).to_be_visible()
    the_result_is_on_the_first_screen(page)
    screenshot(page, f"risk-{width}")
    tiles = page.locator(".st-key-strip-sample img")
    expect(tiles).to_have_count(len(SAMPLES))
    assert all(tile.evaluate("picture => picture.naturalWidth") for tile in tiles.all())
    for panel, shown in PANELS.items():
        page.get_by_text(panel).click()
        expect(page.get_by_text(shown)).to_be_visible()  # before the next, which moves meanwhile
    screenshot(page, f"risk-{width}-panels")
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ours(problems) == []


def test_an_arrow_key_on_the_threshold_moves_the_counts(gallery, page, problems):
    visit(page, f"{gallery}/{VIEW}")
    women = page.get_by_text("Of 1,000 women:", exact=False)
    before = women.inner_text()
    threshold = page.get_by_role("slider", name="Call it malignant from this probability on")
    for _ in range(10):
        threshold.press("ArrowLeft")
    expect(women).not_to_have_text(before)
    assert ours(problems) == []


def test_a_table_is_brought_and_its_answers_are_taken_home(gallery, page, problems):
    visit(page, f"{gallery}/{VIEW}")
    page.get_by_text("Many cases at once: a CSV file").click()
    with page.expect_download() as template:
        page.get_by_role("button", name="The template, with three cases").click()
    page.locator("input[type=file]").set_input_files(template.value.path())
    with page.expect_download() as answers:
        page.get_by_role("button", name="All answers as CSV").click()
    lines = answers.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[1].startswith('2,"example 1","')
    assert ours(problems) == []
