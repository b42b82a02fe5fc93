"""The presenter and the big screen: two browsers, two windows, one stage."""

import pytest
from playwright.sync_api import expect

from dlintro_demos.gallery.tour import places
from tests.visiting import ours, visit

PIN = "apples-60"
HERE = "[data-test-script-state=notRunning]"
PHONE = {"width": 360, "height": 740}
PROJECTOR = {"width": 1920, "height": 1080}


@pytest.fixture(scope="module")
def theatre(start_gallery):
    """A gallery whose stage opens for `PIN`."""
    with start_gallery(DLINTRO_PRESENTER_PIN=PIN, DLINTRO_PUBLIC_ADDRESS="http://192.168.1.5:8501") as url:
        yield url


@pytest.fixture
def browser_of(chromium):
    """`browser_of()`: a page in a browser of its own, with its own cookie."""
    contexts = []

    def open_(viewport=PHONE, scheme="light"):
        contexts.append(chromium.new_context(viewport=viewport, color_scheme=scheme))
        return contexts[-1].new_page()

    yield open_
    for context in contexts:
        context.close()


def type_pin(page, pin):
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Open", exact=True).click()


def presenter(page, url):
    """A window of somebody who has given the PIN; gives its button for the next stop."""
    visit(page, f"{url}/presenter")
    following = page.get_by_role("button", name="Next", exact=True)
    expect(following.or_(page.get_by_label("PIN"))).to_be_visible()
    if not following.is_visible():
        type_pin(page, PIN)
    expect(following).to_be_visible()
    return following


def to_the_wall(page):
    """Whatever a test before has left: the short tour, before its first stop."""
    if page.get_by_label("Tour").input_value() != "short":
        page.get_by_label("Tour").select_option("short")
    page.get_by_label("Stop").select_option("0")
    expect(page.get_by_role("heading", name="The wall")).to_be_visible()


def is_at(screen, number, tour="short"):
    """The big screen has arrived at a stop of a tour, and its script has ended."""
    place = places(tour)[number - 1]
    expect(screen.locator("h1")).to_have_text(place.demo.title, timeout=60_000)
    expect(screen.locator(".st-key-stage-words")).to_have_text(place.stop.words)
    expect(screen.locator(HERE)).to_have_count(1, timeout=60_000)


def presenter_is_at(hand, number):
    """A presenter's window shows that stop of the short tour."""
    title = places("short")[number - 1].demo.title
    expect(hand.get_by_label("Stop").locator("option:checked")).to_have_text(f"{number}. {title}")


def test_without_a_pin_in_the_settings_the_page_says_how_to_set_one(gallery, page, problems):
    visit(page, f"{gallery}/presenter")
    expect(page.get_by_text("DLINTRO_PRESENTER_PIN")).to_be_visible()
    expect(page.get_by_label("PIN")).to_have_count(0)
    assert ours(problems) == []


def test_a_guesser_is_told_to_wait_and_the_presenter_is_not(theatre, browser_of):
    guesser, other = browser_of(), browser_of()
    visit(guesser, f"{theatre}/presenter")
    wrong, wait = (guesser.get_by_text(words) for words in ("That is not the PIN.", "Too many wrong tries."))
    for guess in range(100_000, 100_012):  # on a slow machine one may be typed before the last was looked at
        if wait.is_visible():
            break
        type_pin(guesser, str(guess))
        expect(wrong.or_(wait).first).to_be_visible()
    expect(wait).to_be_visible()
    type_pin(guesser, PIN)
    expect(wait).to_be_visible()
    expect(guesser.get_by_text("Leave presenter mode")).to_have_count(0)
    presenter(other, theatre)


def test_the_big_screen_follows_the_presenter_through_the_short_tour(
    theatre, browser_of, screenshot, serious_violations
):
    hand, screen = browser_of(), browser_of(PROJECTOR)
    following = presenter(hand, theatre)
    to_the_wall(hand)
    screen.goto(f"{theatre}/?stage=1")
    expect(screen.locator("h1")).to_have_text("Deep Learning, Live")
    screenshot(hand, "presenter-0-phone")
    screenshot(screen, "presenter-0-screen")
    for place in places("short"):
        following.click()
        is_at(screen, place.number)
        expect(screen.locator(".menu, .rail")).to_have_count(0)
        expect(screen.get_by_text("Forget everything I showed")).to_have_count(0)
        expect(hand.get_by_text(place.talking_points[0])).to_be_visible()
        assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")
        screenshot(hand, f"presenter-{place.number}-phone")
        screenshot(screen, f"presenter-{place.number}-screen")
    for page in (screen, hand):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
            assert serious_violations(page) == [], scheme
    following.click()
    expect(screen.locator("h1")).to_have_text("What did you see?")
    expect(following).to_be_disabled()


