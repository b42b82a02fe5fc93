"""The command line: `python -m dlintro_demos doctor`, and one command per demo."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dlintro_demos.settings import MB, BadSetting, settings

if TYPE_CHECKING:
    import numpy as np

    from dlintro_demos.runtime.jobs import Progress
    from dlintro_demos.runtime.status import Report


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

    from dlintro_demos.media import ImageLimits, UnreadableMedia, decode_image
    from dlintro_demos.runtime.engine import build_engine
    from dlintro_demos.runtime.jobs import Progress
    from dlintro_demos.runtime.model_cards import ModelUnavailable
    from dlintro_demos.super_resolution.upscale import upscale as run

    limits = ImageLimits(
        max_bytes=settings().upload_mb * MB, max_pixels=round(settings().input_megapixels * 1e6)
    )
    if options.output.suffix.lower() not in Image.registered_extensions():
        return _fail(f"{options.output}: the name should end in .png, .jpg, .webp or .tif.")
    if not options.output.parent.is_dir():
        return _fail(f"{options.output.parent} is not a folder: make it first.")
    try:
        picture = decode_image(options.input.read_bytes(), limits)
        cache = build_engine(settings()).cache
        for step in run(
            picture.rgb,
            picture.alpha,
            method=options.model,
            scale=options.scale,
            faithful=options.faithful,
            cache=cache,
        ):
            if isinstance(step, Progress):
                _show_progress(step)
            else:
                result = step
        _write(result.rgb, result.alpha, options.output)
    except (OSError, UnreadableMedia, ModelUnavailable) as error:
        return _fail(f"{options.input}: {error}")
    facts = {
        "input": str(options.input),
        "output": str(options.output),
        "width": result.rgb.shape[1],
        "height": result.rgb.shape[0],
        "model": result.method,
        "device": result.device,
        "seconds": round(result.seconds, 3),
    }
    print(json.dumps(facts) if options.json else "{output}: {width} x {height}, {seconds} s".format(**facts))
    return 0


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
        "--model", choices=("photographic", "compact", "bicubic", "lanczos"), default="compact"
    )
    enlarge.add_argument(
        "--faithful",
        action="store_true",
        help="correct the result so that, made small again, it gives IN back",
    )
    enlarge.set_defaults(command=upscale)

    for command in (check, enlarge):
        command.add_argument("--json", action="store_true", help="print one JSON object, for machines")
    return parser


if __name__ == "__main__":
    sys.exit(main())
