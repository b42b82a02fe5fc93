"""The command line: `python -m dlintro_demos doctor`, and the commands of the demos."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import io
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.command_line import Commands, add, engine_of_its_own, fail
from dlintro_demos.gallery.settings import MB, BadSetting, settings

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.status import Report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0, 1 where something is wrong, 2 for a wrong call."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console that lacks a letter shows another in its place
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        code = options.command(options)
        sys.stdout.flush()
        return code
    except BadSetting as error:
        return fail(str(error))
    except BrokenPipeError:  # whoever reads has read enough, as `head` does; nothing more can be said to them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return fail("Stopped.")


def doctor(options: argparse.Namespace) -> int:
    """Is this machine ready for a workshop? Checks every weights file, byte for byte."""
    from dlintro_demos.gallery.runtime.descriptors import make_room
    from dlintro_demos.gallery.runtime.device import NoSuchDevice
    from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
    from dlintro_demos.gallery.runtime.status import examine

    try:
        gallery = engine_of_its_own()
    except NoSuchDevice as error:
        return fail(str(error))
    for model in gallery.cache.status():
        try:
            gallery.cache.get(model.key)
        except ModelUnavailable:
            continue  # the report says it
    report = examine(gallery)
    if options.json:
        print(json.dumps(report.as_dict(), indent=2))
    else:
        _print_report(report)
        print(f"Visitors {make_room(gallery.settings.sessions)}")
    return 1 if report.missing else 0


def ray(options: argparse.Namespace) -> int:
    """Have Ray serve the demos' jobs; this machine belongs to it."""
    try:
        from dlintro_demos.gallery.runtime.on_ray import deploy
    except ImportError:
        return fail("Ray is not installed: python -m pip install -c constraints.txt -r requirements-ray.txt")
    try:
        deploy(settings(), options.demos or SLUGS)
    except ConnectionError as error:
        return fail(f"No Ray runs on this machine; start it with: ray start --head. {error}")
    said = {"demos": list(options.demos or SLUGS), "url": settings().ray_url}
    print(json.dumps(said) if options.json else f"Ray serves {', '.join(said['demos'])} on {said['url']}.")
    return 0


def _print_report(report: Report) -> None:
    print(f"Device   {report.device.device}: {report.device.name}")
    print(f"Memory   {report.memory} of the budget for models in use")
    print("Versions " + ", ".join(f"{name} {version}" for name, version in report.versions.items()))
    for model in report.models:
        took = "" if model.seconds is None else f", loads in {model.seconds:.2f} s"
        print(f"{model.state:8} {model.title}, {model.bytes / MB:.1f} MB{took}")
        if model.note:
            print(f"         {model.note}")
    if report.notice:
        print(f"Ray      {report.notice}")
    print("Everything is in place." if not report.missing else f"Not ready: {', '.join(report.missing)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dlintro_demos", description=__doc__)
    commands: Commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add(commands, "doctor", doctor, help="say whether this machine is ready for a workshop")
    serving = add(commands, "ray", ray, help="have Ray serve the demos' jobs, on the machine where this runs")
    serving.add_argument("demos", nargs="*", metavar="DEMO", help=f"without any, all: {', '.join(SLUGS)}")
    for slug in SLUGS:
        module = f"dlintro_demos.{slug}.command"
        if importlib.util.find_spec(module):
            importlib.import_module(module).add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
