"""What the page shows, as jobs: enlarge a picture, or spoil it first and see what comes back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from dlintro_demos.gallery.intake.images import encode_jpeg, encode_png, encode_webp
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.super_resolution.degrade import Degradation, degrade
from dlintro_demos.super_resolution.explain import Explanation, explain
from dlintro_demos.super_resolution.pace import PACE, crop, shrink
from dlintro_demos.super_resolution.quality import heat, invented_detail, psnr, ssim
from dlintro_demos.super_resolution.situation import Situation
from dlintro_demos.super_resolution.upscale import METHODS, Scale, Upscaled, upscale

SHOWN = 2048  # px; a larger picture is shown smaller, the download has every pixel
LOSSLESS = 100_000  # pixels; below, what the browser gets is exact; above, workshop Wi-Fi decides
BESIDE = 512  # px; pictures that stand beside others


@dataclass(frozen=True, kw_only=True)
class Figures:
    """PSNR in dB and SSIM of a picture against the truth."""

    psnr: float
    ssim: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """A picture as the browser gets it: WebP, its size in pixels."""

    webp: bytes
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Inside:
    """The pictures of an `Explanation`, PNG; the feature maps of a layer in one picture."""

    pixels: bytes
    early: bytes
    late: bytes
    added: bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class Beside:
    """Pictures of one scene that stand in a row, JPEG: `invented` is a heat map."""

    truth: bytes
    degraded: bytes
    plain: bytes
    result: bytes
    invented: bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """A finished run of the page.

    `before` is what the network started from, enlarged by bicubic interpolation; `figures` are those of
    every picture that can be compared with a truth, by name, empty where there is none. `consistency` is the
    PSNR between the input and the result made small again: how far the result is true to its input. `beside`
    is there where a truth is. All is encoded here, once, and not for every visitor who sees it.
    """

    upscaled: Upscaled
    before: Shown
    after: Shown
    consistency: float
    figures: dict[str, Figures]
    inside: Inside
    beside: Beside | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """How to enlarge: see `upscale`."""

    method: str
    scale: Scale
    faithful: bool
    situation: Situation = "clean"
    strength: float = 1.0

    @property
    def card(self) -> str | None:
        """Key of the card of the network that runs; None where none does."""
        return METHODS[self.method].card(self.scale, self.situation)


def enlarge(
    rgb: np.ndarray, alpha: np.ndarray | None, truth: np.ndarray | None, request: Request, cache: ModelCache
) -> Iterator[Progress | Outcome]:
    """Enlarge (H, W, 3) uint8; `truth` is the original that a sample was made from, if there is one."""
    height, width = rgb.shape[:2]
    options: dict[str, Any] = {"scale": request.scale, "cache": cache}
    for step in upscale(
        rgb,
        alpha,
        method=request.method,
        faithful=request.faithful,
        situation=request.situation,
        strength=request.strength,
        **options,
    ):
        if isinstance(step, Progress):
            yield replace(step, total=step.total * 1.02)
    assert isinstance(step, Upscaled)
    upscaled = step
    PACE.learn(request.method, width, height, upscaled.seconds)
    *_, plain = upscale(rgb, alpha, method="bicubic", faithful=False, **options)
    assert isinstance(plain, Upscaled)
    small, _ = shrink(upscaled.rgb, None, (width, height))
    outcome = Outcome(
        upscaled=upscaled,
        before=_show(plain.rgb, plain.alpha),
        after=_show(upscaled.rgb, upscaled.alpha),
        consistency=psnr(rgb, small),
        figures={},
        inside=_look_inside(explain(rgb, cache, model=f"super_resolution_ours_x4_{request.situation}")),
    )
    if truth is not None:
        true_size = (width * request.scale, height * request.scale)
        if truth.shape[1::-1] != true_size:
            truth, _ = shrink(truth, None, true_size)
        outcome = _compare(outcome, truth, rgb, plain.rgb)
    yield outcome


def repair(
    truth: np.ndarray, degradation: Degradation, request: Request, cache: ModelCache
) -> Iterator[Progress | Outcome]:
    """Spoil `truth` (H, W, 3) uint8, then enlarge it back, and compare. Sides are cut to fit the scale."""
    height, width = (side - side % degradation.scale for side in truth.shape[:2])
    truth, _ = crop(truth, None, (width, height))
    degraded = degrade(truth, degradation)
    yield from enlarge(degraded, None, truth, request, cache)


def _compare(outcome: Outcome, truth: np.ndarray, degraded: np.ndarray, plain: np.ndarray) -> Outcome:
    result = outcome.upscaled.rgb
    pictures = {"Bicubic": plain, "Result": result}
    departure = invented_detail(truth, result)
    return replace(
        outcome,
        figures={
            name: Figures(psnr=psnr(truth, rgb), ssim=ssim(truth, rgb)) for name, rgb in pictures.items()
        },
        beside=Beside(
            truth=_small_jpeg(truth),
            degraded=_small_jpeg(_blocks(degraded, truth.shape[1] // degraded.shape[1])),
            plain=_small_jpeg(plain),
            result=_small_jpeg(result),
            invented=_small_jpeg(heat(departure, result)),
        ),
    )


def _look_inside(explanation: Explanation) -> Inside:
    return Inside(
        pixels=encode_png(explanation.pixels),
        early=encode_png(_mosaic(explanation.early[:6])),
        late=encode_png(_mosaic(explanation.late[:9])),
        added=encode_png(explanation.added),
    )


def _mosaic(maps: Sequence[np.ndarray], columns: int = 3, gap: int = 2) -> np.ndarray:
    """Grey maps (h, w) of one size in rows, with a white line between, twice as large; (H, W, 3) uint8."""
    height, width = maps[0].shape
    rows = math.ceil(len(maps) / columns)
    mosaic = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), 255, np.uint8)
    for place, feature in enumerate(maps):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        mosaic[top : top + height, left : left + width] = feature
    return np.repeat(_blocks(mosaic, 2)[..., None], 3, axis=2)


def _blocks(picture: np.ndarray, scale: int) -> np.ndarray:
    """Each pixel as a block, so that a small picture shows its pixels."""
    return picture.repeat(scale, axis=0).repeat(scale, axis=1)


def _small_jpeg(rgb: np.ndarray) -> bytes:
    return encode_jpeg(_at_most(rgb, None, BESIDE)[0])


def _show(rgb: np.ndarray, alpha: np.ndarray | None) -> Shown:
    rgb, alpha = _at_most(rgb, alpha, SHOWN)
    height, width = rgb.shape[:2]
    lossless = width * height <= LOSSLESS
    return Shown(webp=encode_webp(rgb, alpha, quality=95, lossless=lossless), width=width, height=height)


def _at_most(rgb: np.ndarray, alpha: np.ndarray | None, side: int) -> tuple[np.ndarray, np.ndarray | None]:
    """The picture, made smaller where a side is longer."""
    height, width = rgb.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return rgb, alpha
    return shrink(rgb, alpha, (max(1, round(width * factor)), max(1, round(height * factor))))


def detail(
    rgb: np.ndarray, upscaled: Upscaled, centre: tuple[float, float], side: int = 512
) -> tuple[Shown, Shown]:
    """A window of the result at real pixels, and the same window by bicubic interpolation."""
    scale = upscaled.scale
    size = (min(side // scale, rgb.shape[1]), min(side // scale, rgb.shape[0]))
    low, _ = crop(rgb, None, size, centre)
    left = round((rgb.shape[1] - size[0]) * centre[0]) * scale
    top = round((rgb.shape[0] - size[1]) * centre[1]) * scale
    high = upscaled.rgb[top : top + size[1] * scale, left : left + size[0] * scale]
    plain = cv2.resize(low, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return _show(plain, None), _show(high, None)
