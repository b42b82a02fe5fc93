"""What the page shows, as jobs: enlarge a picture, or spoil it first and see what comes back."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from dlintro_demos.gallery.intake.images import encode_jpeg, encode_png, encode_webp
from dlintro_demos.gallery.intake.picture_colours import on_white, see_through
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.super_resolution.degrade import Degradation, degrade
from dlintro_demos.super_resolution.explain import Explanation, explain
from dlintro_demos.super_resolution.pace import PACE, Part, crop, shrink, take
from dlintro_demos.super_resolution.quality import heat, invented_detail, psnr, ssim
from dlintro_demos.super_resolution.situation import Reading, Situation, read_situation
from dlintro_demos.super_resolution.tiles import Box
from dlintro_demos.super_resolution.upscale import METHODS, Scale, Upscaled, upscale

SHOWN = 2048  # px; a larger picture is shown smaller, the download has every pixel
LOSSLESS = 100_000  # pixels; below, what the browser gets is exact; above, workshop Wi-Fi decides
KEPT = 8_000_000  # pixels; a larger result is made again when somebody wants all of it: it would fill the
# visitor's share of memory, and then it would be made again on every run of the page
BESIDE = 512  # px; pictures that stand beside others
WINDOW = 512  # px; a large result at real pixels


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

    `given` is what was enlarged and `whole` the result, both PNG with every pixel; `whole` is None for a
    large one, see `make_whole`. `size` is the result's width and height, `stages` are seconds by stage,
    `note` says where the device was not the one asked for. `before` is what was given, enlarged by bicubic
    interpolation.

    `figures` are those of every picture that can be compared with a truth, by name, empty where there is
    none; `beside` is there where a truth is. `consistency` is the PSNR between what was given and the result
    made small again: how far the result is true to its input. `inside` is there where a network ran.
    """

    request: Request
    given: bytes
    whole: bytes | None
    size: tuple[int, int]
    device: str
    note: str
    stages: dict[str, float]
    before: Shown
    after: Shown
    consistency: float
    figures: dict[str, Figures]
    inside: Inside | None
    beside: Beside | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Window:
    """The same window at real pixels: of plain enlargement, and of the result."""

    before: Shown
    after: Shown


def examine(rgb: np.ndarray) -> Iterator[Reading]:
    """What ails a picture, (H, W, 3) uint8."""
    yield read_situation(rgb)


def enlarge(
    rgb: np.ndarray,
    alpha: np.ndarray | None,
    truth: np.ndarray | None,
    parts: Sequence[Part],
    request: Request,
    cache: ModelCache,
) -> Iterator[Progress | Outcome]:
    """Enlarge what `parts` take of a `Picture`'s pixels, (H, W, 3) uint8 on white, and of its alpha.

    `truth` is the original that what is enlarged was made from, if there is one.
    """
    rgb, alpha = take(rgb, alpha, parts)
    height, width = rgb.shape[:2]
    for step in _upscale(rgb, alpha, request, cache):
        if isinstance(step, Progress):
            yield replace(step, total=step.total * 1.02)
        else:
            result = step
    PACE.learn(request.method, width, height, result.seconds)
    plain = _plain(rgb, request, cache)
    figures, beside = {}, None
    if truth is not None:
        true_size = (width * request.scale, height * request.scale)
        if truth.shape[1::-1] != true_size:
            truth, _ = shrink(truth, None, true_size)
        pictures = {"Bicubic": plain.rgb, "Result": result.rgb}
        figures = {
            name: Figures(psnr=psnr(truth, other), ssim=ssim(truth, other))
            for name, other in pictures.items()
        }
        beside = _beside(truth, rgb, plain.rgb, result.rgb)
    inside = None
    if request.card is not None:
        inside = _look_inside(explain(rgb, cache, model=f"super_resolution_ours_x4_{request.situation}"))
    small, _ = shrink(result.rgb, None, (width, height))
    large = width * height * request.scale**2 > KEPT
    yield Outcome(
        request=request,
        given=_png(rgb, alpha),
        whole=None if large else _png(result.rgb, result.alpha),
        size=(width * request.scale, height * request.scale),
        device=result.device,
        note=result.note,
        stages=result.stages,
        before=_show(plain.rgb),
        after=_show(result.rgb),
        consistency=psnr(rgb, small),
        figures=figures,
        inside=inside,
        beside=beside,
    )


def repair(
    truth: np.ndarray, parts: Sequence[Part], degradation: Degradation, request: Request, cache: ModelCache
) -> Iterator[Progress | Outcome]:
    """Spoil what `parts` take of `truth` (H, W, 3) uint8, then enlarge it back, and compare.

    Sides are cut to fit the scale.
    """
    truth, _ = take(truth, None, parts)
    height, width = (side - side % degradation.scale for side in truth.shape[:2])
    truth, _ = crop(truth, None, (width, height))
    yield from enlarge(degrade(truth, degradation), None, truth, (), request, cache)


def make_whole(outcome: Outcome, cache: ModelCache) -> Iterator[Progress | bytes]:
    """The whole result (PNG): the one that was kept, or one that is made again."""
    if outcome.whole is not None:
        yield outcome.whole
        return
    for step in _upscale(*_pixels(outcome.given), outcome.request, cache):
        yield step if isinstance(step, Progress) else _png(step.rgb, step.alpha)


def look_closer(
    outcome: Outcome, centre: tuple[float, float], cache: ModelCache
) -> Iterator[Progress | Window]:
    """A window of the result; its `centre`, 0 to 1, goes from the left or top edge to the right or bottom.

    Where the whole was not kept, the window is made again, with as much around it as its pixels depend on.
    """
    rgb, _ = _pixels(outcome.given)
    scale = outcome.request.scale
    height, width = rgb.shape[:2]
    across, down = min(WINDOW // scale, width), min(WINDOW // scale, height)
    left, top = round((width - across) * centre[0]), round((height - down) * centre[1])
    window = Box(left, top, left + across, top + down)
    reach = METHODS[outcome.request.method].overlap + 4  # 4: what plain interpolation sees
    around = Box(
        max(0, left - reach),
        max(0, top - reach),
        min(width, window.right + reach),
        min(height, window.bottom + reach),
    )
    near = np.ascontiguousarray(rgb[around.slices()])
    inner = window.within(around).slices(scale)
    if outcome.whole is None:
        for step in _upscale(near, None, outcome.request, cache):
            if isinstance(step, Progress):
                yield step
            else:
                result = step.rgb[inner]
    else:
        result = _pixels(outcome.whole)[0][window.slices(scale)]
    plain = _plain(near, outcome.request, cache).rgb[inner]
    yield Window(before=_show(plain), after=_show(result))


def _upscale(
    rgb: np.ndarray, alpha: np.ndarray | None, request: Request, cache: ModelCache
) -> Iterator[Progress | Upscaled]:
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


def _plain(rgb: np.ndarray, request: Request, cache: ModelCache) -> Upscaled:
    *_, plain = _upscale(rgb, None, replace(request, method="bicubic"), cache)
    assert isinstance(plain, Upscaled)
    return plain


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


def _png(rgb: np.ndarray, alpha: np.ndarray | None) -> bytes:
    """Quickly, four times as fast as the smallest file."""
    file = io.BytesIO()
    Image.fromarray(rgb if alpha is None else see_through(rgb, alpha)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _pixels(png: bytes) -> tuple[np.ndarray, np.ndarray | None]:
    image = Image.open(io.BytesIO(png))
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    rgb = np.array(on_white(image.convert("RGB"), alpha))
    return rgb, None if alpha is None else np.array(alpha)
