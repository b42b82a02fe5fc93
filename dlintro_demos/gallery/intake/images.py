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
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image
from PIL.ExifTags import Base as Tag
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from dlintro_demos.gallery.intake.picture_colours import is_deep, on_white, split, to_srgb
from dlintro_demos.gallery.intake.picture_formats import (
    CHOOSE,
    FORMATS,
    INTRICATE,
    RAW,
    UnreadableMedia,
    count_scans,
    frames,
    is_raw,
    recognise,
    streams,
)

# Pillow's complaints quote the file. Silenced once, here: filters changed around a call are not thread-safe.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").setLevel(logging.CRITICAL)

MAX_SCANNED_PIXELS = 1_000_000_000
SMALLER = (2, 4, 8)  # what a JPEG can be divided by while it is decoded
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class MediaTooLarge(UnreadableMedia):
    """A file with more bytes or more pixels than allowed."""


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """What is refused before its pixels are decoded, or with `shrink` decoded smaller, if it is a JPEG.

    With `stretch`, grey values of more than 8 bits are stretched from the darkest to the brightest: cameras
    on microscopes fill but a part of 16 bits, and little of that would be left.
    """

    max_bytes: int = 20 * 2**20
    max_pixels: int = 40_000_000
    max_side: int = 30_000
    shrink: bool = True
    stretch: bool = False


DEFAULT_LIMITS = ImageLimits()


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """An upright picture in sRGB.

    `rgb` is (H, W, 3) uint8: what everybody sees, on white where it is see-through, so that nothing works on
    what is hidden. `alpha` is (H, W) uint8, None where all is opaque; `see_through` takes the white away.
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
    """Decode the first frame of a file of one of `FORMATS`, upright, in sRGB and on white.

    A JPEG that is too large is decoded at 1/2, 1/4 or 1/8 of its size.

    Raises `MediaTooLarge`, or `UnreadableMedia` for anything else that is wrong, and no other exception.
    """
    if not data:
        raise UnreadableMedia(f"The file is empty. {CHOOSE}")
    if len(data) > limits.max_bytes:
        raise MediaTooLarge(
            f"The file has {len(data) / 2**20:.1f} MB; the limit is {limits.max_bytes / 2**20:.4g} MB. "
            "Make the picture smaller, or save it as JPEG, and try again."
        )
    kind = recognise(data)
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


def encode_png(rgb: np.ndarray) -> bytes:
    """Encode (H, W, 3) uint8 sRGB without loss and without metadata."""
    file = io.BytesIO()
    _image(rgb).save(file, "PNG")
    return file.getvalue()


def encode_jpeg(rgb: np.ndarray, *, quality: int = 90) -> bytes:
    """Encode (H, W, 3) uint8 sRGB with loss, for small pictures beside others; `quality` is 1 to 95."""
    file = io.BytesIO()
    _image(rgb).save(file, "JPEG", quality=quality)
    return file.getvalue()


def encode_webp(rgb: np.ndarray, *, quality: int = 92, lossless: bool = False) -> bytes:
    """Encode as `encode_png`, smaller; `quality` is 0 to 100. Sides over 16383 raise ValueError."""
    file = io.BytesIO()
    _image(rgb).save(file, "WEBP", quality=quality, lossless=lossless)
    return file.getvalue()


def orientation_of(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> int:
    """EXIF's orientation of a picture file, 1 to 8; 1 where it says nothing, or is refused by the limits."""
    try:
        image = FORMATS[recognise(data)][0](io.BytesIO(data))
        if isinstance(image, PngImageFile):  # what stands behind a PNG's pixels is read after them
            _fit(image, data, 0, limits)
        value = _exif_orientation(image)
    except Exception:  # noqa: BLE001 - the file may hold anything; without it the picture is upright
        return 1
    return value if value in range(1, 9) else 1


