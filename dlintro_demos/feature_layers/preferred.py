"""The synthetic pictures that channels like best: `training/feature_layers/preferred_inputs.py` draws."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from PIL import Image

from dlintro_demos.gallery.runtime.model_cards import ModelCard

TILE = 80  # px
ACROSS = 12  # tiles in a row of a sheet
INDEX = "preferred/index.json"


def file_of(folder: Path, stop: str) -> Path:
    """The sheet of a stop, in the folder of the card."""
    return folder / "preferred" / f"{stop.replace(' ', '-')}.webp"


def preferred_input(card: ModelCard, stop: str, channel: int) -> Image.Image | None:
    """What excites the channel most, 80 x 80 px; None where none was drawn."""
    places = _index(card.folder / INDEX).get(stop, {})
    if channel not in places:
        return None
    left, top = places[channel] % ACROSS * TILE, places[channel] // ACROSS * TILE
    return _sheet(file_of(card.folder, stop)).crop((left, top, left + TILE, top + TILE))


def is_drawn(card: ModelCard, stop: str, channel: int) -> bool:
    """Whether there is a picture of what the channel likes best."""
    return channel in _index(card.folder / INDEX).get(stop, {})


@functools.cache
def _index(path: Path) -> dict[str, dict[int, int]]:
    if not path.is_file():
        return {}
    drawn = json.loads(path.read_text(encoding="utf-8"))
    return {
        stop: {channel: place for place, channel in enumerate(channels)} for stop, channels in drawn.items()
    }


@functools.cache
def _sheet(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")
