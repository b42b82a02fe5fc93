"""Record what each framework does on this machine, for the page to show where one is not installed.

    python -m training.frameworks              # all, each in processes of its own; writes recorded.json
    python -m training.frameworks network      # train the digits' network, write models/digits_net

Every figure is of a fresh process: import time, the most memory, and medians of a step, eager and compiled,
with one thread and with two. Frameworks take turns, so that another program's load falls on all.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from dlintro_demos.frameworks.known import FRAMEWORKS, lines_of_code, version
from dlintro_demos.frameworks.running import RECORDED, Cost, Recording, learn
from dlintro_demos.frameworks.task import STEPS
from training.frameworks.digits_net import write_network

ROUNDS = 3
WAYS = {
    f"{how}, {counted}": threads
    for how in ("eager", "compiled")
    for threads, counted in ((1, "1 thread"), (2, "2 threads"))
}
SHARED = frozenset({"numpy", "scipy", "typing_extensions", "packaging", "setuptools", "pillow"})
"""What the gallery has installed anyway, and so counts for nobody."""


def main() -> None:
    """Do what the command says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", nargs="?", default="all", choices=("all", "network"))
    arguments = parser.parse_args()
    if arguments.command == "network":
        write_network()
    else:
        _all()


def _all() -> None:
    found: dict[str, list[dict[str, float]]] = {each.key: [] for each in FRAMEWORKS}
    steps: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for way in WAYS:
            for each in FRAMEWORKS:
                result = _in_a_process(each.key, way)
                found[each.key].append(result)
                steps.setdefault((each.key, way), []).append(result["milliseconds"])
                print(each.key, way, result, flush=True)
    costs = []
    for each in FRAMEWORKS:
        *_, run = learn(each, STEPS)
        costs.append(
            Cost(
                framework=each.key,
                version=version(each) or "",
                losses=run.losses,
                milliseconds={way: statistics.median(steps[each.key, way]) for way in WAYS},
                memory=statistics.median(one["memory"] for one in found[each.key]),
                installed=installed_mb(each.packages),
                imported=statistics.median(one["imported"] for one in found[each.key]),
                lines=lines_of_code(each),
            )
        )
    machine = f"{_processor()}, {os.cpu_count()} cores"
    when = datetime.now(UTC).date().isoformat()
    recording = Recording(when=when, machine=machine, costs=tuple(costs))
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps(asdict(recording), indent=1) + "\n", encoding="utf-8")


def _in_a_process(key: str, way: str) -> dict[str, float]:
    threads = WAYS[way]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "NPROC": str(threads)}
    if threads == 1:
        environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    done = subprocess.run(
        [sys.executable, "-m", "training.frameworks.one", key, str(threads), way.partition(",")[0]],
        env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def installed_mb(packages: tuple[str, ...]) -> float:
    """MB of packages and all that they bring, without what the gallery has anyway."""
    seen: set[str] = set()
    waiting = list(packages)
    total = 0
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in seen or name.replace("-", "_") in SHARED or name in SHARED:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # of another system, or optional
        total += sum(
            path.stat().st_size
            for path in (Path(str(distribution.locate_file(each))) for each in distribution.files or ())
            if path.is_file()
        )
        waiting += [_name_of(each) for each in distribution.requires or () if "extra ==" not in each]
    return total / 1e6


def _name_of(requirement: str) -> str:
    for place, letter in enumerate(requirement):
        if not (letter.isalnum() or letter in "-_."):
            return requirement[:place]
    return requirement


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))


if __name__ == "__main__":
    main()
