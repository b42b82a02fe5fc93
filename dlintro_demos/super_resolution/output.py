"""The files that results are written to: on a disk by the command `upscale`, in memory by the page."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from dlintro_demos.gallery.intake.picture_colours import see_through

JPEG_QUALITY = 95  # a fifth of the PNG's bytes; no difference that one sees


@dataclass(frozen=True, kw_only=True)
class Output:
    """A format by Pillow's name; the most pixels on a side, and whether it may be see-through."""

    format: str
    most: int | None = None
    clear: bool = False


_JPEG, _BMP, _TIFF = (
    Output(format="JPEG", most=65_500),
    Output(format="BMP"),
    Output(format="TIFF", clear=True),
)
OUTPUTS = {
    ".png": Output(format="PNG", clear=True),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".jpe": _JPEG,
    ".jfif": _JPEG,
    ".webp": Output(format="WEBP", most=16_383, clear=True),
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".bmp": _BMP,
    ".dib": _BMP,
    ".gif": Output(format="GIF", most=65_535, clear=True),
    ".ico": Output(format="ICO", most=256, clear=True),
    ".jp2": Output(format="JPEG2000", clear=True),
    ".tga": Output(format="TGA", most=65_535, clear=True),
    ".ppm": Output(format="PPM"),
}


def problem_with_name(path: Path) -> str:
    """Why nothing can be written there, with what to do; empty where it can."""
    if path.suffix.lower() not in OUTPUTS:
        *most, last = OUTPUTS
        return f"{path}: the name should end in {', '.join(most)} or {last}."
    if path.is_dir():
        return f"{path} is a folder: give the name of a file."
    if not path.parent.is_dir():
        return f"{path.parent} is not a folder: make it first."
    return ""


def problem_with_size(path: Path, width: int, height: int) -> str:
    """Why a picture of this size, in pixels, does not fit into such a file; empty where it does."""
    most = OUTPUTS[path.suffix.lower()].most
    if most is None or max(width, height) <= most:
        return ""
    return (
        f"{path}: the result has {width} x {height} pixels, and a {path.suffix} file holds at most {most} "
        "on a side. Choose a name that ends in .png, or a smaller scale."
    )


def write(rgb: np.ndarray, alpha: np.ndarray | None, path: Path) -> None:
    """Write (H, W, 3) uint8, on white, and its alpha where the file can hold it. Raises `OSError`."""
    output = OUTPUTS[path.suffix.lower()]
    picture = Image.fromarray(rgb if alpha is None or not output.clear else see_through(rgb, alpha))
    options = {"sizes": [picture.size]} if output.format == "ICO" else {}
    picture.save(path, output.format, **options)


def png_of(rgb: np.ndarray, alpha: np.ndarray | None) -> bytes:
    """A PNG file of (H, W, 3) uint8, on white, and its alpha: four times as fast as the smallest one."""
    file = io.BytesIO()
    Image.fromarray(rgb if alpha is None else see_through(rgb, alpha)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def jpeg_of(rgb: np.ndarray) -> bytes | None:
    """A JPEG file of (H, W, 3) uint8, whose channels change places; None of a side over 65,500 px.

    OpenCV needs no second copy of a large picture; Pillow would make one with four bytes a pixel.
    """
    if max(rgb.shape) > (_JPEG.most or 0):
        return None
    blue_first = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR, dst=rgb)
    return cv2.imencode(".jpg", blue_first, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))[1].tobytes()
