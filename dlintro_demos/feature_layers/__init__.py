"""Inside an image classifier: what it sees in a picture, layer by layer, why it answers, how to fool it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlintro_demos.runtime.model_cache import ModelCache


def warm_up(cache: ModelCache) -> None:
    """Load the network and look at the first sample. Raises `ModelUnavailable`, `SamplesUnavailable`."""
    from dlintro_demos.feature_layers.experiment import look_at
    from dlintro_demos.feature_layers.samples import SAMPLES
    from dlintro_demos.feature_layers.walk import Layer, look_closer, walk
    from dlintro_demos.imagenet import FIRST_SHOWN, MODEL, STOPS

    cache.warm([MODEL])
    rgb, stop = SAMPLES[0].load(), STOPS[FIRST_SHOWN - 1]
    *_, layer = walk(rgb, stop, "outstanding", cache)
    assert isinstance(layer, Layer)
    for _ in (*look_at(rgb, cache), *look_closer(rgb, stop, layer.seen[0].channel, cache)):
        pass
