"""Names in pictures, in every script that one of our fonts has; and what is written where none has."""

from __future__ import annotations

import functools
import importlib.util
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageDraw, ImageFont, features

from dlintro_demos.gallery.intake.names import UNSEEN

# Asked in this order: Latin, Cyrillic, Greek, Hebrew, Arabic, Armenian, Georgian; then Devanagari; then
# Chinese, Japanese and Korean. They are read as files: the packages are not imported.
FONTS = (
    ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf"),
    ("fontpkg_noto_sans_devanagari", "files/NotoSansDevanagari[wdth,wght].ttf"),
    ("paperang_p2_fonts_cjk", "fonts/wqy-microhei.ttc"),
)
SHAPED = features.check("raqm")  # without it, letters are not joined, and Arabic runs backwards
TO_BE_SHAPED = ("ARABIC", "HEBREW", "DEVANAGARI")


def written(name: str, number: int) -> str:
    """What stands in the picture for a name: all of it, or what our fonts have of it, and a number."""
    kept = "".join(run for _, run in _runs(name))
    if kept == name:
        return name
    seen = UNSEEN.sub("", kept).strip()
    return f"{seen} ({number})" if seen else f"No. {number}"


def text_box(text: str, size: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the text in px, seen from the left end of its baseline."""
    right, top, bottom = 0.0, 0.0, 0.0
    for font, run in _runs(text):
        _, above, _, below = _font(font, size).getbbox(run, anchor="ls")
        top, bottom = min(top, above), max(bottom, below)
        right += _font(font, size).getlength(run)
    return 0.0, top, right, bottom


def draw_text(draw: ImageDraw.ImageDraw, x: float, y: float, text: str, size: int, fill: str) -> None:
    """Write the text, its baseline beginning at x, y."""
    for font, run in _runs(text):
        draw.text((x, y), run, font=_font(font, size), fill=fill, anchor="ls")
        x += _font(font, size).getlength(run)


def load_fonts() -> None:
    """Read which letters there are, which takes a moment."""
    for font in range(len(FONTS)):
        _letters(font)


def _runs(text: str) -> list[tuple[int, str]]:
    """The text in parts of one font each, without the characters that no font has."""
    parts: list[tuple[int, str]] = []
    font = 0
    for character in text:
        if not UNSEEN.match(character):  # joiners belong to the letters around them
            fitting = (each for each in (font, *range(len(FONTS))) if _has(each, character))
            found = next(fitting, None)
            if found is None:
                continue
            font = found
        if parts and parts[-1][0] == font:
            parts[-1] = (font, parts[-1][1] + character)
        else:
            parts.append((font, character))
    return parts


def _has(font: int, character: str) -> bool:
    if font == 0 and " " <= character <= "~":
        return True
    if not SHAPED and unicodedata.name(character, "").startswith(TO_BE_SHAPED):
        return False
    return ord(character) in _letters(font)


@functools.cache
def _letters(font: int) -> frozenset[int]:
    with TTFont(_path(font), fontNumber=0, lazy=True) as file:
        return frozenset(file.getBestCmap())


@functools.lru_cache(maxsize=16)
def _font(font: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_path(font), size)


def _path(font: int) -> Path:
    package, file = FONTS[font]
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / file
