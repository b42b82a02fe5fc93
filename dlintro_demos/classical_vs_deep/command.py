"""`learning-curves`: classical against deep learning, by examples."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

from dlintro_demos.gallery.command_line import Commands, add, fail, last, levels, whole


def add_to(commands: Commands) -> None:
    """Add `learning-curves`."""
    parser = add(
        commands, "learning-curves", learning_curves, help="classical against deep learning, by examples"
    )
    parser.add_argument(
        "--sizes",
        type=whole("examples", 30, 100_000),
        nargs="+",
        default=[100, 300, 1000, 3000],
        metavar="N",
    )
    parser.add_argument("--seeds", type=levels, default=range(3), metavar="FIRST:END")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write every single result there too")


def learning_curves(options: argparse.Namespace) -> int:
    """Teach four learners more and more examples of MNIST-1D, and print how well each does on new ones."""
    from dlintro_demos.classical_vs_deep.learners import LEARNERS
    from dlintro_demos.classical_vs_deep.learning_curves import learning_curves as run
    from dlintro_demos.classical_vs_deep.learning_curves import summarise
    from dlintro_demos.classical_vs_deep.recorded import as_csv

    if options.csv and not options.csv.parent.is_dir():
        return fail(f"{options.csv.parent} is not a folder: make it first.")
    points = last(run(options.sizes, options.seeds))
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
            return fail(str(error))
    return 0
