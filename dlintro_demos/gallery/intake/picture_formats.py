"""What a picture file is, by its content: its kind, how it is built, its frames. No pixel is decoded here."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import repeat

from pi_heif.as_plugin import HeifImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile, DibImageFile
from PIL.ExifTags import Base as Tag
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile


class UnreadableMedia(ValueError):
    """A file that gives no picture; its text tells a visitor what happened, the limit, and what to do."""


# The plugins are called by name: `Image.open` guesses, and warns of sizes that are refused here anyway.
FORMATS: dict[str, tuple[type[ImageFile], bytes]] = {
    "JPEG": (JpegImageFile, rb"\xff\xd8\xff"),
    "PNG": (PngImageFile, rb"\x89PNG\r\n\x1a\n"),
    "WebP": (WebPImageFile, rb"RIFF.{4}WEBP"),
    "AVIF": (AvifImageFile, rb".{4}ftyp(?:avi[fs]|(?:mif1|msf1|miaf).{4}(?:.{4}){0,20}?avi[fs])"),
    "HEIC": (HeifImageFile, rb".{4}ftyp(?:hei|hev|mif1|msf1|miaf)"),
    "GIF": (GifImageFile, rb"GIF8[79]a"),
    "BMP": (BmpImageFile, rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    "DIB": (DibImageFile, rb"[\x28\x34\x38\x40\x6c\x7c]\0\0\0.{8}\x01\0[\x01\x04\x08\x10\x18\x20]\0"),
    "TIFF": (TiffImageFile, rb"II[*+]\0|MM\0[*+]"),
}
WORDS = "JPEG, PNG, WebP, HEIC, AVIF, GIF, BMP or TIFF"
CHOOSE = f"Choose a {WORDS} file."
# Tried before the formats, in this order; the last one holds for anything without control characters.
STRANGERS = {
    "a web page": rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|script)",
    "an SVG drawing": rb"(?i)[^\0]*?<svg[\s>]",
    "a PDF document": rb"%PDF-",
    "a camera's raw photo": rb"II\*\0.{4}(?:CR|IIII)|MM\0\*.{4}MMMM|FUJIFILMCCD-RAW|II(?:RO|RS|U\0)|MMOR"
    rb"|.{4}ftypcrx |\0MRM|FOVb|II\x1a\0.{4}HEAPCCDR",
    "a video": rb".{4}ftyp(?!hei|hev|mif1|msf1|miaf|avi[fs])|\x1a\x45\xdf\xa3|RIFF.{4}AVI |\0\0\x01\xba",
    "a sound recording": rb"ID3|OggS|fLaC|RIFF.{4}WAVE|\xff[\xfb\xf3\xf2]",
    "an archive or an office document": rb"PK[\x03\x05]|\xd0\xcf\x11\xe0|\x1f\x8b|7z\xbc\xaf|Rar!",
    "a text file": rb"[^\0-\x08\x0e-\x1a\x1c-\x1f\x7f]+\Z",
}
RAW = (
    "This looks like a camera's raw photo, of which the gallery could read only the small preview. "
    "Export it as JPEG in the camera or a photo program, and try again."
)
INTRICATE = (
    "The file is built in an unusual way and would take too long to open. "
    "Open it in a picture program, save it as a plain JPEG or PNG, and try again."
)
MAX_PARTS = 50_000
MAX_MARKERS = 2_000  # of a JPEG: Pillow joins those of one kind in quadratic time
MAX_DESCRIBED = 200  # texts and camera data of a HEIC's pictures: each is copied for each picture
MAX_BLOCKS = 500_000  # of a GIF, walked through to count its frames
MAX_PAGES = 16  # of a TIFF, looked at to know a raw photo

JPEG_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
RAW_COLOURS = {32803, 34892}  # colour filter array, linear raw
RAW_COMPRESSIONS = {32767, 32769, 32770, 34713, 65000, 65535}  # Sony, Epson, Samsung, Nikon, Kodak, Pentax
DNG_VERSION = 50706
TIFF_BYTES = {
    3: 2,
    4: 4,
    5: 8,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}  # by type; else 1
Entries = dict[int, tuple[int, int]]  # of a TIFF's page: tag to how many values, and the first or their place


def recognise(data: bytes) -> str:
    """A key of `FORMATS`. Raises `UnreadableMedia` for anything else."""
    head = data[:2048]
    for name, magic in STRANGERS.items():
        if re.match(magic, head, re.DOTALL):
            raise UnreadableMedia(f"This looks like {name}, which the gallery cannot read. {CHOOSE}")
    for kind, (_, magic) in FORMATS.items():
        if re.match(magic, head, re.DOTALL):
            return kind
    raise UnreadableMedia(f"This is not a kind of picture the gallery knows. {CHOOSE}")


def count_scans(data: bytes, kind: str) -> int:
    """How often a JPEG's decoder goes over the pixels, 0 for other kinds.

    Raises `UnreadableMedia` where opening would take long: a file of 20 MB can ask for millions of steps in
    Python, seconds of work and a gigabyte; a photo has some hundreds.
    """
    scans = markers = 0
    for number, part in enumerate(_parts(data, kind)):
        if number == MAX_PARTS or markers == MAX_MARKERS:
            raise UnreadableMedia(INTRICATE)
        scans += part == 0xDA
        markers += part > 0
    if kind == "HEIC" and _described(data) > MAX_DESCRIBED:
        raise UnreadableMedia(INTRICATE)
    return scans


def streams(data: bytes, image: ImageFile, scans: int) -> bool:
    """Whether a JPEG is decoded row by row, so that a smaller picture takes less memory."""
    position = 2
    while match := JPEG_MARKER.search(data, position):
        marker, position = data[match.end() - 1], match.end()
        if marker == 0xDA:
            return scans == 1 and "progressive" not in image.info and data[position + 2] == image.layers  # type: ignore[attr-defined]
        if marker not in (0x01, 0xD8):
            position += int.from_bytes(data[position : position + 2])
    return False


def frames(image: ImageFile, data: bytes) -> str:
    """What is left out of a file with several pictures, in words; empty where there is one."""
    if isinstance(image, TiffImageFile):  # to count pages is to read every page's header
        if _is_preview(data):
            return "only the small preview in it"
        return "first page only" if image.is_animated else ""
    if isinstance(image, GifImageFile):  # to count frames is to read them all
        return _in_words("first", *_gif_frames(data))
    name = "main one" if isinstance(image, HeifImageFile) else "first"
    return _in_words(name, getattr(image, "n_frames", 1))


def _in_words(name: str, count: int, more: str = "") -> str:
    return f"{name} of {count}{more} frames" if count > 1 else ""


def is_raw(data: bytes) -> bool:
    """Whether a TIFF is a camera's raw photo, whose first page is but a preview."""
    pages = list(_pages(data))
    return bool(
        (pages and DNG_VERSION in pages[0])
        or any(_value(page, Tag.PhotometricInterpretation) in RAW_COLOURS for page in pages)
        or any(_value(page, Tag.Compression) in RAW_COMPRESSIONS for page in pages)
    )


