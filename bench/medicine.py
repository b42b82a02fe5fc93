"""Nuclei: both ways by kind of picture, and how long each takes for 512 x 512 pixels.

    python -m bench.medicine

The table is measured on the pictures kept aside (`training/medicine/nuclei/pictures.py`), which lie beside
the repository (`DLINTRO_NUCLEI`); without them only the times are printed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch

from dlintro_demos.gallery.command_line import engine_of_its_own
from dlintro_demos.medicine.nuclei.classical import find_by_threshold
from dlintro_demos.medicine.nuclei.finding import find
from dlintro_demos.medicine.nuclei.samples import sample
from training.medicine.nuclei.evaluation import figures_of, measure
from training.medicine.nuclei.pictures import PICTURES, load

RUNS = 9


def main() -> None:
    """Print times, and the table where there are pictures."""
    cache = engine_of_its_own().cache
    rgb = sample("glands").load()  # 512 x 512
    ways: dict[str, Callable[[], object]] = {
        "network": lambda: list(find(rgb, cache)),
        "threshold and watershed": lambda: find_by_threshold(rgb),
    }
    for name, way in ways.items():
        way()
        seconds = []
        for _ in range(RUNS):
            began = time.perf_counter()
            way()
            seconds.append(time.perf_counter() - began)
        size = f"{rgb.shape[1]} x {rgb.shape[0]}"
        print(
            f"{name}, {size}, {torch.get_num_threads()} threads: {1000 * statistics.median(seconds):.0f} ms"
        )
    if not PICTURES.is_dir():
        print(f"No pictures at {PICTURES}.")
        return
    measured = list(measure([each for each in load() if each.part == "measure"], cache))
    for name, value in figures_of([each[1] for each in measured], [each[2] for each in measured]):
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
