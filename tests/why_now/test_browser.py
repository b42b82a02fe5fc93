"""Why now, in Chromium."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from tests.visiting import ours, visit


def test_the_machine_is_measured_and_then_stands_on_the_chart(gallery, page, problems):
    visit(page, f"{gallery}/why_now")
    expect(page.get_by_text(re.compile("^(Recorded on|This machine, measured)")).first).to_be_visible()
    page.get_by_role("button", name="Measure this machine now").click()
    expect(page.get_by_text("This machine, measured now").first).to_be_visible(timeout=120_000)
    assert ours(problems) == []


def test_a_year_is_dragged_by_keyboard_and_the_address_keeps_it(gallery, page, problems):
    visit(page, f"{gallery}/why_now?do=Sixty+years&year=2011")
    expect(page.get_by_text("one GeForce GTX 580 and one day")).to_be_visible()
    page.get_by_role("slider", name="Drag the year").press("ArrowRight")
    expect(page.get_by_text("one Tesla K20X and one day")).to_be_visible()
    expect(page).to_have_url(re.compile("year=2012"))
    assert ours(problems) == []


def test_a_round_of_the_game_is_played(gallery, page, problems):
    visit(page, f"{gallery}/why_now?do=Guess+the+order")
    page.get_by_role("button", name=re.compile("AlexNet: ")).click()
    expect(page.get_by_text(re.compile("^It was .*You were (right|wrong)"))).to_be_visible()
    page.get_by_role("button", name="Next round").click()
    expect(page.get_by_text("Round 2 of 8")).to_be_visible()
    assert ours(problems) == []


NAMES = """() => [...document.querySelectorAll("svg.marks")].map((chart) =>
    [...chart.querySelectorAll("g.mark-text.role-mark text")].filter((name) => name.textContent).map(
        (name) => [name.textContent, name.getBoundingClientRect()]
    ).map(([name, box]) => [name, box.left, box.right, box.top, box.bottom]))"""
LEADING = 3  # px that the boxes of two lines may share


@pytest.mark.parametrize("width", [360, 1280, 1920])
@pytest.mark.parametrize(("query", "count"), [("do=Sixty+years&year=2006", 3), ("do=This+machine", 2)])
def test_no_name_in_a_chart_lies_over_another(gallery, new_page, query, count, width):
    page = new_page(viewport={"width": width, "height": 800})
    visit(page, f"{gallery}/why_now?{query}")
    expect(page.locator("svg.marks")).to_have_count(count)
    charts = page.evaluate(NAMES)
    assert len(charts[0]) > 4
    for names in charts:
        for one, other in itertools.combinations(names, 2):
            beside = min(one[2], other[2]) - max(one[1], other[1])
            above = min(one[4], other[4]) - max(one[3], other[3])
            assert beside <= 0 or above <= LEADING, (one, other)
