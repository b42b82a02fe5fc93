"""One framework in a fresh process that has nothing else: import, steps, memory, as a line of JSON.

python -m training.frameworks.one KEY THREADS compiled|eager
"""

from __future__ import annotations

import importlib
import json
import resource
import statistics
import sys
import time

from dlintro_demos.frameworks.known import find, load
from dlintro_demos.frameworks.task import batches, first_weights

TIMED, WARM = 60, 20


def main(key: str, threads: int, *, compile: bool) -> None:
    """Milliseconds of a step (median, after the first ones), seconds to import, MB at most."""
    begun = time.perf_counter()
    importlib.import_module(find(key).imports)
    imported = time.perf_counter() - begun
    language = load(find(key))
    language.use_threads(threads)
    trainer = language.Trainer(first_weights(), compile=compile)
    taken = []
    for x, y in batches(TIMED):
        begun = time.perf_counter()
        trainer.step(x, y)
        taken.append(1000 * (time.perf_counter() - begun))
    found = {
        "milliseconds": statistics.median(taken[WARM:]),
        "imported": imported,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), compile="compiled" in sys.argv[3:])
