"""From a file's pixels to what everybody sees: eight bits, sRGB, and white where it is see-through."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile

MAX_PROFILE_BYTES = 4 * 2**20
PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
USUAL_GAMMA = 1 / 2.2  # of a PNG that is sRGB as it is; browsers change nothing within 5 %
ROWS = 256  # worked on at a time


def on_white(colours: Image.Image, alpha: Image.Image | None) -> Image.Image:
    """An RGB picture as it looks on white paper; what `alpha` (L) hides leaves no trace."""
    if alpha is None:
        return colours
    white = Image.new("RGB", colours.size, "white")
    white.paste(colours, mask=alpha)
    return white


def see_through(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The reverse of `on_white`: (H, W, 3) and (H, W) uint8 to (H, W, 4), colours and how opaque they are.

    Put on white it is `rgb` again. Where no colour could be as dark at so little `alpha`, it is more opaque;
    what is not seen is white.
    """
    pixels = np.empty((*alpha.shape, 4), np.uint8)
    for top in range(0, len(rgb), ROWS):
        rows = slice(top, top + ROWS)
        ink, opaque = 255 - rgb[rows].astype(np.uint32), alpha[rows].astype(np.uint32)
        opaque = np.where(opaque, np.maximum(opaque, ink.max(axis=2)), 0)
        share = np.maximum(opaque, 1)[..., None]
        pixels[rows, :, :3] = np.where(opaque[..., None], 255 - (ink * 255 + share // 2) // share, 255)
        pixels[rows, :, 3] = opaque
    return pixels


def is_deep(image: Image.Image) -> bool:
    """Whether it is grey with more than 8 bits, as Pillow decodes it."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def split(
    image: ImageFile, bits: int, *, white_is_zero: bool, stretch: bool = False
) -> tuple[Image.Image, Image.Image | None]:
    """Colours as L, RGB or CMYK, and alpha as L; `stretch` grey values of more than 8 bits over all 8."""
    key = image.info.get("transparency")
    if is_deep(image):
        values = np.array(image)
        white = 2**bits - 1 if image.mode.startswith("I;16") else None
        grey = _stretched(values) if stretch else _eight_bits(values, white)
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


def _stretched(values: np.ndarray) -> np.ndarray:
    """All but the darkest and brightest thousandth of grey values as 0 to 255; those stay at the ends."""
    finite = np.nan_to_num(values.astype(np.float32), copy=False, posinf=0, neginf=0)
    low, high = np.quantile(finite[:: max(1, len(finite) // 1024)], [0.001, 0.999])
    return _eight_bits(np.clip(finite, low, high) - low, max(float(high - low), 1.0))


def to_srgb(colours: Image.Image, info: dict) -> tuple[Image.Image, str]:
    """RGB by the profile or gamma that the file names, and what was done in words."""
    note = "print colours (CMYK) converted to RGB" if colours.mode == "CMYK" else ""
    if "icc_profile" not in info:
        lighter = _gamma(info)
        if lighter is None:
            return colours.convert("RGB"), note
        return colours.convert("RGB").point(lighter * 3), "colours converted to sRGB"
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


def _gamma(info: dict) -> list[int] | None:
    """What the levels of a PNG become whose gamma (gAMA) is not the usual one; None where that is all."""
    gamma = info.get("gamma", USUAL_GAMMA)
    if "srgb" in info or gamma <= 0 or abs(gamma / USUAL_GAMMA - 1) < 0.05:
        return None
    linear = (np.arange(256) / 255) ** (1 / gamma)
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return [round(level) for level in (255 * curve).tolist()]


def _changes_little(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a colour cube comes out within 2 of 255: most profiles are sRGB under another name."""
    cube = np.indices((6, 6, 6), np.uint8).reshape(3, 1, 216).transpose(1, 2, 0) * 51
    converted = np.array(transform.apply(Image.fromarray(np.ascontiguousarray(cube))), np.int16)
    return bool(np.abs(converted - cube).max() <= 2)
