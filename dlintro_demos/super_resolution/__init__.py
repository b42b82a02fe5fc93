"""Super-resolution: enlarge a picture, compare with the truth, and see what was invented."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="super_resolution",
    title="Sharpen a blurry photo",
    tagline="A small photo comes back four times larger, and you can see what was recovered "
    "and what was made up.",
    chapter=Chapter.DAILY_LIFE,
    icon=":material/photo_size_select_large:",
    models=(
        "super_resolution_ours_x4_clean",
        "super_resolution_ours_x4_degraded",
        "super_resolution_ours_x2_clean",
        "super_resolution_ours_x2_degraded",
        "realesrgan_compact",
        "realesrgan_photographic",
    ),
    talking_points=(
        "Drag the handle slowly across an eye or an edge: the network has seen thousands of edges, so it "
        "knows what a sharp one looks like.",
        "Ask before you show it: can a computer put back what the camera never saw? Then open “Blur it "
        "first, then repair it” and look at the map of invented detail.",
        "Put “Small text” on the projector and read the lowest line: confident, sharp and wrong. That is "
        "why an enhanced picture is no evidence in court.",
    ),
    modes={
        "Blur it first, then repair it": "mode=Blur+it+first%2C+then+repair+it",
    },
    minutes=6,
    questions=(
        "Where does the enlarged picture look best, and why there?",
        "Can a computer put back what the camera never saw? Which picture shows it?",
        "Read the lowest line of “Small text”. Would you believe it in court?",
    ),
    stops=(
        Stop(
            part=Part.DAILY_LIFE,
            words="A camera enlarges a photo: some of it is recovered, and some is made up.",
            query="sample=coffee",
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Load the network of the first picture and measure it. Raises `ModelUnavailable`."""
    from dlintro_demos.super_resolution.pace import PACE

    cache.warm(["super_resolution_ours_x4_clean"])
    PACE.measure(cache, "ours", side=128)


def measure(cache: ModelCache) -> None:
    """Measure the slower networks on this machine; they may be missing."""
    from dlintro_demos.super_resolution.pace import PACE

    for method, side in (("compact", 128), ("photographic", 64)):
        with contextlib.suppress(ModelUnavailable):
            PACE.measure(cache, method, side=side)
