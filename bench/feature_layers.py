"""How often the classifier says that it was not taught something, by what it is shown; and how long it takes.

    python -m bench.feature_layers

The photographs are those of `training/photographs.py` (fetched first): natural pictures, not labelled, many
of landscapes. There is no labelled ImageNet picture here, so accuracy is not measured.
"""

from __future__ import annotations

import platform
import time

import numpy as np
import skimage.data
import torch
from PIL import Image

from dlintro_demos.faces.samples import SAMPLES as FACES
from dlintro_demos.feature_layers.classifier import MODEL, classify
from dlintro_demos.runtime.model_cache import ModelCache
from dlintro_demos.runtime.model_cards import read_cards
from dlintro_demos.settings import REPOSITORY
from dlintro_demos.super_resolution import drawings
from training.photographs import load

THRESHOLDS = (5.0, 5.5, 6.0, 6.5, 7.0)


def subjects() -> dict[str, list[np.ndarray]]:
    """Pictures by kind, (H, W, 3) uint8."""
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (300, 300, 3)).astype(np.uint8) for _ in range(50)]
    small = [Image.fromarray(picture[:9, :9]) for picture in noise]
    clouds = [picture.resize((300, 300), Image.Resampling.BICUBIC) for picture in small]
    return {
        "photographs": [rgb for split in ("train", "held_out") for _, rgb in load(split)],
        "noise": noise,
        "smooth noise": [np.asarray(cloud) for cloud in clouds],
        "one colour": [np.full((300, 300, 3), rng.integers(0, 256, 3), np.uint8) for _ in range(50)],
        "text": [np.repeat(picture()[..., None], 3, 2) for picture in (skimage.data.page, skimage.data.text)],
        "drawings": [drawings.cartoon(), drawings.medicine_label(), drawings.long_building()],
        "faces": [sample.load() for sample in FACES],
    }


def main() -> None:
    """Print both tables."""
    cache = ModelCache(read_cards(REPOSITORY / "models"))
    print(f"{platform.machine()}, torch {torch.__version__}, {torch.get_num_threads()} threads\n")
    print("Share called unknown, by the least logit that counts as known")
    print(f"{'':14}{'pictures':>9}" + "".join(f"{threshold:8}" for threshold in THRESHOLDS))
    for kind, pictures in subjects().items():
        strengths = np.array([classify(rgb, cache).strength for rgb in pictures])
        shares = "".join(f"{(strengths < threshold).mean():8.0%}" for threshold in THRESHOLDS)
        print(f"{kind:14}{len(pictures):9}{shares}")
    times = []
    for _ in range(30):
        started = time.perf_counter()
        answer = classify(skimage.data.chelsea(), cache)
        times.append((time.perf_counter() - started, answer.stages["network"]))
    whole, network = np.median(times, axis=0) * 1000
    print(f"\n{MODEL}: {whole:.0f} ms a picture of 451 x 300 px, the network {network:.0f}; medians of 30")


if __name__ == "__main__":
    main()
