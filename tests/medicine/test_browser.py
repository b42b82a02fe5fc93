"""Medicine in Chromium: nuclei are tapped against the clock."""

from playwright.sync_api import expect

from tests.gallery.first_screen import the_result_is_on_the_first_screen
from tests.visiting import ours, visit

# In the last chart, as wide as what it stands in, all bars have a width, together most of the chart's.
BARS_FILL_THE_CHART = """() => {
    const chart = [...document.querySelectorAll("[data-testid=stVegaLiteChart]")].pop();
    const drawn = [...(chart?.querySelectorAll(".mark-rect path") ?? [])];
    const bars = drawn.map((bar) => bar.getBoundingClientRect());
    const inside = chart?.querySelector("svg")?.getBoundingClientRect();
    const wide = Math.abs(inside?.width - chart?.parentElement.getBoundingClientRect().width) < 2;
    const covered = bars.reduce((sum, bar) => sum + bar.width, 0);
    return wide && bars.every((bar) => bar.width > 1) && covered > inside.width / 2;
}"""


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


def test_the_bars_of_the_sizes_are_seen_in_every_window_and_after_its_size_has_changed(
    gallery, page, problems
):
    visit(page, f"{gallery}/medicine")
    for width in (1280, 700, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(BARS_FILL_THE_CHART)
    assert ours(problems) == []
