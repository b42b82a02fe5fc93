"""What the jobs cost that pages start: CPU and wall seconds of each, alone on this machine, one torch thread.

    python -m bench.service_times [--json] [--only SLUG...] [--repeat 3]

Opens every page in every mode, as its first visitor does, and notes the jobs that it starts. Each is then
run again, `--repeat` times: the median counts. What is for everybody runs once for all visitors.
`bench/capacity.py` reckons with the JSON lines of this; `bench/service_times.jsonl` is a run of ours.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl

import torch
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dlintro_demos.gallery import ui
from dlintro_demos.gallery.catalogue import SLUGS, find
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.engine import Engine
from dlintro_demos.gallery.runtime.results import EVERYBODY
from dlintro_demos.gallery.runtime.running import RunningJobs, name_of
from dlintro_demos.gallery.runtime.wire import pack

ENOUGH_SECONDS = 5.0  # work that takes longer is run once


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one job; `asked` and `answered` are the bytes that it would send to a worker and get back."""

    demo: str
    work: str
    everybody: bool
    cpu_s: float
    wall_s: float
    asked: int
    answered: int


def jobs_of(slug: str) -> Iterator[tuple[Callable[..., Any], tuple[Any, ...], bool]]:
    """The jobs that a demo's page starts when it is opened, in all its modes; each work once."""
    begun: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {}
    for_everybody: set[str] = set()
    submit, join = Engine.submit, RunningJobs.join

    def note(self: Engine, work: Callable[..., Any], /, *args: Any, **how: Any) -> Any:
        begun.setdefault(name_of(work), (work, args))
        return submit(self, work, *args, **how)

    def note_owner(self: RunningJobs, key: Any, *rest: Any) -> Any:
        owner, name, _ = key
        if owner == EVERYBODY:
            for_everybody.add(name)
        return join(self, key, *rest)

    with mock.patch.object(Engine, "submit", note), mock.patch.object(RunningJobs, "join", note_owner):
        for query in ("", *find(slug).modes.values()):
            page = AppTest.from_file(str(Path(ui.__file__).with_name("shell.py")), default_timeout=300)
            page._page_hash = calc_hash(slug)  # AppTest has no public way to a page
            for name, value in parse_qsl(query.lstrip("?")):
                page.query_params[name] = value
            page.run()
    for name, (work, args) in begun.items():
        yield work, args, name in for_everybody


def cost(demo: str, work: Callable[..., Any], args: tuple[Any, ...], everybody: bool, repeat: int) -> Cost:
    """Run it; what it has loaded and kept by now stays, as in a gallery that is warm."""
    runs: list[tuple[float, float]] = []
    result: Any = None
    while len(runs) < repeat and sum(wall for _, wall in runs) < ENOUGH_SECONDS:
        cpu, wall = time.process_time(), time.perf_counter()
        *_, result = work(*args)
        runs.append((time.process_time() - cpu, time.perf_counter() - wall))
    residents = engine().residents
    return Cost(
        demo=demo,
        work=name_of(work).removeprefix(f"dlintro_demos.{demo}."),
        everybody=everybody,
        cpu_s=round(statistics.median(cpu for cpu, _ in runs), 4),
        wall_s=round(statistics.median(wall for _, wall in runs), 4),
        asked=len(pack((work, args), residents)),
        answered=len(pack(result, residents)),
    )


def main() -> None:
    """Print a line for each job."""
    parser = argparse.ArgumentParser(description="What the jobs cost that pages start.")
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")
    parser.add_argument("--only", nargs="+", default=SLUGS, choices=SLUGS, metavar="SLUG")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each job")
    options = parser.parse_args()
    torch.set_num_threads(1)
    engine().warm_up()
    if not options.json:
        print(f"{'job':58} {'for':10} {'CPU, s':>7} {'wall, s':>8} {'asked, kB':>10} {'answered':>9}")
    for slug in options.only:
        for work, args, everybody in jobs_of(slug):
            found = cost(slug, work, args, everybody, options.repeat)
            if options.json:
                print(json.dumps(asdict(found)), flush=True)
            else:
                print(
                    f"{f'{slug} {found.work}':58} {'everybody' if everybody else 'a visitor':10} "
                    f"{found.cpu_s:7.2f} {found.wall_s:8.2f} {found.asked / 1e3:10.0f} "
                    f"{found.answered / 1e3:9.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    sys.exit(main())
