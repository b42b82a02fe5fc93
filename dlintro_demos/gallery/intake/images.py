"""The only door for visitors' picture files: limits first, then the header, the pixels last.

A format is known by its content, never by the file's name. Whatever is wrong with a file, the answer is
`UnreadableMedia`, whose text is for the visitor and never quotes the file. Nothing is logged or written to
disk (libtiff alone may print a line of its own, without the file's words, on stderr), and any number of
threads may decode at once.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from PIL import Image, ImageCms
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base as Tag
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

# Pillow's complaints quote the file. Silenced once, here: filters changed around a call are not thread-safe.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").setLevel(logging.CRITICAL)

# The plugins are called by name: `Image.open` guesses, and warns of sizes that are refused here anyway.
FORMATS: dict[str, tuple[type[ImageFile], bytes]] = {
    "JPEG": (JpegImageFile, rb"\xff\xd8\xff"),
    "PNG": (PngImageFile, rb"\x89PNG\r\n\x1a\n"),
    "WebP": (WebPImageFile, rb"RIFF.{4}WEBP"),
    "GIF": (GifImageFile, rb"GIF8[79]a"),
    "BMP": (BmpImageFile, rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    "TIFF": (TiffImageFile, rb"II\*\0|MM\0\*"),
}
# Tried before the formats, in this order; the last one holds for anything without control characters.
STRANGERS = {
    "a web page": rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|script)",
    "an SVG drawing": rb"(?i)[^\0]*?<svg[\s>]",
    "a PDF document": rb"%PDF-",
    "a HEIC or AVIF photo": rb".{4}ftyp(?:hei|hev|mif1|msf1|avi)",
    "a video": rb".{4}ftyp|\x1a\x45\xdf\xa3|RIFF.{4}AVI |\0\0\x01\xba",
    "a sound recording": rb"ID3|OggS|fLaC|RIFF.{4}WAVE|\xff[\xfb\xf3\xf2]",
    "an archive or an office document": rb"PK[\x03\x05]|\xd0\xcf\x11\xe0|\x1f\x8b|7z\xbc\xaf|Rar!",
    "a camera's raw photo": rb"II\*\0.{4}CR|FUJIFILMCCD-RAW|II(?:RO|U\0)",
    "a BigTIFF file": rb"II\+\0|MM\0\+",
    "a text file": rb"[^\0-\x08\x0e-\x1a\x1c-\x1f\x7f]+\Z",
}
CHOOSE = "Choose a JPEG, PNG, WebP, GIF, BMP or TIFF file."
INTRICATE = (
    "The file is built in an unusual way and would take too long to open. "
    "Open it in a picture program, save it as a plain JPEG or PNG, and try again."
)
MAX_PARTS = 50_000
MAX_MARKERS = 2_000  # of a JPEG: Pillow joins those of one kind in quadratic time
MAX_SCANNED_PIXELS = 1_000_000_000
MAX_PROFILE_BYTES = 4 * 2**20

JPEG_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
GIF_FRAME = re.compile(rb"!\xf9\x04.{4}\0[,!]", re.DOTALL)
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}


class UnreadableMedia(ValueError):
    """A file that gives no picture; its text tells a visitor what happened, the limit, and what to do."""


class MediaTooLarge(UnreadableMedia):
    """A file with more bytes or more pixels than allowed."""


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """What is refused before its pixels are decoded."""

    max_bytes: int = 20 * 2**20
    max_pixels: int = 40_000_000
    max_side: int = 30_000


DEFAULT_LIMITS = ImageLimits()


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """An upright picture in sRGB.

    `rgb` is (H, W, 3) uint8; `alpha` is (H, W) uint8, not multiplied into `rgb`, None where all is opaque.
    `digest` is the SHA-256 of the file's bytes, in hex: a cache key. `notes` say in plain words what was
    changed on the way in.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    digest: str
    format: str
    notes: tuple[str, ...]

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.rgb.shape[0])

    @property
    def megapixels(self) -> float:
        """Millions of pixels."""
        return self.width * self.height / 1e6


