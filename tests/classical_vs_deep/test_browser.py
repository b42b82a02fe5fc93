"""Classical against deep, in Chromium: bet, run, cancel, take home, stack."""

import re

from PIL import Image
from playwright.sync_api import expect

from tests.visiting import ours, visit


def address(gallery, part, **query):
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{gallery}/classical_vs_deep?part={part.replace(' ', '+')}&{asked}"


def test_a_bet_shows_the_network_and_the_curves_go_home(
    gallery, page, problems, screenshot, serious_violations
):
    visit(page, address(gallery, "More data"))
    expect(page.get_by_text("place your bet above")).to_be_visible()
    page.get_by_role("radio", name="Random forest").click()
    expect(page.get_by_text("Not this time.")).to_be_visible(timeout=30_000)
    with page.expect_download() as csv:
        page.get_by_role("button", name="Results as CSV").click()
    assert csv.value.path().read_text().startswith("learner,size,seed,accuracy,seconds\n")
    with page.expect_download() as png:
        page.get_by_role("button", name="Curves as PNG").click()
    assert Image.open(png.value.path()).size == (1200, 750)
    screenshot(page, "classical-vs-deep-data")
    assert serious_violations(page) == []
    assert ours(problems) == []


def test_a_run_grows_and_keeps_its_points_when_it_is_cancelled(gallery, page, problems, screenshot):
    visit(page, address(gallery, "More data", repeats=4))
    page.get_by_text("Run it yourself").click()
    page.get_by_role("button", name="Run it here").press("Enter")  # it still moves while the box opens
    expect(page.get_by_text("Running here, now")).to_be_visible(timeout=30_000)
    expect(page.get_by_label("The curves so far", exact=True)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(re.compile(r"stopped after \d+ of 64"))).to_be_visible(timeout=30_000)
    screenshot(page, "classical-vs-deep-cancelled")
    assert ours(problems) == []


def test_a_stack_of_layers_is_compared_with_none(gallery, page, problems, screenshot, serious_violations):
    visit(page, address(gallery, "Stack of layers", curves="300"), seconds=120)
    expect(page.get_by_role("img", name=re.compile("^It names A"))).to_have_count(2, timeout=120_000)
    handle = page.get_by_role("slider").first
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("3 hidden layers, each")).to_be_visible(timeout=60_000)
    screenshot(page, "classical-vs-deep-stack")
    assert serious_violations(page) == []
    assert ours(problems) == []


def test_a_phone_in_the_dark_needs_no_sideways_scrolling(gallery, new_page, serious_violations, problems):
    page = new_page(viewport={"width": 360, "height": 740}, color_scheme="dark")
    for part in ("More data", "Stack of layers"):
        visit(page, address(gallery, part, curves="300"), seconds=120)
        expect(page.get_by_label(re.compile("^Share of new curves named rightly"))).to_be_visible()
        expect(page.get_by_text("What just happened?")).to_be_visible(timeout=120_000)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 360
        assert serious_violations(page) == []
    assert ours(problems) == []
