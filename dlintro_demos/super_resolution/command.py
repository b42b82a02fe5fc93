"""`upscale`: enlarge a picture file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from dlintro_demos.gallery.command_line import (
    Commands,
    add,
    engine_of_its_own,
    fail,
    last,
    open_picture,
    show_progress,
)
from dlintro_demos.gallery.settings import settings

if TYPE_CHECKING:
    from dlintro_demos.super_resolution.upscale import Wanted


def add_to(commands: Commands) -> None:
    """Add `upscale`."""
    parser = add(commands, "upscale", upscale, help="enlarge a picture")
    parser.add_argument("input", type=Path, metavar="IN")
    parser.add_argument("output", type=Path, metavar="OUT")
    parser.add_argument("--scale", type=int, choices=(2, 4), default=4)
    parser.add_argument(
        "--model", choices=("ours", "best", "photographic", "compact", "bicubic", "lanczos"), default="ours"
    )
    parser.add_argument(
        "--situation",
        choices=("guess", "clean", "degraded"),
        default="guess",
        help="which of our own networks: for pictures that are only small, or also noisy and compressed",
    )
    parser.add_argument(
        "--strength",
        type=_share,
        default=1.0,
        metavar="0..1",
        help="how much of what the network adds is kept",
    )
    parser.add_argument(
        "--faithful",
        action="store_true",
        help="correct the result so that, made small again, it gives IN back",
    )


def upscale(options: argparse.Namespace) -> int:
    """Enlarge a picture file; the name's ending says what kind of file the result is."""
    from dlintro_demos.gallery.intake.images import UnreadableMedia
    from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
    from dlintro_demos.super_resolution.making import KERNELS
    from dlintro_demos.super_resolution.output import problem_with_name, problem_with_size, write
    from dlintro_demos.super_resolution.situation import read_situation
    from dlintro_demos.super_resolution.streaming import write_png
    from dlintro_demos.super_resolution.upscale import upscale as run
    from dlintro_demos.super_resolution.upscale import upscale_strips

    if problem := problem_with_name(options.output):
        return fail(problem)
    try:
        picture = open_picture(options.input)
        height, width = (side * options.scale for side in picture.rgb.shape[:2])
        if problem := problem_with_size(options.output, width, height):
            return fail(problem)
        situation = options.situation
        if situation == "guess":
            situation = read_situation(picture.rgb).situation
        # Pillow writes smaller files, but must have the whole picture: several times a large one's size.
        large = width * height > settings().output_megapixels * 1e6
        asked: Wanted = {
            "method": options.model,
            "scale": options.scale,
            "faithful": options.faithful,
            "situation": situation,
            "strength": options.strength,
            "cache": engine_of_its_own().cache,
        }
        if large and options.output.suffix.lower() == ".png":
            result = write_png(
                upscale_strips(picture.rgb, picture.alpha, **asked),
                options.output,
                size=(width, height),
                alpha=picture.alpha is not None,
                show=show_progress,
            )
        else:
            result = last(run(picture.rgb, picture.alpha, **asked))
            write(result.rgb, result.alpha, options.output)
    except (OSError, UnreadableMedia, ModelUnavailable) as error:
        return fail(f"{options.input}: {error}")
    facts = {
        "input": str(options.input),
        "output": str(options.output),
        "width": width,
        "height": height,
        "model": result.method,
        "situation": situation,
        "making": result.making and dict(zip(KERNELS, (round(s, 3) for s in result.making), strict=True)),
        "device": result.device,
        "seconds": round(result.seconds, 3),
    }
    print(json.dumps(facts) if options.json else "{output}: {width} x {height}, {seconds} s".format(**facts))
    return 0


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return share
