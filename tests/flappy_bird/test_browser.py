"""The Flappy Bird page in Chromium: the agents play, the visitor races, one learns."""

import re

import pytest
from playwright.sync_api import expect

from dlintro_demos.flappy_bird.ages import AGES
from dlintro_demos.flappy_bird.ui.players import lane_of
from tests.flappy_bird.browser_fakes import CRASH, FLAP, NOTES
from tests.gallery.first_screen import the_result_is_on_the_first_screen
from tests.visiting import ours, visit


@pytest.fixture
def open_mode(gallery, new_page):
    """`open_mode(mode, scheme="dark", **query)`: a page, and the game on it."""

    def open_(mode, scheme="light", **query):
        page = new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
        page.fetched = []
        page.on("response", lambda answer: page.fetched.append(answer) if "/weights/" in answer.url else None)
        asked = "&".join(f"{key}={value}" for key, value in ({"do": mode.replace(" ", "+")} | query).items())
        visit(page, f"{gallery}/flappy_bird?{asked}")
        return page, page.locator(".flappy")

    return open_


def test_all_checkpoints_play_one_level_and_the_younger_crash_first(open_mode, gallery, problems, screenshot):
    page, game = open_mode("Watch it learn", together="true", level="3")
    expect(game.locator(".title")).to_have_count(len(AGES))
    expect(game.locator(".verdict:visible").first).to_have_text("Crashed", timeout=30_000)
    expect(game.locator(".score").last).to_have_text(re.compile("^([3-9]|[1-9][0-9]+)$"), timeout=60_000)
    assert int(game.locator(".score").first.inner_text()) < 3
    # Each was fetched from where the gallery serves it, once.
    assert sorted(each.url for each in page.fetched) == sorted(gallery + lane_of(age).weights for age in AGES)
    assert all(each.ok for each in page.fetched)
    screenshot(page, "flappy-bird-all")
    assert ours(problems) == []


def test_inside_its_head_there_are_pictures_and_values(open_mode, serious_violations, problems):
    page, game = open_mode("Inside its head")
    expect(game.get_by_text("What it sees, and nothing else")).to_be_visible()
    expect(game.locator(".worth").first).to_have_text(re.compile(r"\d\.\d\d"))
    expect(page.get_by_text("1. It saw four pictures")).to_be_visible()
    assert serious_violations(page) == []
    assert ours(problems) == []


def test_a_race_counts_when_the_referee_agrees(open_mode, serious_violations, problems, screenshot):
    page, game = open_mode("Race it", scheme="dark")
    assert serious_violations(page) == []
    page.evaluate(NOTES)
    game.get_by_role("button", name="Sound").click()
    page.set_viewport_size({"width": 360, "height": 740})
    the_result_is_on_the_first_screen(page)
    game.get_by_role("button", name="Start", exact=True).click()
    page.keyboard.press("Space")
    verdict = game.locator(".verdict:visible").first
    expect(verdict).to_have_text("It wins, 0 : 0")  # over the field: it flies on
    the_result_is_on_the_first_screen(page)  # nothing moved
    expect(page.get_by_text(re.compile(r"You passed \d+ pipes?\."))).to_be_visible(timeout=30_000)
    assert {FLAP, CRASH} <= set(page.evaluate("notes"))
    page.get_by_role("radio", name="Inside its head").click()
    expect(game.locator(".title")).to_have_text(["The best"])
    expect(game.get_by_role("button", name="Sound")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("radio", name="Race it").click()
    expect(page.get_by_role("cell", name="10 minutes")).to_have_count(1)
    assert serious_violations(page) == []
    screenshot(page, "flappy-bird-race")
    page.get_by_role("button", name="Another level").click()
    expect(game.get_by_role("button", name="Start", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="10 minutes")).to_have_count(1)  # kept, and not counted twice
    assert ours(problems) == []


def test_other_rules_show_what_it_did_not_learn(open_mode, serious_violations):
    page, game = open_mode("Break it", scheme="dark")
    for width, height in ((360, 740), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        field = game.locator(".field").bounding_box()
        assert field["y"] + field["height"] <= height
    page.get_by_role("button", name="The moon").click()
    expect(page.get_by_text(re.compile("^It (fails|copes)"))).to_be_visible(timeout=30_000)
    expect(game).to_be_visible()
    assert serious_violations(page) == []


def test_one_plays_while_it_learns_and_goes_on_while_one_looks_elsewhere(
    open_mode, serious_violations, problems, screenshot
):
    page, game = open_mode("Train one now")
    page.get_by_role("button", name="Start learning").click()
    title, canvas = game.locator(".title"), game.locator("canvas").first
    expect(page.get_by_text(re.compile("pipes on average, about"))).to_be_visible(timeout=60_000)
    expect(title).to_have_text(re.compile("^Your pupil after [1-9][0-9,]* decisions$"), timeout=60_000)
    expect(page.locator("canvas.marks, svg.marks").first).to_be_visible()
    before, picture = decisions(title), canvas.evaluate("canvas => canvas.toDataURL()")
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before", arg=[canvas.element_handle(), picture]
    )
    screenshot(page, "flappy-bird-learning")
    assert serious_violations(page) == []
    page.get_by_role("radio", name="Watch it learn").click()
    expect(title).to_have_text(["The best"])
    expect(page.get_by_text(re.compile("goes on learning in “Train one now”: "))).to_be_visible()
    page.get_by_role("radio", name="Train one now").click()
    expect(title).to_have_text([re.compile("^Your pupil after [0-9,]+ decisions$")])
    assert decisions(title) > before
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled, as you asked.")).to_be_visible(timeout=30_000)
    expect(game).to_have_count(0)
    assert ours(problems) == []


def decisions(title):
    return int(re.sub(r"\D", "", title.inner_text()))
