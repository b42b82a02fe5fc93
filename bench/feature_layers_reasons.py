"""Do the reasons mean something? Insertion, deletion and ablation over the bundled photographs.

    python -m bench.feature_layers_reasons [--every 3]

For each photograph: the class that the network names, its two maps, how the probability falls when the
brightest cells go first, and rises when they come first, beside a random order (`evidence.py`); and what is
left when the ten channels of the last layer that speak most for the class are off, beside ten random ones.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from dlintro_demos.feature_layers.ablation import Ablation, switch_off
from dlintro_demos.feature_layers.classifier import classify
from dlintro_demos.feature_layers.evidence import METHODS, Evidence, explain
from dlintro_demos.feature_layers.samples import pictures
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.shared.imagenet import MODEL, STOPS


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="only each so-manyth photograph")
    pool = pictures()[:: parser.parse_args().every]
    cache = ModelCache(read_cards(REPOSITORY / "models"))
    cache.get(MODEL)
    areas: dict[str, list[tuple[float, float]]] = {name: [] for name in (*METHODS.values(), "random order")}
    left: dict[str, list[float]] = {"before": [], "ten off": [], "ten random off": []}
    seconds: dict[str, list[float]] = {"maps and check": [], "ablation": []}
    for picture in pool:
        rgb = picture.load()
        target = classify(rgb, cache).top[0].index
        started = time.perf_counter()
        *_, evidence = explain(rgb, target, cache)
        explained = time.perf_counter()
        *_, ablation = switch_off(rgb, target, STOPS[-1], cache)
        seconds["maps and check"].append(explained - started)
        seconds["ablation"].append(time.perf_counter() - explained)
        assert isinstance(evidence, Evidence)
        assert isinstance(ablation, Ablation)
        for key, title in METHODS.items():
            reason = evidence.reasons[key]
            areas[title].append((reason.deletion_area, reason.insertion_area))
        areas["random order"].append((evidence.random.deletion_area, evidence.random.insertion_area))
        for name, value in zip(
            left, (ablation.before, ablation.falling[-1], ablation.random[-1]), strict=True
        ):
            left[name].append(value)
    print(f"{len(pool)} bundled photographs; mean probability of the class that the network names")
    print(f"{'order':16}{'deletion':>10}{'insertion':>11}{'beats random both ways':>25}")
    chance = np.array(areas["random order"])
    for name, values in areas.items():
        table = np.array(values)
        both = ((table[:, 0] < chance[:, 0]) & (table[:, 1] > chance[:, 1])).mean()
        beats = "" if name == "random order" else f"{both:25.0%}"
        print(f"{name:16}{table[:, 0].mean():10.3f}{table[:, 1].mean():11.3f}{beats}")
    print("\nTen of the 1,152 channels of the last layer")
    for name, values in left.items():
        print(f"{name:16}{np.mean(values):10.3f}")
    for name, values in seconds.items():
        print(f"{name}: {np.median(values):.2f} s (median)")


if __name__ == "__main__":
    main()
