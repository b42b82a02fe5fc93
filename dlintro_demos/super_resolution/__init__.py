"""Super-resolution: enlarge a picture, compare with the truth, and see what was invented."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from dlintro_demos.runtime.model_cards import ModelUnavailable

if TYPE_CHECKING:
    from dlintro_demos.runtime.model_cache import ModelCache


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
