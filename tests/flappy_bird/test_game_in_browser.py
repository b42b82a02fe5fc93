"""The game in Chromium without Streamlit around it, on a clock that only the tests move on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from dlintro_demos.flappy_bird.game import SIDE, Rules
from dlintro_demos.flappy_bird.network import FRAMES, SKIP
from dlintro_demos.flappy_bird.referee import replay
from dlintro_demos.flappy_bird.ui.components.flappy_game import (
    Colours,
)
from tests.flappy_bird.browser_fakes import (
    CRASH,
    FLAP,
    NOTES,
    POINT,
    SEED,
    begun,
    fate,
    network,
)
from tests.flappy_bird.fakes import sensible_flap
from tests.flappy_bird.stage import DESK, Stage

HOSTILE = "<img src=x onerror=alert(1)>"
CALM = DESK | {"reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def test_a_game_is_played_step_by_step_and_the_referee_agrees(
    open_stage: Callable[..., Stage], problems: list[str]
) -> None:
    stage = open_stage()
    decisions, pipes = decisions_for(1)
    stage.page.evaluate(NOTES)
    stage.button("Sound").click()
    stage.button("Step by step").click()
    stage.start()
    field = stage.button("you: flap")
    expect(field).to_be_focused()
    for flap in decisions:
        if flap:
            field.press("Space")
        else:
            stage.button("Next step (glide)").click()
    (told,) = stage.told()
    (lane,) = told.lanes
    assert (told.seed, lane.pipes, lane.alive) == (SEED, pipes, False)
    assert lane.pipes >= 1
    assert lane.flaps == tuple(SKIP * i for i, flap in enumerate(decisions) if flap)
    assert replay(told.seed, lane.flaps, lane.ticks) == lane.pipes
    expect(stage.game.locator(".score")).to_have_text(str(pipes))
    expect(stage.game.get_by_role("status")).to_have_text(re.compile(f"^Game over: you {pipes} pipes?\\.$"))
    heard = stage.page.evaluate("notes")
    assert (heard.count(FLAP), heard.count(POINT), heard[-1]) == (len(lane.flaps), pipes, CRASH)
    assert not problems


def decisions_for(pipes: int) -> tuple[list[bool], int]:
    """Decisions of a pilot who lets go after `pipes` pipes, and crashes; and the pipes passed."""
    game = begun(SEED)
    decisions = []
    while game.alive[0]:
        decisions.append(game.score[0] < pipes and sensible_flap(game))
        for tick in range(SKIP):
            game.step(np.array([decisions[-1] and tick == 0]))
    return decisions, int(game.score[0])


def test_a_game_is_played_from_the_keyboard_in_real_time(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    keyboard = stage.page.keyboard
    stage.button("Start").press("Enter")
    expect(stage.game.get_by_role("status")).to_have_text("Started.")
    for key in ("Space", "ArrowUp"):
        stage.run(0.2)
        keyboard.press(key)
    stage.run()
    (first,) = stage.told()
    (lane,) = first.lanes
    assert len(lane.flaps) == 2
    assert replay(SEED, lane.flaps, lane.ticks) == lane.pipes
    keyboard.press("Space")  # too late, and no new game either
    expect(stage.button("Again")).to_have_count(1)
    keyboard.press("Enter")
    stage.run()
    _, second = stage.told()
    assert second.game != first.game
    assert second.lanes[0].flaps == ()


def test_a_key_that_is_held_down_flaps_once(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    stage.start()
    for _ in range(4):
        stage.page.keyboard.down("Space")
        stage.run(0.1)
    stage.page.keyboard.up("Space")
    stage.run()
    assert stage.told()[0].lanes[0].flaps == (0,)


def test_agents_on_the_same_level_end_as_in_python(open_stage: Callable[..., Stage]) -> None:
    asked = []
    stage = open_stage("flapper glider glider told-flapper")
    stage.page.on("request", lambda request: asked.append(request.url))
    stage.start()
    stage.run()
    (told,) = stage.told()
    up, down = fate(flaps=True), fate(flaps=False)
    assert [lane.ticks for lane in told.lanes] == [up, down, down, up]
    assert [lane.flaps for lane in told.lanes] == [()] * 4
    stage.button("Again").click()
    stage.run()
    _, again = stage.told()
    assert again.lanes == told.lanes
    stage.show("glider", seed=SEED + 1)
    expect(stage.button("Start")).to_be_visible()
    assert asked == []  # weights were fetched before, once for all lanes and games


def test_weights_are_fetched_once_for_two_lanes(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("glider told-flapper")
    asked = []
    stage.page.on("request", lambda request: asked.append(Path(request.url).name))
    stage.show("halves halves glider")
    expect(stage.button("Start")).to_be_visible()
    assert asked == ["halves.safetensors"]


def test_another_run_leaves_a_game_alone_and_other_arguments_begin_a_new_one(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage("glider")
    stage.start()
    stage.run(0.3)
    stage.show("glider")
    expect(stage.button("Pause")).to_be_visible()
    stage.show("glider", rules=Rules(gravity=0.5))
    expect(stage.button("Start")).to_be_visible()
    stage.start()
    stage.run()
    (told,) = stage.told()  # of the first game nothing: it was not played to its end
    assert told.lanes[0].ticks > fate(flaps=False)


def test_a_race_is_over_when_the_visitor_is(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("you told-flapper", rules=Rules(speed=1))
    stage.start()
    stage.run(3)
    (told,) = stage.told()
    you, agent = told.lanes
    assert not you.alive
    assert agent.alive
    assert agent.ticks == you.ticks  # on one clock
    expect(stage.game.locator(".verdict:visible")).to_have_text(f"It wins, {you.pipes} : {agent.pipes}")
    expect(stage.button("Pause")).to_be_visible()  # the agent flies on
    stage.button("Again").click()
    stage.run(3)
    assert len(stage.told()) == 2


def test_a_hidden_tab_pauses(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("told-flapper", rules=Rules(speed=1))
    stage.start()
    stage.run(0.5)
    stage.hide(True)
    expect(stage.button("Go on")).to_be_visible()
    canvas = stage.game.locator("canvas").first
    picture = canvas.evaluate("canvas => canvas.toDataURL()")
    stage.run(1)
    assert canvas.evaluate("canvas => canvas.toDataURL()") == picture
    stage.page.evaluate("() => delete document.hidden")
    stage.button("Go on").click()
    stage.run(0.5)
    expect(stage.button("Pause")).to_be_visible()
    assert canvas.evaluate("canvas => canvas.toDataURL()") != picture


def test_agents_may_begin_by_themselves(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("glider", autoplay=True)
    stage.run()
    assert stage.told()[0].lanes[0].ticks == fate(flaps=False)


def test_nothing_begins_by_itself_where_little_motion_is_wanted(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("glider", autoplay=True, on=CALM)
    expect(stage.button("Start")).to_be_enabled()
    stage.run()
    assert stage.told() == []


def test_with_reduced_motion_only_the_button_starts(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage(on=CALM)
    stage.button("you: flap").press("Space")
    stage.button("you: flap").click()
    expect(stage.button("Start")).to_be_visible()
    stage.button("Step by step").click()
    stage.start()
    expect(stage.button("Next step (glide)")).to_be_visible()


def test_without_reduced_motion_the_first_flap_starts(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    stage.button("you: flap").click()
    stage.run()
    assert stage.told()[0].lanes[0].flaps == (0,)
    expect(stage.button("Again")).to_be_visible()


def test_inside_shows_what_it_sees_and_expects(open_stage: Callable[..., Stage], problems: list[str]) -> None:
    stage = open_stage("you flapper", inside=True)
    game = stage.game
    frame = begun(SEED).frames()[0]
    for i in range(FRAMES):
        data = (
            game.locator(".frames canvas")
            .nth(i)
            .evaluate("canvas => [...canvas.getContext('2d').getImageData(0, 0, 84, 84).data]")
        )
        assert np.array_equal(np.reshape(data, (SIDE, SIDE, 4))[..., 0], frame)
    with torch.inference_mode():
        values = network(flaps=True)(torch.from_numpy(np.stack([frame] * FRAMES)[None]))[0].tolist()
    shown = [text.replace("−", "-") for text in game.locator(".worth").all_inner_texts()]
    assert shown == [f"{value:.2f}" for value in values]
    expect(game.locator(".act.chosen")).to_have_text("Flap")
    coloured = game.locator(".saliency").evaluate(
        """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, 84, 84);
          return data.some((value, i) => i % 4 === 0 && value > data[i + 2] + 50);
        }"""
    )
    assert coloured
    stage.start()
    stage.run(3)
    assert len(stage.told()) == 1
    assert not problems


def test_the_sky_has_the_colour_that_was_asked_for(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage(colours=Colours(sky="#b03060"))
    top = stage.game.locator("canvas").first.evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(9, 0, 1, 1).data]"
    )
    assert np.abs(np.array(top[:3]) - [0xB0, 0x30, 0x60]).max() <= 2


def test_weights_that_do_not_come_are_said_and_asked_for_again(
    open_stage: Callable[..., Stage], weights: Path
) -> None:
    stage = open_stage("latecomer")
    expect(stage.game.get_by_role("alert")).to_contain_text("404")
    stage.page.route(
        "**/latecomer.safetensors", lambda route: route.fulfill(path=weights / "glider.safetensors")
    )
    stage.button("Try again").click()
    expect(stage.button("Start")).to_be_visible()
    expect(stage.game.get_by_role("alert")).to_be_hidden()


def test_titles_are_text(open_stage: Callable[..., Stage], problems: list[str]) -> None:
    stage = open_stage(title=HOSTILE)
    expect(stage.game.locator(".title")).to_have_text(HOSTILE)
    expect(stage.game.locator("img")).to_have_count(0)
    assert not problems


@pytest.mark.parametrize("lanes", ["you flapper", "glider glider glider glider flapper"])
def test_on_a_phone_nothing_sticks_out(
    open_stage: Callable[..., Stage], lanes: str, screenshot: Callable
) -> None:
    stage = open_stage(lanes, inside=True, on=PHONE)
    game = stage.game
    assert stage.page.locator("html").evaluate("part => part.scrollWidth <= part.clientWidth")
    for field in game.locator(".field").all():
        box = field.bounding_box()
        assert box["width"] / box["height"] == pytest.approx(288 / 448, abs=0.01)
    assert all(part.bounding_box()["height"] >= 44 for part in game.locator(".tools button:visible").all())
    assert game.locator(".hopes").bounding_box()["height"] < 200
    screenshot(stage.page, f"flappy-game-360-{len(lanes.split())}")
    if "you" in lanes:
        stage.button("you: flap").tap()
        stage.run(3)
        assert stage.told()[0].lanes[0].flaps == (0,)


def test_a_resized_field_keeps_its_shape_and_is_painted_even_when_over(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage("you told-flapper", rules=Rules(speed=1))
    stage.start()
    stage.run(3)
    expect(stage.button("Pause")).to_be_visible()  # the other still plays
    canvas = stage.game.locator("canvas").first
    for width in (900, 700, 400):
        stage.page.set_viewport_size({"width": width, "height": 600})
        field = stage.game.locator(".field").first
        expect(canvas).to_have_js_property("width", round(field.bounding_box()["width"]))
        shape = canvas.evaluate("canvas => [canvas.width, canvas.height]")
        assert shape[0] / shape[1] == pytest.approx(288 / 448, abs=0.01)
        sky = canvas.evaluate("canvas => [...canvas.getContext('2d').getImageData(9, 9, 1, 1).data]")
        assert sum(sky[:3]) > 100
