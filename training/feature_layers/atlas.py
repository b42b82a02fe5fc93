"""Runs the classifier over the bundled pictures and notes what its channels do there.

    python -m training.feature_layers.atlas

Writes `models/efficientnet_lite0/atlas.safetensors` (`dlintro_demos/feature_layers/atlas.py` says what is in
it) and prints how far the channels of each stop look.
"""

from __future__ import annotations

import numpy as np
import torch
from safetensors.numpy import save_file

from dlintro_demos.feature_layers.atlas import DEPTHS, FILE, NINE, outstanding
from dlintro_demos.feature_layers.look_alikes import features_of
from dlintro_demos.feature_layers.samples import pictures
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.shared.imagenet import LOOK_SIDE, MODEL, Stop, prepare, run, stops

SHARE = 0.9  # of the slope, inside the reach
PROBED = 12  # pictures that the reach is measured on


def observe(network: torch.nn.Module, names: list[str], inputs: list[torch.Tensor]) -> dict[str, list]:
    """By stop, one row a picture: the channels' means, maxima and where those are."""
    seen: dict[str, list] = {name: [] for name in names}
    for x in inputs:
        with torch.inference_mode():
            maps = run(network, x, look=names).maps
        for name in names:
            features = maps[name][0]
            highest, at = features.flatten(1).max(1)
            row, column = at // features.shape[2], at % features.shape[2]
            seen[name].append(
                np.stack([each.numpy() for each in (features.mean((1, 2)), highest, row, column)])
            )
    return seen


def reach_of(network: torch.nn.Module, stop: Stop, inputs: list[torch.Tensor]) -> int:
    """Side of the centred square with nine tenths of the slope of the middle of the map, in input pixels."""
    total = torch.zeros(LOOK_SIDE, LOOK_SIDE)
    for x in inputs:
        x = x.clone().requires_grad_(True)
        features = run(network, x, look=[stop.name]).maps[stop.name]
        middle = features[0, :, features.shape[2] // 2, features.shape[3] // 2]
        (slope,) = torch.autograd.grad(middle.sum(), x)
        total += slope[0].abs().sum(0)
    centre = stop.centre(LOOK_SIDE // stop.stride // 2)
    distance = (torch.arange(LOOK_SIDE) - centre).abs()
    ring = torch.maximum(distance[:, None], distance[None]).flatten()
    share = torch.zeros(LOOK_SIDE).scatter_add(0, ring, total.flatten()).cumsum(0) / total.sum()
    return 2 * int((share < SHARE).sum()) + 1


def main() -> None:
    """Observe, note, write."""
    cache = ModelCache(read_cards(REPOSITORY / "models"))
    network = cache.get(MODEL).module
    everything, names = stops(network), [stop.name for stop in stops(network)]
    pool = pictures()
    inputs = [prepare(picture.load(), side=LOOK_SIDE) for picture in pool]
    table: dict[str, np.ndarray] = {}
    seen = observe(network, names, inputs)
    for stop in everything:
        means, highest, rows, columns = np.stack(seen[stop.name]).transpose(1, 2, 0)  # channels, pictures
        usual, spread = means.mean(1), means.std(1)
        order = np.argsort(-highest, 1, kind="stable")[:, :NINE]
        places = [np.take_along_axis(each, order, 1) for each in (rows, columns)]
        above = outstanding(means.T, usual, spread)
        ranks = np.argsort(np.argsort(-above, 1), 1)  # of a channel in a picture: 0 stands out most
        table[f"usual/{stop.name}"] = usual.astype(np.float32)
        table[f"spread/{stop.name}"] = spread.astype(np.float32)
        table[f"best/{stop.name}"] = np.stack([order, *places], 2).astype(np.int16)
        table[f"telling/{stop.name}"] = np.argsort(-(1 / (ranks + 1)).sum(0)).astype(np.int16)
        reach = reach_of(network, stop, inputs[:: max(1, len(inputs) // PROBED)])
        table[f"reach/{stop.name}"] = np.array(reach, np.int16)
        print(f"{stop.name}: {stop.channels} channels, stride {stop.stride}, reach {reach} px", flush=True)
    features = [features_of(picture.load(), network) for picture in pool]
    for depth in DEPTHS:
        vectors = np.stack([each[depth] for each in features])
        centre = vectors.mean(0)
        centred = vectors - centre
        table[f"centre/{depth}"] = centre.astype(np.float32)
        table[f"alike/{depth}"] = (centred / np.linalg.norm(centred, axis=1, keepdims=True)).astype(
            np.float32
        )
    path = cache.card(MODEL).folder / FILE
    save_file(table, path, metadata={"keys": " ".join(picture.key for picture in pool)})
    print(f"{len(pool)} pictures, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