def _image(rgb: np.ndarray) -> Image.Image:
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
        raise ValueError(f"rgb must be (H, W, 3) uint8, not {rgb.shape} {rgb.dtype}")
    return Image.fromarray(rgb)


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin as those of a picture that `decode_image` may read."""
    try:
        recognise(data)
    except UnreadableMedia:
        return False
    return True


def _too_many_pixels(found: str, limits: ImageLimits, then: str = "Make it smaller") -> MediaTooLarge:
    return MediaTooLarge(
        f"The picture has {found} pixels; the limit is {limits.max_pixels / 1e6:.4g} megapixels "
        f"and {limits.max_side} pixels a side. {then} and try again."
    )


def _read(
    data: bytes, kind: str, limits: ImageLimits
) -> tuple[np.ndarray, np.ndarray | None, tuple[str, ...]]:
    scans = count_scans(data, kind)
    if kind == "TIFF" and is_raw(data):
        raise UnreadableMedia(RAW)
    image = FORMATS[kind][0](io.BytesIO(data))
    tags = image.tag_v2 if isinstance(image, TiffImageFile) else {}
    smaller = _fit(image, data, scans, limits)
    tile = tags.get(Tag.TileWidth, 0) * tags.get(Tag.TileLength, 0)
    if tile > limits.max_pixels or scans * image.width * image.height > MAX_SCANNED_PIXELS:
        raise UnreadableMedia(INTRICATE)

    left_out = frames(image, data)
    method = TURNS.get(tags.get(Tag.Orientation, 1))
    turned = "turned upright" if method is not None else ""
    if tags:
        method = None  # Pillow turns a TIFF itself, and would read all the camera's data of a single page
        image.is_animated = True  # type: ignore[attr-defined]
        image.info.pop("xmp", None)
    image.load()
    if not tags:
        method, turned = _turn(image)

    bits = data[24] if kind == "PNG" else max(tags.get(Tag.BitsPerSample, (image.info.get("bit_depth", 8),)))
    stretched = limits.stretch and is_deep(image)
    fewer = f"{bits} bits {'stretched' if stretched else 'reduced'} to 8" if bits > 8 else ""
    colours, alpha = split(
        image, bits, white_is_zero=tags.get(Tag.PhotometricInterpretation) == 0, stretch=limits.stretch
    )
    colours, converted = to_srgb(colours, image.info)
    if method is not None:
        colours = colours.transpose(method)
        alpha = alpha and alpha.transpose(method)
    if alpha is not None and alpha.getextrema() == (255, 255):
        alpha = None
    notes = tuple(filter(None, (left_out, smaller, turned, fewer, converted)))
    return np.array(on_white(colours, alpha)), None if alpha is None else np.array(alpha), notes


def _fit(image: ImageFile, data: bytes, scans: int, limits: ImageLimits) -> str:
    """Have a JPEG over the limits decoded smaller, and say so. Raises `MediaTooLarge` where that cannot be.

    One that is not decoded row by row would be held whole in memory, however small it is wanted.
    """
    width, height = image.size

    def fits(width: int, height: int) -> bool:
        return width * height <= limits.max_pixels and max(width, height) <= limits.max_side

    if fits(width, height):
        return ""
    found = f"{width} x {height}"
    divisor = next((each for each in SMALLER if fits(-(-width // each), -(-height // each))), None)
    may = limits.shrink and isinstance(image, JpegImageFile) and width * height <= MAX_SCANNED_PIXELS
    if divisor is None or not may:
        raise _too_many_pixels(found, limits)
    if not streams(data, image, scans):
        raise _too_many_pixels(
            found, limits, "Make it smaller, or save it as a plain JPEG (not progressive),"
        )
    image.draft(None, (max(1, width // divisor), max(1, height // divisor)))
    if not fits(*image.size):  # one that is few pixels wide is not made smaller
        raise _too_many_pixels(found, limits)
    return (
        f"opened at 1/{divisor} of its size, {image.width} x {image.height} pixels, because its {found} are "
        f"more than the limit of {limits.max_pixels / 1e6:.4g} megapixels"
    )


def _turn(image: ImageFile) -> tuple[Image.Transpose | None, str]:
    try:
        method = TURNS.get(_exif_orientation(image))
    except Exception:  # noqa: BLE001 - the camera's data may hold anything; the picture is whole without
        return None, "damaged camera data (EXIF) ignored"
    return method, "turned upright" if method is not None else ""


def _exif_orientation(image: ImageFile) -> int:
    """As browsers read it: Pillow would also obey what stands in XMP or in a PNG's text."""
    for key in ("xmp", "XML:com.adobe.xmp", "Raw profile type exif"):
        image.info.pop(key, None)
    value: int = image.getexif().get(Tag.Orientation, 1)
    return value