def _is_preview(data: bytes) -> bool:
    """Whether a TIFF's first page is a smaller copy of another."""
    first, *others = _pages(data)
    reduced = _value(first, Tag.NewSubfileType) & 1 or _value(first, Tag.SubfileType) == 2

    def pixels(page: Entries) -> int:
        return _value(page, Tag.ImageWidth) * _value(page, Tag.ImageLength)

    return bool(reduced) and any(pixels(page) > pixels(first) for page in others)


def _value(page: Entries, tag: int) -> int:
    return page.get(tag, (0, 0))[1]


def _parts(data: bytes, kind: str) -> Iterator[int]:
    """One item, a JPEG's marker or 0, for each step that Pillow takes in Python before the pixels."""
    if kind == "JPEG":
        position, scanning = 2, False
        while match := JPEG_MARKER.search(data, position):
            yield from repeat(0, 0 if scanning else match.start() - position)
            marker, position = data[match.end() - 1], match.end()
            yield marker
            if marker == 0xD9:
                return
            if marker not in (0x01, 0xD8):
                position += int.from_bytes(data[position : position + 2])
            scanning = scanning or marker == 0xDA
    elif kind == "PNG":
        position = 8
        while position < len(data):
            yield 0
            position += 12 + int.from_bytes(data[position : position + 4])
    elif kind == "GIF":
        position = _after_palette(data, 10, 13)
        while position < len(data) and data[position] not in b",;":
            yield 0
            position += 1
            if data[position - 1] == ord("!"):
                position += 1
                while data[position]:
                    yield 0
                    position += 1 + data[position]
                position += 1
    elif kind in ("BMP", "DIB"):
        start = 30 if kind == "BMP" else 16
        if data[start : start + 4] in (b"\1\0\0\0", b"\2\0\0\0"):
            yield from repeat(0, len(data) // 40)  # run lengths: many short steps
    elif kind == "TIFF":
        entries, _ = _page(data, _first_page(data))
        for tag, (count, _) in entries.items():
            yield from repeat(0, count if tag in (Tag.StripOffsets, Tag.TileOffsets) else 1)


def _described(data: bytes) -> int:
    """How many pictures a HEIC's texts and camera data are said to belong to, one for each pair."""
    position, total = 0, 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4])
        if data[position + 4 : position + 8] == b"meta":
            meta = data[position : position + size]
            skip = 6 if re.search(rb"iref\x01", meta) else 4
            for match in re.finditer(rb"cdsc.{%d}" % skip, meta, re.DOTALL):
                total += int.from_bytes(match[0][-2:])
        if size < 8:
            break
        position += size
    return total


