"""What a call costs on top of its work: in this process, through its queue, on Ray by handle, on Ray by HTTP.

    python -m bench.ray_overhead [--calls 40]

Starts a Ray of its own on loopback (requirements-ray.txt), with two workers. All ways do the same work, in
turn, on the same machine: a look at a picture of three sizes (`super_resolution.experiment.examine`, some
milliseconds), so what differs is the way there and back. The gallery takes the last way; the one before is
Ray's own, which a gallery cannot use: Ray ends a process that has joined it a minute after its head is gone.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from skimage import data

from dlintro_demos.feature_layers.experiment import look_at
from dlintro_demos.gallery.runtime.elsewhere import SIZE
from dlintro_demos.gallery.runtime.engine import Engine, build_engine
from dlintro_demos.gallery.runtime.wire import pack, unpack
from dlintro_demos.gallery.settings import Settings
from dlintro_demos.super_resolution.experiment import examine
from tests.ray.serving import SECRET, Ray

SIDES = {"224 x 224": (224, 224), "1 megapixel": (1000, 1000), "12 megapixels": (3000, 4000)}
TOGETHER = 4  # visitors whose pictures the classifier gets at once; more than wait at Ray are refused


def in_the_queue(engine: Engine, *job: Any) -> Any:
    """The gallery's way of a job, whichever engine it has."""
    return engine.submit(*job, visitor=f"thread {threading.get_ident()}").result()


def by_handle(handle: Any, engine: Engine, work: Callable[..., Any], *args: Any) -> Any:
    """Ray's own way, for which this process has joined it."""
    frames = handle.frames.remote(pack((work, args), engine.residents))
    *_, last = (frame for frame in frames if len(frame) > SIZE)
    return unpack(last[SIZE:], engine.residents)


def times(ways: dict[str, Callable[[], Any]], calls: int) -> dict[str, list[float]]:
    """Milliseconds of each way, called in turn."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(calls + 3):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            if number >= 3:
                found[name].append(1000 * (time.perf_counter() - began))
    return found


def at_once(ask: Callable[[], Any], visitors: int) -> float:
    """Seconds until as many have an answer who ask at the same time."""
    threads = [threading.Thread(target=ask) for _ in range(visitors)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What a call costs on top of its work.")
    parser.add_argument("--calls", type=int, default=40)
    calls = parser.parse_args().calls
    torch.set_num_threads(1)
    served = Ray()
    began = time.perf_counter()
    try:
        served.start("super_resolution", "feature_layers")
        print(f"Ray, its proxy and two workers were ready after {time.perf_counter() - began:.1f} s")
        os.environ.update(served.environment)
        import ray  # not before: it reads its token then

        ray.init(address=f"127.0.0.1:{served.head}", log_to_driver=False, logging_level=logging.ERROR)
        try:
            measure(served, calls)
        finally:
            ray.shutdown()
    finally:
        served.kill()


def measure(served: Ray, calls: int) -> None:
    """All tables, with a Ray that runs and that this process has joined."""
    from ray import serve

    here = build_engine(Settings())
    there = build_engine(Settings(engine="ray", ray_url=served.url, ray_secret=SECRET))
    assert there.elsewhere is not None
    there.elsewhere.look()
    handle = serve.get_app_handle("super_resolution").options(stream=True)
    print(f"{'a picture of':15} {'way':18} {'median, ms':>10} {'p95':>7} {'on top':>7}")
    for size, (height, width) in SIDES.items():
        rgb = np.resize(data.astronaut(), (height, width, 3))
        ways: dict[str, Callable[[], Any]] = {
            "called": lambda rgb=rgb: list(examine(rgb))[-1],
            "queue": lambda rgb=rgb: in_the_queue(here, examine, rgb),
            "Ray by handle": lambda rgb=rgb: by_handle(handle, here, examine, rgb),
            "Ray by HTTP": lambda rgb=rgb: in_the_queue(there, examine, rgb),
        }
        found = times(ways, calls)
        alone = statistics.median(found["called"])
        for name, each in found.items():
            median, p95 = statistics.median(each), statistics.quantiles(each, n=20)[-1]
            print(f"{size:15} {name:18} {median:10.1f} {p95:7.1f} {median - alone:7.1f}")
    for engine, name in ((here, "this process, 2 at once"), (there, "Ray, one worker of 2 at once")):
        ask = lambda engine=engine: in_the_queue(engine, look_at, data.chelsea(), engine.cache)  # noqa: E731
        ask()
        took = statistics.median(at_once(ask, TOGETHER) for _ in range(5))
        print(f"{TOGETHER} visitors show the classifier a picture, {name}: {took:.2f} s")
    sent = there.elsewhere.counts
    assert sent["computed here"] == 0, sent
    for engine in (here, there):
        engine.queue.shutdown()
    memory = [worker.memory_info().rss / 1e6 for worker in served.workers("")]
    print(f"A worker holds {min(memory):.0f} to {max(memory):.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
