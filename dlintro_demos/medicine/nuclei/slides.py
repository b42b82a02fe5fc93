"""What a visitor's microscope picture may be: 8 or 16 bits, one page, and not a whole slide."""

from __future__ import annotations

from dlintro_demos.gallery.intake.images import ImageLimits
from dlintro_demos.gallery.settings import MB, settings

MEGAPIXELS = 16.0
"""A larger picture takes longer than a visitor waits."""


def slide_limits() -> ImageLimits:
    """The operator's, but fewer pixels; grey values of 16 bits are stretched, and no JPEG is made smaller.

    A picture opened at half its size would have nuclei of half their size.
    """
    megapixels = min(MEGAPIXELS, settings().input_megapixels)
    return ImageLimits(
        max_bytes=settings().upload_mb * MB, max_pixels=round(megapixels * 1e6), shrink=False, stretch=True
    )