def _after_palette(data: bytes, flags: int, after: int) -> int:
    """Where a GIF goes on: `after` its flags, and the colours that they announce."""
    return after + (3 << (data[flags] & 7) + 1 if data[flags] & 128 else 0)


def _gif_frames(data: bytes) -> tuple[int, str]:
    """How many pictures a GIF holds; " or more" where that was too long to count."""
    count = blocks = 0
    position = _after_palette(data, 10, 13)
    try:
        while data[position] in b"!,":
            if data[position] == ord(","):
                count += 1
                position = _after_palette(data, position + 9, position + 10) + 1
            else:
                position += 2
            while data[position]:
                blocks += 1
                if blocks > MAX_BLOCKS:
                    return count, " or more"
                position += 1 + data[position]
            position += 1
    except IndexError:  # cut short; what came before is shown
        pass
    return count, ""


def _first_page(data: bytes) -> int:
    order = "<" if data[:2] == b"II" else ">"
    big = 0x2B in data[2:4]
    return int(struct.unpack_from(f"{order}Q" if big else f"{order}I", data, 8 if big else 4)[0])


def _page(data: bytes, start: int) -> tuple[Entries, int]:
    """A TIFF's page, and where the next one stands, 0 for none.

    Raises `struct.error` where it is cut short, `UnreadableMedia` where reading it would take long.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = 0x2B in data[2:4]
    number, entry, length = ("Q", "HHQ", 20) if big else ("H", "HHI", 12)
    entries: Entries = {}
    count, total = struct.unpack_from(order + number, data, start)[0], 0
    start += struct.calcsize(order + number)
    for place in range(start, start + length * count, length):
        tag, form, values = struct.unpack_from(order + entry, data, place)
        total += values * TIFF_BYTES.get(form, 1)
        if place - start > length * MAX_PARTS or total > 2 * len(data):
            raise UnreadableMedia(INTRICATE)
        word = {3: "H", 16: "Q", 18: "Q"}.get(form, "I")
        if values * TIFF_BYTES.get(form, 1) > (8 if big else 4):
            word = "Q" if big else "I"
        at = place + struct.calcsize(order + entry)
        entries[tag] = (values, struct.unpack_from(order + word, data, at)[0])
    following = struct.unpack_from(f"{order}Q" if big else f"{order}I", data, start + length * count)[0]
    return entries, following


def _pages(data: bytes) -> Iterator[Entries]:
    """A TIFF's first page, those below it and those after it, as far as they can be read."""
    waiting, seen = [_first_page(data)], set[int]()
    order = "<" if data[:2] == b"II" else ">"
    word = f"{order}Q" if 0x2B in data[2:4] else f"{order}I"
    size = struct.calcsize(word)
    while waiting and len(seen) < MAX_PAGES:
        start = waiting.pop(0)
        if start in seen or not start:
            continue
        seen.add(start)
        try:
            page, following = _page(data, start)
        except (struct.error, UnreadableMedia):
            continue
        yield page
        count, place = page.get(Tag.SubIFDs, (0, 0))
        if count == 1:
            waiting.append(place)
        elif count:
            below = range(place, place + size * min(count, MAX_PAGES), size)
            waiting += [struct.unpack_from(word, data, at)[0] for at in below if at + size <= len(data)]
        waiting.append(following)
