"""What is on a picture: five guesses with probabilities, or "nothing that I was taught"."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from dlintro_demos.feature_layers.guesses import Guess, top_guesses
from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.shared.imagenet import MODEL, on_device, prepare, run


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`known` where the strength reaches the card's threshold `known`. Seconds by stage."""

    top: tuple[Guess, ...]
    known: bool
    strength: float
    """The largest logit of the clipped embedding, see `strengths`; around 3.6 what it knows begins."""
    stages: dict[str, float]
    device: str


def strengths(network: Any, embedding: torch.Tensor, clip: float) -> torch.Tensor:
    """How much pictures look like things that the network knows: embeddings (N, 1280) to (N,), in logits.

    The largest logit once no feature may count for more than `clip`: pages of text and clip art excite a few
    features far more than photographs do (ReAct: Sun, Guo and Li, 2021; there with the energy, which tells
    less here: `bench/feature_layers.py`).
    """
    largest: torch.Tensor = network.classifier(embedding.clamp(max=clip)).amax(1)
    return largest


def logits_of(batch: torch.Tensor, cache: ModelCache) -> torch.Tensor:
    """Prepared pictures, (N, 3, H, W), to logits on the CPU, (N, 1000) float32. Raises `ModelUnavailable`."""
    with torch.inference_mode():
        return cache.run(MODEL, lambda model: model.module(batch.to(model.device)).float().cpu())


def classify(rgb: np.ndarray, cache: ModelCache) -> Answer:
    """Name what is in the middle of a picture, (H, W, 3) uint8. Raises `ModelUnavailable`."""
    started = time.perf_counter()
    loaded = cache.get(MODEL)
    ready = time.perf_counter()
    pixels = prepare(rgb)
    prepared = time.perf_counter()
    thresholds = loaded.card.thresholds
    row = cache.together(MODEL, _look, pixels.numpy())[0]
    logits, strength = torch.from_numpy(row[:-1]), float(row[-1])
    done = time.perf_counter()
    return Answer(
        top=top_guesses(logits, thresholds["temperature"]),
        known=strength >= thresholds["known"],
        strength=strength,
        stages={"model": ready - started, "picture": prepared - ready, "network": done - prepared},
        device=str(loaded.device),
    )


@torch.inference_mode()
def _look(model: Loaded, pixels: np.ndarray) -> np.ndarray:
    """Logits and, behind them, the strength of each picture: (N, 1001)."""
    seen = run(model.module, on_device(pixels, model))
    strength = strengths(model.module, seen.embedding, model.card.thresholds["clip"])
    return torch.cat([seen.logits, strength[:, None]], dim=1).float().cpu().numpy()
