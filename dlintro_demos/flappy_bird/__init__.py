"""Flappy Bird: the game, an agent that learned it from pixels, and one that learns it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlintro_demos.runtime.model_cache import ModelCache


def warm_up(cache: ModelCache) -> None:
    """Load the best player and play a moment. Raises `ModelUnavailable`."""
    from dlintro_demos.flappy_bird.ages import BEST, key_of
    from dlintro_demos.flappy_bird.experiment import look

    cache.warm([key_of(BEST)])
    next(look(cache, key_of(BEST), 0))
