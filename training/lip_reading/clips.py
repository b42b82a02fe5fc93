"""The real clips to learn from, and which of them are for what."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import torch

from dlintro_demos.lip_reading.augmentation import Clips
from dlintro_demos.lip_reading.grammar import sentence_of_name
from dlintro_demos.lip_reading.landmarks import normalise
from dlintro_demos.lip_reading.mouths import look

TEST, VALIDATION = 110, 60
"""How many clips are set aside: to measure at the end, and to choose by."""
SPLIT_SEED = 16


def joined(one: Clips, other: Clips) -> Clips:
    """Both."""
    parts = zip(
        (one.points, one.pixels, one.sentences), (other.points, other.pixels, other.sentences), strict=True
    )
    return Clips(one.names + other.names, *(torch.cat(pair) for pair in parts))


def load_clips(folder: Path | None, cache: Path) -> Clips:
    """All clips of `folder`, which its README describes; what is made of them is kept in the file `cache`.

    Raises `FileNotFoundError` where there is neither.
    """
    if not cache.is_file() and folder:
        tracks = np.load(folder / "tracks.npz")
        names = [str(name) for name in tracks["names"]]
        points = np.stack([normalise(track) for track in tracks["tracks"]])
        pixels = np.stack([look(read_frames(folder / "mouths" / f"{name}.mp4")) for name in names])
        cache.parent.mkdir(parents=True, exist_ok=True)
        with cache.open("wb") as stream:
            np.savez(stream, names=names, points=points, pixels=pixels)
    kept = np.load(cache)
    names = tuple(str(name) for name in kept["names"])
    sentences = torch.tensor([sentence_of_name(name) for name in names])
    return Clips(names, torch.from_numpy(kept["points"]), torch.from_numpy(kept["pixels"]), sentences)


def read_frames(path: Path) -> np.ndarray:
    """The frames of a video, (T, H, W, 3) uint8 RGB."""
    with av.open(path) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def split(count: int) -> dict[str, np.ndarray]:
    """Which clips are for what: no sentence is in two parts, for no two clips say the same."""
    order = np.random.default_rng(SPLIT_SEED).permutation(count)
    return {
        "test": order[:TEST],
        "validation": order[TEST : TEST + VALIDATION],
        "train": order[TEST + VALIDATION :],
    }
