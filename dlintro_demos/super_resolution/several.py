"""Several photos, one job each, and all of them to take home in one zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import cv2
import numpy as np

from dlintro_demos.gallery.intake.archive import add, safe_name
from dlintro_demos.gallery.intake.contained import decode_image
from dlintro_demos.gallery.intake.images import ImageLimits, UnreadableMedia, encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.tiles import Box
from dlintro_demos.super_resolution.experiment import Request, upscale_as
from dlintro_demos.super_resolution.output import jpeg_of, png_of
from dlintro_demos.super_resolution.pace import PACE, Fit, Part, take
from dlintro_demos.super_resolution.situation import read_situation

THUMBNAIL = 304  # px on a side: twice what the page shows


@dataclass(frozen=True, kw_only=True, eq=False)
class Enlarged:
    """One photo, or why there is none of it.

    `before` and `after` are sizes in px, `scale` is how many times a side became longer after the photo was
    made fit. `file` is a JPEG, or a PNG where the photo is see-through, and `thumbnail` a small square of its
    middle, JPEG. A result for which there was no room is empty, and says in `needed` how many bytes it has.
    """

    problem: str = ""
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)
    scale: int = 0
    file: bytes = b""
    ending: str = ""
    thumbnail: bytes = b""
    needed: int = 0


def enlarge_file(
    data: bytes,
    limits: ImageLimits,
    decoding: AbstractContextManager[object],
    plan: Callable[[tuple[int, int]], Fit],
    request: Request,
    measure: bool,
    room: int,
    cache: ModelCache,
) -> Iterator[Progress | Enlarged]:
    """A job: open a visitor's file, enlarge the whole of it as far as `plan` says, and encode it.

    With `measure` the photo's pixels decide which network is for it, and one that is noisy is not kept
    faithful to its noise. `decoding` is held while the file is decoded. A result of more than `room` bytes is
    not kept. What is wrong with the file is said in the result, so that the next photo has its turn.
    """
    try:
        with decoding:
            picture = decode_image(data, limits)
    except UnreadableMedia as error:
        yield Enlarged(problem=str(error))
        return
    if measure:
        situation = read_situation(picture.rgb).situation
        request = replace(request, situation=situation, faithful=request.faithful and situation == "clean")
    size = picture.width, picture.height
    found = plan(size)
    request = replace(request, scale=found.scale)
    rgb, alpha = take(picture.rgb, picture.alpha, Part(box=Box(0, 0, *size), size=found.size))
    del picture
    for step in upscale_as(request, rgb, alpha, cache):
        if isinstance(step, Progress):
            yield replace(step, total=step.total * 1.05, so_far=None)
        else:
            result = step
    PACE.learn(request.method, *found.size, result.seconds)
    thumbnail = encode_jpeg(_thumbnail(result.rgb))
    jpeg = jpeg_of(result.rgb) if alpha is None else None
    file = png_of(result.rgb, result.alpha) if jpeg is None else jpeg
    done = Enlarged(before=size, after=found.result, scale=found.scale, thumbnail=thumbnail, needed=len(file))
    yield done if len(file) > room else replace(done, file=file, ending="png" if jpeg is None else "jpg")


def _thumbnail(rgb: np.ndarray) -> np.ndarray:
    side = min(rgb.shape[:2])
    top, left = ((length - side) // 2 for length in rgb.shape[:2])
    square = np.ascontiguousarray(rgb[top : top + side, left : left + side])
    return cv2.resize(square, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)


def zip_all(files: Sequence[tuple[str, bytes]]) -> Iterator[Progress | bytes]:
    """A job: a zip of files by name; pictures are packed already, so that they are stored as they are."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number, (name, data) in enumerate(files):
            yield Progress(number, len(files), "packing")
            add(archive, name, data)
    yield content.getvalue()


def names_in_zip(names: Sequence[tuple[str, str]]) -> list[str]:
    """For the names of visitors' files, each with what is to stand behind it: safe ones, all different.

    “../beach.HEIC” and “ 2x.jpg” give “beach 2x.jpg”. Names differ by more than capitals.
    """
    taken: set[str] = set()
    given = []
    for name, ending in names:
        stem = PurePosixPath(safe_name(name)).stem
        number, found = 1, f"{stem}{ending}"
        while found.casefold() in taken:
            number += 1
            found = f"{stem} ({number}){ending}"
        taken.add(found.casefold())
        given.append(found)
    return given
