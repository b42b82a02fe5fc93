"""Fool it: noise made for this picture, a turn, a crop, grey; and the smallest change that flips the answer.

FGSM is Goodfellow, Shlens and Szegedy (2015); PGD is Madry et al. (2018).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it

from dlintro_demos.feature_layers.classifier import logits_of
from dlintro_demos.feature_layers.guesses import Guess, chances, top_guesses
from dlintro_demos.feature_layers.walk import visible
from dlintro_demos.gallery.intake.images import encode_jpeg, encode_png
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.gallery.words import counted
from dlintro_demos.shared.imagenet import DEVIATION, MODEL, prepare

PGD_STEPS = 8
GAIN = 16  # how much stronger the noise is shown than it is
GREY_LEVELS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
FEWER_LEVELS = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 8.0)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A way to change a picture; `amounts` in `unit` (of one of them), from nothing to much."""

    title: str
    unit: str
    amounts: tuple[float, ...]
    aims: bool = False
    """Whether it may aim at a class: one step in a straight line reaches none."""

    def say(self, amount: float) -> str:
        """An amount in words: 1 grey level, 2 grey levels, 40 % cut off."""
        return counted(amount, self.unit, self.units)

    @property
    def units(self) -> str:
        """The unit's name behind several of them."""
        return self.unit if self.unit.startswith("%") else f"{self.unit}s"


CHANGES = {
    "pgd": Change(title="Noise, eight steps (PGD)", unit="grey level", amounts=FEWER_LEVELS, aims=True),
    "fgsm": Change(title="Noise, one step (FGSM)", unit="grey level", amounts=GREY_LEVELS),
    "rotation": Change(title="Turn it", unit="degree", amounts=tuple(float(d) for d in range(0, 181, 15))),
    "crop": Change(title="Crop it", unit="% cut off", amounts=tuple(float(c) for c in range(0, 81, 8))),
    "grey": Change(
        title="Take the colour", unit="% grey", amounts=tuple(float(g) for g in range(0, 101, 10))
    ),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """The picture after so much change (PNG or JPEG), the change itself made visible for noise (PNG), and the
    answer; `kept` is how likely the first answer still is, `aimed` the class that was aimed at."""

    amount: float
    picture: bytes
    noise: bytes | None
    top: tuple[Guess, ...]
    kept: float
    aimed: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Sweep:
    """Every amount of one change. `flips` is the first amount tried at which the answer is another one,
    `hits` the first at which it is the class that was aimed at."""

    steps: tuple[Step, ...]
    first: Guess
    flips: float | None
    hits: float | None


def gradient_sign(cache: ModelCache, pixels: torch.Tensor, target: int, *, towards: bool) -> torch.Tensor:
    """Which way, -1 or 1 in every value, class `target` gets less likely, or more: the shape of `pixels`."""

    def slope(model: Loaded) -> torch.Tensor:
        x = pixels.to(model.device).clone().requires_grad_(True)
        classes = torch.full((len(x),), target, device=model.device)
        loss = F.cross_entropy(model.module(x), classes, reduction="sum")
        return torch.autograd.grad(loss, x)[0].cpu()

    sign = cache.run(MODEL, slope).sign()
    return -sign if towards else sign


def within(pixels: torch.Tensor) -> torch.Tensor:
    """Cut to what a picture can hold: grey levels 0 to 255."""
    return pixels.clamp(-127 / DEVIATION, 128 / DEVIATION)


def fgsm(
    cache: ModelCache, pixels: torch.Tensor, levels: torch.Tensor, target: int, *, towards: bool
) -> torch.Tensor:
    """The picture (1, 3, H, W) moved by so many grey levels, (N,), in one step: (N, 3, H, W)."""
    direction = gradient_sign(cache, pixels, target, towards=towards)
    return within(pixels + direction * (levels / DEVIATION)[:, None, None, None])


def pgd(
    cache: ModelCache, pixels: torch.Tensor, levels: torch.Tensor, target: int, *, towards: bool
) -> Iterator[Progress | torch.Tensor]:
    """The same in eight small steps, never further than `levels` from the picture."""
    reach = (levels / DEVIATION)[:, None, None, None]
    moved = pixels.repeat(len(levels), 1, 1, 1).contiguous(memory_format=torch.channels_last)
    for step in range(PGD_STEPS):
        yield Progress(step, PGD_STEPS, f"step {step + 1} of {PGD_STEPS}")
        direction = gradient_sign(cache, moved, target, towards=towards)
        moved = within(pixels + (moved + direction * reach / 4 - pixels).clamp(-reach, reach))
    yield moved


def turned(rgb: np.ndarray, degrees: float) -> np.ndarray:
    """Turned about its middle, the edges mirrored."""
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)


