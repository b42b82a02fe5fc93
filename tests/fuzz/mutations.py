"""What is done to a valid file so that it lies: its bytes, fields, parts, with its sums made right again.

A file is cut into the parts of its format (boxes, chunks, segments, pages), so that a change lands where a
decoder looks, and checksums are repaired, so that it does not end at the door.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random

LONGEST = 3 << 20  # bytes of a file that is made: what is larger is refused unseen anyway
EDGES = (0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
BOXES = re.compile(rb".{4}ftyp", re.DOTALL)
JPEG_SEGMENT = re.compile(rb"\xff[\xc0-\xcf\xda-\xef]")
Part = tuple[int, int]


def mutated(seeds: Sequence[bytes], random: Random) -> bytes:
    """A seed with one to eight changes; one in twenty files is a seed as it is."""
    data = random.choice(seeds)
    if random.random() < 0.05:
        return data
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        change = random.choice(CHANGES)
        data = change(data, random, random.choice(seeds))[:LONGEST]
    return repaired(data) if random.random() < 0.8 else data


def parts(data: bytes) -> list[Part]:
    """Where the parts of a file of a known format begin and end; blocks of 64 bytes where it is none."""
    found: list[Part] = []
    if BOXES.match(data):
        found = list(_boxes(data, 0, len(data)))
    elif data[:8] == b"\x89PNG\r\n\x1a\n":
        found = list(_chunks(data, 8, ">", 4, 12))
    elif data[:4] == b"RIFF":
        found = list(_chunks(data, 12, "<", 0, 8))
    elif data[:2] == b"\xff\xd8":
        starts = [match.start() for match in JPEG_SEGMENT.finditer(data)][:500]
        found = list(pairwise([*starts, len(data)]))
    elif data[:4] in (b"II*\0", b"MM\0*") and len(data) > 10:
        order = "<" if data[:2] == b"II" else ">"
        start = struct.unpack_from(order + "I", data, 4)[0] + 2
        found = [(at, at + 12) for at in range(start, min(len(data) - 12, start + 12 * 30), 12)]
    elif data[:4] == b"OggS":
        starts = [match.start() for match in re.finditer(rb"OggS", data)]
        found = list(pairwise([*starts, len(data)]))
    elif data[:2] == b"PK":
        starts = [match.start() for match in re.finditer(rb"PK[\1\3\5]", data)]
        found = list(pairwise([*starts, len(data)]))
    elif data[:3] == b"GIF":
        starts = [match.start() for match in re.finditer(rb"[!,;]", data)][:200]
        found = list(pairwise([*starts, len(data)]))
    return [part for part in found if part[1] > part[0]] or [
        (at, min(at + 64, len(data))) for at in range(0, len(data), 64)
    ]


def _boxes(data: bytes, start: int, end: int, depth: int = 0) -> Iterator[Part]:
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, start)
        size = size if 8 <= size <= end - start else end - start
        yield start, start + size
        inside = {b"meta": 12, b"stsd": 16, b"iref": 12, b"iinf": 14}.get(name, 8)
        if depth < 8 and name in CONTAINERS:
            yield from _boxes(data, start + inside, start + size, depth + 1)
        start += size


CONTAINERS = (
    b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta", b"meta", b"iprp", b"ipco",
    b"iref", b"iinf", b"stsd", b"moof", b"traf", b"mvex", b"grpl",
)  # fmt: skip


def _chunks(data: bytes, start: int, order: str, length_at: int, around: int) -> Iterator[Part]:
    at = 0 if length_at else 4
    while start + around <= len(data):
        size = struct.unpack_from(order + "I", data, start + at)[0]
        end = min(len(data), start + around + size + (size % 2 if order == "<" else 0))
        yield start, end
        start = end


def repaired(data: bytes) -> bytes:
    """The sums of a PNG's chunks and an OGG's pages as they should be, and the length of a RIFF."""
    fixed = bytearray(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        for start, end in _chunks(data, 8, ">", 4, 12):
            fixed[end - 4 : end] = struct.pack(">I", zlib.crc32(data[start + 4 : end - 4]))
    elif data[:4] == b"RIFF" and len(data) > 8:
        fixed[4:8] = struct.pack("<I", len(data) - 8)
    elif data[:4] == b"OggS" and len(data) < 1 << 16:
        for start, end in parts(data):
            if end - start > 27:
                fixed[start + 22 : start + 26] = bytes(4)
                fixed[start + 22 : start + 26] = struct.pack("<I", _ogg_sum(fixed[start:end]))
    return bytes(fixed)


def _ogg_sum(page: bytes | bytearray) -> int:
    total = 0
    for byte in page:
        total ^= byte << 24
        for _ in range(8):
            total = (total << 1) ^ (0x04C11DB7 if total & 0x80000000 else 0)
        total &= 0xFFFFFFFF
    return total


def _flip(data: bytes, random: Random, _other: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        if changed:
            changed[_place(changed, random)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _noise(data: bytes, random: Random, _other: bytes) -> bytes:
    at, size = _place(data, random), random.choice((1, 2, 4, 8, 32, 256))
    return data[:at] + random.randbytes(size) + data[at + size :]


def _field(data: bytes, random: Random, _other: bytes) -> bytes:
    """A number that decoders trip over, where a part's head says something."""
    start, end = random.choice(parts(data) or [(0, 0)])
    at = min(len(data), start + random.randrange(min(40, max(1, end - start))))
    size = random.choice((1, 2, 4, 4, 8))
    value = random.choice((*EDGES, len(data), len(data) - at, random.randrange(1 << 32)))
    value = max(0, value + random.choice((-1, 0, 0, 1)))
    number = (value % (1 << 8 * size)).to_bytes(size, random.choice(("big", "little")))
    return data[:at] + number + data[at + size :]


