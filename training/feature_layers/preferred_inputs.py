"""What every channel of the classifier likes best: a picture that excites it, found by gradient ascent.

    OMP_NUM_THREADS=1 python -m training.feature_layers.preferred_inputs  # all; goes on where it stopped
    python -m training.feature_layers.preferred_inputs --stops stem "block 6.0" --most 8 # a few, to see

Activation maximisation (Olah, Mordvintsev and Schubert, "Feature Visualization", Distill 2017): the picture
is written in frequencies and in colours that vary independently in photographs, moved about by a few pixels
at every step, and changed so that the channel, before its ReLU6, gets larger. What comes out is synthetic.

Writes `models/efficientnet_lite0/preferred/<stop>.webp`, a sheet of tiles for each stop, and `index.json`,
which says whose tile is where. Stops with more channels than `--most` get those that stand out most often in
the bundled pictures (`training/feature_layers/atlas.py` first). A channel with too weak a slope stays out.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from PIL import Image

from dlintro_demos.feature_layers.atlas import Atlas
from dlintro_demos.feature_layers.preferred import ACROSS, INDEX, TILE, file_of
from dlintro_demos.feature_layers.samples import pictures
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.shared.imagenet import DEVIATION, MEAN, MODEL, Stop, stops

DRAWN = Path(os.environ.get("DLINTRO_PREFERRED", Path.home() / ".cache/dlintro/preferred"))
BATCH = 16
STEPS = 96
STEP_SIZE = 0.08
ROUGHNESS = (10.0, 1.0, 0.1)  # costs of a difference between neighbours; the next where all gets flat
FLAT = 8.0  # grey levels of deviation
SHIFT = 0.08  # of the side, how far the picture is moved about
QUALITY = 70  # of WebP


def before_activation(network: torch.nn.Module, x: torch.Tensor, stop: str) -> torch.Tensor:
    """The map of a stop before its ReLU6, so that a silent or saturated channel still has a slope."""

    def normalised(norm: torch.nn.BatchNorm2d, features: torch.Tensor) -> torch.Tensor:
        mean, variance = norm.running_mean, norm.running_var
        return F.batch_norm(features, mean, variance, norm.weight, norm.bias, eps=norm.eps)

    features = network.conv_stem(x)
    if stop == "stem":
        return normalised(network.bn1, features)
    x = network.bn1(features)
    for stage, blocks in enumerate(network.blocks):
        for number, block in enumerate(blocks):
            if stop == f"block {stage}.{number}":
                if hasattr(block, "conv_pwl"):
                    return normalised(block.bn2, block.conv_dw(block.bn1(block.conv_pw(x))))
                return normalised(block.bn1, block.conv_dw(x))
            x = block(x)
    raise KeyError(stop)


def colour_axes() -> torch.Tensor:
    """(3, 3), a root of the covariance of red, green and blue in the bundled pictures, its largest row 1."""
    rows = np.concatenate([picture.load()[::8, ::8].reshape(-1, 3) for picture in pictures()]) / 255
    values, vectors = np.linalg.eigh(np.cov(rows.T))
    root = torch.from_numpy(vectors * np.sqrt(values)).float()
    return root / root.norm(dim=0).max()


def side_for(reach: int) -> int:
    """Pixels to draw for channels that look at `reach` of them: a multiple of 16, 48 to 128."""
    return min(128, max(48, -(-reach * 3 // 2 // 16) * 16))


def draw(
    network: torch.nn.Module,
    stop: Stop,
    channels: Sequence[int],
    *,
    side: int,
    axes: torch.Tensor,
    roughness: float,
) -> np.ndarray:
    """One picture for each channel, (N, side, side, 3) uint8."""
    generator = torch.Generator().manual_seed(channels[0])
    rows, columns = torch.fft.fftfreq(side)[:, None], torch.fft.rfftfreq(side)[None]
    weight = 1 / (4 * (rows**2 + columns**2).sqrt().clamp_min(1 / side))
    shape = (len(channels), 3, side, side // 2 + 1, 2)
    spectrum = (torch.randn(shape, generator=generator) * 0.03).requires_grad_(True)
    optimiser = torch.optim.Adam([spectrum], lr=STEP_SIZE)
    which = torch.tensor(channels)
    reach = max(1, round(side * SHIFT))

    def picture() -> torch.Tensor:
        planes = torch.fft.irfft2(torch.view_as_complex(spectrum) * weight, s=(side, side), norm="ortho")
        return torch.einsum("rc,nchw->nrhw", axes, planes).sigmoid()

    for step in range(STEPS):
        down, right = torch.randint(-reach, reach + 1, (2,), generator=generator).tolist()
        moved = picture().roll((down, right), (2, 3))
        maps = before_activation(network, (moved * 255 - MEAN) / DEVIATION, stop.name)
        mine = maps[torch.arange(len(channels)), which]
        height, width = mine.shape[1:]
        middle = mine[:, height // 4 : -(-3 * height // 4), width // 4 : -(-3 * width // 4)]
        rough = moved.diff(dim=2).abs().mean((1, 2, 3)) + moved.diff(dim=3).abs().mean((1, 2, 3))
        loss = (roughness * step / STEPS * rough - middle.mean((1, 2))).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        return (picture() * 255).round().byte().permute(0, 2, 3, 1).numpy()


def drawn_file(stop: Stop, channel: int) -> Path:
    """Where the work so far lies, one PNG for each channel."""
    return DRAWN / stop.name.replace(" ", "-") / f"{channel}.png"


def draw_missing(network: torch.nn.Module, stop: Stop, channels: Sequence[int], side: int) -> None:
    """Draw what is not there yet."""
    axes = colour_axes()
    missing = [channel for channel in channels if not drawn_file(stop, channel).is_file()]
    for roughness in ROUGHNESS:
        flat = []
        for first in range(0, len(missing), BATCH):
            started = time.perf_counter()
            some = missing[first : first + BATCH]
            drawn = draw(network, stop, some, side=side, axes=axes, roughness=roughness)
            for channel, rgb in zip(some, drawn, strict=True):
                if rgb.std((0, 1)).max() < FLAT:
                    flat.append(channel)
                else:
                    save(rgb, drawn_file(stop, channel))
            pace = (time.perf_counter() - started) / len(some)
            print(f"{stop.name}: {first + len(some)} of {len(missing)}, {pace:.2f} s each", flush=True)
        missing = flat


def save(rgb: np.ndarray, path: Path) -> None:
    """Write a PNG whole or not at all, so that the work can be stopped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    Image.fromarray(rgb).save(unfinished, "PNG")
    unfinished.rename(path)


