"""Many photos at once: out of files and zip archives, within limits, each looked at and put away small."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from dlintro_demos.faces.analysis import drawn_key
from dlintro_demos.faces.experiment import BESIDE, shrunk
from dlintro_demos.faces.face import AlbumPhoto, Box, Face, PhotoFaces
from dlintro_demos.faces.places import same_places
from dlintro_demos.faces.xmp import named_regions
from dlintro_demos.gallery.intake.archive import (
    ArchiveError,
    ArchiveLimits,
    ArchiveTooLarge,
    is_zip,
    read_zip,
    safe_name,
)
from dlintro_demos.gallery.intake.contained import decode_image, orientation_of
from dlintro_demos.gallery.intake.images import ImageLimits, UnreadableMedia, encode_jpeg, is_picture
from dlintro_demos.gallery.intake.names import folded
from dlintro_demos.gallery.runtime.jobs import Progress

MOST_PHOTOS = 60
MOST_BYTES = 200 * 2**20  # of all files, unpacked
MOST_SAID = 20  # sentences about what was left out
MOST_DRAWN = 20  # boxes in a photo that somebody drew
LEAST_SIDE = 8  # px of a box; nothing smaller can be recognised as a face
BESIDE_PHOTOS = (".xmp", ".json", ".aae", ".html", ".ini", ".db")  # what programs write beside photos
Files = Sequence[tuple[str, bytes]]


class _File(NamedTuple):
    """A file under a safe name; `place` tells it from others, and says what it stands beside."""

    name: str
    place: str
    data: bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class Album:
    """What could be read, and a sentence for each thing that was left out."""

    photos: Sequence[AlbumPhoto]
    left_out: Sequence[str]


class _Full(Exception):
    """As much was taken as may be; its text is for the visitor."""


def open_album(
    files: Callable[[], Files],
    analyse: Callable[..., Iterator[Progress | PhotoFaces]],
    limits: ImageLimits,
    draw: Callable[[str, np.ndarray, Box], Face] | None = None,
) -> Iterator[Progress | Album]:
    """A job: unpack the archives, then look at every photo; `draw` gives the face in a box of a sidecar."""
    sidecars: dict[str, bytes] = {}
    photos, left_out = unpack(files(), limits, sidecars)
    for step in read_album(photos, analyse, limits, sidecars, draw):
        yield replace(step, left_out=_few([*left_out, *step.left_out])) if isinstance(step, Album) else step


def unpack(
    files: Files, limits: ImageLimits, sidecars: dict[str, bytes] | None = None
) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Photos out of files and zip archives, and sentences about what was left out.

    What photo managers put beside a photo is passed over; only photos count. `sidecars` takes the XMP files
    that stand beside a photo, by the SHA-256 of the photo's bytes.
    """
    photos: dict[str, tuple[str, bytes]] = {}
    places: dict[str, str] = {}  # where a photo stood, and its digest
    beside: dict[str, bytes] = {}
    others: list[_File] = []
    said: list[str] = []
    try:
        for file in _every(files, said, limits):
            if not is_picture(file.data):
                others.append(file)
                if file.place.endswith(".xmp"):
                    beside[file.place] = file.data
                continue
            digest = hashlib.sha256(file.data).hexdigest()
            if digest in photos:
                said.append(f"{file.name} is there twice: taken once.")
            elif len(photos) == MOST_PHOTOS:
                rest = f"{file.name} and the rest left out"
                raise _Full(f"More than {MOST_PHOTOS} photos, which is the limit: {rest}.")
            else:
                photos[digest] = (file.name, file.data)
                places[file.place] = digest
    except (_Full, ArchiveTooLarge) as full:
        said.append(str(full))
    if sidecars is not None:
        for place, digest in places.items():
            packet = beside.get(f"{place}.xmp", beside.get(f"{_stem(place)}.xmp"))
            if packet is not None:
                sidecars[digest] = packet
    stems = {_stem(place) for place in places}
    strange = [
        file for file in others if not file.place.endswith(BESIDE_PHOTOS) and _stem(file.place) not in stems
    ]
    return [*photos.values(), *((file.name, file.data) for file in strange)], _few(said)


