"""Inside an image classifier: what it sees in a picture, layer by layer, why it answers, how to fool it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlintro_demos.runtime.model_cache import ModelCache


def warm_up(cache: ModelCache) -> None:
    """Load the network and look at the first sample. Raises `ModelUnavailable`, `SamplesUnavailable`."""
    from dlintro_demos.feature_layers.classifier import MODEL
    from dlintro_demos.feature_layers.experiment import look_at
    from dlintro_demos.feature_layers.samples import SAMPLES

    cache.warm([MODEL])
    for _ in look_at(SAMPLES[0].load(), cache):
        pass
