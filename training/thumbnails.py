"""The pictures on the wall, each made by its own demo; `python -m training.thumbnails` writes them anew.

Super-resolution: the middle of the cat's face as in the comparer. Left of the divider are the pixels that the
network gets, one block each; right of it is what the photographic network, kept faithful, makes of the same
pixels.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from dlintro_demos.runtime.engine import build_engine
from dlintro_demos.runtime.model_cache import ModelCache
from dlintro_demos.settings import Settings
from dlintro_demos.super_resolution.samples import SAMPLES
from dlintro_demos.super_resolution.upscale import Upscaled, upscale
from dlintro_demos.ui.frame import THUMBNAILS

WIDTH, HEIGHT = 640, 400
QUALITY = 85  # of WebP, 1 to 100

BLOCK = 8  # px of the thumbnail for one pixel of the small picture
FACE = (14, 15)  # left, top in the cat's small picture: an eye on either side of the divider, the nose whole

FINE = 4  # the handle is drawn this many times larger, then averaged: smooth edges
DIVIDER = 4  # px wide
HANDLE = 29  # px, radius
INK = (27, 27, 38)


def super_resolution(cache: ModelCache) -> Image.Image:
    """Blocks at the left, the network's result at the right: RGB, 640 x 400 px.

    Raises `ModelUnavailable`, `SamplesUnavailable`.
    """
    cat = next(sample for sample in SAMPLES if sample.key == "cat").load()
    left, top = FACE
    small = cat[top : top + HEIGHT // BLOCK, left : left + WIDTH // BLOCK]
    *_, last = upscale(small, method="photographic", scale=4, faithful=True, cache=cache)
    assert isinstance(last, Upscaled)
    picture = Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)
    enlarged = Image.fromarray(last.rgb).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    middle = WIDTH // 2
    picture.paste(enlarged.crop((middle, 0, WIDTH, HEIGHT)), (middle, 0))
    return _with_divider(picture)


def _with_divider(picture: Image.Image) -> Image.Image:
    """The comparer's line and handle in the middle, with their shadow."""
    x, y = picture.width / 2, picture.height / 2
    line = (x - DIVIDER / 2, -DIVIDER, x + DIVIDER / 2, picture.height + DIVIDER)
    disc = (x - HANDLE, y - HANDLE, x + HANDLE, y + HANDLE)

    shadow = Image.new("L", picture.size)
    draw = ImageDraw.Draw(shadow)
    draw.rectangle(line, 150)
    draw.ellipse((disc[0], disc[1] + 4, disc[2], disc[3] + 4), 170)
    picture.paste((0, 0, 0), mask=shadow.filter(ImageFilter.GaussianBlur(7)))

    fine = picture.resize((picture.width * FINE, picture.height * FINE), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(fine)
    draw.rectangle([round(value * FINE) for value in line], "white")
    draw.ellipse([round(value * FINE) for value in disc], "white")
    for side in (-1, 1):
        chevron = [(x + side * 8, y - 9), (x + side * 17, y), (x + side * 8, y + 9)]
        points = [(px * FINE, py * FINE) for px, py in chevron]
        draw.line(points, INK, round(3.6 * FINE), joint="curve")
        radius = 1.8 * FINE
        for px, py in (points[0], points[-1]):
            draw.ellipse((px - radius, py - radius, px + radius, py + radius), INK)
    return fine.reduce(FINE)


def write(picture: Image.Image, path: Path) -> None:
    """Save as WebP; prints where and how many bytes."""
    picture.save(path, quality=QUALITY, method=6)
    print(f"{path}: {picture.width} x {picture.height} px, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    write(super_resolution(build_engine(Settings()).cache), THUMBNAILS / "super_resolution.webp")
