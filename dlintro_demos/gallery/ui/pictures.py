"""Where a picture comes from: a strip of samples, a file, or the camera."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import streamlit as st

from dlintro_demos.gallery.intake.contained import decode_image
from dlintro_demos.gallery.intake.images import ImageLimits, Picture, encode_jpeg
from dlintro_demos.gallery.intake.picture_formats import WORDS
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.components.samples import Tile, choose_tile
from dlintro_demos.gallery.ui.privacy import own_computers
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import bundled
from dlintro_demos.gallery.ui.uploader import bring_file, take_picture

SOURCES = {
    "samples": ":material/photo_library: Samples",
    "upload": ":material/upload: My photo",
    "camera": ":material/photo_camera: Camera",
}
LIVE = {"live": ":material/videocam: Live"}
SEVERAL = {"several": ":material/photo_library: Several"}


class Sample(Protocol):
    """What the strip needs of a bundled picture; `lesson` says what fails on it, if anything should."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def alt(self) -> str: ...  # noqa: D102
    @property
    def credit(self) -> str: ...  # noqa: D102
    @property
    def lesson(self) -> str: ...  # noqa: D102
    def load(self) -> np.ndarray: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True, eq=False)
class Chosen:
    """The picture to work on: `rgb` (H, W, 3) uint8, on white where `alpha`, (H, W) uint8
    or None, says that it is see-through, and what names it.

    `sample` is the key of a bundled picture, None for the visitor's own. `alt` describes it for those who
    do not see it.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    digest: str
    alt: str
    sample: str | None


def choose_source(*, live: bool = False, several: bool = False) -> str:
    """Samples, a file or the camera: a key of `SOURCES`; or what it sees all the time, or several files."""
    sources = SOURCES | (LIVE if live else {}) | (SEVERAL if several else {})
    return st.segmented_control(
        "Which picture?",
        list(sources),
        format_func=sources.__getitem__,
        default="samples",
        required=True,
        key="source",
    )


def choose_picture(
    source: str, samples: Sequence[Sample], *, limits: ImageLimits | None = None
) -> Chosen | None:
    """Let the visitor choose; the first sample, or the one in the URL, stands there from the start.

    `limits` are those of the operator's settings, unless a demo has its own.

    Returns None, after saying what to do, while there is no picture of theirs yet or it cannot be read.
    """
    return _from_samples(samples) if source == "samples" else _from_visitor(source, limits or image_limits())


def sample_strip(samples: Sequence[Sample], *, chosen: str) -> None:
    """Thumbnails to click on; a click puts the sample's key into the URL."""
    tiles = [
        Tile(key=sample.key, title=sample.title, source=bundled(thumbnail))
        for sample, thumbnail in zip(samples, _thumbnails(tuple(samples)), strict=True)
    ]
    choose_tile(tiles, chosen=chosen, query="sample", label="Samples")


def _from_samples(samples: Sequence[Sample]) -> Chosen:
    by_key = {sample.key: sample for sample in samples}
    sample = by_key.get(st.query_params.get("sample", ""), samples[0])
    sample_strip(samples, chosen=sample.key)
    failing = sum(bool(each.lesson) for each in samples)
    st.caption(sample.credit + (f". The last {failing} are made to fail." if failing else ""))
    if sample.lesson:
        st.warning(f"**Made to fail.** {sample.lesson}", icon=":material/visibility_off:")
    return Chosen(
        rgb=sample.load(), alpha=None, digest=f"sample:{sample.key}", alt=sample.alt, sample=sample.key
    )


def _from_visitor(source: str, limits: ImageLimits) -> Chosen | None:
    if source == "upload":  # of any type: a browser would refuse without a word, and keep the last file
        given = bring_file(f"A photo: {WORDS}, up to {limits.max_bytes // MB} MB", name="upload")
    else:
        given = take_picture("Take a picture (the camera needs https or this very computer)", name="camera")
    if given is None:
        st.info(
            f"It goes no further than {own_computers()}, and is kept for this visit only.",
            icon=":material/lock:",
        )
        return None
    picture = run_job(
        "open", (given.file_id, limits), open_picture, given.getvalue(), limits, label="Opening your picture"
    )
    if picture is None:
        return None
    if picture.notes:
        st.caption(f"Your {picture.format} file: {'; '.join(picture.notes)}.")
    return Chosen(
        rgb=picture.rgb, alpha=picture.alpha, digest=picture.digest, alt="your picture", sample=None
    )


def image_limits() -> ImageLimits:
    """What a visitor's picture may be, by the operator's settings."""
    settings = engine().settings
    return ImageLimits(max_bytes=settings.upload_mb * MB, max_pixels=round(settings.input_megapixels * 1e6))


def open_picture(data: bytes, limits: ImageLimits) -> Iterator[Picture]:
    """A job: decode a visitor's file, few at a time. Raises `UnreadableMedia`."""
    with engine().decoding:
        yield decode_image(data, limits)


@functools.lru_cache(maxsize=64)
def _thumbnails(samples: tuple[Sample, ...]) -> tuple[bytes, ...]:
    return tuple(_thumbnail(sample.load()) for sample in samples)


def _thumbnail(rgb: np.ndarray) -> bytes:
    side = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    square = np.ascontiguousarray(rgb[top : top + side, left : left + side])
    return encode_jpeg(cv2.resize(square, (152, 152), interpolation=cv2.INTER_AREA))