def test_what_a_look_into_the_classifier_finds_is_on_the_first_screen_and_the_samples_below(
    theatre, browser_of
):
    hand, screen = browser_of(), browser_of(PROJECTOR)
    presenter(hand, theatre)
    hand.get_by_label("Tour").select_option("full")
    expect(hand.get_by_role("heading", name="The wall")).to_be_visible()
    hand.get_by_label("Stop").select_option("12")
    screen.goto(f"{theatre}/?stage=1")
    is_at(screen, 12, "full")
    changed = screen.get_by_alt_text("The picture after").first
    expect(changed).to_be_in_viewport(ratio=0.5)
    expect(screen.get_by_text("candle", exact=False).first).to_be_in_viewport()
    panda = screen.get_by_role("button", name="Panda")
    assert panda.bounding_box()["y"] > changed.bounding_box()["y"]


def test_keys_move_the_stage_and_two_presenters_see_the_same(theatre, browser_of, serious_violations):
    first, second, screen = browser_of(), browser_of({"width": 1280, "height": 800}, "dark"), browser_of()
    presenter(first, theatre)
    presenter(second, theatre)
    to_the_wall(first)
    second.locator("summary.numbers").click()
    assert serious_violations(second) == []
    screen.goto(f"{theatre}/?stage=1")
    for page in (first, second):
        expect(page.get_by_role("heading", name="The wall")).to_be_visible()
        page.locator("h1").click()
    for page in (first, second):  # both before either could see that the other has
        page.keyboard.press("ArrowRight")
    is_at(screen, 1)
    for page in (first, second):
        presenter_is_at(page, 1)
    second.keyboard.press("ArrowRight")
    is_at(screen, 2)
    presenter_is_at(first, 2)  # a key counts only for the stop that this window shows
    first.keyboard.press("ArrowLeft")
    is_at(screen, 1)


def test_the_next_visitor_finds_nothing_of_the_one_before(theatre, browser_of):
    hand, screen = browser_of(), browser_of({"width": 1280, "height": 800})
    presenter(hand, theatre)
    hand.get_by_label("Stop").select_option("1")
    screen.goto(f"{theatre}/?stage=1")
    is_at(screen, 1)
    screen.get_by_role("button", name="Panda").click()
    expect(screen.get_by_role("button", name="Panda")).to_have_attribute("aria-pressed", "true")
    hand.locator("h1").click()
    hand.keyboard.press("r")
    expect(screen.get_by_role("button", name="Apple", exact=True)).to_have_attribute("aria-pressed", "true")
    is_at(screen, 1)


def test_f_fills_the_big_screen(theatre, browser_of):
    screen = browser_of(PROJECTOR)
    screen.goto(f"{theatre}/why_now?stage=1")
    expect(screen.locator("h1")).to_be_visible()
    expect(screen.locator(HERE)).to_have_count(1, timeout=60_000)
    expect(screen.locator(".follow")).to_have_count(1)
    screen.locator("h1").click()
    screen.keyboard.press("f")
    expect(screen.locator("html:fullscreen")).to_have_count(1)


def test_heavy_demos_pause_for_everybody_but_the_stage(theatre, browser_of):
    hand, visitor = browser_of(), browser_of()
    presenter(hand, theatre)
    hand.locator("summary.numbers").click()
    expect(hand.get_by_text("It teaches itself Flappy Bird: warm")).to_be_visible()
    pause = hand.get_by_role("button", name="Pause heavy demos")
    pause.click()
    expect(pause).to_have_attribute("aria-pressed", "true")
    address = f"{theatre}/teach_a_child?tray=37"  # things that nobody has drawn yet
    visitor.goto(address)
    expect(visitor.get_by_text("The presenter has paused heavy demos")).to_be_visible()
    mine = hand.context.new_page()
    visit(mine, address)
    expect(mine.locator(".st-key-first-result")).to_be_visible()
    pause.click()
    expect(pause).to_have_attribute("aria-pressed", "false")
    visitor.get_by_role("button", name="Try again").click()
    expect(visitor.locator(".st-key-first-result")).to_be_visible()
