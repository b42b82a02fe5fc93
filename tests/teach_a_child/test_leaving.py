"""Reloading in the middle: the browser asks first, while there is a lesson to lose."""

import pytest
from playwright.sync_api import expect

from tests.visiting import visit

pytestmark = [pytest.mark.reports, pytest.mark.browser]
ASKS = "() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"


def test_the_browser_asks_before_a_lesson_is_lost_and_not_without_one(gallery, page):
    visit(page, f"{gallery}/teach_a_child")
    assert not page.evaluate(ASKS)
    page.get_by_role("button", name="Begin with nothing").click()
    expect(page.get_by_text("“Keep the lesson” gives you a file of it")).to_be_visible(timeout=30_000)
    assert page.evaluate(ASKS)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("“Keep the lesson” gives you a file of it")).to_have_count(0, timeout=30_000)
    assert not page.evaluate(ASKS)
