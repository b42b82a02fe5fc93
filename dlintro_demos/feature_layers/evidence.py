"""Why this answer: two maps of what mattered, made in different ways, and a check that they mean something.

Grad-CAM (Selvaraju et al., 2017) and occlusion (Zeiler and Fergus, 2014) by captum; insertion and deletion
(Petsiuk et al., "RISE", 2018) beside a random order, as the check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import Any

import cv2
import numpy as np
import torch
from captum.attr import LayerGradCam, Occlusion
from torch import nn

from dlintro_demos.feature_layers.guesses import chances
from dlintro_demos.feature_layers.walk import visible
from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.shared.imagenet import MODEL, prepare

CELLS = 14  # in a row and in a column: what is taken away or put back in one piece
STEPS = 10  # points of a curve after the first
WINDOW, STRIDE = 64, 32  # px, of the square that occlusion moves
RANDOM_ORDERS = 2
BLUR = 11.0  # px, of what insertion begins with
HEAT = 0.55  # of the colour in the overlay
SHOWN = 320  # px

METHODS = {"gradcam": "Grad-CAM", "occlusion": "Occlusion"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Reason:
    """One map, (14, 14) float32 from 0 to 1; the picture under it (JPEG); how the class's probability falls
    (`deletion`) and rises (`insertion`), each with its mean over the curve."""

    cells: np.ndarray
    overlay: bytes
    deletion: tuple[float, ...]
    insertion: tuple[float, ...]

    @property
    def deletion_area(self) -> float:
        """Mean of the curve: small where the map is right."""
        return fmean(self.deletion)

    @property
    def insertion_area(self) -> float:
        """Mean of the curve: large where the map is right."""
        return fmean(self.insertion)


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """Both maps by the keys of `METHODS`, and the curves of a random order."""

    reasons: dict[str, Reason]
    random: Reason


class _Watched(nn.Module):
    """The network in one caller's own wrapping: captum hooks into `place`, never into the shared module."""

    def __init__(self, network: Any):
        super().__init__()
        self.network = network
        self.place = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network.forward_head(self.place(self.network.forward_features(x)))


def grad_cam(model: Loaded, pixels: torch.Tensor, target: int) -> np.ndarray:
    """Where the last maps speak for class `target`: (14, 14) float32, 0 to 1."""
    watched = _Watched(model.module)
    attribution = LayerGradCam(watched, watched.place).attribute(pixels.to(model.device), target)
    return _cells(attribution[0, 0].detach().clamp_min(0).cpu().numpy())


def occlusion(model: Loaded, pixels: torch.Tensor, target: int) -> np.ndarray:
    """How much the logit of `target` falls where a grey square covers the picture: (14, 14), 0 to 1."""
    with torch.inference_mode():
        attribution = Occlusion(model.module).attribute(
            pixels.to(model.device),
            (3, WINDOW, WINDOW),
            strides=(3, STRIDE, STRIDE),
            target=target,
            perturbations_per_eval=9,
        )
    return _cells(attribution[0].sum(0).clamp_min(0).float().cpu().numpy())


def _cells(values: np.ndarray) -> np.ndarray:
    way = cv2.INTER_AREA if len(values) > CELLS else cv2.INTER_LINEAR
    cells = cv2.resize(values.astype(np.float32), (CELLS, CELLS), interpolation=way)
    return cells / max(float(cells.max()), 1e-9)


def covered(pixels: torch.Tensor, hidden: np.ndarray, *, blurred: bool = False) -> torch.Tensor:
    """The prepared picture with cells, (N, 14, 14) bool, hidden by grey or by its own blur: (N, 3, H, W)."""
    side = pixels.shape[-1]
    mask = torch.from_numpy(hidden[:, None].astype(np.float32))
    mask = nn.functional.interpolate(mask, size=(side, side), mode="nearest")
    if not blurred:
        return _in_order(pixels * (1 - mask))  # 0 is middle grey
    smooth = cv2.GaussianBlur(pixels[0].permute(1, 2, 0).numpy(), (0, 0), BLUR)
    return _in_order(pixels * (1 - mask) + torch.from_numpy(smooth).permute(2, 0, 1)[None] * mask)


def _in_order(batch: torch.Tensor) -> torch.Tensor:
    return batch.contiguous(memory_format=torch.channels_last)  # three times faster than as it comes


def ladder(order: np.ndarray) -> np.ndarray:
    """The first cells of an order hidden, more and more of them: (STEPS + 1, 14, 14) bool."""
    hidden = np.zeros((STEPS + 1, CELLS * CELLS), bool)
    for step in range(STEPS + 1):
        hidden[step, order[: step * len(order) // STEPS]] = True
    return hidden.reshape(-1, CELLS, CELLS)


def curves(
    model: Loaded, pixels: torch.Tensor, target: int, order: np.ndarray, temperature: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Probability of `target` while cells go in this order (deletion), and while they come (insertion)."""
    hidden = ladder(order)
    both = (covered(pixels, hidden), covered(pixels, ~hidden, blurred=True))
    with torch.inference_mode():
        logits = [model.module(batch.to(model.device)).float().cpu() for batch in both]
    deletion, insertion = (tuple(chances(each, target, temperature)) for each in logits)
    return deletion, insertion


def heat_over(rgb: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """A picture under the colours of a map: (H, W, 3) uint8, dark violet for little, yellow for much."""
    height, width = rgb.shape[:2]
    share = np.clip(cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)
    colours = cv2.applyColorMap((share * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    return (rgb * (1 - HEAT) + colours * HEAT).astype(np.uint8)


def explain(rgb: np.ndarray, target: int, cache: ModelCache) -> Iterator[Progress | Evidence]:
    """What on a picture, (H, W, 3) uint8, spoke for class `target`. Raises `ModelUnavailable`."""
    temperature = cache.card(MODEL).thresholds["temperature"]
    pixels = prepare(rgb)
    total = 2 * len(METHODS) + RANDOM_ORDERS
    maps: dict[str, np.ndarray] = {}
    for done, (key, method) in enumerate((("gradcam", grad_cam), ("occlusion", occlusion))):
        yield Progress(done, total, METHODS[key])
        maps[key] = cache.run(MODEL, partial(method, pixels=pixels, target=target))
    rng = np.random.default_rng(0)
    orders = {key: np.argsort(-cells.ravel(), kind="stable") for key, cells in maps.items()}
    orders |= {f"random {n}": rng.permutation(CELLS * CELLS) for n in range(RANDOM_ORDERS)}
    measured = {}
    for done, (key, order) in enumerate(orders.items(), len(METHODS)):
        yield Progress(done, total, "checking the maps")
        asked = partial(curves, pixels=pixels, target=target, order=order, temperature=temperature)
        measured[key] = cache.run(MODEL, asked)
    picture = cv2.resize(visible(pixels), (SHOWN, SHOWN), interpolation=cv2.INTER_CUBIC)
    reasons = {
        key: Reason(
            cells=cells,
            overlay=encode_jpeg(heat_over(picture, cells)),
            deletion=measured[key][0],
            insertion=measured[key][1],
        )
        for key, cells in maps.items()
    }
    chance = [measured[key] for key in measured if key.startswith("random")]
    deletion, insertion = (tuple(np.mean([each[way] for each in chance], 0).tolist()) for way in (0, 1))
    nothing = np.zeros((CELLS, CELLS), np.float32)
    yield Evidence(
        reasons=reasons,
        random=Reason(cells=nothing, overlay=b"", deletion=deletion, insertion=insertion),
    )
