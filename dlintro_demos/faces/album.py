"""Many photos at once: out of files and zip archives, within limits, each looked at and put away small."""

from __future__ import annotations

import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from dlintro_demos.faces.experiment import SHOWN, shrunk
from dlintro_demos.faces.face import AlbumPhoto, PhotoFaces
from dlintro_demos.gallery.intake.images import ImageLimits, UnreadableMedia, decode_image, encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress

MOST_PHOTOS = 60
MOST_BYTES = 200 * 2**20
MOST_ENTRIES = 2000  # of an archive, folders and all
MOST_SQUEEZED = 200  # times smaller in an archive than it is
MOST_SAID = 20  # sentences about what was left out
LONGEST_NAME = 80
Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Album:
    """What could be read, and a sentence for each thing that was left out."""

    photos: Sequence[AlbumPhoto]
    left_out: Sequence[str]


class _Full(Exception):
    """As much was taken as may be; its text is for the visitor."""


class _Tally:
    """What was opened so far, and what is to be said of the rest."""

    def __init__(self, limits: ImageLimits):
        self.limits = limits
        self.said: list[str] = []
        self.opened = 0

    def open(self, name: str, size: int) -> None:
        """Count bytes before they are unpacked, whatever comes of them. Raises `_Full`."""
        self.opened += size
        if self.opened > MOST_BYTES:
            raise _Full(f"More than {MOST_BYTES >> 20} MB, which is the limit: {name} and the rest left out.")


def safe_name(name: str) -> str:
    """The last part of a path, without control characters, not longer than a name should be."""
    last = PurePosixPath(name.replace("\\", "/")).name
    unseen = ("C", "Zl", "Zp")  # controls, and the ends of lines and paragraphs
    kept = "".join(
        each for each in last if not unicodedata.category(each).startswith(unseen) and each not in '<>:"|?*'
    )
    return kept.strip(". ")[-LONGEST_NAME:].lstrip(". ") or "photo"


def unpack(files: Files, limits: ImageLimits) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Photos out of files and zip archives, and sentences about what was left out."""
    photos: dict[str, tuple[str, bytes]] = {}
    tally = _Tally(limits)
    try:
        for name, data in _every(files, tally):
            digest = hashlib.sha256(data).hexdigest()
            if digest in photos:
                tally.said.append(f"{name} is there twice: taken once.")
            elif len(photos) == MOST_PHOTOS:
                raise _Full(
                    f"More than {MOST_PHOTOS} photos, which is the limit: {name} and the rest left out."
                )
            else:
                photos[digest] = (name, data)
    except _Full as full:
        tally.said.append(str(full))
    return list(photos.values()), _few(tally.said)


def _few(said: list[str]) -> list[str]:
    """At most `MOST_SAID` sentences; the last, which may be about the rest, stays."""
    more = len(said) - MOST_SAID + 1
    return said if more < 2 else [*said[: MOST_SAID - 2], f"{more} more were left out, too.", said[-1]]


def _every(files: Files, tally: _Tally) -> Iterator[tuple[str, bytes]]:
    """Each file and each archive's files, under safe names."""
    for given, data in files:
        name = safe_name(given)
        if data[:4] in (b"PK\3\4", b"PK\5\6"):
            yield from _of_archive(name, data, tally)
        else:
            tally.open(name, len(data))
            yield name, data


def _of_archive(name: str, data: bytes, tally: _Tally) -> Iterator[tuple[str, bytes]]:
    said, limits = tally.said, tally.limits
    listed = data.count(b"PK\1\2")  # before zipfile makes an object of each
    if listed > MOST_ENTRIES:
        said.append(f"{name} holds {listed} files; the limit is {MOST_ENTRIES}. Zip fewer of them.")
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [
            entry for entry in archive.infolist() if not entry.is_dir() and not _hidden(entry.filename)
        ]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, UnicodeError):
        said.append(
            f"{name} is damaged and cannot be opened. Zip the photos again, or choose them one by one."
        )
        return
    for entry in entries:
        inner = safe_name(entry.filename)
        if entry.flag_bits & 1:
            said.append(f"{inner} has a password. Zip the photos without one.")
            continue
        # Of the other methods, zipfile unpacks a member whole, whatever limit is asked for.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            said.append(f"{inner} is packed in a rare way. Zip the photos again.")
            continue
        if entry.file_size > limits.max_bytes:
            said.append(
                f"{inner} has {entry.file_size / 2**20:.0f} MB; the limit is {limits.max_bytes >> 20} MB."
            )
            continue
        if entry.file_size > max(2**20, MOST_SQUEEZED * entry.compress_size):
            said.append(
                f"{inner} is squeezed more than a photo can be. Save it as JPEG or PNG and try again."
            )
            continue
        tally.open(inner, entry.file_size)  # zipfile gives no more than that
        try:
            with archive.open(entry) as stream:
                content = stream.read(limits.max_bytes + 1)  # a header may lie about the size
        except Exception:  # noqa: BLE001 - zipfile and its decompressors raise many types, and quote the file
            said.append(f"{inner} is damaged inside {name}.")
            continue
        if len(content) > limits.max_bytes:
            said.append(f"{inner} is larger than {limits.max_bytes >> 20} MB, which is the limit.")
        elif content[:2] == b"PK":
            said.append(f"{inner} is an archive in an archive. Unpack it first.")
        else:
            yield inner, content


def _hidden(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1].startswith(".")


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
    preview = encode_jpeg(shrunk(picture.rgb, SHOWN), quality=85)
    return AlbumPhoto(key=picture.digest, name=name, preview=preview, original=data, found=found)