def write_sheet(folder: Path, stop: Stop, channels: Sequence[int]) -> None:
    """All tiles of a stop in one WebP, `ACROSS` in a row."""
    sheet = Image.new("RGB", (ACROSS * TILE, -(-len(channels) // ACROSS) * TILE), (128, 128, 128))
    for place, channel in enumerate(channels):
        with Image.open(drawn_file(stop, channel)) as tile:
            small = tile.resize((TILE, TILE), Image.Resampling.LANCZOS)
        sheet.paste(small, (place % ACROSS * TILE, place // ACROSS * TILE))
    sheet.save(file_of(folder, stop.name), quality=QUALITY, method=6)


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stops", nargs="+", help="names; all of them otherwise")
    parser.add_argument("--most", type=int, default=96, help="channels of a stop")
    arguments = parser.parse_args()
    cache = ModelCache(read_cards(REPOSITORY / "models"))
    network, folder = cache.get(MODEL).module, cache.card(MODEL).folder
    atlas = Atlas.read(cache.card(MODEL))
    index = folder / INDEX
    index.parent.mkdir(exist_ok=True)
    places = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else {}
    for stop in stops(network):
        if arguments.stops and stop.name not in arguments.stops:
            continue
        channels = sorted(atlas.most_telling(stop.name)[: arguments.most])
        draw_missing(network, stop, channels, side_for(atlas.reach[stop.name]))
        channels = [channel for channel in channels if drawn_file(stop, channel).is_file()]
        write_sheet(folder, stop, channels)
        places[stop.name] = channels
        index.write_text(json.dumps(places), encoding="utf-8")


if __name__ == "__main__":
    main()
