"""The game in Chromium: playing it in every way, and what it tells the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from dlintro_demos.flappy_bird.game import (
    SIDE,
)
from dlintro_demos.flappy_bird.network import FRAMES, SKIP
from dlintro_demos.flappy_bird.referee import replay
from dlintro_demos.flappy_bird.ui.components.flappy_game import (
    Colours,
    Finished,
    Lane,
    LaneResult,
    flappy_game,
    read_finished,
)
from tests.flappy_bird.browser_fakes import SEED, begun, network, save_weights
from tests.flappy_bird.fakes import sensible_flap


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_weights(tmp_path_factory.mktemp("weights"))


HOSTILE = "<img src=x onerror=alert(1)>"


SCRIPT = """
import json
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from dlintro_demos.flappy_bird.game import Rules
from dlintro_demos.flappy_bird.ui.components.flappy_game import Colours, Lane, flappy_game

st.set_page_config(layout="wide")
asked = st.query_params
weights = {
    "glider": "/weights/glider.safetensors",
    "flapper": Path("@FOLDER@/flapper.safetensors").read_bytes(),
}
kinds = asked.get("lanes", "you").split()
lanes = [
    Lane(key=f"{kind} {i}", title=asked.get("title", kind), weights=weights.get(kind))
    for i, kind in enumerate(kinds)
]
finished = flappy_game(
    lanes,
    seed=@SEED@,
    rules=Rules(speed=float(asked.get("speed", 4))),
    colours=Colours(sky=asked.get("sky", "#6fc3e8")),
    inside="inside" in asked,
    autoplay="autoplay" in asked,
    key="game",
)
if finished:
    st.session_state.setdefault("games", []).append(finished)
