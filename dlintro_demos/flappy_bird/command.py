"""`flappy`: let a checkpoint play without a picture on the screen."""

from __future__ import annotations

import argparse
import json
import statistics

from dlintro_demos.flappy_bird.ages import AGES, BEST, key_of
from dlintro_demos.gallery.command_line import Commands, add, engine_of_its_own, fail, levels, whole


def add_to(commands: Commands) -> None:
    """Add `flappy`."""
    parser = add(commands, "flappy", flappy, help="let a Flappy Bird player play")
    parser.add_argument("--checkpoint", choices=AGES, default=BEST, metavar="NAME", help=", ".join(AGES))
    parser.add_argument("--seeds", type=levels, default=range(10), metavar="FIRST:END", help="levels")
    parser.add_argument(
        "--max-pipes", type=whole("pipes", 1, 100_000), default=1000, metavar="N", help="a game ends there"
    )


def flappy(options: argparse.Namespace) -> int:
    """Let a checkpoint play levels of Flappy Bird."""
    from dlintro_demos.flappy_bird.network import play
    from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

    try:
        player = engine_of_its_own().cache.get(key_of(options.checkpoint))
    except ModelUnavailable as error:
        return fail(str(error))
    pipes = play(player.module, options.seeds, max_pipes=options.max_pipes).tolist()
    facts = {
        "checkpoint": options.checkpoint,
        "max_pipes": options.max_pipes,
        "pipes": dict(zip(map(str, options.seeds), pipes, strict=True)),
        "mean": statistics.mean(pipes),
        "median": statistics.median(pipes),
        "min": min(pipes),
    }
    if options.json:
        print(json.dumps(facts))
    else:
        print("{checkpoint}: pipes, mean {mean:.1f}, median {median:g}, least {min}".format(**facts))
    return 0
