"""What is on a picture: five guesses with probabilities, or "nothing that I was taught"."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from dlintro_demos.feature_layers.network import DEVIATION, MEAN, RESIZED, SIDE, labels
from dlintro_demos.runtime.model_cache import ModelCache

MODEL = "efficientnet_lite0"
GUESSES = 5


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A class and how likely the network holds it, 0 to 1."""

    label: str
    index: int
    probability: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`known` where the largest logit reaches the card's threshold `known`. Seconds by stage."""

    top: tuple[Guess, ...]
    known: bool
    strength: float
    """The largest logit."""
    stages: dict[str, float]
    device: str


def prepare(rgb: np.ndarray, *, side: int = SIDE) -> torch.Tensor:
    """The middle of a picture as the network wants it: (H, W, 3) uint8 to (1, 3, side, side) float32.

    The shorter side becomes 256 px (for a `side` of 224), by bicubic interpolation of the part that is kept,
    so that a picture of any shape costs the same.
    """
    height, width = rgb.shape[:2]
    kept = min(height, width) * SIDE / RESIZED
    left, top = (width - kept) / 2, (height - kept) / 2
    box = (left, top, left + kept, top + kept)
    small = Image.fromarray(rgb).resize((side, side), Image.Resampling.BICUBIC, box=box)
    pixels = torch.from_numpy(np.array(small)).permute(2, 0, 1)[None].float()
    return ((pixels - MEAN) / DEVIATION).contiguous(memory_format=torch.channels_last)


def classify(rgb: np.ndarray, cache: ModelCache) -> Answer:
    """Name what is in the middle of a picture, (H, W, 3) uint8. Raises `ModelUnavailable`."""
    started = time.perf_counter()
    loaded = cache.get(MODEL)
    ready = time.perf_counter()
    pixels = prepare(rgb)
    prepared = time.perf_counter()
    with torch.inference_mode():
        logits = cache.run(MODEL, lambda model: model.module(pixels.to(model.device))[0].float().cpu())
    done = time.perf_counter()
    thresholds = loaded.card.thresholds
    probabilities = (logits / thresholds["temperature"]).softmax(0)
    top = probabilities.topk(GUESSES)
    guesses = tuple(
        Guess(label=labels()[index], index=index, probability=value)
        for value, index in zip(top.values.tolist(), top.indices.tolist(), strict=True)
    )
    strength = float(logits.max())
    return Answer(
        top=guesses,
        known=strength >= thresholds["known"],
        strength=strength,
        stages={"model": ready - started, "picture": prepared - ready, "network": done - prepared},
        device=str(loaded.device),
    )
