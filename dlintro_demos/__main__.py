"""The command line: `python -m dlintro_demos doctor`, and one command per demo."""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from dlintro_demos.flappy_bird.ages import AGES, BEST
from dlintro_demos.settings import MB, BadSetting, settings

if TYPE_CHECKING:
    import numpy as np

    from dlintro_demos.faces.face import Face
    from dlintro_demos.media import ImageLimits, Picture
    from dlintro_demos.runtime.jobs import Progress
    from dlintro_demos.runtime.status import Report


T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0, 1 where something is wrong, 2 for a wrong call."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except BadSetting as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("Stopped.")


def doctor(options: argparse.Namespace) -> int:
    """Is this machine ready for a workshop? Checks every weights file, byte for byte."""
    from dlintro_demos.runtime.device import NoSuchDevice
    from dlintro_demos.runtime.engine import build_engine
    from dlintro_demos.runtime.model_cards import ModelUnavailable
    from dlintro_demos.runtime.status import examine

    try:
        engine = build_engine(settings())
    except NoSuchDevice as error:
        return _fail(str(error))
    for model in engine.cache.status():
        try:
            engine.cache.get(model.key)
        except ModelUnavailable:
            continue  # the report says it
    report = examine(engine)
    if options.json:
        print(json.dumps(report.as_dict(), indent=2))
    else:
        _print_report(report)
    return 1 if report.missing else 0


def upscale(options: argparse.Namespace) -> int:
    """Enlarge a picture file; the result is a PNG, or what the name's ending says."""
    from PIL import Image

    from dlintro_demos.media import UnreadableMedia, decode_image
    from dlintro_demos.runtime.engine import build_engine
    from dlintro_demos.runtime.model_cards import ModelUnavailable
    from dlintro_demos.super_resolution.situation import read_situation
    from dlintro_demos.super_resolution.streaming import write_png
    from dlintro_demos.super_resolution.upscale import Wanted, upscale_strips
    from dlintro_demos.super_resolution.upscale import upscale as run

    if options.output.suffix.lower() not in Image.registered_extensions():
        return _fail(f"{options.output}: the name should end in .png, .jpg, .webp or .tif.")
    if not options.output.parent.is_dir():
        return _fail(f"{options.output.parent} is not a folder: make it first.")
    try:
        picture = decode_image(options.input.read_bytes(), _image_limits())
        cache = build_engine(settings()).cache
        situation = options.situation
        if situation == "guess":
            situation = read_situation(picture.rgb).situation
        height, width = (side * options.scale for side in picture.rgb.shape[:2])
        # Pillow writes smaller files, but must have the whole picture: several times a large one's size.
        large = width * height > settings().output_megapixels * 1e6
        asked: Wanted = {
            "method": options.model,
            "scale": options.scale,
            "faithful": options.faithful,
            "situation": situation,
            "strength": options.strength,
            "cache": cache,
        }
        if large and options.output.suffix.lower() == ".png":
            result = write_png(
                upscale_strips(picture.rgb, picture.alpha, **asked),
                options.output,
                size=(width, height),
                alpha=picture.alpha is not None,
                show=_show_progress,
            )
        else:
            result = _last(run(picture.rgb, picture.alpha, **asked))
            _write(result.rgb, result.alpha, options.output)
    except (OSError, UnreadableMedia, ModelUnavailable) as error:
        return _fail(f"{options.input}: {error}")
    facts = {
        "input": str(options.input),
        "output": str(options.output),
        "width": width,
        "height": height,
        "model": result.method,
        "situation": situation,
        "device": result.device,
        "seconds": round(result.seconds, 3),
    }
    print(json.dumps(facts) if options.json else "{output}: {width} x {height}, {seconds} s".format(**facts))
    return 0


def faces(options: argparse.Namespace) -> int:
    """Find the faces of picture files: one line each."""
    from dlintro_demos.faces import warm_up
    from dlintro_demos.faces.analysis import find_faces
    from dlintro_demos.runtime.engine import build_engine

    cache = build_engine(settings()).cache

    def find(picture: Picture) -> tuple[dict[str, object], float, str]:
        detail: Literal["normal", "high"] = "high" if options.high else "normal"
        found = find_faces(picture.digest, picture.rgb, cache, detail=detail)
        count = len(found.faces)
        facts: dict[str, object] = {"faces": list(map(_face_facts, found.faces))}
        return facts, sum(found.seconds.values()), f"{count} face{'' if count == 1 else 's'}"

    return _each_picture(options, partial(warm_up, cache), find)


