"""“Say how you feel” in Chromium."""

import pytest
from playwright.sync_api import expect

from tests.gallery.first_screen import the_result_is_on_the_first_screen
from tests.visiting import ours, visit

VIEW = "medicine?do=Say+how+you+feel"
PANELS = {
    "Which words pulled which pattern?": "The nearest of the phrasings",
    "What would each question tell?": "It is not clinical data",
    "What is written about these patterns": "by people who are no clinicians",
    "What it cannot do": "on phrases that nothing learned from",
}


@pytest.mark.parametrize(("scheme", "width", "height"), [("light", 1280, 800), ("dark", 360, 740)])
def test_patterns_stand_on_the_first_screen_and_an_emergency_above_them(
    gallery, new_page, problems, serious_violations, screenshot, scheme, width, height
):
    page = new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    visit(page, f"{gallery}/{VIEW}")
    the_result_is_on_the_first_screen(page)
    screenshot(page, f"symptoms-{width}")
    for panel, shown in PANELS.items():
        page.get_by_text(panel).click()
        expect(page.get_by_text(shown).first).to_be_visible()  # before the next, which moves meanwhile
    assert serious_violations(page) == []
    page.get_by_label("How do you feel?").fill("my lips swell up after a peanut and I cant breathe")
    page.get_by_role("button", name="Read it").click()
    alarm = page.get_by_role("alert").filter(has_text="Call your emergency number now.")
    expect(alarm).to_be_visible()
    screenshot(page, f"symptoms-{width}-alarm")
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ours(problems) == []
