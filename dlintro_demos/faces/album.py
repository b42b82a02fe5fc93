"""Many photos at once: out of files and zip archives, within limits, each looked at and put away small."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from dlintro_demos.faces.experiment import BESIDE, shrunk
from dlintro_demos.faces.face import AlbumPhoto, PhotoFaces
from dlintro_demos.gallery.intake.archive import (
    ArchiveError,
    ArchiveLimits,
    ArchiveTooLarge,
    is_zip,
    read_zip,
    safe_name,
)
from dlintro_demos.gallery.intake.images import ImageLimits, UnreadableMedia, decode_image, encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress

MOST_PHOTOS = 60
MOST_BYTES = 200 * 2**20  # of all files, unpacked
MOST_SAID = 20  # sentences about what was left out
Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Album:
    """What could be read, and a sentence for each thing that was left out."""

    photos: Sequence[AlbumPhoto]
    left_out: Sequence[str]


class _Full(Exception):
    """As much was taken as may be; its text is for the visitor."""


def open_album(
    files: Callable[[], Files], analyse: Callable[..., Iterator[Progress | PhotoFaces]], limits: ImageLimits
) -> Iterator[Progress | Album]:
    """A job: unpack the archives, then look at every photo."""
    photos, left_out = unpack(files(), limits)
    for step in read_album(photos, analyse, limits):
        yield replace(step, left_out=(*left_out, *step.left_out)) if isinstance(step, Album) else step


def unpack(files: Files, limits: ImageLimits) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Photos out of files and zip archives, and sentences about what was left out."""
    photos: dict[str, tuple[str, bytes]] = {}
    said: list[str] = []
    try:
        for name, data in _every(files, said, limits):
            digest = hashlib.sha256(data).hexdigest()
            if digest in photos:
                said.append(f"{name} is there twice: taken once.")
            elif len(photos) == MOST_PHOTOS:
                raise _Full(
                    f"More than {MOST_PHOTOS} photos, which is the limit: {name} and the rest left out."
                )
            else:
                photos[digest] = (name, data)
    except (_Full, ArchiveTooLarge) as full:
        said.append(str(full))
    return list(photos.values()), _few(said)


def _few(said: list[str]) -> list[str]:
    """At most `MOST_SAID` sentences; the last, which may be about the rest, stays."""
    more = len(said) - MOST_SAID + 1
    return said if more < 2 else [*said[: MOST_SAID - 2], f"{more} more were left out, too.", said[-1]]


def _every(files: Files, said: list[str], limits: ImageLimits) -> Iterator[tuple[str, bytes]]:
    """Each file and each archive's files, under safe names; what is wrong with one is added to `said`."""
    opened = 0
    for given, data in files:
        name = safe_name(given)
        if not is_zip(data):
            opened += len(data)
            if opened > MOST_BYTES:
                raise _Full(
                    f"More than {MOST_BYTES >> 20} MB, which is the limit: {name} and the rest left out."
                )
            yield name, data
            continue
        allowed = ArchiveLimits(max_bytes=limits.max_bytes, max_total=MOST_BYTES)
        try:
            for entry in read_zip(data, limits=allowed, already=opened):
                opened += entry.unpacked
                if entry.problem:
                    said.append(f"{entry.name} {entry.problem}")
                else:
                    yield entry.name, entry.data
        except ArchiveTooLarge:
            raise
        except ArchiveError as error:
            said.append(f"{name}: {error}")


def read_album(
    files: Files, analyse: Callable[..., Iterator[Progress | PhotoFaces]], limits: ImageLimits
) -> Iterator[Progress | Album]:
    """Decode and look at one photo after another; one that cannot be read does not stop the others."""
    photos: list[AlbumPhoto] = []
    said: list[str] = []
    for number, (name, data) in enumerate(files):
        yield Progress(number, len(files), f"photo {number + 1} of {len(files)}")
        try:
            photos.append(_looked_at(name, data, analyse, limits))
        except UnreadableMedia as error:
            said.append(f"{name}: {error}")
    yield Album(photos=tuple(photos), left_out=tuple(said))


def _looked_at(
    name: str, data: bytes, analyse: Callable[..., Iterator[Progress | PhotoFaces]], limits: ImageLimits
) -> AlbumPhoto:
    """One photo. The pixels go when it returns: two large photos need not fit in memory."""
    picture = decode_image(data, limits)
    *_, found = analyse(picture.digest, picture.rgb)
    assert isinstance(found, PhotoFaces)
    preview = encode_jpeg(shrunk(picture.rgb, BESIDE), quality=85)
    return AlbumPhoto(key=picture.digest, name=name, preview=preview, original=data, found=found)
