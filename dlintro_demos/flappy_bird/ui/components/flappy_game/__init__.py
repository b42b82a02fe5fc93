"""The Flappy Bird game: one to six fields side by side on one level, for the visitor and for agents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from dlintro_demos.flappy_bird.game import Rules, Shades
from dlintro_demos.flappy_bird.referee import MAX_TICKS
from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

MAX_LANES = 6
MAX_SEED = 2**32 - 1

SCRIPTS = tuple(f"flappy_{part}" for part in ("core", "scenery", "sound", "head", "lane", "game"))

_mount = component(__file__, scripts=SCRIPTS)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lane:
    """A field: `title` is shown as text, whatever it holds.

    `weights` are an agent's: the address on this server of a safetensors file of `network.Player` or
    `state_player.StatePlayer` (float32 or float16), fetched once, however often it plays. Without them the
    visitor plays here. One that is still `learning` is fetched again every other second: the newest takes
    over in flight, the title says after how many decisions, and after a crash comes the next level; the page
    hears nothing of it.
    """

    key: str
    title: str
    weights: str | None = None
    learning: bool = False


@dataclass(frozen=True, kw_only=True)
class Colours:
    """How the game is painted for the visitor, "#rrggbb" each; what the agent sees is `Shades`.

    Raises `ValueError` for anything else.
    """

    sky: str = "#6fc3e8"
    bird: str = "#ffc93c"
    pipe: str = "#3fa35b"
    ground: str = "#d8b06a"

    def __post_init__(self) -> None:
        for name, colour in asdict(self).items():
            if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
                raise ValueError(f'A colour is written "#rrggbb"; {name} is {colour!r}.')


@dataclass(frozen=True, kw_only=True)
class LaneResult:
    """What a lane came to, as the browser says; `referee.replay` finds out whether it is true.

    `pipes` passed in `ticks`; `alive` where the bird has not crashed: an agent that the visitor did not
    outlast, or a game with all its pipes; `flaps` are the ticks, from 0, on which the visitor flapped.
    """

    key: str
    pipes: int
    ticks: int
    alive: bool
    flaps: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A game is over: the visitor's, or all agents'. `game` names it: a second one of that name is a copy."""

    game: str
    seed: int
    lanes: tuple[LaneResult, ...]


def flappy_game(
    lanes: Sequence[Lane],
    *,
    seed: int,
    key: str,
    rules: Rules | None = None,
    shades: Shades | None = None,
    colours: Colours | None = None,
    inside: bool = False,
    autoplay: bool = False,
    max_pipes: int = 100,
) -> Finished | None:
    """Show the fields and give the game that ended since the last run, only in this one.

    All play the level `seed`, until they crash or have passed `max_pipes` (`MAX_TICKS` at the latest); the
    browser computes everything.
    `inside` shows what the first agent sees, expects and looks at; `autoplay` starts the game by itself, but
    not where the visitor wants little motion. Other arguments under the same `key` begin
    a new game at once; the same ones leave it alone. What the browser sends is not believed unread
    (`read_finished`), and its scores not before `referee.replay`.

    Raises:
        ValueError: not 1 to 6 lanes, two of one key or two for the visitor, one that learns beside another,
            an address on another server, or `seed` or `max_pipes` out of range.
    """
    _check(lanes, seed, max_pipes)
    sent = _mount(
        key=key,
        data={
            "lanes": [_lane(lane) for lane in lanes],
            "seed": seed,
            "rules": asdict(rules or Rules()),
            "shades": asdict(shades or Shades()),
            "colours": asdict(colours or Colours()),
            "inside": inside,
            "autoplay": autoplay,
            "maxPipes": max_pipes,
            "maxTicks": MAX_TICKS,
        },
        on_finished_change=wait_for_the_run,
    )
    return read_finished(sent.finished, lanes, seed=seed, max_pipes=max_pipes)


def read_finished(value: object, lanes: Sequence[Lane], *, seed: int, max_pipes: int) -> Finished | None:
    """Believe only what the game could have sent about `lanes` on the level `seed`; anything else is None.

    Flaps are sorted, each once, within the lane's ticks, and none where an agent plays.
    """
    if not isinstance(value, dict) or value.keys() != {"game", "seed", "lanes"}:
        return None
    game, results = value["game"], value["lanes"]
    if not isinstance(game, str) or not re.fullmatch(r"[a-z0-9-]{1,40}", game):
        return None
    if not _whole(value["seed"], MAX_SEED) or value["seed"] != seed:
        return None
    if not isinstance(results, list) or len(results) != len(lanes):
        return None
    read = [_read_lane(result, lane, max_pipes) for result, lane in zip(results, lanes, strict=True)]
    known = tuple(result for result in read if result is not None)
    return Finished(game=game, seed=seed, lanes=known) if len(known) == len(lanes) else None


def _read_lane(value: object, lane: Lane, max_pipes: int) -> LaneResult | None:
    if not isinstance(value, dict) or value.keys() != {"key", "pipes", "ticks", "alive", "flaps"}:
        return None
    pipes, ticks, alive, flaps = value["pipes"], value["ticks"], value["alive"], value["flaps"]
    if value["key"] != lane.key or not isinstance(alive, bool):
        return None
    if not _whole(pipes, max_pipes) or not _whole(ticks, MAX_TICKS):
        return None
    if not isinstance(flaps, list) or len(flaps) > (ticks if lane.weights is None else 0):
        return None
    if not all(_whole(flap, ticks - 1) for flap in flaps) or flaps != sorted(set(flaps)):
        return None
    return LaneResult(key=lane.key, pipes=pipes, ticks=ticks, alive=alive, flaps=tuple(flaps))


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _check(lanes: Sequence[Lane], seed: int, max_pipes: int) -> None:
    if not 1 <= len(lanes) <= MAX_LANES:
        raise ValueError(f"One to {MAX_LANES} birds fly side by side, not {len(lanes)}.")
    if len({lane.key for lane in lanes}) < len(lanes):
        raise ValueError("Two lanes of the game have the same key.")
    if sum(lane.weights is None for lane in lanes) > 1:
        raise ValueError("One lane at most is the visitor's.")
    if len(lanes) > 1 and any(lane.learning for lane in lanes):
        raise ValueError("One that is still learning plays alone.")
    if not 0 <= seed <= MAX_SEED or max_pipes < 1:
        raise ValueError(f"A level is 0 to {MAX_SEED}, and a game has a pipe at least.")
    for lane in lanes:
        if lane.weights and (urlsplit(lane.weights).scheme or urlsplit(lane.weights).netloc):
            raise ValueError(f"The weights of {lane.key} must lie on this server, not at {lane.weights!r}.")


def _lane(lane: Lane) -> dict[str, object]:
    if lane.weights is None:
        return {"key": lane.key, "title": lane.title, "player": "you"}
    return {
        "key": lane.key,
        "title": lane.title,
        "player": "agent",
        "weights": lane.weights,
        "learning": lane.learning,
    }
