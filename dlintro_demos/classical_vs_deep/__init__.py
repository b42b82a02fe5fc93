"""Classical learning against deep learning: features made by hand or learned, and more and more data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlintro_demos.runtime.model_cache import ModelCache


def warm_up(cache: ModelCache) -> None:
    """Load the small network, measure the hand-made features, and learn a little: nobody waits for imports.

    Raises `ModelUnavailable`.
    """
    from dlintro_demos.classical_vs_deep import hand_made
    from dlintro_demos.classical_vs_deep.learned import MODEL
    from dlintro_demos.classical_vs_deep.learning_curves import SMALLEST, learning_curves

    cache.warm([MODEL])
    hand_made.warm_up()
    for _ in learning_curves([SMALLEST], [0]):
        pass
