"""A worksheet for each demo: one sheet of paper, three questions, and answers for presenters only."""

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dlintro_demos.gallery import stage, worksheet
from dlintro_demos.gallery.catalogue import SLUGS, find
from tests.visiting import ours

every_demo = pytest.mark.parametrize("slug", SLUGS)


@pytest.fixture
def sheets(monkeypatch):
    """The route, in a gallery with a PIN; `sheets.lock` is its lock."""
    lock = stage.Lock("apples-60")
    monkeypatch.setattr(worksheet, "lock", lambda: lock)
    client = TestClient(Starlette(routes=worksheet.WORKSHEETS))
    client.lock = lock
    return client


@every_demo
def test_a_demo_has_three_questions_that_its_talking_points_answer(slug):
    demo = find(slug)
    assert len(demo.questions) == 3 <= len(demo.talking_points)
    assert all("?" in question or question.endswith(".") for question in demo.questions)


@every_demo
def test_answers_are_not_on_the_sheet_of_a_visitor_but_on_that_of_a_presenter(sheets, slug):
    demo = find(slug)
    given = sheets.get(f"/worksheet/{slug}")
    solved = sheets.get(f"/worksheet/{slug}/{sheets.lock.key}")
    assert given.status_code == solved.status_code == 200
    for question, point in zip(demo.questions, demo.talking_points, strict=False):
        said = worksheet.html.escape(question)
        assert said in given.text
        assert said in solved.text
        assert worksheet.html.escape(point) not in given.text
        assert worksheet.html.escape(point) in solved.text


@pytest.mark.parametrize("key", ["", "x", "None", "apples-60", "%00", "é"])
def test_a_wrong_key_gets_no_answers(sheets, key):
    answer = sheets.get(f"/worksheet/faces/{key}", follow_redirects=False)
    assert answer.status_code in (307, 403)  # without a key there is the sheet of a visitor
    assert find("faces").talking_points[0] not in answer.text


def test_without_a_pin_no_key_opens_the_answers(monkeypatch):
    lock = stage.Lock("")
    monkeypatch.setattr(worksheet, "lock", lambda: lock)
    client = TestClient(Starlette(routes=worksheet.WORKSHEETS))
    assert client.get(f"/worksheet/faces/{lock.key}").status_code == 403


@pytest.mark.parametrize("slug", ["nothing", "..%2F..%2Fetc", "<b>", "home"])
def test_what_is_no_demo_has_no_worksheet(sheets, slug):
    assert sheets.get(f"/worksheet/{slug}").status_code == 404


@every_demo
def test_a_worksheet_is_one_sheet_of_paper_and_accessible(
    gallery, new_page, problems, serious_violations, screenshot, slug
):
    page = new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{gallery}/worksheet/{slug}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious_violations(page) == []
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.set_viewport_size({"width": 794, "height": 1123})
    screenshot(page, f"worksheet-{slug}")
    assert ours(problems) == []