def _larger(data: bytes, random: Random, _other: bytes) -> bytes:
    """A width and a height that nobody has, where a format keeps them."""
    width, height = (random.choice((0, 1, 255, 4_000, 6_300, 30_000, 65_500, 1 << 31)) for _ in "wh")
    wide = struct.pack(">II", width % (1 << 32), height % (1 << 32))
    if data[:4] == b"\x89PNG":
        return data[:16] + wide + data[24:]
    if data[:3] == b"GIF":
        return data[:6] + struct.pack("<HH", width & 0xFFFF, height & 0xFFFF) + data[10:]
    if data[:2] == b"BM":
        return data[:18] + struct.pack("<II", width % (1 << 31), height % (1 << 31)) + data[26:]
    if data[:2] == b"\xff\xd8":
        there = re.search(rb"\xff[\xc0-\xc2]...", data, re.DOTALL)
        size = struct.pack(">HH", height & 0xFFFF, width & 0xFFFF)
        return data[: there.end()] + size + data[there.end() + 4 :] if there else data
    return re.sub(
        rb"(ispe\0{4}|avc1.{24}|tkhd.{84}).{8}", lambda found: found[1] + wide, data, flags=re.DOTALL
    )


def _cut(data: bytes, random: Random, _other: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _without(data: bytes, random: Random, _other: bytes) -> bytes:
    start, end = _part(data, random)
    return data[:start] + data[end:]


def _again(data: bytes, random: Random, _other: bytes) -> bytes:
    start, end = _part(data, random)
    times = min(random.choice((1, 1, 2, 10, 1_000, 20_000)), 1 + (1 << 19) // max(1, end - start))
    return data[:end] + data[start:end] * times + data[end:]


def _swapped(data: bytes, random: Random, _other: bytes) -> bytes:
    (a, b), (c, d) = sorted((_part(data, random), _part(data, random)))
    return data if b > c else data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _spliced(data: bytes, random: Random, other: bytes) -> bytes:
    """A part of another file, in the place of one of this."""
    start, end = _part(data, random)
    first, last = _part(other, random)
    return data[:start] + other[first:last] + data[random.choice((start, end)) :]


def _crossed(data: bytes, random: Random, other: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def _blank(data: bytes, random: Random, _other: bytes) -> bytes:
    start, end = _part(data, random)
    return data[:start] + random.choice((b"\0", b"\xff")) * (end - start) + data[end:]


def _place(data: bytes | bytearray, random: Random) -> int:
    """Anywhere; more often near the beginning, where heads are."""
    most = random.choice((64, 512, len(data), len(data)))
    return random.randrange(max(1, min(most, len(data))))


def _part(data: bytes, random: Random) -> Part:
    return random.choice(parts(data) or [(0, len(data))])


CHANGES: tuple[Callable[[bytes, Random, bytes], bytes], ...] = (
    _flip, _flip, _noise, _field, _field, _field, _larger, _cut, _without, _again, _swapped, _spliced,
    _crossed, _blank,
)  # fmt: skip
