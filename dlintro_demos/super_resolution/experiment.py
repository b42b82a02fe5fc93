"""What the page shows, as jobs: enlarge a picture, or spoil it first and see what comes back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from dlintro_demos.gallery.intake.images import encode_jpeg, encode_png, encode_webp
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.super_resolution.degrade import Degradation, degrade
from dlintro_demos.super_resolution.explain import Explanation, explain
from dlintro_demos.super_resolution.growing import Growing
from dlintro_demos.super_resolution.making import Shares, downscaled_rgb
from dlintro_demos.super_resolution.output import jpeg_of, png_of
from dlintro_demos.super_resolution.pace import PACE, Part, shrink, take
from dlintro_demos.super_resolution.quality import heat, invented_detail, psnr, ssim
from dlintro_demos.super_resolution.situation import Reading, Situation, read_situation
from dlintro_demos.super_resolution.upscale import METHODS, Scale, Upscaled, upscale

SHOWN = 2048  # px; a larger picture is shown smaller, the download has every pixel
LOSSLESS = 100_000  # pixels; below, what the browser gets is exact; above, workshop Wi-Fi decides
KEPT = (
    8_000_000  # pixels; a larger result is kept as JPEG, and made again when somebody wants it as PNG: that
)
# would fill the visitor's share of memory, and then it would be made again on every run of the page
BESIDE = 512  # px; pictures that stand beside others
GLANCE = 1024  # px; a photo to choose a part of


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """A finished run of the page, all pictures encoded.

    `whole` is the result as PNG, None for a large one (see `make_whole`), and `jpeg` a large one as JPEG,
    None where it is see-through or there is no room to keep it; both have every pixel. `size` is the result's
    width and height, `stages` are seconds by stage, `note` says where the device was not the one asked for.
    `before` is what was given, enlarged by bicubic interpolation.

    `figures` are those of every picture that can be compared with a truth, by name, empty where there is
    none; `beside` is there where a truth is. `consistency` is the PSNR between what was given and the result
    made small again: how far the result is true to its input. `making` is how it was made small, by the
    network, where it asks. `inside` is there where a network ran.
    """

    request: Request
    whole: bytes | None
    jpeg: bytes | None
    size: tuple[int, int]
    device: str
    note: str
    stages: dict[str, float]
    before: Shown
    after: Shown
    consistency: float
    making: Shares | None
    figures: dict[str, Figures]
    inside: Inside | None
    beside: Beside | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Glance:
    """A photo at a glance: what ails it, and the whole of it as JPEG of at most `GLANCE` px a side."""

    reading: Reading
    jpeg: bytes


def examine(rgb: np.ndarray) -> Iterator[Glance]:
    """Look at a picture, (H, W, 3) uint8."""
    small = encode_jpeg(_at_most(rgb, GLANCE), quality=85)
    yield Glance(reading=read_situation(rgb), jpeg=small)


def enlarge(
    rgb: np.ndarray,
    alpha: np.ndarray | None,
    truth: np.ndarray | None,
    part: Part | None,
    request: Request,
    cache: ModelCache,
    room: int = 0,
) -> Iterator[Progress | Outcome]:
    """Enlarge what `part` takes of a `Picture`'s pixels, (H, W, 3) uint8 on white, and of its alpha.

    `truth` is the original that what is enlarged was made from, if there is one. A large result is kept as
    JPEG where that has at most `room` bytes. Meanwhile `Progress.so_far` is what there is of the
    picture, as JPEG of at most a screen.
    """
    rgb, alpha = take(rgb, alpha, part)
    height, width = rgb.shape[:2]
    growing = Growing(rgb, request.scale)
    for step in upscale_as(request, rgb, alpha, cache):
        if isinstance(step, Progress):
            yield replace(step, total=step.total * 1.02, so_far=growing.after(step.so_far))
        else:
            result = step
    PACE.learn(request.method, width, height, result.seconds)
    size = (width * request.scale, height * request.scale)
    figures, beside = {}, None
    if truth is not None:
        if truth.shape[1::-1] != size:
            truth, _ = shrink(truth, None, size)
        plain = bicubic(rgb, size)
        pictures = {"Bicubic": plain, "Result": result.rgb}
        figures = {
            name: Figures(psnr=psnr(truth, other), ssim=ssim(truth, other))
            for name, other in pictures.items()
        }
        beside = _beside(truth, rgb, plain, result.rgb)
    inside = None
    if request.card is not None:
        model = f"super_resolution_ours_x4_{request.situation}"
        inside = _look_inside(explain(rgb, cache, model=model, making=result.making))
    if result.making is None:
        small, _ = shrink(result.rgb, None, (width, height))
    else:
        small = downscaled_rgb(result.rgb, result.making, request.scale)
    after = _show(result.rgb)
    large = size[0] * size[1] > KEPT
    jpeg = jpeg_of(result.rgb) if large and alpha is None else None
    yield Outcome(
        request=request,
        whole=None if large else png_of(result.rgb, result.alpha),
        jpeg=jpeg if jpeg and len(jpeg) <= room else None,
        size=size,
        device=result.device,
        note=result.note,
        stages=result.stages,
        before=_show(bicubic(rgb, (after.width, after.height))),
        after=after,
        consistency=psnr(rgb, small),
        making=result.making,
        figures=figures,
        inside=inside,
        beside=beside,
    )


def repair(
    truth: np.ndarray, part: Part | None, degradation: Degradation, request: Request, cache: ModelCache
) -> Iterator[Progress | Outcome]:
    """Spoil what `part` takes of `truth` (H, W, 3) uint8, then enlarge it back, and compare.

    Sides are cut to fit the scale.
    """
    truth, _ = take(truth, None, part)
    height, width = (side - side % degradation.scale for side in truth.shape[:2])
    truth = np.ascontiguousarray(truth[:height, :width])
    yield from enlarge(degrade(truth, degradation), None, truth, None, request, cache)


def make_whole(
    rgb: np.ndarray, alpha: np.ndarray | None, part: Part | None, request: Request, cache: ModelCache
) -> Iterator[Progress | bytes]:
    """The whole of a large result as PNG, made again; arguments as for `enlarge`."""
    for step in upscale_as(request, *take(rgb, alpha, part), cache):
        yield step if isinstance(step, Progress) else png_of(step.rgb, step.alpha)


def bicubic(rgb: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Plain enlargement to `size` (width, height)."""
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC))


