"""Medicine in Chromium: nuclei are tapped against the clock."""

from playwright.sync_api import expect

from tests.gallery.first_screen import the_result_is_on_the_first_screen
from tests.visiting import ours, visit


def test_nuclei_are_tapped_with_a_mouse_and_by_keyboard_and_scored(
    gallery, page, problems, serious_violations
):
    visit(page, f"{gallery}/medicine?do=Tap+the+nuclei")
    the_result_is_on_the_first_screen(page)
    game = page.locator(".tap")
    game.get_by_role("button", name="Start").click()
    field = game.locator(".field")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    field.click(position={"x": 20, "y": 20})
    expect(game.locator(".marks i")).to_have_count(2)
    game.get_by_role("button", name="Take the last one back").click()
    expect(game.locator(".marks i")).to_have_count(1)
    game.get_by_role("button", name="I am done").click()
    expect(page.get_by_text("were drawn")).to_be_visible()
    expect(game.locator(".marks .missed").first).to_be_visible()
    assert serious_violations(page) == []
    page.get_by_role("button", name="Next picture").click()
    expect(game.get_by_role("button", name="Start")).to_be_visible()
    assert ours(problems) == []