def _stem(place: str) -> str:
    """`place` without what the name ends on: a moving picture, or a recipe, is called as its photo is."""
    return place.rpartition(".")[0]


def _few(said: list[str]) -> list[str]:
    """At most `MOST_SAID` sentences; the last, which may be about the rest, stays."""
    more = len(said) - MOST_SAID + 1
    return said if more < 2 else [*said[: MOST_SAID - 2], f"{more} more were left out, too.", said[-1]]


def _every(files: Files, said: list[str], limits: ImageLimits) -> Iterator[_File]:
    """Each file and each archive's files, under safe names; what is wrong with one is added to `said`."""
    opened = 0
    for number, (given, data) in enumerate(files):
        name = safe_name(given)
        if not is_zip(data):
            opened += len(data)
            if opened > MOST_BYTES:
                raise _Full(
                    f"More than {MOST_BYTES >> 20} MB, which is the limit: {name} and the rest left out."
                )
            yield _File(name, f"/{folded(given)}", data)
            continue
        allowed = ArchiveLimits(max_bytes=limits.max_bytes, max_total=MOST_BYTES)
        try:
            for entry in read_zip(data, limits=allowed, already=opened):
                opened += entry.unpacked
                if entry.problem:
                    said.append(f"{entry.name} {entry.problem}")
                else:
                    yield _File(entry.name, f"{number}/{folded(entry.path)}", entry.data)
        except ArchiveTooLarge:
            raise
        except ArchiveError as error:
            said.append(f"{name}: {error}")


def read_album(
    files: Files,
    analyse: Callable[..., Iterator[Progress | PhotoFaces]],
    limits: ImageLimits,
    sidecars: Mapping[str, bytes] | None = None,
    draw: Callable[[str, np.ndarray, Box], Face] | None = None,
) -> Iterator[Progress | Album]:
    """Decode and look at one photo after another; one that cannot be read does not stop the others.

    `sidecars` are XMP by the digest of a photo's bytes, from which the names are taken over.
    """
    photos: list[AlbumPhoto] = []
    said: list[str] = []
    for number, (name, data) in enumerate(files):
        yield Progress(number, len(files), f"photo {number + 1} of {len(files)}")
        try:
            photos.append(_looked_at(name, data, analyse, limits, sidecars or {}, draw))
        except UnreadableMedia as error:
            said.append(f"{name}: {error}")
    yield Album(photos=tuple(photos), left_out=tuple(said))


def _looked_at(
    name: str,
    data: bytes,
    analyse: Callable[..., Iterator[Progress | PhotoFaces]],
    limits: ImageLimits,
    sidecars: Mapping[str, bytes],
    draw: Callable[[str, np.ndarray, Box], Face] | None,
) -> AlbumPhoto:
    """One photo. The pixels go when it returns: two large photos need not fit in memory."""
    picture = decode_image(data, limits)
    *_, found = analyse(picture.digest, picture.rgb)
    assert isinstance(found, PhotoFaces)
    preview = encode_jpeg(shrunk(picture.rgb, BESIDE), quality=85)
    drawn: list[Face] = []
    names: dict[str, str] = {}
    if packet := sidecars.get(picture.digest):
        regions = named_regions(packet, found.width, found.height, orientation=orientation_of(data))
        pairs = dict(same_places([box for box, _ in regions], [face.box for face in found.faces]))
        for row, (box, who) in enumerate(regions):
            if row in pairs:
                names[found.faces[pairs[row]].key] = who
            elif draw and len(drawn) < MOST_DRAWN and min(box[2] - box[0], box[3] - box[1]) >= LEAST_SIDE:
                drawn.append(draw(drawn_key(picture.digest, box), picture.rgb, box))
                names[drawn[-1].key] = who
    return AlbumPhoto(
        key=picture.digest,
        name=name,
        preview=preview,
        original=data,
        found=found,
        drawn=tuple(drawn),
        names=names,
    )