def classify(options: argparse.Namespace) -> int:
    """Name what is on picture files: one line each."""
    from dlintro_demos.feature_layers.classifier import classify as run
    from dlintro_demos.imagenet import MODEL
    from dlintro_demos.runtime.engine import build_engine

    cache = build_engine(settings()).cache

    def name(picture: Picture) -> tuple[dict[str, object], float, str]:
        answer = run(picture.rgb, cache)
        best, doubt = answer.top[0], "" if answer.known else "nothing that I was taught; nearest: "
        facts: dict[str, object] = {
            "top": [dataclasses.asdict(guess) for guess in answer.top],
            "known": answer.known,
        }
        return facts, sum(answer.stages.values()), f"{doubt}{best.label} ({best.probability:.0%})"

    return _each_picture(options, partial(cache.warm, [MODEL]), name)


def _each_picture(
    options: argparse.Namespace,
    warm_up: Callable[[], None],
    look: Callable[[Picture], tuple[dict[str, object], float, str]],
) -> int:
    """A line for each file, from the facts, seconds and words that `look` gives.

    A file that cannot be read is said and does not stop the rest.
    """
    from dlintro_demos.media import UnreadableMedia, decode_image
    from dlintro_demos.runtime.model_cards import ModelUnavailable

    try:
        warm_up()
    except ModelUnavailable as error:
        return _fail(str(error))
    code = 0
    for path in options.paths:
        try:
            facts, seconds, words = look(decode_image(path.read_bytes(), _image_limits()))
        except (OSError, UnreadableMedia) as error:
            code = _fail(f"{path}: {error}")
            continue
        milliseconds = round(1000 * seconds, 1)
        line = json.dumps({"path": str(path)} | facts | {"milliseconds": milliseconds})
        print(line if options.json else f"{path}: {words}, {milliseconds} ms")
    return code


def flappy(options: argparse.Namespace) -> int:
    """Let a checkpoint play levels of Flappy Bird, without a picture on the screen."""
    from dlintro_demos.flappy_bird.ages import key_of
    from dlintro_demos.flappy_bird.network import play
    from dlintro_demos.runtime.engine import build_engine
    from dlintro_demos.runtime.model_cards import ModelUnavailable

    try:
        player = build_engine(settings()).cache.get(key_of(options.checkpoint))
    except ModelUnavailable as error:
        return _fail(str(error))
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


def learning_curves(options: argparse.Namespace) -> int:
    """Teach four learners more and more examples of MNIST-1D, and print how well each does on new ones."""
    from dlintro_demos.classical_vs_deep.learners import LEARNERS
    from dlintro_demos.classical_vs_deep.learning_curves import learning_curves as run
    from dlintro_demos.classical_vs_deep.learning_curves import summarise
    from dlintro_demos.classical_vs_deep.recorded import as_csv

    if options.csv and not options.csv.parent.is_dir():
        return _fail(f"{options.csv.parent} is not a folder: make it first.")
    points = _last(run(options.sizes, options.seeds))
    for summary in summarise(points):
        if options.json:
            print(json.dumps(dataclasses.asdict(summary)))
        else:
            print(
                f"{LEARNERS[summary.learner].title:24} {summary.size:6} examples: "
                f"{summary.mean:6.1%} ± {summary.deviation:.1%}, {summary.seconds:6.2f} s"
            )
    if options.csv:
        try:
            options.csv.write_text(as_csv(points), encoding="utf-8")
        except OSError as error:
            return _fail(str(error))
    return 0


def _face_facts(face: Face) -> dict[str, object]:
    return {
        "box": [round(value, 2) for value in face.box],
        "landmarks": [[round(float(value), 2) for value in point] for point in face.landmarks],
        "probability": round(face.probability, 6),
        "embedding": [round(float(value), 6) for value in face.embedding],
    }


def _levels(text: str) -> range:
    first, _, end = text.partition(":")
    try:
        levels = range(int(first), int(end) if end else int(first) + 1)
    except ValueError:
        levels = range(0)
    if not 0 < len(levels) <= 1000 or levels[0] < 0 or levels[-1] >= 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not FIRST:END, 1 to 1000 levels from 0 to 4294967295")
    return levels


