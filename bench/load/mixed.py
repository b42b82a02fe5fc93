"""A mixed hour in small."""

from __future__ import annotations

import argparse
import collections
import json
import random
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import psutil
import websockets

from bench.capacity import Behaviour, mean_wait, simulate
from bench.load.journeys import BUSY, Journey, journeys, shown, tab_at
from bench.load.table import HEAD, quantile, said
from bench.pages import gallery

LOOKS = (0.5, 6.0)  # seconds that a visitor looks at something, at least and at most
WITH_A_JOB = 0.2  # seconds alone, from which on a journey is one with a job of its own


@dataclass
class Told:
    """What came of all journeys."""

    same: int = 0
    unchecked: int = 0
    busy: int = 0
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=lambda: collections.defaultdict(list))


@dataclass
class Watched:
    """What was read beside the visitors: the wall run again (seconds), and the server's memory (MiB)."""

    reruns: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    waiting: int = 0


def _visitor(
    url: str, todo: Sequence[Journey], seed: int, until: float, told: Told, lock: threading.Lock
) -> None:
    chance = random.Random(seed)
    time.sleep(chance.uniform(*LOOKS))
    while time.monotonic() < until:
        journey = chance.choice(todo)
        started = time.perf_counter()
        problem, found = "", None
        try:
            found = journey.walk(url)
        except (AssertionError, OSError, TimeoutError, websockets.WebSocketException) as error:
            problem = f"{journey.name}: {type(error).__name__}: {str(error)[:200]}"
        with lock:
            told.seconds[journey.name].append(time.perf_counter() - started)
            if problem:
                told.failed.append(problem)
            elif journey.alone is None or found is None:
                told.unchecked += 1
            elif not (missing := _missing(journey.alone, found)):
                told.same += 1
            elif any(words in found for words in BUSY):
                told.busy += 1
            else:
                told.wrong.append(f"{journey.name}: {missing[0][:300]}")
        time.sleep(chance.uniform(*LOOKS))


def _missing(alone: str, found: str) -> list[str]:
    """What one visitor alone was shown and this one not; something that filled a wait may stand beside it."""
    return list((collections.Counter(alone.split("\n")) - collections.Counter(found.split("\n"))).elements())


def _beside(url: str, process: psutil.Process, until: float, watched: Watched) -> None:
    start = time.monotonic()
    with tab_at(url, "home") as tab:
        while time.monotonic() < until:
            before = time.perf_counter()
            shown(tab.run())
            watched.reruns.append(time.perf_counter() - before)
            status, words = tab.http("GET", "/stage")
            watched.waiting = max(watched.waiting, json.loads(words)["waiting"] if status == 200 else 0)
            watched.memory.append((time.monotonic() - start, process.memory_info().rss / 2**20))
            time.sleep(1)


def mixed(options: argparse.Namespace) -> None:
    """Print what came of it."""
    told, watched, lock = Told(), Watched(), threading.Lock()
    with gallery() as (port, process):
        url = f"http://127.0.0.1:{port}"
        todo = journeys()
        for journey in todo:
            journey.walk(url)
            second, started = journey.walk(url), time.perf_counter()
            third = journey.walk(url)
            journey.seconds = time.perf_counter() - started
            journey.alone = third if second == third else None
        checked = sum(journey.alone is not None for journey in todo)
        print(f"{len(todo)} journeys, of which {checked} always show one visitor alone the same", flush=True)
        until = time.monotonic() + 60 * options.minutes
        with ThreadPoolExecutor(options.visitors + 1) as everybody:
            beside = everybody.submit(_beside, url, process, until, watched)
            visitors = [
                everybody.submit(_visitor, url, todo, number, until, told, lock)
                for number in range(options.visitors)
            ]
            for each in (beside, *visitors):
                each.result()
    done = sum(map(len, told.seconds.values()))
    print(f"{done} journeys of {options.visitors} visitors in {options.minutes} minutes")
    print(
        f"the same as alone {told.same}, not compared {told.unchecked}, told that it is busy {told.busy}, "
        f"another answer {len(told.wrong)}, failed {len(told.failed)}"
    )
    for line in (told.wrong + told.failed)[:20]:
        print(f"  {line}")
    print(f"jobs waiting at most: {watched.waiting}")
    print(HEAD)
    print(said("the wall, run again", watched.reruns))
    for name, seconds in sorted(told.seconds.items()):
        print(said(name, seconds))
    print(slope(watched.memory))
    _reckon(todo, told, options.visitors)


def _reckon(todo: Sequence[Journey], told: Told, visitors: int) -> None:
    """Print how long they waited, beside what the simulation and the model of bench.capacity say."""
    jobs = [each.seconds for each in todo if each.seconds > WITH_A_JOB]
    page = statistics.fmean(each.seconds for each in todo if each.seconds <= WITH_A_JOB)
    behaviour = Behaviour(think_s=statistics.fmean(LOOKS), own=len(jobs) / len(todo))
    cores = psutil.cpu_count() or 1
    waits = [max(0.0, taken - each.seconds) for each in todo for taken in told.seconds.get(each.name, ())]
    seen = simulate(cores, visitors, jobs, page, behaviour)
    model = mean_wait(cores, seen.load, [page + job for job in jobs] + [page] * (len(todo) - len(jobs)))
    print(
        f"waits: mean {statistics.fmean(waits):.2f} s, p95 {quantile(waits, 0.95):.2f}; simulated, {cores} "
        f"cores {seen.load:.0%} busy: mean {seen.mean:.2f}, p95 {seen.p95:.2f}; by the model: "
        f"mean {model:.2f}"
    )


def slope(memory: Sequence[tuple[float, float]], blocks: int = 10) -> str:
    """How memory changes in the second half, by means of blocks: MiB a minute, and the interval of 95 %."""
    half = np.array(memory[len(memory) // 2 :])
    minutes, sizes = np.array([block.mean(0) for block in np.array_split(half, blocks)]).T
    minutes = minutes / 60
    rise, start = np.polyfit(minutes, sizes, 1)
    left = sizes - (rise * minutes + start)
    errors = np.sqrt((left**2).sum() / (blocks - 2) / ((minutes - minutes.mean()) ** 2).sum())
    reach = 2.306 * errors  # Student's t, 8 degrees of freedom
    return (
        f"memory {memory[0][1]:.0f} MiB at first, {memory[-1][1]:.0f} at the end; in the second half "
        f"{rise:+.1f} MiB a minute ({rise - reach:+.1f} to {rise + reach:+.1f})"
    )
