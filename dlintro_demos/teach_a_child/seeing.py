"""From pictures to embeddings: what the large network, taught ImageNet once and for all, makes of them."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from PIL import Image

from dlintro_demos.gallery.intake.brought import Brought
from dlintro_demos.gallery.intake.contained import decode_image
from dlintro_demos.gallery.intake.images import ImageLimits, UnreadableMedia, encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.words import counted
from dlintro_demos.shared.imagenet import embeddings_of, prepare
from dlintro_demos.teach_a_child.lesson import Seen

AT_ONCE = 8  # pictures in one run of the network
THUMBNAIL = 96  # px
LARGEST = 512  # px, of the square that is kept: the network sees fewer
SHOWN = 800  # px, of the longer side of the picture on the page
PLAIN = 2.0  # grey levels: a picture that varies less than this has nothing on it
VIRIDIS = cv2.applyColorMap(np.arange(256, dtype=np.uint8)[None], cv2.COLORMAP_VIRIDIS)[0, :, ::-1].tobytes()


@dataclass(frozen=True, kw_only=True)
class Look:
    """Pictures that were looked at, in `seconds` altogether, and sentences about those that were not.

    Of a single one, `shown` is the whole picture for the page: JPEG.
    """

    seen: tuple[Seen, ...]
    left_out: tuple[str, ...] = ()
    seconds: float = 0.0
    shown: bytes = b""


def look(rgb: np.ndarray, alt: str, cache: ModelCache) -> Iterator[Progress | Look]:
    """One picture, (H, W, 3) uint8. Raises `ModelUnavailable`."""
    yield Progress(0, 1)
    started = time.perf_counter()
    if nothing_on(rgb):
        yield Look(seen=(), left_out=("This picture is all one colour: there is nothing on it to learn.",))
        return
    seen = tuple(see([rgb], [alt], cache))
    yield Look(seen=seen, seconds=time.perf_counter() - started, shown=for_page(rgb))


def for_page(rgb: np.ndarray) -> bytes:
    """A picture (H, W, 3) uint8 as the page shows it: JPEG, of at most `SHOWN` px a side."""
    shrink = SHOWN / max(rgb.shape[:2])
    if shrink < 1:
        size = (max(1, round(rgb.shape[1] * shrink)), max(1, round(rgb.shape[0] * shrink)))
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return encode_jpeg(rgb)


def decode_in_turn(data: bytes, limits: ImageLimits, turn: AbstractContextManager[object]) -> np.ndarray:
    """The pixels of a picture file, decoded when `turn` lets us. Raises `UnreadableMedia`."""
    with turn:
        return decode_image(data, limits).rgb


def look_at_files(
    files: Sequence[Brought], decode: Callable[[bytes], np.ndarray], cache: ModelCache
) -> Iterator[Progress | Look]:
    """Files, each read when its turn comes and decoded by `decode`.

    It may raise `UnreadableMedia`: such a one is left out. Each picture is kept once, and small: two large
    ones need not fit in memory. Raises `ModelUnavailable`.
    """
    found: dict[str, Seen] = {}
    said: list[str] = []
    waiting: list[np.ndarray] = []
    for number, file in enumerate(files):
        yield Progress(number, len(files), f"picture {number + 1} of {len(files)}")
        try:
            rgb = decode(file.read())
        except UnreadableMedia as error:
            said.append(f"{file.name}: {error}")
            continue
        if nothing_on(rgb):
            said.append(f"{file.name} is all one colour: there is nothing on it to learn.")
            continue
        waiting.append(_small(rgb))
        if len(waiting) == AT_ONCE:
            found |= {seen.key: seen for seen in see(waiting, ["your picture"] * AT_ONCE, cache)}
            waiting = []
    found |= {seen.key: seen for seen in see(waiting, ["your picture"] * len(waiting), cache)}
    twice = len(files) - len(said) - len(found)
    if twice:
        said.append(f"{counted(twice, 'picture is', 'pictures are')} there twice: taken once.")
    yield Look(seen=tuple(found.values()), left_out=tuple(said))


def nothing_on(rgb: np.ndarray) -> bool:
    """Whether the part that the network sees is all one colour."""
    return float(prepare(rgb).std((2, 3)).max()) * 128 < PLAIN


def _small(rgb: np.ndarray) -> np.ndarray:
    """What the network sees of it and no more: the middle, at most `LARGEST` px."""
    side = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    middle = rgb[top : top + side, left : left + side]
    if side > LARGEST:
        middle = cv2.resize(middle, (LARGEST, LARGEST), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(middle)


def see(pictures: Sequence[np.ndarray], alts: Sequence[str], cache: ModelCache) -> list[Seen]:
    """Embeddings and thumbnails of pictures, each (H, W, 3) uint8. Raises `ModelUnavailable`."""
    if not pictures:
        return []
    middles = [_small(rgb) for rgb in pictures]
    rows = comparable(embeddings_of(torch.cat([prepare(rgb) for rgb in middles]), cache))
    return [
        Seen(
            key=hashlib.sha256(repr(rgb.shape).encode() + rgb.tobytes()).hexdigest(),
            embedding=row,
            thumbnail=encode_jpeg(cv2.resize(rgb, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)),
            alt=alt,
        )
        for rgb, row, alt in zip(middles, rows, alts, strict=True)
    ]


def comparable(embeddings: np.ndarray) -> np.ndarray:
    """Embeddings as a lesson compares them: the square roots of the numbers, (N, 1280), scaled to length 1.

    No number is negative. Without the root a few large ones drown the others, and with few examples heads are
    wrong more often (`bench/teach_a_child.py`).
    """
    roots = np.sqrt(embeddings.clip(0))
    return np.asarray(roots / np.linalg.norm(roots, axis=1, keepdims=True).clip(1e-9))


def barcode(embedding: np.ndarray) -> bytes:
    """An embedding (1280,) as 40 x 32 squares, the larger the brighter: PNG, to look at."""
    shares = np.clip(embedding / max(float(embedding.max()), 1e-9), 0, 1).reshape(32, 40)
    squares = Image.fromarray((shares * 255).astype(np.uint8).repeat(8, 0).repeat(8, 1))
    squares.putpalette(VIRIDIS)  # a byte for each pixel: encoded in an eighth of the time of colours
    file = io.BytesIO()
    squares.save(file, "PNG", compress_level=1)
    return file.getvalue()
