"""Super-resolution: enlarge a picture, compare with the truth, and see what was invented."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from dlintro_demos.runtime.model_cards import ModelUnavailable

if TYPE_CHECKING:
    from dlintro_demos.runtime.model_cache import ModelCache


def warm_up(cache: ModelCache) -> None:
    """Load the network of the first picture and measure this machine.

    Raises `ModelUnavailable` where the compact network is missing; the photographic one may be.
    """
    from dlintro_demos.super_resolution.pace import PACE

    cache.warm(["realesrgan_compact"])
    PACE.measure(cache, "compact", side=128)
    with contextlib.suppress(ModelUnavailable):
        PACE.measure(cache, "photographic", side=48)
