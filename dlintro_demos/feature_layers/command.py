"""`classify`: name what is on picture files."""

from __future__ import annotations

import argparse
import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dlintro_demos.gallery.command_line import Commands, add, each_picture, engine_of_its_own

if TYPE_CHECKING:
    from dlintro_demos.gallery.intake.images import Picture


def add_to(commands: Commands) -> None:
    """Add `classify`."""
    parser = add(commands, "classify", classify, help="name what is on pictures")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")


def classify(options: argparse.Namespace) -> int:
    """Name what is on picture files: one line each."""
    from dlintro_demos.feature_layers.classifier import classify as run
    from dlintro_demos.shared.imagenet import MODEL

    cache = engine_of_its_own().cache

    def name(picture: Picture) -> tuple[dict[str, object], float, str]:
        answer = run(picture.rgb, cache)
        best, doubt = answer.top[0], "" if answer.known else "nothing that I was taught; nearest: "
        facts: dict[str, object] = {
            "top": [dataclasses.asdict(guess) for guess in answer.top],
            "known": answer.known,
        }
        return facts, sum(answer.stages.values()), f"{doubt}{best.label} ({best.probability:.0%})"

    return each_picture(options, partial(cache.warm, [MODEL]), name)
