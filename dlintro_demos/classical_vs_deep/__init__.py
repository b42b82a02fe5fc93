"""Classical learning against deep learning: features made by hand or learned, and more and more data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlintro_demos.runtime.model_cache import ModelCache


def warm_up(cache: ModelCache) -> None:
    """Load the small network. Raises `ModelUnavailable`."""
    from dlintro_demos.classical_vs_deep.learned import MODEL

    cache.warm([MODEL])


def measure(cache: ModelCache) -> None:  # noqa: ARG001 - as every demo's
    """Measure the hand-made features, learn and draw a little: whoever comes later waits for none of it."""
    from dlintro_demos.classical_vs_deep import hand_made
    from dlintro_demos.classical_vs_deep.learning_curves import SMALLEST, learning_curves, summarise
    from dlintro_demos.classical_vs_deep.plot import curves_png
    from dlintro_demos.classical_vs_deep.recorded import MNIST_FILE, read_points

    hand_made.warm_up()
    for _ in learning_curves([SMALLEST], [0]):
        pass
    curves_png(summarise(read_points(MNIST_FILE)), "")