st.text("Games: " + json.dumps([asdict(game) for game in st.session_state.get("games", [])]))
"""


@pytest.fixture(scope="module")
def url(serve_script: Callable, tmp_path_factory: pytest.TempPathFactory, weights: Path) -> Iterator[str]:
    script = tmp_path_factory.mktemp("flappy") / "game.py"
    text = SCRIPT.replace("@FOLDER@", str(weights)).replace("@SEED@", str(SEED))
    script.write_text(text, encoding="utf-8")
    with serve_script(script) as url:
        yield url


def visit(page: Page, url: str, weights: Path, query: str = "") -> Locator:
    page.route(
        "**/weights/*.safetensors", lambda route: route.fulfill(path=weights / Path(route.request.url).name)
    )
    page.goto(f"{url}/?{query}")
    game = page.locator(".flappy")
    expect(button(game, "Start")).to_be_enabled(timeout=30_000)
    return game


def button(game: Locator, name: str) -> Locator:
    return game.get_by_role("button", name=name, exact=True)


def games(page: Page, count: int = 1) -> list[Finished]:
    """The games that the page was told of, once there are so many."""
    shown = page.get_by_text(re.compile(r"^Games: \["))
    expect(shown).to_have_text(re.compile(r'("game":.*)' * count), timeout=20_000)
    told = [
        read_finished(
            game, [Lane(key=lane["key"], title="") for lane in game["lanes"]], seed=SEED, max_pipes=999
        )
        for game in json.loads(shown.inner_text().removeprefix("Games: "))
    ]
    assert len(told) == count
    return told


def decisions_for(pipes: int) -> tuple[list[bool], int]:
    """Decisions of a pilot who lets go after `pipes` pipes, and crashes; and the pipes passed."""
    game = begun(SEED)
    decisions = []
    while game.alive[0]:
        decisions.append(game.score[0] < pipes and sensible_flap(game))
        for tick in range(SKIP):
            game.step(np.array([decisions[-1] and tick == 0]))
    return decisions, int(game.score[0])


def test_a_game_is_played_step_by_step_and_the_referee_agrees(
    page: Page, url: str, weights: Path, problems: list[str]
) -> None:
    game = visit(page, url, weights)
    decisions, pipes = decisions_for(3)
    button(game, "Step by step").click()
    button(game, "Start").click()
    field = button(game, "you: flap")
    expect(field).to_be_focused()
    for flap in decisions:
        if flap:
            field.press("Space")
        else:
            button(game, "Next step (glide)").click()
    (told,) = games(page)
    (lane,) = told.lanes
    assert (told.seed, lane.pipes, lane.alive) == (SEED, pipes, False)
    assert lane.pipes >= 3
    assert lane.flaps == tuple(SKIP * i for i, flap in enumerate(decisions) if flap)
    assert replay(told.seed, lane.flaps, lane.ticks) == lane.pipes
    expect(game.locator(".score")).to_have_text(str(pipes))
    expect(game.get_by_role("status")).to_have_text(f"Game over: you {pipes} pipes.")
    assert not problems


def test_a_game_is_played_from_the_keyboard_in_real_time(page: Page, url: str, weights: Path) -> None:
    game = visit(page, url, weights)
    button(game, "Start").press("Enter")
    expect(game.get_by_role("status")).to_have_text("Started.")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    (first,) = games(page)
    assert 1 <= len(first.lanes[0].flaps) <= 2  # both may fall into one tick
    assert replay(SEED, first.lanes[0].flaps, first.lanes[0].ticks) == first.lanes[0].pipes
    expect(button(game, "Again")).to_have_count(1)
    page.keyboard.press("Space")  # too late, and no new game either
    expect(button(game, "Again")).to_have_count(1)
    page.keyboard.press("Enter")
    _, second = games(page, 2)
    assert second.game != first.game
    assert second.lanes[0].flaps == ()


def test_a_key_that_is_held_down_flaps_once(page: Page, url: str, weights: Path) -> None:
    game = visit(page, url, weights)
    button(game, "Step by step").click()
    button(game, "Start").click()
    for _ in range(4):
        page.keyboard.down("Space")
    page.keyboard.up("Space")
    while button(game, "Next step (glide)").is_visible():
        button(game, "Next step (glide)").click()
    (told,) = games(page)
    assert told.lanes[0].flaps == (0,)


def fate(*, flaps: bool) -> int:
    """Ticks until the crash of who always flaps, or always glides."""
    game = begun(SEED)
    ticks = 0
    while game.alive[0]:
        game.step(np.array([flaps and ticks % SKIP == 0]))
        ticks += 1
    return ticks


def test_agents_on_the_same_level_end_as_in_python(page: Page, url: str, weights: Path) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/weights/" in request.url else None)
    game = visit(page, url, weights, "lanes=flapper glider glider")
    button(game, "Start").click()
    (told,) = games(page)
    assert [lane.ticks for lane in told.lanes] == [fate(flaps=True), fate(flaps=False), fate(flaps=False)]
    assert [lane.flaps for lane in told.lanes] == [(), (), ()]
    button(game, "Again").click()
    _, again = games(page, 2)
    assert again.lanes == told.lanes
    assert len(asked) == 1  # for two lanes and two games


def test_a_race_is_over_when_the_visitor_is(page: Page, url: str, weights: Path) -> None:
    game = visit(page, url, weights, "lanes=you flapper&speed=1")
    button(game, "Start").click()
    (told,) = games(page)
    you, agent = told.lanes
    assert not you.alive
    assert agent.alive
    assert agent.ticks == you.ticks  # on one clock
    expect(game.locator(".verdict:visible")).to_have_text("Crashed")
    expect(button(game, "Pause")).to_be_visible()  # the agent flies on
    button(game, "Again").click()
    games(page, 2)


def test_a_hidden_tab_pauses(page: Page, url: str, weights: Path) -> None:
    game = visit(page, url, weights, "lanes=flapper&speed=1")
    button(game, "Start").click()
    expect(button(game, "Pause")).to_be_visible()
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    expect(button(game, "Go on")).to_be_visible()
    picture = game.locator("canvas").first.evaluate("canvas => canvas.toDataURL()")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert game.locator("canvas").first.evaluate("canvas => canvas.toDataURL()") == picture
    page.evaluate("() => delete document.hidden")
    button(game, "Go on").click()
    expect(button(game, "Pause")).to_be_visible()


def test_agents_may_begin_by_themselves(page: Page, url: str, weights: Path) -> None:
    page.route("**/weights/*", lambda route: route.fulfill(path=weights / Path(route.request.url).name))
    page.goto(f"{url}/?lanes=glider&autoplay")
    assert games(page)[0].lanes[0].ticks == fate(flaps=False)


def test_nothing_begins_by_itself_where_little_motion_is_wanted(
    new_page: Callable[..., Page], url: str, weights: Path
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    game = visit(page, url, weights, "lanes=glider&autoplay")
    expect(button(game, "Start")).to_be_enabled()
    expect(page.get_by_text(re.compile("^Games: "))).to_have_text("Games: []")


def test_with_reduced_motion_only_the_button_starts(
    new_page: Callable[..., Page], url: str, weights: Path
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    game = visit(page, url, weights)
    button(game, "you: flap").press("Space")
    button(game, "you: flap").click()
    expect(button(game, "Start")).to_be_visible()
    button(game, "Step by step").click()
    button(game, "Start").click()
    expect(button(game, "Next step (glide)")).to_be_visible()


def test_without_reduced_motion_the_first_flap_starts(page: Page, url: str, weights: Path) -> None:
    game = visit(page, url, weights)
    button(game, "you: flap").click()
    (told,) = games(page)
    assert told.lanes[0].flaps == (0,)
    expect(button(game, "Again")).to_be_visible()


def test_inside_shows_what_it_sees_and_expects(
    page: Page, url: str, weights: Path, problems: list[str]
) -> None:
    game = visit(page, url, weights, "lanes=you flapper&inside")
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
    button(game, "Start").click()
    games(page)
    assert not problems


def test_the_sky_has_the_colour_that_was_asked_for(page: Page, url: str, weights: Path) -> None:
    game = visit(page, url, weights, "sky=%23b03060")
    top = game.locator("canvas").first.evaluate(
        """canvas => new Promise(done => {
            const look = () => {  // nothing is drawn before the first frame
                const dot = [...canvas.getContext("2d").getImageData(9, 0, 1, 1).data];
                dot[3] ? done(dot) : requestAnimationFrame(look);
            };
            look();
        })"""
    )
    assert np.abs(np.array(top[:3]) - [0xB0, 0x30, 0x60]).max() <= 2


def test_weights_that_do_not_come_are_said_and_asked_for_again(page: Page, url: str, weights: Path) -> None:
    answers = iter([404])

    def answer(route) -> None:
        status = next(answers, None)
        if status:
            route.fulfill(status=status)
        else:
            route.fulfill(path=weights / "glider.safetensors")

    page.route("**/weights/*.safetensors", answer)
    page.goto(f"{url}/?lanes=glider")
    game = page.locator(".flappy")
    expect(game.get_by_role("alert")).to_contain_text("404")
    button(game, "Try again").click()
    expect(button(game, "Start")).to_be_visible()
    expect(game.get_by_role("alert")).to_be_hidden()


def test_titles_are_text(page: Page, url: str, weights: Path, problems: list[str]) -> None:
    game = visit(page, url, weights, f"title={HOSTILE}")
    expect(game.locator(".title")).to_have_text(HOSTILE)
    expect(game.locator("img")).to_have_count(0)
    assert not problems


@pytest.mark.parametrize("lanes", ["you flapper", "glider glider glider glider flapper"])
def test_on_a_phone_nothing_sticks_out(
    new_page: Callable[..., Page], url: str, weights: Path, lanes: str, screenshot: Callable
) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    game = visit(page, url, weights, f"lanes={lanes}&inside")
    for selector in ("html", "[data-testid=stMain]"):
        assert page.locator(selector).evaluate("part => part.scrollWidth <= part.clientWidth")
    for field in game.locator(".field").all():
        box = field.bounding_box()
        assert box["width"] / box["height"] == pytest.approx(288 / 448, abs=0.01)
    assert all(part.bounding_box()["height"] >= 44 for part in game.locator(".tools button:visible").all())
    assert game.locator(".hopes").bounding_box()["height"] < 200
    screenshot(page, f"flappy-game-360-{len(lanes.split())}")
    if "you" in lanes:
        button(game, "you: flap").tap()
        assert games(page)[0].lanes[0].flaps == (0,)


def test_a_field_that_is_over_is_still_painted_after_a_resize(page: Page, url: str, weights: Path) -> None:
    game = visit(page, url, weights, "lanes=you flapper&speed=1")
    button(game, "Start").click()
    games(page)
    expect(button(game, "Pause")).to_be_visible()  # the other still plays
    page.set_viewport_size({"width": 700, "height": 900})
    canvas = game.locator("canvas").first
    expect(canvas).to_have_js_property("width", round(game.locator(".field").first.bounding_box()["width"]))
    sky = canvas.evaluate("canvas => [...canvas.getContext('2d').getImageData(9, 9, 1, 1).data]")
    assert sum(sky[:3]) > 100


def test_a_resized_field_keeps_its_shape(page: Page, url: str, weights: Path) -> None:
    game = visit(page, url, weights, "lanes=you flapper")
    for width in (1280, 700, 400):
        page.set_viewport_size({"width": width, "height": 900})
        canvas = game.locator("canvas").first
        expect(canvas).to_have_js_property(
            "width", round(game.locator(".field").first.bounding_box()["width"])
        )
        shape = canvas.evaluate("canvas => [canvas.width, canvas.height]")
        assert shape[0] / shape[1] == pytest.approx(288 / 448, abs=0.01)


FRAME_RATE = """() => new Promise((done) => {
  const begun = performance.now();
  let frames = 0;
  const count = (now) => {
    frames += 1;
    if (now - begun > 2000) done((1000 * frames) / (now - begun));
    else requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
})"""


@pytest.mark.parametrize(
    "query", ["lanes=flapper flapper", "lanes=flapper&inside", "lanes=" + "flapper " * 5]
)
def test_frames_a_second(page: Page, url: str, weights: Path, query: str) -> None:
    game = visit(page, url, weights, query + "&speed=0.2")
    button(game, "Start").click()
    rates: list[float] = []
    while len(rates) < 3 and max(rates, default=0) <= 20:  # other tests may share the processor
        rates.append(page.evaluate(FRAME_RATE))
    rate = max(rates)
    expect(button(game, "Pause")).to_be_visible()  # it was playing
    print(f"{query}: {rate:.0f} frames a second")
    assert rate > 5  # a stuck game; how fast it is, the print says, as a busy machine decides that


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    new_page: Callable[..., Page],
    url: str,
    weights: Path,
    scheme: str,
    serious_violations: Callable,
    screenshot: Callable,
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    game = visit(page, url, weights, "lanes=you glider&inside")
    assert serious_violations(page) == []
    button(game, "Start").click()
    games(page)
    expect(button(game, "Again")).to_be_visible()
    assert serious_violations(page) == []
    screenshot(page, f"flappy-game-{scheme}")


LANES = [Lane(key="you", title="You"), Lane(key="agent", title="Agent", weights="/weights")]


def sent(**changes: object) -> dict:
    """What an honest browser says, but for `changes` to the visitor's lane."""
    you = {"key": "you", "pipes": 1, "ticks": 60, "alive": False, "flaps": [0, 7, 59]} | changes
    agent = {"key": "agent", "pipes": 1, "ticks": 60, "alive": True, "flaps": []}
    return {"game": "abc-1", "seed": 5, "lanes": [you, agent]}


def test_an_honest_game_is_believed() -> None:
    told = read_finished(sent(), LANES, seed=5, max_pipes=100)
    assert told == Finished(
        game="abc-1",
        seed=5,
        lanes=(
            LaneResult(key="you", pipes=1, ticks=60, alive=False, flaps=(0, 7, 59)),
            LaneResult(key="agent", pipes=1, ticks=60, alive=True, flaps=()),
        ),
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        "a",
        [],
        {},
        sent() | {"more": 1},
        sent() | {"game": 1},
        sent() | {"game": ""},
        sent() | {"game": "a" * 41},
        sent() | {"game": "<b>"},
        sent() | {"seed": 6},
        sent() | {"seed": 5.0},
        sent() | {"seed": True},
        sent() | {"lanes": []},
        sent() | {"lanes": sent()["lanes"][::-1]},
        sent() | {"lanes": [*sent()["lanes"], sent()["lanes"][1]]},
        sent() | {"lanes": [sent()["lanes"][0], sent()["lanes"][1] | {"flaps": [1]}]},
        sent() | {"lanes": [None, None]},
        sent(key="agent"),
        sent(more=1),
        sent(pipes=101),
        sent(pipes=-1),
        sent(pipes=True),
        sent(pipes="1"),
        sent(ticks=200_001),
        sent(ticks=60.0),
        sent(ticks=10),
        sent(alive=1),
        sent(flaps=None),
        sent(flaps=[1, 1]),
        sent(flaps=[2, 1]),
        sent(flaps=[-1]),
        sent(flaps=[60]),
        sent(flaps=[0.5]),
        sent(flaps=[False]),
        sent(flaps=[[1]]),
        sent(flaps=list(range(61))),
    ],
)
def test_anything_else_is_not_believed(value: object) -> None:
    assert read_finished(value, LANES, seed=5, max_pipes=100) is None


@pytest.mark.parametrize(
    ("lanes", "options"),
    [
        ([], {}),
        ([Lane(key=str(i), title="", weights="/w") for i in range(7)], {}),
        ([LANES[1], LANES[1]], {}),
        ([Lane(key="a", title=""), Lane(key="b", title="")], {}),
        ([Lane(key="a", title="", weights="https://example.org/w")], {}),
        ([Lane(key="a", title="", weights="//example.org/w")], {}),
        (LANES, {"seed": -1}),
        (LANES, {"seed": 2**32}),
        (LANES, {"max_pipes": 0}),
    ],
)
def test_games_that_cannot_be_are_refused(lanes: list[Lane], options: dict) -> None:
    with pytest.raises(ValueError, match=r"birds|key|lane|server|level"):
        flappy_game(lanes, **({"seed": 1, "key": "game"} | options))


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "url(x)", "#1234567"])
def test_colours_are_hexadecimal(colour: str) -> None:
    with pytest.raises(ValueError, match="sky"):
        Colours(sky=colour)
