"""A folder of files that no gallery should trust, made in memory: broken, lying, oversized, mislabelled."""

from __future__ import annotations

import functools
import io
import re
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, PngImagePlugin

Verdict = Literal["refused", "too large", "accepted"]


@dataclass(frozen=True, kw_only=True)
class HostileFile:
    """A file as a visitor would upload it, and what must become of it.

    `says` is a piece of the message of a refusal, or of a note of a picture that is accepted all the same.
    """

    name: str
    data: bytes
    verdict: Verdict = "refused"
    says: str = ""


def photo(width: int = 64, height: int = 48) -> Image.Image:
    """Smooth colours with some noise, so that no two rows or columns are alike."""
    y, x = np.mgrid[:height, :width]
    noise = np.random.default_rng(7).integers(0, 40, (height, width, 3))
    return Image.fromarray((np.stack([x * 3, y * 4, x + y], -1) + noise).clip(0, 255).astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """Encode with Pillow into memory."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def heic(name: str) -> bytes:
    """A HEIC of `photo()`: "photo"; "turned" on its side, with camera data; "glass" with a gradient as alpha.

    Made with pillow-heif, which can write them and is not installed here.
    """
    return (Path(__file__).parent / "heic" / f"{name}.heic").read_bytes()


def with_size(file: bytes, width: int, height: int) -> bytes:
    """A HEIC or AVIF whose header claims other sizes than its pixels have."""
    return re.sub(
        rb"(ispe\0{4}).{8}", lambda found: found[1] + struct.pack(">II", width, height), file, flags=re.DOTALL
    )


def many_described(file: bytes) -> bytes:
    """A HEIC whose camera data is said to belong to a thousand pictures."""
    at = file.index(b"cdsc") + 6
    return file[:at] + (1000).to_bytes(2) + file[at + 2 :]


def png_chunk(name: bytes, content: bytes) -> bytes:
    """One PNG chunk with its length and checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(
    size: tuple[int, int], rows: bytes, *, bits: int = 8, colour: int = 2, chunks: Iterable[bytes] = ()
) -> bytes:
    """A PNG by hand: `rows` are the filter bytes and samples, `chunks` stand before the pixels."""
    header = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", header),
            *chunks,
            png_chunk(b"IDAT", zlib.compress(rows, 9)),
            png_chunk(b"IEND", b""),
        ]
    )