def _size(text: str) -> int:
    if not text.isdecimal() or not 30 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of examples from 30 to 100000")
    return int(text)


def _pipes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of pipes from 1 to 100000")
    return int(text)


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return share


def _image_limits() -> ImageLimits:
    from dlintro_demos.media import ImageLimits

    return ImageLimits(
        max_bytes=settings().upload_mb * MB, max_pixels=round(settings().input_megapixels * 1e6)
    )


def _last(steps: Iterator[Progress | T]) -> T:
    from dlintro_demos.runtime.jobs import Progress

    for step in steps:
        if isinstance(step, Progress):
            _show_progress(step)
        else:
            result = step
    return result


def _write(rgb: np.ndarray, alpha: np.ndarray | None, path: Path) -> None:
    from PIL import Image

    picture = Image.fromarray(rgb)
    if alpha is not None and path.suffix.lower() not in {".jpg", ".jpeg"}:
        picture.putalpha(Image.fromarray(alpha))
    picture.save(path)


def _show_progress(progress: Progress) -> None:
    if sys.stderr.isatty():
        print(f"\r{progress.fraction:4.0%} {progress.note:<20}", end="", file=sys.stderr, flush=True)


def _print_report(report: Report) -> None:
    print(f"Device   {report.device.device}: {report.device.name}")
    print(f"Memory   {report.memory} of the budget for models in use")
    print("Versions " + ", ".join(f"{name} {version}" for name, version in report.versions.items()))
    for model in report.models:
        took = "" if model.seconds is None else f", loads in {model.seconds:.2f} s"
        print(f"{model.state:8} {model.title}, {model.bytes / MB:.1f} MB{took}")
        if model.note:
            print(f"         {model.note}")
    print("Everything is in place." if not report.missing else f"Not ready: {', '.join(report.missing)}")


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dlintro_demos", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("doctor", help="say whether this machine is ready for a workshop")
    check.set_defaults(command=doctor)

    enlarge = commands.add_parser("upscale", help="enlarge a picture")
    enlarge.add_argument("input", type=Path, metavar="IN")
    enlarge.add_argument("output", type=Path, metavar="OUT")
    enlarge.add_argument("--scale", type=int, choices=(2, 4), default=4)
    enlarge.add_argument(
        "--model", choices=("ours", "photographic", "compact", "bicubic", "lanczos"), default="ours"
    )
    enlarge.add_argument(
        "--situation",
        choices=("guess", "clean", "degraded"),
        default="guess",
        help="which of our own networks: for pictures that are only small, or also noisy and compressed",
    )
    enlarge.add_argument(
        "--strength",
        type=_share,
        default=1.0,
        metavar="0..1",
        help="how much of what the network adds is kept",
    )
    enlarge.add_argument(
        "--faithful",
        action="store_true",
        help="correct the result so that, made small again, it gives IN back",
    )
    enlarge.set_defaults(command=upscale)

    tag = commands.add_parser("faces", help="find the faces in pictures, with their embeddings")
    tag.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    tag.add_argument("--high", action="store_true", help="also look for small faces")
    tag.set_defaults(command=faces)

    name = commands.add_parser("classify", help="name what is on pictures")
    name.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    name.set_defaults(command=classify)

    bird = commands.add_parser("flappy", help="let a Flappy Bird player play")
    bird.add_argument("--checkpoint", choices=AGES, default=BEST, metavar="NAME", help=", ".join(AGES))
    bird.add_argument("--seeds", type=_levels, default=range(10), metavar="FIRST:END", help="levels")
    bird.add_argument("--max-pipes", type=_pipes, default=1000, metavar="N", help="a game ends there")
    bird.set_defaults(command=flappy)

    curves = commands.add_parser("learning-curves", help="classical against deep learning, by examples")
    curves.add_argument("--sizes", type=_size, nargs="+", default=[100, 300, 1000, 3000], metavar="N")
    curves.add_argument("--seeds", type=_levels, default=range(3), metavar="FIRST:END")
    curves.add_argument("--csv", type=Path, metavar="FILE", help="write every single result there too")
    curves.set_defaults(command=learning_curves)

    for command in (check, enlarge, tag, name, bird, curves):
        command.add_argument("--json", action="store_true", help="print JSON, one object a line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
