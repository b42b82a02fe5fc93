"""The game in Chromium while a network learns, and its sounds."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from safetensors.torch import save

from dlintro_demos.flappy_bird.game import Rules
from tests.flappy_bird.browser_fakes import (
    CRASH,
    FLAP,
    NOTES,
    fate,
    pupil,
)
from tests.flappy_bird.stage import Stage


def serve_pupil(stage: Stage, *, flaps: bool, decisions: int) -> None:
    file = save(pupil(flaps=flaps).state_dict(), {"decisions": str(decisions)})
    stage.page.unroute("**/pupil.safetensors")
    stage.page.route("**/pupil.safetensors", lambda route: route.fulfill(body=file))


def test_one_that_learns_plays_level_after_level_and_its_newest_takes_over_in_flight(
    open_stage: Callable[..., Stage], problems: list[str]
) -> None:
    stage = open_stage()
    title, hit = stage.game.locator(".title"), stage.game.locator(".verdict")
    serve_pupil(stage, flaps=False, decisions=0)
    stage.show("pupil", autoplay=True, rules=Rules(speed=1))
    expect(title).to_have_text("pupil after 0 decisions")
    expect(stage.button("Pause")).to_be_visible()
    stage.run(fate(flaps=False) / 30 + 0.3)
    expect(hit).to_be_visible()
    expect(hit).to_have_text("Crashed")
    stage.run(1)
    expect(hit).to_be_hidden()  # the next level has begun, and nobody pressed anything
    serve_pupil(stage, flaps=True, decisions=12_800)
    stage.run(2.1)
    expect(title).to_have_text("pupil after 12,800 decisions")
    stage.run(0.5)
    assert stage.told() == []
    stage.hide(True)
    expect(stage.button("Go on")).to_be_visible()
    serve_pupil(stage, flaps=False, decisions=25_600)
    stage.run(5)
    expect(title).to_have_text("pupil after 12,800 decisions")  # nobody looks: nothing is fetched
    stage.hide(False)
    expect(stage.button("Pause")).to_be_visible()  # it plays on by itself
    stage.run(2.1)
    expect(title).to_have_text("pupil after 25,600 decisions")
    stage.show("glider")
    expect(title).not_to_have_text("pupil after 25,600 decisions")
    asked = []
    stage.page.on("request", lambda request: asked.append(request.url))
    stage.run(5)
    assert asked == []
    assert not problems


def test_sounds_are_heard_only_when_they_are_asked_for(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    stage.page.evaluate(NOTES)
    sound, notes = stage.button("Sound"), lambda: stage.page.evaluate("notes")
    expect(sound).to_have_attribute("aria-pressed", "false")
    stage.button("you: flap").click()
    stage.run()
    assert (notes(), stage.page.evaluate("contexts")) == ([], 0)
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    assert notes() == []
    stage.button("Again").click()
    stage.run(0.1)
    stage.page.keyboard.press("Space")
    stage.run(0.1)
    assert notes() == [FLAP]
    stage.run()
    assert notes() == [FLAP, CRASH]
    stage.show("glider told-flapper", rules=Rules(speed=1))  # another game of the same page
    expect(sound).to_have_attribute("aria-pressed", "true")
    stage.start()
    stage.run()
    heard = notes()[2:]
    assert heard.count(CRASH) == 2
    assert heard.count(FLAP) > 2
    sound.press("Enter")
    stage.button("Again").click()
    stage.run()
    assert len(notes()) == 2 + len(heard)
    assert stage.page.evaluate("contexts") == 1
