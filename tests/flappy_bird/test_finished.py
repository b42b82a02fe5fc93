"""What the page believes of what a browser says about a game, and which games it does not even offer."""

from __future__ import annotations

import pytest

from dlintro_demos.flappy_bird.ui.components.flappy_game import (
    Colours,
    Finished,
    Lane,
    LaneResult,
    flappy_game,
    read_finished,
)

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
        ([Lane(key="you", title=""), Lane(key="a", title="", weights="/w", learning=True)], {}),
        ([Lane(key="a", title="", weights="https://example.org/w")], {}),
        ([Lane(key="a", title="", weights="//example.org/w")], {}),
        (LANES, {"seed": -1}),
        (LANES, {"seed": 2**32}),
        (LANES, {"max_pipes": 0}),
    ],
)
def test_games_that_cannot_be_are_refused(lanes: list[Lane], options: dict) -> None:
    with pytest.raises(ValueError, match=r"birds|key|lane|alone|server|level"):
        flappy_game(lanes, **({"seed": 1, "key": "game"} | options))


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "url(x)", "#1234567"])
def test_colours_are_hexadecimal(colour: str) -> None:
    with pytest.raises(ValueError, match="sky"):
        Colours(sky=colour)
