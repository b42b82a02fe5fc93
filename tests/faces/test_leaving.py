"""Reloading in the middle: the browser asks first, while there are names to lose."""

import pytest
from playwright.sync_api import expect

from tests.faces.test_browser import name_face
from tests.teach_a_child.test_leaving import ASKS
from tests.visiting import visit

pytestmark = [pytest.mark.reports, pytest.mark.browser]


def test_the_browser_asks_before_names_are_lost_and_not_without_any(gallery, page):
    visit(page, f"{gallery}/faces")
    assert not page.evaluate(ASKS)
    name_face(page, "Eileen")
    told = page.get_by_text("Closing or reloading this tab forgets the names")
    expect(told).to_be_visible(timeout=30_000)
    assert page.evaluate(ASKS)
    expect(told).to_contain_text("“Download the tagged album”")
    page.get_by_role("button", name="Undo").click()
    expect(told).to_have_count(0, timeout=30_000)
    assert not page.evaluate(ASKS)


def test_the_file_to_take_home_is_where_the_warning_says(gallery, page):
    visit(page, f"{gallery}/faces?look-at=An+album")
    expect(page.get_by_role("button", name="Download the tagged album")).to_be_visible(timeout=60_000)
