"""What the classifier says of a live picture, and one layer's channels at work on it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import torch

from dlintro_demos.feature_layers.atlas import Atlas, outstanding
from dlintro_demos.feature_layers.classifier import strengths
from dlintro_demos.feature_layers.guesses import top_guesses
from dlintro_demos.feature_layers.walk import montage
from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.imagenet import MODEL, prepare, run

SIDE = 320  # px, of the longer side of a picture that is sent: of 4 by 3 its middle is about what is seen
ACROSS, SHOWN = 4, 8  # channels
TILE = 96  # px


def look_live(
    rgb: np.ndarray, _said: Mapping[str, str], *, stop: str | None, cache: ModelCache
) -> dict[str, Any]:
    """Five guesses or "I don't know", and the eight channels of `stop` that stand out most, if it is named.

    `rgb` is (H, W, 3) uint8. Raises `ModelUnavailable`; `KeyError` for a stop that is none.
    """
    pixels = prepare(rgb)
    card = cache.card(MODEL)
    with torch.inference_mode():
        logits, strength, maps = cache.run(
            MODEL, lambda model: _look(model.module, pixels.to(model.device), card.thresholds["clip"], stop)
        )
    top = top_guesses(logits, card.thresholds["temperature"])
    known = strength >= card.thresholds["known"]
    answer: dict[str, Any] = {
        "words": top[0].name if known else "I don't know",
        "more": "" if known else f"Not like anything that I was taught. A guess: {top[0].name}.",
        "bars": [[guess.name, guess.probability, f"{guess.probability:.0%}"] for guess in top],
    }
    if stop is not None:
        channels = _most_outstanding(maps, stop, Atlas.read(card))
        answer["picture"] = _drawn(maps[channels])
        answer["alt"] = f"{SHOWN} channels at work: " + ", ".join(str(channel) for channel in channels)
    return answer


def _look(
    network: Any, pixels: torch.Tensor, clip: float, stop: str | None
) -> tuple[torch.Tensor, float, np.ndarray]:
    seen = run(network, pixels, look=() if stop is None else (stop,))
    maps = np.zeros((0, 1, 1), np.float32) if stop is None else seen.maps[stop][0].float().cpu().numpy()
    return seen.logits[0].float().cpu(), float(strengths(network, seen.embedding, clip)[0]), maps


def _most_outstanding(maps: np.ndarray, stop: str, atlas: Atlas) -> np.ndarray:
    """Places of the channels that answer more than usual, by number: so tiles jump less."""
    above = outstanding(maps.mean((1, 2)), atlas.usual[stop], atlas.spread[stop])
    return np.sort(np.argsort(-above, kind="stable")[:SHOWN])


def _drawn(maps: np.ndarray) -> str:
    """Maps (8, h, w) side by side, each from black to its own brightest: a data URL of a JPEG."""
    tiles = [
        cv2.resize(
            (each / max(float(each.max()), 1e-6) * 255).astype(np.uint8),
            (TILE, TILE),
            interpolation=cv2.INTER_NEAREST,
        )
        for each in maps
    ]
    grey = montage(tiles, ACROSS)
    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(np.stack([grey] * 3, 2))).decode()
