"""How many visitors a number of cores serves: a model, and a simulation of the same that checks it.

    python -m bench.capacity [--times bench/service_times.jsonl] [--page-ms 15] [--day 1000 10000 1000000]

Measured are the CPU seconds of the jobs (`bench.service_times`, each work once, the long ones that are run
for everybody among them) and of a run of a page (`bench.pages`). How visitors behave is estimated, and
stands in `Behaviour`. A visitor thinks, acts, and waits for the answer; an action runs the page, and some
start a job. The model takes actions as arriving at random at `cores` servers, and their mean wait from
Erlang's C and the spread of the service times (Allen and Cunneen, 1978). The simulation (simpy) has the
visitors themselves, who do not act again while they wait, the measured times drawn at random, and the
queue's limit.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import simpy

TIMES = Path(__file__).with_name("service_times.jsonl")
LOADS = (0.5, 0.7, 0.8, 0.9)
CORES = (1, 2, 4, 16)
BUSY = 0.7  # of the cores: what the tables plan for
WAITING = 20  # jobs for each core: 40 (DLINTRO_JOBS_WAITING) for a gallery that runs two at once


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What visitors do: estimates, none of it measured."""

    think_s: float = 15.0
    """From an answer to the next action."""
    own: float = 0.3
    """Share of the actions that start a job; all others find its result kept, or need none."""
    visit_s: float = 1_200.0
    peak: float = 0.15
    """Share of a day's visitors who come in its busiest hour."""


def erlang_c(servers: int, offered: float) -> float:
    """Probability that a job waits, for `offered` servers' worth of work."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


def mean_wait(servers: int, load: float, times: Sequence[float]) -> float:
    """Seconds that a job waits on average, by Allen and Cunneen's approximation for M/G/c."""
    mean = statistics.fmean(times)
    spread = statistics.pvariance(times) / mean**2
    return (1 + spread) / 2 * erlang_c(servers, load * servers) * mean / (servers * (1 - load))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What happened in a simulation; waits in seconds."""

    load: float
    mean: float
    p95: float
    refused: float


def simulate(
    servers: int,
    people: int,
    times: Sequence[float],
    page_s: float,
    behaviour: Behaviour,
    *,
    seconds: float = 10_000.0,
    seed: int = 1,
) -> Seen:
    """So many visitors for that long; the first tenth is not counted. Pages and jobs share the cores."""
    world, chance = simpy.Environment(), random.Random(seed)
    cores = simpy.Resource(world, servers)
    waits: list[float] = []
    busy = [0.0]
    refused = [0]

    def work(cost: float) -> simpy.events.ProcessGenerator:
        asked = world.now
        with cores.request() as turn:
            yield turn
            if asked > seconds / 10:
                waits.append(world.now - asked)
                busy[0] += cost
            yield world.timeout(cost)

    def visitor() -> simpy.events.ProcessGenerator:
        yield world.timeout(chance.expovariate(1 / behaviour.think_s))
        while True:
            cost = page_s
            if chance.random() < behaviour.own:
                if len(cores.queue) >= WAITING * servers:
                    refused[0] += 1
                else:
                    cost += chance.choice(times)
            yield from work(cost)
            yield world.timeout(chance.expovariate(1 / behaviour.think_s))

    for _ in range(people):
        world.process(visitor())
    world.run(until=seconds)
    return Seen(
        load=busy[0] / (0.9 * seconds * servers),
        mean=statistics.fmean(waits),
        p95=statistics.quantiles(waits, n=20)[-1],
        refused=refused[0] / (len(waits) + refused[0]),
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="How many visitors a number of cores serves.")
    parser.add_argument("--times", type=Path, default=TIMES, help="JSON lines of bench.service_times")
    parser.add_argument("--page-ms", type=float, default=15.0, help="CPU of a page's run, of bench.pages")
    parser.add_argument("--day", type=int, nargs="+", default=(1_000, 10_000, 1_000_000))
    options = parser.parse_args()
    behaviour, page_s = Behaviour(), options.page_ms / 1000
    lines = options.times.read_text(encoding="utf-8").splitlines()
    jobs = [json.loads(line)["cpu_s"] for line in lines]
    actions = _actions(jobs, page_s, behaviour)
    mean, median = statistics.fmean(jobs), statistics.median(jobs)
    print(
        f"{len(jobs)} jobs, CPU seconds: mean {mean:.2f}, median {median:.2f}, longest {max(jobs):.1f}; "
        f"an action: mean {statistics.fmean(actions):.3f}"
    )
    _check(jobs, actions, page_s, behaviour)
    _days(options.day, actions, behaviour)


def _actions(jobs: Sequence[float], page_s: float, behaviour: Behaviour) -> list[float]:
    """Service times of actions in their proportion: a page's run, with a job or without."""
    without = round(len(jobs) * (1 - behaviour.own) / behaviour.own)
    return [page_s + job for job in jobs] + [page_s] * without


def _check(jobs: Sequence[float], actions: Sequence[float], page_s: float, behaviour: Behaviour) -> None:
    print(f"\n{'cores':>5} {'planned':>8} {'visitors':>8} | {'load':>5} {'mean wait':>9} {'model':>6} "
          f"{'p95':>6} {'refused':>8}")  # fmt: skip
    for servers in CORES:
        for load in LOADS:
            people = round(_people(servers, load, actions, behaviour))
            seen = simulate(servers, people, jobs, page_s, behaviour)
            model = mean_wait(servers, min(seen.load, 0.99), actions)
            print(f"{servers:5} {load:8.0%} {people:8} | {seen.load:5.0%} {seen.mean:9.2f} {model:6.2f} "
                  f"{seen.p95:6.2f} {seen.refused:8.1%}")  # fmt: skip


def _people(servers: int, load: float, actions: Sequence[float], behaviour: Behaviour) -> float:
    mean = statistics.fmean(actions)
    return load * servers * (behaviour.think_s + mean + mean_wait(servers, load, actions)) / mean


def _days(days: Sequence[int], actions: Sequence[float], behaviour: Behaviour) -> None:
    each = _people(16, BUSY, actions, behaviour) / 16
    print(f"\nVisitors for each core at {BUSY:.0%}, of sixteen: {each:.0f}")
    for day in days:
        people = day * behaviour.peak * behaviour.visit_s / 3600
        print(f"{day:>9,} a day: {people:,.0f} at once in the busiest hour (estimate), "
              f"{math.ceil(people / each):,} cores")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
