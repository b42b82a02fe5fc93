"""A corpus of drawn mouths without end, always the same for the same part, seed and number.

    python -m training.lip_reading draw --part train --count 1000 --seed 0

The parts share nothing: the 64,000 sentences of the grammar are dealt once (`SENTENCES_SEED`), 4,000 to the
test, 2,000 to validation, the rest to training, and every clip has a speaker of its own, whose number is from
another range in each part. A `Take` is a clip's recipe; `takes` gives any number of them, and `Take.clip()`
draws one (`clip.Clip`: landmarks (75, 59, 3), pictures (75, 64, 128, 3)) in some 50 ms of a core.

What `draw` keeps is what our reader sees, one file a part and seed, `drawn/PART-SEED.npz`: `points`
(N, 75, 59, 3) float16, `pixels` (N, 75, 2, 24, 48) uint8, `sentences` (N, 6) uint8, `speakers` (N,) int64.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dlintro_demos.lip_reading.augmentation import Clips
from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.drawn import Speaker, say
from dlintro_demos.lip_reading.grammar import WORDS, spell
from dlintro_demos.lip_reading.landmarks import normalise
from dlintro_demos.lip_reading.mouths import look

SENTENCES_SEED = 16
PARTS = {"test": 4_000, "validation": 2_000, "train": 58_000}
"""How many sentences each part has to itself."""
SPEAKERS = {"train": 1_000_000_000, "validation": 2_000_000_000, "test": 3_000_000_000}
"""The first number of each part's speakers; a part has a thousand seeds, a seed up to a million speakers."""
_MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Take:
    """A clip's recipe: who says what, and how."""

    sentence: tuple[int, ...]
    speaker: int
    seed: int
    speed: float
    noise: float
    light: float

    def clip(self) -> Clip:
        """Draw it."""
        speaker = Speaker.of(self.speaker)
        return say(
            self.sentence, speaker, seed=self.seed, speed=self.speed, noise=self.noise, light=self.light
        )


def sentences(part: str) -> np.ndarray:
    """All sentences of a part, (N, 6)."""
    every = np.array(list(itertools.product(*(range(len(words)) for words in WORDS))))
    order = np.random.default_rng(SENTENCES_SEED).permutation(len(every))
    first = 0
    for name, count in PARTS.items():
        if name == part:
            return every[order[first : first + count]]
        first += count
    raise ValueError(f"a part is one of {', '.join(PARTS)}")


def takes(part: str, seed: int, count: int) -> Iterator[Take]:
    """Recipes of `count` clips; more of them begin with the same ones. Raises `ValueError`."""
    if not (0 <= seed < 1000 and 0 <= count <= _MILLION):
        raise ValueError("a seed is 0 to 999, and it has a million clips")
    said = sentences(part)
    for number in range(count):
        random = np.random.default_rng([SENTENCES_SEED, SPEAKERS[part], seed, number])
        yield Take(
            sentence=tuple(int(word) for word in said[random.integers(len(said))]),
            speaker=SPEAKERS[part] + seed * _MILLION + number,
            seed=int(random.integers(2**31)),
            speed=float(np.clip(random.normal(1, 0.08), 0.8, 1.25)),
            noise=float(0.25 * random.random() ** 3),
            light=float(random.uniform(0.6, 1.2)),
        )


def draw(part: str, seed: int, count: int, folder: Path) -> Path:
    """Draw clips, and keep what the reader sees of them; gives the file."""
    points = np.empty((count, 75, 59, 3), np.float16)
    pixels = np.empty((count, 75, 2, 24, 48), np.uint8)
    recipes = list(takes(part, seed, count))
    for index, take in enumerate(recipes):
        clip = take.clip()
        points[index], pixels[index] = normalise(clip.track), look(clip.mouths)
    folder.mkdir(parents=True, exist_ok=True)
    whole, begun = folder / f"{part}-{seed}.npz", folder / f"{part}-{seed}.part"
    with begun.open("wb") as stream:
        np.savez(
            stream,
            points=points,
            pixels=pixels,
            sentences=np.array([take.sentence for take in recipes], np.uint8),
            speakers=np.array([take.speaker for take in recipes]),
        )
    begun.replace(whole)
    return whole


def load_drawn(folder: Path, part: str) -> Clips:
    """All clips of a part that were drawn into `folder`. Raises `FileNotFoundError` where there are none."""
    files = sorted(folder.glob(f"{part}-*.npz"))
    if not files:
        raise FileNotFoundError(
            f"{folder} has no drawn clips to {part} with: python -m training.lip_reading draw --part {part}"
        )
    kept = [np.load(file) for file in files]
    points, pixels, said = (
        torch.from_numpy(np.concatenate([each[name] for each in kept]))
        for name in ("points", "pixels", "sentences")
    )
    names = tuple(f"{part} {index}: {spell(tuple(row))}" for index, row in enumerate(said.tolist()))
    return Clips(names, points.float(), pixels, said.long())