def decode_image(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> Picture:
    """Decode the first frame of a JPEG, PNG, WebP, GIF, BMP or TIFF file, upright and in sRGB.

    Raises `MediaTooLarge`, or `UnreadableMedia` for anything else that is wrong, and no other exception.
    """
    if not data:
        raise UnreadableMedia(f"The file is empty. {CHOOSE}")
    if len(data) > limits.max_bytes:
        raise MediaTooLarge(
            f"The file has {len(data) / 2**20:.1f} MB; the limit is {limits.max_bytes / 2**20:.4g} MB. "
            "Make the picture smaller, or save it as JPEG, and try again."
        )
    kind = _recognise(data)
    try:
        rgb, alpha, notes = _read(data, kind, limits)
    except UnreadableMedia:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise _too_many_pixels("too many", limits) from None
    except Exception:  # noqa: BLE001 - Pillow raises almost any type, and its words quote the file
        raise UnreadableMedia(
            f"The file is incomplete or damaged, or a rare kind of {kind} file. "
            "Download it again, or save it as JPEG or PNG in a picture program, and try again."
        ) from None
    digest = hashlib.sha256(data).hexdigest()
    return Picture(rgb=rgb, alpha=alpha, digest=digest, format=kind, notes=notes)


def encode_png(rgb: np.ndarray, alpha: np.ndarray | None = None) -> bytes:
    """Encode (H, W, 3) uint8 sRGB, and alpha (H, W) uint8, without loss and without metadata."""
    file = io.BytesIO()
    _image(rgb, alpha).save(file, "PNG")
    return file.getvalue()


def encode_jpeg(rgb: np.ndarray, *, quality: int = 90) -> bytes:
    """Encode (H, W, 3) uint8 sRGB with loss, for small pictures beside others; `quality` is 1 to 95."""
    file = io.BytesIO()
    _image(rgb, None).save(file, "JPEG", quality=quality)
    return file.getvalue()


def encode_webp(
    rgb: np.ndarray, alpha: np.ndarray | None = None, *, quality: int = 92, lossless: bool = False
) -> bytes:
    """Encode as `encode_png`, smaller; `quality` is 0 to 100. Sides over 16383 raise ValueError."""
    file = io.BytesIO()
    _image(rgb, alpha).save(file, "WEBP", quality=quality, lossless=lossless, exact=lossless)
    return file.getvalue()


def _image(rgb: np.ndarray, alpha: np.ndarray | None) -> Image.Image:
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
        raise ValueError(f"rgb must be (H, W, 3) uint8, not {rgb.shape} {rgb.dtype}")
    image = Image.fromarray(rgb)
    if alpha is not None:
        if alpha.dtype != np.uint8 or alpha.shape != rgb.shape[:2]:
            raise ValueError(f"alpha must be {rgb.shape[:2]} uint8, not {alpha.shape} {alpha.dtype}")
        image.putalpha(Image.fromarray(alpha))
    return image


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin as those of a picture that `decode_image` may read."""
    try:
        _recognise(data)
    except UnreadableMedia:
        return False
    return True


def _recognise(data: bytes) -> str:
    head = data[:2048]
    for name, magic in STRANGERS.items():
        if re.match(magic, head, re.DOTALL):
            raise UnreadableMedia(f"This looks like {name}, which the gallery cannot read. {CHOOSE}")
    for kind, (_, magic) in FORMATS.items():
        if re.match(magic, head, re.DOTALL):
            return kind
    raise UnreadableMedia(f"This is not a kind of picture the gallery knows. {CHOOSE}")


def _too_many_pixels(found: str, limits: ImageLimits) -> MediaTooLarge:
    return MediaTooLarge(
        f"The picture has {found} pixels; the limit is {limits.max_pixels / 1e6:.4g} megapixels "
        f"and {limits.max_side} pixels a side. Make it smaller and try again."
    )


def _read(
    data: bytes, kind: str, limits: ImageLimits
) -> tuple[np.ndarray, np.ndarray | None, tuple[str, ...]]:
    scans = markers = 0
    for number, part in enumerate(_parts(data, kind)):
        if number == MAX_PARTS or markers == MAX_MARKERS:
            raise UnreadableMedia(INTRICATE)
        scans += part == 0xDA
        markers += part > 0

    image = FORMATS[kind][0](io.BytesIO(data))
    pixels = image.width * image.height
    if pixels > limits.max_pixels or max(image.size) > limits.max_side:
        raise _too_many_pixels(f"{image.width} x {image.height}", limits)
    tags = image.tag_v2 if isinstance(image, TiffImageFile) else {}
    tile = tags.get(Tag.TileWidth, 0) * tags.get(Tag.TileLength, 0)
    if tile > limits.max_pixels or scans * pixels > MAX_SCANNED_PIXELS:
        raise UnreadableMedia(INTRICATE)

    frames = _frames(image, data)
    method = TURNS.get(tags.get(Tag.Orientation, 1))
    turned = "turned upright" if method is not None else ""
    if tags:
        method = None  # Pillow turns a TIFF itself, and would read all the camera's data of a single page
        image.is_animated = True  # type: ignore[attr-defined]
    image.load()
    if not tags:
        method, turned = _turn(image)

    bits = data[24] if kind == "PNG" else max(tags.get(Tag.BitsPerSample, (8,)))
    fewer = f"{bits} bits reduced to 8" if bits > 8 else ""
    colours, alpha = _split(image, bits, white_is_zero=tags.get(Tag.PhotometricInterpretation) == 0)
    colours, converted = _to_srgb(colours, image.info)
    if method is not None:
        colours = colours.transpose(method)
        alpha = alpha and alpha.transpose(method)
    opaque = alpha is None or alpha.getextrema() == (255, 255)
    notes = tuple(filter(None, (frames, turned, fewer, converted)))
    return np.array(colours), None if opaque else np.array(alpha), notes


def _parts(data: bytes, kind: str) -> Iterator[int]:
    """One item, a JPEG's marker or 0, for each step that Pillow takes in Python before the pixels.

    A file of 20 MB can ask for millions of them, seconds of work and a gigabyte; a photo has some hundreds.
    """
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
        position = 13 + (3 << (data[10] & 7) + 1 if data[10] & 128 else 0)
        while position < len(data) and data[position] not in b",;":
            yield 0
            position += 1
            if data[position - 1] == ord("!"):
                position += 1
                while data[position]:
                    yield 0
                    position += 1 + data[position]
                position += 1
    elif kind == "BMP" and data[30:34] in (b"\1\0\0\0", b"\2\0\0\0"):
        yield from repeat(0, len(data) // 40)  # run lengths: many short steps
    elif kind == "TIFF":
        order = "<" if data[:2] == b"II" else ">"
        start = struct.unpack_from(f"{order}I", data, 4)[0]
        for entry in range(struct.unpack_from(f"{order}H", data, start)[0]):
            tag, _, count = struct.unpack_from(f"{order}HHI", data, start + 2 + 12 * entry)
            yield from repeat(0, count if tag in (Tag.StripOffsets, Tag.TileOffsets) else 1)


def _frames(image: ImageFile, data: bytes) -> str:
    if isinstance(image, TiffImageFile):  # to count pages is to read every page's header
        return "first page only" if image.is_animated else ""
    if isinstance(image, GifImageFile):  # to count frames is to read them all
        count = sum(1 for _ in GIF_FRAME.finditer(data))
    else:
        count = getattr(image, "n_frames", 1)
    return f"first of {count} frames" if count > 1 else ""


def _turn(image: ImageFile) -> tuple[Image.Transpose | None, str]:
    try:
        method = TURNS.get(image.getexif().get(Tag.Orientation, 1))
    except Exception:  # noqa: BLE001 - the camera's data may hold anything; the picture is whole without
        return None, "damaged camera data (EXIF) ignored"
    return method, "turned upright" if method is not None else ""


def _split(image: ImageFile, bits: int, *, white_is_zero: bool) -> tuple[Image.Image, Image.Image | None]:
    """Colours as L, RGB or CMYK, and alpha as L."""
    key = image.info.get("transparency")
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        values = np.array(image)
        grey = _eight_bits(values, 2**bits - 1 if image.mode.startswith("I;16") else None)
        alpha = None if key is None else Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8))
        return Image.fromarray(255 - grey if white_is_zero else grey), alpha

    if isinstance(image, PngImageFile):  # Pillow gives the key in the file's bits, the pixels in 8
        if image.mode == "L" and isinstance(key, int):
            image.info["transparency"] = key * 255 // (2**bits - 1)
        elif image.mode == "RGB" and key and bits == 16:
            image.info["transparency"] = tuple(value >> 8 for value in key)
    colours: Image.Image = image
    if image.has_transparency_data:
        colours = image.convert("LA" if image.mode in ("1", "L", "La", "LA") else "RGBA")
    alpha = colours.getchannel("A") if colours.mode in ("LA", "RGBA") else None
    if colours.mode in ("1", "LA"):
        return colours.convert("L"), alpha
    return (colours if colours.mode in ("L", "CMYK") else colours.convert("RGB")), alpha


def _eight_bits(values: np.ndarray, white: float | None) -> np.ndarray:
    """Scale grey values so that 0 to `white` is 0 to 255.

    Where the file does not say what is white, it is 1 (fractions only), 255 or 65535, the first that holds
    them all; values that none holds are stretched from their least to their greatest.
    """
    scaled = np.nan_to_num(values.astype(np.float32), copy=False, posinf=0, neginf=0)
    low, high = float(scaled.min()), float(scaled.max())
    whites = [white] if white else [1, 255, 65535] if values.dtype.kind == "f" else [255, 65535]
    fitting = [each for each in whites if low >= 0 and high <= each]
    if fitting:
        low, high = 0.0, float(fitting[0])
    scaled -= low
    scaled *= 255 / max(high - low, 1e-30)
    return np.clip(np.rint(scaled, out=scaled), 0, 255, out=scaled).astype(np.uint8)


def _to_srgb(colours: Image.Image, info: dict) -> tuple[Image.Image, str]:
    note = "print colours (CMYK) converted to RGB" if colours.mode == "CMYK" else ""
    if "icc_profile" not in info:
        return colours.convert("RGB"), note
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(info["icc_profile"]))
        mode = PROFILE_MODES[profile.profile.xcolor_space.strip()]
        source = colours.convert("RGB") if (colours.mode, mode) == ("L", "RGB") else colours
        if source.mode != mode or len(info["icc_profile"]) > MAX_PROFILE_BYTES:
            raise ValueError("a profile for other pixels, or one that takes long to read")
        srgb, intent = ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC
        black = ImageCms.Flags.BLACKPOINTCOMPENSATION
        transform = ImageCms.buildTransform(profile, srgb, mode, "RGB", intent, black)
        if mode == "RGB" and _changes_little(transform):
            return source, note
        return transform.apply(source), "colours converted to sRGB"
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, KeyError):
        return colours.convert("RGB"), "; ".join(filter(None, ["unusable colour profile ignored", note]))


def _changes_little(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a colour cube comes out within 2 of 255: most profiles are sRGB under another name."""
    cube = np.indices((6, 6, 6), np.uint8).reshape(3, 1, 216).transpose(1, 2, 0) * 51
    converted = np.array(transform.apply(Image.fromarray(np.ascontiguousarray(cube))), np.int16)
    return bool(np.abs(converted - cube).max() <= 2)