def upscale_as(
    request: Request, rgb: np.ndarray, alpha: np.ndarray | None, cache: ModelCache
) -> Iterator[Progress | Upscaled]:
    """`upscale`, as requested."""
    return upscale(
        rgb,
        alpha,
        method=request.method,
        scale=request.scale,
        faithful=request.faithful,
        situation=request.situation,
        strength=request.strength,
        cache=cache,
    )


def _beside(truth: np.ndarray, degraded: np.ndarray, plain: np.ndarray, result: np.ndarray) -> Beside:
    return Beside(
        truth=_small_jpeg(truth),
        degraded=_small_jpeg(_blocks(degraded, truth.shape[1] // degraded.shape[1])),
        plain=_small_jpeg(plain),
        result=_small_jpeg(result),
        invented=_small_jpeg(heat(invented_detail(truth, result), result)),
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
    return encode_jpeg(_at_most(rgb, BESIDE))


def _show(rgb: np.ndarray) -> Shown:
    rgb = _at_most(rgb, SHOWN)
    height, width = rgb.shape[:2]
    lossless = width * height <= LOSSLESS
    return Shown(webp=encode_webp(rgb, quality=95, lossless=lossless), width=width, height=height)


def _at_most(rgb: np.ndarray, side: int) -> np.ndarray:
    """The picture, made smaller where a side is longer."""
    height, width = rgb.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return rgb
    small, _ = shrink(rgb, None, (max(1, round(width * factor)), max(1, round(height * factor))))
    return small
