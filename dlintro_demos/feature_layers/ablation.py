"""Switch channels off and see what the answer loses: which ten channels make it an apple?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from dlintro_demos.feature_layers.guesses import Guess, chances, top_guesses
from dlintro_demos.feature_layers.walk import stop_named
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.shared.imagenet import MODEL, Stop, prepare, run, silenced

TEN = 10
DRAWS = 4  # of ten random channels, for comparison


@dataclass(frozen=True, kw_only=True, eq=False)
class Ablation:
    """What is left of a class's probability when channels of one stop are set to zero.

    `channels` are those that speak most for the class, the first the most; `falling` is what is left with the
    first 0, 1, ... off, and `random` with as many drawn at random among those that answer at all, a mean over
    four draws. `after`: the answer with all of them off.
    """

    stop: Stop
    channels: tuple[int, ...]
    before: float
    falling: tuple[float, ...]
    random: tuple[float, ...]
    after: tuple[Guess, ...]


def speaking_for(network: Any, pixels: torch.Tensor, stop: Stop, target: int) -> np.ndarray:
    """By how much each channel of a stop raises the logit of a class, to first order: (channels,) float32.

    The slope of the logit by a gain on the channel, at 1: activation times gradient, summed over the map.
    """
    gain = torch.ones(1, stop.channels, device=pixels.device, requires_grad=True)
    logit = run(network, pixels, gain={stop.name: gain}).logits[0, target]
    (slope,) = torch.autograd.grad(logit, gain)
    return slope[0].float().cpu().numpy()


def _logits(model: Loaded, pixels: torch.Tensor, stop: Stop, rows: Sequence[Sequence[int]]) -> torch.Tensor:
    """(rows, 1000): with each row of channels off."""
    gain = {stop.name: silenced(stop, *rows).to(model.device)}
    with torch.inference_mode():
        return run(model.module, pixels.to(model.device), gain=gain).logits.float().cpu()


def switch_off(
    rgb: np.ndarray, target: int, name: str, cache: ModelCache, chosen: Sequence[int] = ()
) -> Iterator[Progress | Ablation]:
    """Switch off the ten channels of a stop that speak most for class `target`, or the `chosen` ones.

    Raises `ModelUnavailable`; `KeyError` for a stop that is none.
    """
    temperature = cache.card(MODEL).thresholds["temperature"]
    network, pixels = cache.get(MODEL).module, prepare(rgb)
    stop = stop_named(network, name)
    yield Progress(0, 3, "who speaks for it?")
    speaking = cache.run(
        MODEL, lambda model: speaking_for(model.module, pixels.to(model.device), stop, target)
    )
    channels = [int(each) for each in chosen or np.argsort(-speaking, kind="stable")[:TEN]]
    yield Progress(1, 3, "switching off")
    falling = [channels[:count] for count in range(len(channels) + 1)]
    logits = cache.run(MODEL, lambda model: _logits(model, pixels, stop, falling))
    yield Progress(2, 3, "and as many at random")
    answering = np.flatnonzero(speaking)
    rng = np.random.default_rng(0)
    size = min(len(channels), len(answering))
    draws = [rng.permutation(answering)[:size].tolist() for _ in range(DRAWS)]
    rows = [draw[:count] for count in range(1, size + 1) for draw in draws]
    by_chance = cache.run(MODEL, lambda model: _logits(model, pixels, stop, rows))
    left = chances(logits, target, temperature)
    random = np.array(chances(by_chance, target, temperature)).reshape(-1, DRAWS).mean(1)
    yield Ablation(
        stop=stop,
        channels=tuple(channels),
        before=left[0],
        falling=tuple(left),
        random=(left[0], *random.tolist()),
        after=top_guesses(logits[-1], temperature),
    )