def cropped(rgb: np.ndarray, per_cent: float) -> np.ndarray:
    """The middle, with so much of each side's length cut off."""
    height, width = rgb.shape[:2]
    rows, columns = (max(1, round(side * (1 - per_cent / 100))) for side in (height, width))
    top, left = (height - rows) // 2, (width - columns) // 2
    return np.ascontiguousarray(rgb[top : top + rows, left : left + columns])


def greyed(rgb: np.ndarray, per_cent: float) -> np.ndarray:
    """So much of the way to grey."""
    grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return cv2.addWeighted(rgb, 1 - per_cent / 100, grey, per_cent / 100, 0)


WAYS = {"rotation": turned, "crop": cropped, "grey": greyed}


def sweep(rgb: np.ndarray, key: str, aim: int | None, cache: ModelCache) -> Iterator[Progress | Sweep]:
    """Change a picture, (H, W, 3) uint8, by every amount of `CHANGES[key]`, and ask each time what it is.

    Args:
        aim: the class that the noise works towards; None to work against the first answer.

    Raises `ModelUnavailable`.
    """
    change, temperature = CHANGES[key], cache.card(MODEL).thresholds["temperature"]
    pixels = prepare(rgb)
    yield Progress(0, 1, "the picture as it is")
    first = top_guesses(logits_of(pixels, cache)[0], temperature)[0]
    levels = torch.tensor(change.amounts)
    target, towards = (first.index, False) if aim is None else (aim, True)
    if key in WAYS:
        batch = torch.cat([prepare(WAYS[key](rgb, amount)) for amount in change.amounts])
    elif key == "fgsm":
        batch = fgsm(cache, pixels, levels, target, towards=towards)
    else:
        for each in pgd(cache, pixels, levels, target, towards=towards):
            if isinstance(each, Progress):
                yield each
            else:
                batch = each
    batch = batch.contiguous(memory_format=torch.channels_last)
    logits = logits_of(batch, cache)
    kept = chances(logits, first.index, temperature)
    aimed = chances(logits, target, temperature) if towards else [None] * len(kept)
    steps = tuple(
        Step(
            amount=amount,
            picture=encode_png(visible(each[None])) if key not in WAYS else encode_jpeg(visible(each[None])),
            noise=None if key in WAYS else encode_png(_made_visible(each - pixels[0])),
            top=top_guesses(row, temperature),
            kept=still,
            aimed=hit,
        )
        for amount, each, row, still, hit in zip(change.amounts, batch, logits, kept, aimed, strict=True)
    )
    flips = next((step.amount for step in steps if step.top[0].index != first.index), None)
    hits = next((step.amount for step in steps if step.top[0].index == aim), None)
    yield Sweep(steps=steps, first=first, flips=flips, hits=hits)


def _made_visible(difference: torch.Tensor) -> np.ndarray:
    """(3, H, W) in the network's units to (H, W, 3) uint8 about grey, sixteen times stronger."""
    levels = difference.permute(1, 2, 0) * DEVIATION * GAIN + 128
    return levels.round().clamp(0, 255).byte().contiguous().numpy()
