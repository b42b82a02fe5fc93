"""What the network's channels do on the bundled pictures, by `training/feature_layers/atlas.py`.

It tells what is usual for a channel, which bundled pictures excite it most and where, how far it looks, and
what each bundled picture is like at an early, a middle and a late layer.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from dlintro_demos.gallery.runtime.model_cards import ModelCard, ModelUnavailable

FILE = "atlas.safetensors"
NINE = 9
DEPTHS = {"early": "block 0.0", "middle": "block 2.1", "late": "embedding"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Atlas:
    """All that is known of the channels, by the stop's name.

    `keys` names the bundled pictures. `usual` and `spread` (channels,) float32 are mean and deviation, over
    the pictures, of a map's mean. `best` (channels, 9, 3) int16: number of the picture, row and column of its
    map, the strongest first. `reach`: the side in pixels of the square that holds nine tenths of a channel's
    slope. `telling`: channels, those first that stand out most in the pictures. `alike` by depth:
    (pictures, features) float32, centred and of length 1; `centre` (features,).
    """

    keys: tuple[str, ...]
    usual: dict[str, np.ndarray]
    spread: dict[str, np.ndarray]
    best: dict[str, np.ndarray]
    telling: dict[str, np.ndarray]
    reach: dict[str, int]
    alike: dict[str, np.ndarray]
    centre: dict[str, np.ndarray]

    @staticmethod
    def read(card: ModelCard) -> Atlas:
        """The atlas beside a card. Raises `ModelUnavailable`."""
        return _read(card.folder / FILE)

    def most_telling(self, stop: str) -> list[int]:
        """Channels of a stop, those first that stand out most in the bundled pictures."""
        return [int(channel) for channel in self.telling[stop]]


@functools.cache
def _read(path: Path) -> Atlas:
    try:
        with safe_open(path, framework="numpy") as file:
            keys = tuple(file.metadata()["keys"].split())
            parts: dict[str, dict[str, np.ndarray]] = {}
            for name in file.keys():  # noqa: SIM118 - it is no dictionary
                kind, _, of = name.partition("/")
                parts.setdefault(kind, {})[of] = file.get_tensor(name)
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise ModelUnavailable(
            f"{path} is missing or damaged; restore it from the repository, or run: "
            "python -m training.feature_layers.atlas"
        ) from error
    reach = {stop: int(side) for stop, side in parts.pop("reach").items()}
    return Atlas(keys=keys, reach=reach, **parts)


def outstanding(means: np.ndarray, usual: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """By how many deviations channels' means, (..., channels), are above what is usual for them."""
    return (means - usual) / (spread + 1e-3)
