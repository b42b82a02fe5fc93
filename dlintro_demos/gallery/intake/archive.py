"""Zip archives: the only door for those of visitors; to take home, the same content gives the same bytes.

Nothing that an archive says of itself is believed: bytes are counted while they are unpacked, and names lead
nowhere. Whatever is wrong is said in words for the visitor. Nothing is logged or written to disk.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from dlintro_demos.gallery.intake.names import harmless

WHEN = (1980, 1, 1, 0, 0, 0)  # zip knows no earlier time
LONGEST_NAME = 80  # characters
STEP = 64 * 2**10  # bytes unpacked at once
ENCRYPTED = 0x41  # flag bits: a password, and strong encryption
# Of the other methods, zipfile unpacks a member whole, whatever limit is asked for.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MAGIC = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
DAMAGED = "is damaged and cannot be unpacked."


class ArchiveError(ValueError):
    """An archive that cannot be read, or not to its end; the message is for a visitor."""


class ArchiveTooLarge(ArchiveError):
    """More was unpacked than may be in all; the message names the file with which it became too much."""


@dataclass(frozen=True, kw_only=True)
class ArchiveLimits:
    """What is unpacked at most; bytes are counted as they come out, not as the archive states them.

    `max_entries` counts all that an archive lists, folders too. `max_bytes` is for each file, `max_total` for
    all that is unpacked, also of files that turn out to be damaged. A file of more than a megabyte may be at
    most `max_ratio` times as large as it was in the archive.
    """

    max_entries: int = 2000
    max_bytes: int = 20 * 2**20
    max_total: int = 200 * 2**20
    max_ratio: int = 200


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file out of an archive, or what was wrong with it.

    `name` is safe to show and to save under. `path` is what the archive calls it: to compare with names that
    are known, never to open or to show. Where `problem` says something, `data` is empty; it goes on from the
    file's name ("has a password. ..."). `unpacked` counts bytes, whatever became of them.
    """

    name: str
    path: str
    data: bytes = b""
    problem: str = ""
    unpacked: int = 0


def add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Put a file into an archive that is open for writing, without the time of day."""
    archive.writestr(zipfile.ZipInfo(name, WHEN), data)


def is_zip(data: bytes | bytearray) -> bool:
    """Whether the bytes begin as a zip archive does."""
    return data[:4] in MAGIC


def safe_name(name: str) -> str:
    """The last part of a path, without harmful characters, not longer than a name should be."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(each for each in harmless(last) if each not in '<>:"|?*')
    return kept.strip(". ")[-LONGEST_NAME:].lstrip(". ") or "file"


def read_zip(data: bytes, *, limits: ArchiveLimits, already: int = 0) -> Iterator[Entry]:
    """Every file of a zip archive, one at a time, in the archive's order.

    A file with a password, in a rare packing, too large, damaged or itself an archive comes as an `Entry`
    with a `problem`, and the next ones follow. Folders and what systems hide among the files are passed over.
    `already` is how many bytes of `max_total` went to other files. Raises `ArchiveError` before the first
    file if the archive cannot be opened, `ArchiveTooLarge` with the file that passes `max_total`.
    """
    listed = data.count(b"PK\1\2")  # before zipfile makes an object of each
    if listed > limits.max_entries:
        limit = f"the limit is {limits.max_entries}"
        raise ArchiveError(f"The archive holds {listed} files; {limit}. Zip fewer of them.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - zipfile raises many types, and quotes the file
        raise ArchiveError("The archive is damaged and cannot be opened. Zip the files again.") from None
    for info in archive.infolist():
        if info.filename.endswith(("/", "\\")) or _is_hidden(info.filename):
            continue
        entry = _read(archive, info, limits, limits.max_total - already, len(data))
        already += entry.unpacked
        if already > limits.max_total:
            limit = f"More than {_megabytes(limits.max_total)}, which is the limit"
            raise ArchiveTooLarge(f"{limit}: {entry.name} and the rest left out.")
        yield entry


def _read(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: ArchiveLimits, left: int, size: int
) -> Entry:
    """One file, unpacked no further than shows that it is too large; `size` is the archive's, in bytes."""
    name, path = safe_name(info.filename), info.filename
    if info.flag_bits & ENCRYPTED:
        return Entry(name=name, path=path, problem="has a password. Zip the files without one.")
    if info.compress_type not in METHODS:
        return Entry(name=name, path=path, problem="is packed in a rare way. Zip the files again.")
    squeezed = max(2**20, limits.max_ratio * min(info.compress_size, size))
    most = min(limits.max_bytes, squeezed, left)
    content = bytearray()
    try:
        with archive.open(info) as stream:
            while len(content) <= most and (part := stream.read(min(STEP, most + 1 - len(content)))):
                content += part
    except Exception:  # noqa: BLE001 - zipfile and its decompressors raise many types, and quote the file
        return Entry(name=name, path=path, problem=DAMAGED, unpacked=len(content) + STEP)
    problem = ""
    if len(content) > limits.max_bytes:
        problem = f"is larger than {_megabytes(limits.max_bytes)}, which is the limit."
    elif len(content) > squeezed:
        problem = "is squeezed more than files like it are. Save it anew and try again."
    elif is_zip(content):
        problem = "is an archive in an archive. Unpack it first."
    return Entry(
        name=name, path=path, data=b"" if problem else bytes(content), problem=problem, unpacked=len(content)
    )


def _megabytes(count: int) -> str:
    return f"{count / 2**20:.3g} MB"


def _is_hidden(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1].startswith(".")
