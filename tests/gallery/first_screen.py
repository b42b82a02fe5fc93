"""What a visitor sees of a page without scrolling."""

from playwright.sync_api import Locator, Page, expect

RESULT = ".st-key-first-result"
PARTS = (RESULT, ".st-key-choices-first", ".st-key-strip-sample")
PICTURES = "img, canvas, svg.marks"  # the last are charts
LEAST = 90  # px of a side of the result's largest picture
# Lines of every paragraph above the result.
LINES = """result => [...document.querySelectorAll("[data-testid=stMain] p")]
    .filter((words) => words.getBoundingClientRect().bottom <= result.getBoundingClientRect().top)
    .map((words) => [words, words.clientHeight / parseFloat(getComputedStyle(words).lineHeight)])
    .map(([words, lines]) => [words.textContent, lines])"""


def the_result_is_on_the_first_screen(page: Page) -> None:
    """All of it, with its pictures, the samples and the first choices; no long text stands before it."""
    result = page.locator(RESULT)
    expect(result.locator(PICTURES).first).to_be_visible()
    assert page.get_by_test_id("stMain").evaluate("part => part.scrollTop") == 0
    pictures = [found for found in result.locator(PICTURES).all() if found.is_visible()]
    parts = [*(found for part in PARTS for found in page.locator(part).all()), *pictures]
    assert [(part, beyond) for part in parts if (beyond := _beyond(page, part))] == []
    sides = (min(box["width"], box["height"]) for box in map(Locator.bounding_box, pictures) if box)
    assert max(sides) >= LEAST
    assert [words for words, lines in result.evaluate(LINES) if lines > 2.1] == []


def a_chapter_with_a_card_is_on_the_first_screen(page: Page) -> None:
    """The wall: a chapter, its idea, and the whole of a card, or of as many as stand in a row on a desk."""
    chapter = page.locator(".wall .chapter").first
    cards = chapter.locator(".card").all()[: 1 if page.viewport_size["width"] < 640 else None]
    assert [
        (part, beyond) for part in (chapter.locator("header"), *cards) if (beyond := _beyond(page, part))
    ] == []


def _beyond(page: Page, part: Locator) -> dict[str, float]:
    """By how many px a part juts out of the window, on each side where it does."""
    box, window = part.bounding_box(), page.viewport_size
    assert box
    assert window
    out = {
        "left": -box["x"],
        "top": -box["y"],
        "right": box["x"] + box["width"] - window["width"],
        "bottom": box["y"] + box["height"] - window["height"],
    }
    return {side: px for side, px in out.items() if px > 0}
