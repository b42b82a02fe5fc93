"""`lips`: read the lips of video files."""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dlintro_demos.gallery.command_line import Commands, add, each_file, engine_of_its_own, last

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlintro_demos.gallery.runtime.model_cache import ModelCache
    from dlintro_demos.lip_reading.clip import Clip
    from dlintro_demos.lip_reading.reading import Reading

READERS = ("ours", "lipnet")


def add_to(commands: Commands) -> None:
    """Add `lips`."""
    parser = add(commands, "lips", lips, help="read the lips in videos, of a sentence of the GRID grammar")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="MP4, WebM, or GRID's own .mpg")
    parser.add_argument("--reader", choices=READERS, default="ours", help="which network reads")
    parser.add_argument(
        "--crop", action="store_true", help="the videos show a mouth alone, upright, twice as wide as high"
    )


def lips(options: argparse.Namespace) -> int:
    """Read the lips of video files: one line each."""
    from dlintro_demos.lip_reading.recording import MODELS, open_mouth_crop, open_recording, video_limits

    cache = engine_of_its_own().cache
    model, read = _reader(options.reader)

    def look(path: Path) -> tuple[dict[str, object], float, str]:
        with path.open("rb") as file:
            data = file.read(video_limits().max_bytes + 1)  # one too many is refused, in words
        recording = last(open_mouth_crop(data) if options.crop else open_recording(data, cache))
        if recording.notes:
            print(f"{path}: {' '.join(recording.notes)}", file=sys.stderr)
        started = time.perf_counter()
        reading = read(recording.clip, cache)
        seconds = sum(recording.seconds.values()) + time.perf_counter() - started
        thresholds = cache.card(model).thresholds
        known = bool(thresholds) and reading.known(thresholds)  # nobody knows without having measured
        facts: dict[str, object] = {
            "words": [each.word for each in reading.words],
            "confidence": round(reading.confidence, 4),
            "known": known,
            "reader": options.reader,
            "alternatives": [
                {"words": sentence.split(), "probability": round(probability, 4)}
                for sentence, probability in reading.sentences
            ],
        }
        sure = f"{reading.sentence}, confidence {reading.confidence:.2f}"
        return facts, seconds, sure if known else f"I don't know ({sure})"

    models = (model,) if options.crop else (model, *MODELS)
    return each_file(options, partial(cache.warm, models), look, error_lines=True)


def _reader(name: str) -> tuple[str, Callable[[Clip, ModelCache], Reading]]:
    """The model's key, and what reads with it."""
    from dlintro_demos.lip_reading.lipnet import LIPNET, read_lipnet
    from dlintro_demos.lip_reading.reading import MODEL, read

    return {"ours": (MODEL, read), "lipnet": (LIPNET, read_lipnet)}[name]
