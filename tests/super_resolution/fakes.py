"""What the super-resolution tests share: the real models, or small ones with random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from spandrel.architectures.Compact.__arch.SRVGG import SRVGGNetCompact
from spandrel.architectures.ESRGAN.__arch.RRDB import RRDBNet
from torch import nn

from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.gallery.runtime.model_cards import ModelCard, read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.super_resolution.making import Reader
from dlintro_demos.super_resolution.ours import Adaptive, Ours
from dlintro_demos.super_resolution.upscale import Upscaled, upscale

CARDS = read_cards(REPOSITORY / "models")


def weights(key: str) -> tuple[Path, Path]:
    param, binary = CARDS[key].locate()
    return param, binary


def small_compact(seed: int = 0) -> nn.Module:
    """Two hidden layers of eight channels: an output pixel sees four input pixels on each side."""
    torch.manual_seed(seed)
    return SRVGGNetCompact(num_feat=8, num_conv=2, upscale=4).eval().requires_grad_(requires_grad=False)


def small_rrdb(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return RRDBNet(num_filters=8, num_blocks=2, scale=4).eval().requires_grad_(requires_grad=False)


def small_ours(scale: int, seed: int = 0) -> Ours:
    torch.manual_seed(seed)
    network = Ours(scale=scale, width=8, depth=4)
    nn.init.normal_(network.tail.weight, std=0.05)
    return network.eval().requires_grad_(requires_grad=False)


def small_adaptive(scale: int, seed: int = 0) -> Adaptive:
    torch.manual_seed(seed)
    network = Adaptive(small_ours(scale, seed), Reader())
    for changes in network.changes:
        nn.init.normal_(changes, std=0.05)
    return network.eval().requires_grad_(requires_grad=False)


class FakeCache:
    """Hands out the networks it was given, as `ModelCache` would on a CPU."""

    def __init__(self, modules: dict[str, nn.Module]):
        self._modules = modules

    def get(self, key: str) -> Loaded:
        card = cast(ModelCard, None)
        return Loaded(module=self._modules[key], card=card, device=torch.device("cpu"), bytes=0, seconds=0.0)

    def run(self, key: str, work: Any) -> Any:
        return work(self.get(key))


def fake_cache() -> ModelCache:
    modules: dict[str, nn.Module] = {
        "realesrgan_compact": small_compact(),
        "realesrgan_photographic": small_rrdb(),
    }
    for scale in (2, 4):
        for situation in ("clean", "degraded"):
            modules[f"super_resolution_ours_x{scale}_{situation}"] = (
                small_adaptive if situation == "clean" else small_ours
            )(scale)
    return cast(ModelCache, FakeCache(modules))


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Smooth shapes with some noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / (3 + c) + c) + np.cos(y / (4 + c)) for c in range(3)]
    rgb = 128 + 50 * np.stack(waves, axis=-1) + rng.normal(0, 6, (height, width, 3))
    return np.clip(rgb, 0, 255).astype(np.uint8)


def enlarged(rgb: np.ndarray, cache: ModelCache, **options: Any) -> Upscaled:
    *_, result = upscale(rgb, options.pop("alpha", None), cache=cache, **options)
    assert isinstance(result, Upscaled)
    return result
