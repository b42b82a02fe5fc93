"""What will become of a photo, said in one line with the numbers of this machine."""

from __future__ import annotations

from dlintro_demos.gallery.settings import Settings
from dlintro_demos.super_resolution.making import EVEN, KERNELS, Shares
from dlintro_demos.super_resolution.pace import CAREFUL, Fit
from dlintro_demos.super_resolution.upscale import Scale

WAYS = {
    "area": "by averaging blocks of pixels",
    "bicubic": "by bicubic interpolation",
    "bilinear": "by bilinear interpolation",
    "Lanczos": "by Lanczos's filter",
    "bicubic, no antialiasing": "by leaving pixels out",
    "Gaussian": "after a soft blur",
}
"""How a picture may have been made smaller, for visitors; both of the Gaussians are one."""
SURE = 0.5
"""Share of one way from which on it is named alone."""


def in_words(making: Shares) -> str:
    """How a picture was made small, as far as a network can tell."""
    if making == EVEN:
        return "The photo is too small to tell how it was made smaller: its pixels are taken for averages."
    shares = dict.fromkeys(WAYS, 0.0)
    for kernel, share in zip(KERNELS, making, strict=True):
        shares["Gaussian" if kernel.endswith("Gaussian") else kernel] += share
    first, second = sorted(shares, key=shares.__getitem__, reverse=True)[:2]
    if shares[first] >= SURE:
        return (
            f"The photo looks as if it had been made smaller {WAYS[first]} ({_percent(shares[first])}): "
            "the network's weights are mixed for that."
        )
    return (
        f"The network cannot tell how the photo was made smaller, if it was: {WAYS[first]} "
        f"({_percent(shares[first])}), or {WAYS[second]} ({_percent(shares[second])})? "
        "Its weights are mixed for that."
    )


def _percent(share: float) -> str:
    return f"{min(99, round(100 * share))} %"


def in_a_line(fit: Fit, size: tuple[int, int], asked: Scale, *, whole: bool, limits: Settings) -> str:
    """What becomes of `size` (width, height), all of a photo or a part, for which `asked` times was wanted.

    Empty where all is done as asked and before anybody could read it.
    """
    taken = in_pixels(size)
    time = seconds_in_words(fit.seconds)
    if fit.obstacle == "none":
        if whole:
            return f"{taken} pixels: {time} on this machine." if fit.seconds > 2 else ""
        return f"{taken} pixels of your photo, enlarged {asked}x: {in_pixels(fit.result)}, {time}."
    made = "" if fit.size == size else f"made {in_pixels(fit.size)} first, then "
    why = (
        f"pass the limit of {limits.output_megapixels:g} megapixels"
        if fit.obstacle == "too large"
        else f"take longer than {CAREFUL * limits.job_seconds:.0f} s"
    )
    given, got = size[0] * size[1], fit.result[0] * fit.result[1]
    smaller = " That is smaller than it was: a quicker method keeps more." if got < given else ""
    whose = "the whole of your photo" if whole else "all that is in the frame"
    return (
        f"{megapixels(given)} megapixels in, {megapixels(got)} out: "
        f"{whose}, {made}enlarged {fit.scale}x, {time}. "
        f"All of it {asked}x would {why}; a smaller part would not.{smaller}"
    )


def in_pixels(size: tuple[int, int]) -> str:
    """Width and height."""
    return f"{size[0]:,} x {size[1]:,}"


def megapixels(pixels: float) -> str:
    """Millions of pixels, as exact as one needs them."""
    return f"{pixels / 1e6:.2g}" if pixels < 1e6 else f"{pixels / 1e6:.3g}"


def seconds_in_words(seconds: float) -> str:
    """About as exact as an estimate is."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {seconds / 60:.0f} minutes"
