"""The flash in Chromium: countdown, half a second of picture, answers by click and key, and the result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.visiting import ours

ANSWER = "tiger cat"
SECRET = "A striped cat on a wall"
LABELS = ["red fox", ANSWER, "lynx", "German short-haired pointer", "<img src=x onerror=alert(1)>"]
SCRIPT = f"""
import io

import numpy as np
import streamlit as st
from PIL import Image

from dlintro_demos.gallery.ui.components.component import run_fragment_again
from dlintro_demos.feature_layers.ui.components.flash import FlashResult, flash

LABELS = {LABELS!r}
state = st.session_state
state.setdefault("game", 1)
state.setdefault("round", 1)


def start_over():
    game = state.game + 1
    state.clear()
    state.game, state.round = game, 1


def encoded(number):
    y, x = np.mgrid[:384, :384]
    red, green, blue = 140 + 100 * np.sin(x / 30), 130 + 90 * np.cos(y / 41), x // 3 + number
    pixels = np.stack([red, green, blue], axis=-1)
    file = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


@st.fragment
def play():
    answer = flash(
        b"no picture" if state.get("broken") else encoded(state.round),
        alt={SECRET!r},
        round_number=state.round,
        labels=LABELS,
        result=state.get("result"),
        key=f"flash-{{state.game}}",
    )
    if answer is not None:
        state.answers = [*state.get("answers", []), (answer.round_number, answer.choice)]
        state.milliseconds = answer.milliseconds
        state.result = FlashResult(choice=answer.choice, truth=1, machine={{1: 1, 2: 2}}.get(state.round))
        run_fragment_again()
    if st.button("Next round"):
        state.round += 1
        state.result = None
        st.rerun(scope="fragment")
    st.button("Run again")
    st.button("Start over", on_click=start_over)
    if st.button("Break the picture"):
        state.broken = True
        st.rerun(scope="fragment")
    st.write(f"Game {{state.game}}; answers {{state.get('answers', [])}}.")
    st.write(f"Reaction: {{state.get('milliseconds')}}")


