"""What the demos' commands share: pictures from files, progress on a terminal, errors in a line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dlintro_demos.gallery.settings import MB, settings

if TYPE_CHECKING:
    from dlintro_demos.gallery.intake.images import Picture
    from dlintro_demos.gallery.runtime.engine import Engine
    from dlintro_demos.gallery.runtime.jobs import Progress

T = TypeVar("T")
Commands = Any  # argparse has no public name for what `add_subparsers` gives
Command = Callable[[argparse.Namespace], int]


def add(commands: Commands, name: str, command: Command, *, help: str) -> argparse.ArgumentParser:
    """A command with `--json`; the caller adds its other arguments."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help)
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")
    parser.set_defaults(command=command)
    return parser


def fail(message: str) -> int:
    """Say what is wrong; gives the exit code."""
    print(message, file=sys.stderr)
    return 1


def engine_of_its_own() -> Engine:
    """An engine for a command, by the settings of now. Raises `NoSuchDevice`."""
    from dlintro_demos.gallery.runtime.engine import build_engine

    return build_engine(settings())


def open_picture(path: Path) -> Picture:
    """A picture file within the limits of the settings; what was changed on the way in is said.

    Raises `OSError` and `UnreadableMedia`.
    """
    from dlintro_demos.gallery.intake.images import ImageLimits, decode_image

    limits = ImageLimits(
        max_bytes=settings().upload_mb * MB, max_pixels=round(settings().input_megapixels * 1e6)
    )
    picture = decode_image(path.read_bytes(), limits)
    if picture.notes:
        print(f"{path}: {'; '.join(picture.notes)}.", file=sys.stderr)
    return picture


def last(steps: Iterator[Progress | T]) -> T:
    """The result of a job that runs here and now, its progress on the terminal."""
    from dlintro_demos.gallery.runtime.jobs import Progress

    for step in steps:
        if isinstance(step, Progress):
            show_progress(step)
        else:
            result = step
    return result


def show_progress(progress: Progress) -> None:
    """A line that is overwritten by the next, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r{progress.fraction:4.0%} {progress.note:<20}", end="", file=sys.stderr, flush=True)


def each_picture(
    options: argparse.Namespace,
    warm_up: Callable[[], None],
    look: Callable[[Picture], tuple[dict[str, object], float, str]],
) -> int:
    """`each_file` for pictures."""
    return each_file(options, warm_up, lambda path: look(open_picture(path)))


def each_file(
    options: argparse.Namespace,
    warm_up: Callable[[], None],
    look: Callable[[Path], tuple[dict[str, object], float, str]],
    *,
    error_lines: bool = False,
) -> int:
    """A line for each of `options.paths`, from the facts, seconds and words that `look` gives.

    A file that cannot be read is said and does not stop the rest; with `error_lines`, JSON has a line for it.
    """
    from dlintro_demos.gallery.intake.images import UnreadableMedia
    from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

    try:
        warm_up()
    except ModelUnavailable as error:
        return fail(str(error))
    code = 0
    for path in options.paths:
        try:
            facts, seconds, words = look(path)
        except (OSError, UnreadableMedia) as error:
            code = fail(f"{path}: {error}")
            if options.json and error_lines:
                print(json.dumps({"path": str(path), "error": str(error)}), flush=True)
            continue
        milliseconds = round(1000 * seconds, 1)
        line = json.dumps({"path": str(path)} | facts | {"milliseconds": milliseconds})
        print(line if options.json else f"{path}: {words}, {milliseconds} ms", flush=True)
    return code


def levels(text: str) -> range:
    """The type of an argument FIRST:END, or of a single number."""
    first, _, end = text.partition(":")
    try:
        found = range(int(first), int(end) if end else int(first) + 1)
    except ValueError:
        found = range(0)
    if not 0 < len(found) <= 1000 or found[0] < 0 or found[-1] >= 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not FIRST:END, 1 to 1000 levels from 0 to 4294967295")
    return found


def whole(what: str, least: int, most: int) -> Callable[[str], int]:
    """The type of an argument that is a whole number of something."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text} is not a number of {what} from {least} to {most}")
        return int(text)

    return read
