"""The clips that LipNet learns from: pictures of mouths, and where the lips are in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dlintro_demos.lip_reading.augmentation import Augmentation, bent, bent_time, resampled, shown_frames
from dlintro_demos.lip_reading.grammar import sentence_of_name
from dlintro_demos.lip_reading.landmarks import (
    CLIP_AT,
    LEFT_EYE,
    MIRRORED,
    MOUTH,
    RIGHT_EYE,
    STILL,
    check_track,
    smooth,
)
from dlintro_demos.lip_reading.lipnet import look_closely, prepare_pictures
from dlintro_demos.lip_reading.mouths import STEADY_SIGMA
from training.lip_reading.clips import read_frames
from training.lip_reading.corpus import takes

LIPS = 40
"""How many of the landmarks are the lips', the first ones."""
AUGMENTATION = Augmentation(speed=0.15, mirrored=0.5, contrast=0.25, place=0.06, hidden=4, no_red=0.0)
"""How far LipNet's clips are bent."""


@dataclass(frozen=True, eq=False)
class LipClips:
    """`pictures` (N, T, 3, H, W) uint8 RGB, `lips` (N, T, 40, 2) float32 normalised, `sentences` (N, 6)."""

    pictures: torch.Tensor
    lips: torch.Tensor
    sentences: torch.Tensor

    def of(self, chosen: np.ndarray) -> LipClips:
        """Some of them."""
        return LipClips(self.pictures[chosen], self.lips[chosen], self.sentences[chosen])

    def __len__(self) -> int:
        return len(self.sentences)


def load_lip_clips(folder: Path | None, cache: Path, shape: dict[str, Any]) -> LipClips:
    """All clips of `folder` (`tracks.npz`, `mouths/`), as a `LipNet.shape` sees them; kept in `cache`.

    Raises `FileNotFoundError` where there is neither.
    """
    if not cache.is_file() and folder:
        tracks = np.load(folder / "tracks.npz")
        names = [str(name) for name in tracks["names"]]
        lips = np.stack([lips_seen(track) for track in tracks["tracks"]])
        seen = [look_closely(read_frames(folder / "mouths" / f"{name}.mp4"), shape) for name in names]
        sentences = np.array([sentence_of_name(name) for name in names])
        _keep(cache, np.stack(seen), lips, sentences)
    return _kept(cache)


def lips_seen(track: np.ndarray) -> np.ndarray:
    """Where the lips are in the crops that `mouths.cut_mouths` makes: (T, 59, 3) to (T, 40, 2) float32.

    Each coordinate from its median, in its deviations, as in `landmarks.normalise`. Seen from the eyes, two
    thirds of how lips move is the jaw and the head moving, which a crop that follows the lips does not show.
    """
    track = check_track(track)[..., :2]
    across = track[:, RIGHT_EYE] - track[:, LEFT_EYE]
    pose = smooth(np.concatenate([track[:, MOUTH].mean(axis=1), across], axis=1), STEADY_SIGMA)
    x, y = np.moveaxis(track[:, :LIPS] - pose[:, None, :2], 2, 0)
    right, down = pose[:, 2:3], pose[:, 3:]
    moved = np.stack([right * x + down * y, right * y - down * x], axis=2)
    moved = moved / (right**2 + down**2)[..., None]
    moved = moved - np.median(moved, axis=0)
    least = STILL * max(float(np.sqrt(np.mean(np.square(moved)))), 1e-3)
    return np.clip(moved / np.maximum(moved.std(axis=0), least), -CLIP_AT, CLIP_AT).astype(np.float32)


def draw_lip_clips(part: str, count: int, cache: Path, shape: dict[str, Any]) -> LipClips:
    """The first `count` drawn clips of a part of the corpus, as `LipNet.shape` sees them; kept in `cache`."""
    if not cache.is_file():
        pictures = np.empty((count, 75, 3, *shape["size"]), np.uint8)
        lips = np.empty((count, 75, LIPS, 2), np.float32)
        recipes = list(takes(part, 0, count))
        for index, take in enumerate(recipes):
            clip = take.clip()
            pictures[index], lips[index] = look_closely(clip.mouths, shape), lips_seen(clip.track)
        _keep(cache, pictures, lips, np.array([take.sentence for take in recipes]))
    return _kept(cache)


def _keep(cache: Path, pictures: np.ndarray, lips: np.ndarray, sentences: np.ndarray) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    with cache.open("wb") as stream:
        np.savez(stream, pictures=pictures, lips=lips, sentences=sentences)


def _kept(cache: Path) -> LipClips:
    kept = np.load(cache)
    return LipClips(*(torch.from_numpy(kept[name]) for name in ("pictures", "lips", "sentences")))


def joined(parts: list[LipClips]) -> LipClips:
    """Several as one."""
    pictures = torch.cat([each.pictures for each in parts])
    return LipClips(
        pictures, torch.cat([each.lips for each in parts]), torch.cat([each.sentences for each in parts])
    )


@dataclass(frozen=True, eq=False)
class LipBatch:
    """What a step takes: `pictures` (N, 3, T, H, W) float32, `lips` (N, T, 80), `sentences` (N, 6)."""

    pictures: torch.Tensor
    lips: torch.Tensor
    sentences: torch.Tensor


def plain_lips(clips: LipClips, *, moving: bool) -> LipBatch:
    """The clips as they are."""
    return LipBatch(prepare_pictures(clips.pictures, moving=moving), clips.lips.flatten(2), clips.sentences)


def augmented_lips(
    clips: LipClips, random: torch.Generator, *, moving: bool, window: int | None = None
) -> LipBatch:
    """The clips bent; of each only `window` frames, anywhere, where that is given."""
    how = AUGMENTATION
    count, frames = clips.lips.shape[:2]

    def uniform(*shape: int) -> torch.Tensor:
        return 2 * torch.rand(count, *shape, generator=random) - 1

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(count, *shape, generator=random)

    moments = bent_time(how, frames, uniform)
    flipped = torch.rand(count, generator=random) < how.mirrored
    prepared = prepare_pictures(clips.pictures, moving=moving).transpose(1, 2)
    if window:
        first = (torch.rand(count, 1, generator=random) * (frames - window + 1)).long()
        moments = moments.gather(1, first + torch.arange(window))
    lips = resampled(clips.lips, moments)
    mirrored = lips[:, :, torch.from_numpy(MIRRORED[:LIPS])] * torch.tensor([-1.0, 1.0])
    lips = torch.where(flipped[:, None, None, None], mirrored, lips)
    pictures = bent(resampled(prepared, moments), how, flipped, uniform)
    colour = 1 + how.contrast * uniform(1, 1, 1, 1) + 0.3 * how.contrast * uniform(1, 3, 1, 1)
    pictures = pictures * colour
    pictures += how.noise * torch.rand(count, 1, 1, 1, 1, generator=random) * normal(*pictures.shape[1:])
    if not window:
        pictures *= shown_frames(how, count, frames, random)[:, :, None, None, None]
    return LipBatch(pictures.transpose(1, 2), lips.flatten(2), clips.sentences)