play()
"""
WATCH = """() => {
  const game = document.querySelector("[data-testid=stBidiComponentIsolated]").shadowRoot
    .querySelector(".flash");
  const picture = game.querySelector(".picture");
  window.seen = [];
  const look = (now) => {
    const visible = getComputedStyle(picture).visibility === "visible";
    if (window.seen.at(-1)?.visible !== visible) window.seen.push({ visible, now });
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("flash") / "play.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with serve_script(script) as url:
        yield url


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A busy machine answers late; what is right at once costs no time."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


def visit(page: Page, url: str) -> Locator:
    page.goto(url)
    game = page.locator(".flash")
    expect(game.get_by_role("button", name="Start")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("answers [].")).to_be_visible()
    return game


@pytest.fixture(scope="module")
def table(open_context: Callable[..., BrowserContext], url: str) -> Iterator[Page]:
    """A page for all tests that need none of their own."""
    page = open_context(viewport={"width": 1280, "height": 900}).new_page()
    visit(page, url)
    yield page
    page.close()


@pytest.fixture
def game(table: Page) -> Locator:
    """A game that has just begun, on the page that these tests share."""
    number = int(re.search(r"\d+", table.get_by_text(re.compile(r"^Game \d+;")).inner_text())[0])
    table.get_by_role("button", name="Start over").click()
    expect(table.get_by_text(f"Game {number + 1}; answers [].")).to_be_visible()
    expect(table.locator(".flash")).to_have_count(1)
    return table.locator(".flash")


def see(game: Locator) -> None:
    """Press Start and wait until the picture has come and gone."""
    game.get_by_role("button", name="Start").click()
    expect(game).to_have_attribute("data-state", "mask")


def answer(game: Locator, label: str) -> None:
    game.get_by_role("button", name=label).click()
    expect(game).to_have_attribute("data-state", "result")


def row(game: Locator, label: str) -> Locator:
    return game.get_by_role("listitem").filter(has_text=label)


def test_the_picture_stands_for_half_a_second(table: Page, game: Locator) -> None:
    table.evaluate(WATCH)
    shown = []
    for _ in range(4):  # a frame that a busy machine missed makes one longer
        see(game)
        shown.append(int(game.get_attribute("data-shown")))
        if shown[-1] <= 700:
            break
        table.keyboard.press("1")
        table.get_by_role("button", name="Next round").click()
    assert min(shown) >= 400
    assert shown[-1] <= 700, shown
    table.wait_for_function("window.seen.at(-1).visible === false")
    *_, came, went = table.evaluate("window.seen.map((moment) => [moment.visible, moment.now])")
    assert came[0]
    assert went[1] - came[1] == pytest.approx(shown[-1], abs=120)


def test_a_countdown_comes_first_and_the_picture_only_after_it(table: Page, game: Locator) -> None:
    game.evaluate(
        """(game) => {
          window.said = [];
          const count = game.querySelector(".count");
          new MutationObserver(() => window.said.push([game.dataset.state, count.textContent]))
            .observe(game, { attributes: true, childList: true, subtree: true, characterData: true });
        }"""
    )
    see(game)
    said = table.evaluate("window.said")
    states = list(dict.fromkeys(state for state, _ in said))
    numbers = list(dict.fromkeys(word for state, word in said if state == "countdown" and len(word) == 1))
    assert states == ["countdown", "picture", "mask"]
    assert numbers == ["3", "2", "1"]


def test_reduced_motion_has_no_countdown_of_numbers(new_page: Callable[..., Page], url: str) -> None:
    page = new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    game = visit(page, url)
    game.get_by_role("button", name="Start").click()
    expect(game.locator(".count")).to_have_text("Ready")
    expect(game).to_have_attribute("data-state", "mask")
    assert game.locator(".count").text_content() == "Ready"


def test_a_click_answers_and_the_result_stands_there_in_words(
    page: Page, url: str, problems: list[str], serious_violations: Callable, screenshot: Callable
) -> None:
    game = visit(page, url)
    expect(game.get_by_role("listitem")).to_have_count(0)
    assert serious_violations(page) == []
    see(game)
    assert serious_violations(page) == []
    screenshot(page, "flash-mask")
    expect(game.locator(".noise")).to_be_visible()
    expect(game.locator(".picture")).to_be_hidden()
    answer(game, "lynx")
    expect(page.get_by_text("answers [(1, 2)].")).to_be_visible()
    assert 0 <= int(page.get_by_text("Reaction").inner_text().split()[1]) < 60_000
    expect(game.locator(".picture")).to_be_visible()
    expect(game.locator(".headline")).to_have_text("The machine wins this one.")
    expect(game.locator(".aside")).to_contain_text("It is: tiger cat.")
    expect(row(game, ANSWER)).to_contain_text("Right")
    expect(row(game, ANSWER)).to_contain_text("Machine")
    expect(row(game, ANSWER)).not_to_contain_text("You")
    expect(row(game, "lynx")).to_contain_text("You")
    expect(game.get_by_role("status")).to_contain_text("The machine wins this one. It is: tiger cat.")
    assert serious_violations(page) == []
    screenshot(page, "flash-result")
    assert ours(problems) == []


def test_keys_play_a_whole_round(table: Page, game: Locator) -> None:
    game.get_by_role("button", name="Start").press("Enter")
    expect(game).to_have_attribute("data-state", "mask")
    expect(game.get_by_role("status")).to_contain_text("What was it? 1: red fox; 2: tiger cat;")
    table.keyboard.press("7")
    table.keyboard.press("2")
    expect(table.get_by_text("answers [(1, 1)].")).to_be_visible()
    expect(game.locator(".headline")).to_have_text("A draw: you are both right.")
    expect(game.locator(".headline")).to_be_focused()


def test_a_key_before_the_answers_counts_for_nothing(table: Page, game: Locator) -> None:
    start = game.get_by_role("button", name="Start")
    start.focus()
    table.keyboard.press("1")
    start.press("Space")
    expect(game).to_have_attribute("data-state", "countdown")
    table.keyboard.press("1")
    expect(game).to_have_attribute("data-state", "mask")
    table.keyboard.press("4")
    expect(table.get_by_text("answers [(1, 3)].")).to_be_visible()


def test_only_the_first_of_two_answers_counts(table: Page, game: Locator) -> None:
    see(game)
    game.evaluate("game => game.querySelectorAll('button.answer').forEach((button) => button.click())")
    expect(table.get_by_text("answers [(1, 0)].")).to_be_visible()
    expect(game.locator(".headline")).to_have_text("The machine wins this one.")


def test_nothing_gives_the_answer_away_before_it_is_chosen(table: Page, game: Locator) -> None:
    for _ in range(2):
        assert SECRET not in game.evaluate("game => game.outerHTML")
        expect(game.get_by_role("img")).to_have_count(0)
        see(game)
        answer(game, "lynx")
        expect(game.get_by_alt_text(SECRET)).to_be_visible()
        table.get_by_role("button", name="Next round").click()
        expect(game).to_have_attribute("data-state", "ready")


def test_every_round_begins_at_the_start_button(table: Page, game: Locator) -> None:
    see(game)
    answer(game, ANSWER)
    table.get_by_role("button", name="Next round").click()
    expect(game.get_by_role("button", name="Start")).to_be_visible()
    expect(game.get_by_role("listitem")).to_have_count(0)
    see(game)
    answer(game, ANSWER)
    expect(game.locator(".headline")).to_have_text("You win: the machine is wrong.")
    expect(row(game, "lynx")).to_contain_text("Machine")
    table.get_by_role("button", name="Next round").click()
    see(game)
    answer(game, "red fox")
    expect(game.locator(".headline")).to_have_text("Neither of you got it.")
    expect(game.locator(".aside")).to_contain_text("The machine named something that is not on this list.")
    expect(table.get_by_text("answers [(1, 1), (2, 1), (3, 0)].")).to_be_visible()


def test_another_run_of_the_page_disturbs_no_round(table: Page, game: Locator) -> None:
    see(game)
    table.get_by_role("button", name="Run again").click()
    answer(game, ANSWER)
    expect(table.get_by_text("answers [(1, 1)].")).to_be_visible()


def test_a_picture_that_cannot_be_opened_is_said_to_be_so(table: Page, game: Locator) -> None:
    honest = game.locator(".picture").get_attribute("src")
    table.get_by_role("button", name="Break the picture").click()
    expect(game.locator(".picture")).not_to_have_attribute("src", honest)
    game.get_by_role("button", name="Start").click()
    expect(game.locator(".aside")).to_contain_text("could not be opened")
    expect(game).to_have_attribute("data-state", "ready")


def test_labels_are_text(game: Locator) -> None:
    see(game)
    expect(game.locator(".label").last).to_have_text(LABELS[-1])
    answer(game, "onerror")
    expect(game.locator(".label").last).to_have_text(LABELS[-1])
    expect(game.locator("img")).to_have_count(1)


def test_a_finger_plays_on_a_phone_in_the_dark_and_nothing_sticks_out(
    new_page: Callable[..., Page],
    url: str,
    problems: list[str],
    serious_violations: Callable,
    screenshot: Callable,
) -> None:
    page = new_page(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, color_scheme="dark"
    )
    game = visit(page, url)

    def fits() -> bool:
        parts = page.locator("html"), page.locator("[data-testid=stMain]")
        return all(part.evaluate("part => part.scrollWidth <= part.clientWidth") for part in parts)

    assert fits()
    assert serious_violations(page) == []
    game.get_by_role("button", name="Start").tap()
    expect(game).to_have_attribute("data-state", "mask")
    assert fits()
    assert serious_violations(page) == []
    screenshot(page, "flash-phone-mask")
    game.get_by_role("button", name="German").tap()
    expect(game).to_have_attribute("data-state", "result")
    expect(page.get_by_text("answers [(1, 3)].")).to_be_visible()
    assert fits()
    assert serious_violations(page) == []
    screenshot(page, "flash-phone-result")
    assert ours(problems) == []