def jpeg_segment(marker: int, content: bytes) -> bytes:
    """One JPEG segment with its length."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def tiff(entries: Iterable[tuple[int, int, int, int]], after: bytes = b"") -> bytes:
    """A little-endian TIFF of one page: `entries` are (tag, type, count, value), `after` follows them."""
    entries = list(entries)
    return b"".join(
        [
            struct.pack("<2sHIH", b"II", 42, 8, len(entries)),
            *(struct.pack("<HHII", *entry) for entry in entries),
            struct.pack("<I", 0),
            after,
        ]
    )


def png_bomb(side: int = 13_000, repeats: int = 100) -> bytes:
    """Half a megabyte that unpacks to half a gigabyte of zeros."""
    row_bytes = 1 + 3 * side
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(row_bytes * side // repeats)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">HH", row_bytes * side % 65521, 1)
    packed = b"\x78\xda" + block * repeats + b"\x03\x00" + checksum
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def jpeg_scan_bomb(side: int = 2000, scans: int = 20_000) -> bytes:
    """A progressive JPEG that refines the same coefficients again and again."""
    data = encoded(Image.new("RGB", (side, side)), "JPEG", progressive=True)
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last_scan * scans + data[-2:]


def tiff_tile_bomb(side: int = 8000) -> bytes:
    """An 8 x 8 picture stored in one tile of 64 megapixels."""
    packed = zlib.compress(bytes(side * side), 9)
    entries = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1)]
    start = 8 + 2 + 12 * (len(entries) + 4) + 4
    entries += [(322, 4, 1, side), (323, 4, 1, side), (324, 4, 1, start), (325, 4, 1, len(packed))]
    return tiff(entries, packed)


def gif_of_frames(count: int) -> bytes:
    """A red frame, then `count - 1` others."""
    frames = [Image.new("RGB", (16, 16), (255, 0, 0))]
    frames += [Image.new("RGB", (16, 16), (0, number % 251, 255)) for number in range(count - 1)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)


@functools.cache
def hostile_files() -> tuple[HostileFile, ...]:
    """Every file of the folder."""
    image = photo()
    jpeg, png_file = encoded(image, "JPEG"), encoded(image, "PNG")
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "A" * 20_000_000, zip=True)
    tiny = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (262, 3, 1, 1)]
    many_strips = tiff([*tiny, (273, 4, 300_000, 8), (278, 4, 1, 1)], bytes(1_200_000))
    gif = encoded(image.convert("P"), "GIF")
    palette_end = 13 + (3 << (gif[10] & 7) + 1)
    rle_header = struct.pack("<IiiHHIIiiII", 40, 4000, 4000, 1, 8, 1, 3_000_000, 0, 0, 256, 0)
    cut_files = {
        "JPEG": jpeg,
        "progressive JPEG": encoded(image, "JPEG", progressive=True),
        "PNG": png_file,
        "WebP": encoded(image, "WEBP"),
        "TIFF": encoded(image, "TIFF"),
        "LZW TIFF": encoded(image, "TIFF", compression="tiff_lzw"),
        "GIF": encoded(image.convert("P"), "GIF"),
        "BMP": encoded(image, "BMP"),
        "HEIC": heic("photo"),
        "AVIF": encoded(image, "AVIF"),
    }
    cut = [
        HostileFile(name=f"truncated {kind}", data=data[: int(len(data) * 0.6)], says="incomplete")
        for kind, data in cut_files.items()
    ]
    return (
        *cut,
        HostileFile(name="empty.jpg", data=b"", says="empty"),
        HostileFile(name="one byte", data=b"\xff"),
        HostileFile(name="only a magic number", data=b"\x89PNG\r\n\x1a\n", says="incomplete"),
        HostileFile(name="bomb.png", data=png_bomb(), verdict="too large", says="40 megapixels"),
        HostileFile(
            name="huge claim.png",
            data=png((100_000, 100_000), b""),
            verdict="too large",
            says="100000 x 100000",
        ),
        HostileFile(name="no width.png", data=png((0, 10), b""), says="damaged"),
        HostileFile(name="no height.gif", data=b"GIF89a\x10\0\0\0\0\0\0,", says="damaged"),
        HostileFile(
            name="huge canvas.webp",
            data=b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + b"\xff\xff\xfe" + b"\xff\xff\0",
            verdict="too large",
            says="40 megapixels",
        ),
        HostileFile(
            name="frame larger than its screen.gif",
            data=b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0\x10\x27\x10\x27\0\2\0;",
            verdict="too large",
            says="10000 x 10000",
        ),
        HostileFile(name="scan bomb.jpg", data=jpeg_scan_bomb(), says="too long to open"),
        HostileFile(
            name="a million comments.jpg",
            data=jpeg[:2] + jpeg_segment(0xFE, b"") * 1_000_000 + jpeg[2:],
            says="too long to open",
        ),
        HostileFile(
            name="a million chunks.png",
            data=png_file[:33] + png_chunk(b"tIME", b"") * 1_000_000 + png_file[33:],
            says="too long to open",
        ),
        HostileFile(
            name="endless comment.gif",
            data=gif[:palette_end] + b"!\xfe" + b"\1a" * 1_000_000 + b"\0" + gif[palette_end:],
            says="too long to open",
        ),
        HostileFile(
            name="run lengths.bmp",
            data=b"BM" + struct.pack("<IHHI", 0, 0, 0, 1078) + rle_header + bytes(1024) + b"\1\7" * 1_500_000,
            says="too long to open",
        ),
        HostileFile(
            name="camera data in crumbs.jpg",
            data=jpeg[:2] + 3000 * (b"\xff\xe1" + (400).to_bytes(2) + b"Exif\0\0" + bytes(392)) + jpeg[2:],
            says="too long to open",
        ),
        HostileFile(name="many strips.tif", data=many_strips, says="too long to open"),
        HostileFile(name="tile bomb.tif", data=tiff_tile_bomb(), says="too long to open"),
        HostileFile(name="text bomb.png", data=encoded(image, "PNG", pnginfo=text), says="damaged"),
        HostileFile(
            name="looping pages.tif",
            data=tiff([(256, 4, 1, 8)])[:-4] + struct.pack("<I", 8),
            says="damaged",
        ),
        HostileFile(
            name="bits from nowhere.tif",
            data=tiff([(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 23), (262, 3, 1, 1), (273, 4, 1, 8)]),
            says="rare kind of TIFF",
        ),
        HostileFile(name="random.png", data=np.random.default_rng(3).bytes(5000)),
        HostileFile(name="drawing.svg", data=b'<?xml version="1.0"?>\n<svg onload="alert(1)"/>', says="SVG"),
        HostileFile(name="page.png", data=b"<!DOCTYPE html><script>alert(1)</script>", says="web page"),
        HostileFile(name="paper.jpg", data=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", says="PDF"),
        HostileFile(name="letter.docx", data=b"PK\3\4\x14\0\6\0", says="office document"),
        HostileFile(name="only a name.heic", data=b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", says="HEIC"),
        HostileFile(name="huge claim.heic", data=with_size(heic("photo"), 9_000, 9_000), says="HEIC"),
        HostileFile(name="lying.heic", data=with_size(heic("photo"), 8, 8), says="HEIC"),
        HostileFile(
            name="one text for a thousand pictures.heic",
            data=many_described(heic("turned")),
            says="too long to open",
        ),
        HostileFile(
            name="huge claim.avif",
            data=with_size(encoded(image, "AVIF"), 20_000, 9_000),
            verdict="too large",
            says="20000 x 9000",
        ),
        HostileFile(name="camera.cr3", data=b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", says="raw photo"),
        HostileFile(name="film.mp4", data=b"\0\0\0\x20ftypisom\0\0\2\0", says="video"),
        HostileFile(name="notes.txt", data="BMW, Größe: 3 m\n".encode() * 50, says="text file"),
        HostileFile(name="photo.png that is a JPEG", data=jpeg, verdict="accepted"),
        HostileFile(
            name="2000 frames.gif", data=gif_of_frames(2000), verdict="accepted", says="first of 2000 frames"
        ),
        HostileFile(
            name="corrupt camera data.jpg",
            data=jpeg[:2] + jpeg_segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xffsecret") + jpeg[2:],
            verdict="accepted",
        ),
        HostileFile(
            name="no camera data.png",
            data=png_file[:33] + png_chunk(b"eXIf", b"secret, no TIFF header") + png_file[33:],
            verdict="accepted",
            says="EXIF",
        ),
        HostileFile(
            name="corrupt profile.png",
            data=encoded(image, "PNG", icc_profile=b"secret" * 50),
            verdict="accepted",
            says="profile ignored",
        ),
        HostileFile(
            name="corrupt print profile.jpg",
            data=encoded(image.convert("CMYK"), "JPEG", icc_profile=b"secret" * 50),
            verdict="accepted",
            says="profile ignored",
        ),
        HostileFile(name="picture and zip.jpg", data=jpeg + b"PK\3\4secret", verdict="accepted"),
        HostileFile(
            name="picture and page.gif",
            data=gif[:-1] + b"!\xfe\x19<script>alert(1)</script>\0;",
            verdict="accepted",
        ),
    )


def write_hostile_files(folder: Path) -> list[Path]:
    """Write the files for a test that uploads them, one path each; the names are part of the trap."""
    paths = []
    for number, file in enumerate(hostile_files()):
        paths.append(folder / f"{number:02} {file.name}")
        paths[-1].write_bytes(file.data)
    return paths
