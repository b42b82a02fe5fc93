"""The reader: how landmarks move and what the mouth looks like, joined, read over time in both directions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from dlintro_demos.lip_reading.grammar import WORDS
from dlintro_demos.lip_reading.landmarks import POINTS

COORDINATES = 3 * len(POINTS)


class ReaderFormatError(ValueError):
    """A weights file that does not hold a lip reader; the message says what is wrong."""


@dataclass(frozen=True, eq=False)
class Logits:
    """What the network says: `words` (N, T, 52) for CTC, `slots` six of (N, words).

    `attention` (N, T, 6) is where each slot looked; it sums to 1 over time. `states` (N, 6, hidden) are what
    it saw there, and `distance` (N,) how far that is from what it saw of the clips that it was taught with.
    """

    words: torch.Tensor
    slots: tuple[torch.Tensor, ...]
    attention: torch.Tensor
    states: torch.Tensor
    distance: torch.Tensor


class PointsBranch(nn.Module):
    """Landmarks and their first differences, (N, T, 177) to (N, T, width)."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(2 * COORDINATES, width, 5, padding=2), nn.ReLU(), nn.Dropout(dropout)
        )

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        """Encode."""
        change = torch.diff(points, dim=1, prepend=points[:, :1])
        return self.layers(torch.cat([points, change], dim=2).transpose(1, 2)).transpose(1, 2)


class PixelsBranch(nn.Module):
    """Grey and redness of the mouth, (N, T, 2, 24, 48) to (N, T, width); each frame with its neighbours."""

    def __init__(self, width: int, dropout: float, channels: Sequence[int]) -> None:
        super().__init__()
        a, b, c = channels
        self.layers = nn.Sequential(
            nn.Conv2d(4, a, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(a),
            nn.ReLU(inplace=True),
            nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(b),
            nn.ReLU(inplace=True),
            nn.Conv2d(b, c, 3, padding=1, bias=False),
            nn.BatchNorm2d(c),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(c * 3 * 6, width, bias=False),
            nn.BatchNorm1d(width),
            nn.ReLU(inplace=True),
        )

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Encode."""
        grey = pixels[:, :, :1]
        before = torch.diff(grey, dim=1, prepend=grey[:, :1])
        after = torch.diff(grey, dim=1, append=grey[:, -1:])
        seen = torch.cat([pixels, before, after], dim=2).flatten(0, 1)
        features = self.layers(seen.contiguous(memory_format=torch.channels_last))
        return features.unflatten(0, pixels.shape[:2])


class Taught(nn.Module):
    """Distance from what was taught: Mahalanobis' to the nearest word's mean state, the mean of the slots.

    K. Lee et al.: "A simple unified framework for detecting out-of-distribution samples", NeurIPS 2018: a
    mean for each word, one covariance for all. About 1 for clips like those taught, 0 if nothing was fitted.
    """

    centres: torch.Tensor
    root: torch.Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("centres", torch.zeros(sum(len(words) for words in WORDS), size))
        self.register_buffer("root", torch.zeros(size, size))

    def fit(self, states: torch.Tensor, sentences: torch.Tensor, shrinkage: float = 0.1) -> None:
        """Fit to `states` (N, 6, size) of clips that say `sentences` (N, 6), every word at least once."""
        first, within = 0, []
        for slot, words in enumerate(WORDS):
            for word in range(len(words)):
                those = states[sentences[:, slot] == word, slot]
                self.centres[first + word] = those.mean(dim=0)
                within.append(those - self.centres[first + word])
            first += len(words)
        away = torch.cat(within).double()
        scatter = away.T @ away / len(away)
        scatter = (1 - shrinkage) * scatter + shrinkage * scatter.diagonal().mean() * torch.eye(len(scatter))
        values, vectors = torch.linalg.eigh(scatter)
        self.root.copy_(vectors / values.sqrt())

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(N, 6, size) to (N,)."""
        first, total = 0, states.new_zeros(len(states))
        for slot, words in enumerate(WORDS):
            away = states[:, slot, None] - self.centres[first : first + len(words)]
            total = total + (away @ self.root).square().mean(dim=2).amin(dim=1)
            first += len(words)
        return total / len(WORDS)


class LipReader(nn.Module):
    """Two branches, two bidirectional GRUs, and two ways to say the sentence."""

    def __init__(
        self,
        points_width: int = 96,
        pixels_width: int = 128,
        hidden: int = 128,
        channels: Sequence[int] = (16, 32, 48),
    ) -> None:
        super().__init__()
        self.shape = {
            "points_width": points_width,
            "pixels_width": pixels_width,
            "hidden": hidden,
            "channels": list(channels),
        }
        self.pixels_width = pixels_width
        self.points = PointsBranch(points_width, 0.3)
        self.pixels = PixelsBranch(pixels_width, 0.2, channels)
        self.first = nn.GRU(points_width + pixels_width, hidden, batch_first=True, bidirectional=True)
        self.second = nn.GRU(2 * hidden, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.words = nn.Linear(2 * hidden, 1 + sum(len(words) for words in WORDS))
        self.attention = nn.Linear(2 * hidden, len(WORDS))
        self.slots = nn.ModuleList(nn.Linear(2 * hidden, len(words)) for words in WORDS)
        self.taught = Taught(2 * hidden)

    def forward(
        self, points: torch.Tensor, pixels: torch.Tensor | None, keep: torch.Tensor | None = None
    ) -> Logits:
        """Read clips.

        Args:
            points: (N, T, 177), `landmarks.normalise` with its last two axes joined.
            pixels: (N, T, 2, 24, 48), `prepare_pixels`; None to read the points alone.
            keep: (N, 2) of 0 and 1: which clips have points, which have pixels; None for all. With k x N rows
                the clips are read k times, one after the other.
        """
        return self.logits(self.features(points, pixels, keep))

    def features(
        self, points: torch.Tensor, pixels: torch.Tensor | None, keep: torch.Tensor | None = None
    ) -> torch.Tensor:
        """What both branches and the first GRU make of clips, (N, T, 2 x hidden); arguments as above."""
        moved = self.points(points)
        none = moved.new_zeros(*moved.shape[:2], self.pixels_width)
        seen = none if pixels is None else self.pixels(pixels)
        if keep is not None:
            moved, seen = (each.repeat(len(keep) // len(each), 1, 1) for each in (moved, seen))
            moved, seen = moved * keep[:, None, :1], seen * keep[:, None, 1:]
        return self.first(torch.cat([moved, seen], dim=2))[0]

    def logits(self, features: torch.Tensor) -> Logits:
        """What the second GRU and the heads say of `features`."""
        state, _ = self.second(self.dropout(features))
        state = self.dropout(state)
        attention = self.attention(state).softmax(dim=1)
        looked = torch.einsum("nts,ntc->nsc", attention, state)
        slots = tuple(head(looked[:, slot]) for slot, head in enumerate(self.slots))
        return Logits(self.words(state), slots, attention, looked, self.taught(looked))


class Committee(nn.Module):
    """Readers that err differently. What each says of a clip is one more view of it, as a mirror image is."""

    def __init__(self, members: Sequence[LipReader]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.widths = [2 * each.first.hidden_size for each in members]

    def forward(
        self, points: torch.Tensor, pixels: torch.Tensor | None, keep: torch.Tensor | None = None
    ) -> Logits:
        """Read clips, as `LipReader.forward`: first all by the first member, then by the next one."""
        return self.logits(self.features(points, pixels, keep))

    def features(
        self, points: torch.Tensor, pixels: torch.Tensor | None, keep: torch.Tensor | None = None
    ) -> torch.Tensor:
        """All members' features beside one another."""
        return torch.cat([each.features(points, pixels, keep) for each in self._readers()], dim=2)

    def logits(self, features: torch.Tensor) -> Logits:
        """What the members say of their features; `states` are the first one's alone."""
        parts = features.split(self.widths, dim=2)
        said = [each.logits(part) for each, part in zip(self._readers(), parts, strict=True)]
        return Logits(
            words=torch.cat([each.words for each in said]),
            slots=tuple(map(torch.cat, zip(*(each.slots for each in said), strict=True))),
            attention=torch.cat([each.attention for each in said]),
            states=said[0].states,
            distance=torch.cat([each.distance for each in said]),
        )

    def _readers(self) -> list[LipReader]:
        return cast(list[LipReader], list(self.members))


def prepare_pixels(seen: torch.Tensor) -> torch.Tensor:
    """`mouths.look` of whole clips, (N, T, 2, 24, 48), any type, to what the network takes: a pixel's
    difference from its mean over the clip, in deviations of the channel: neither skin nor lamp is left.
    """
    moved = seen.float()
    moved = moved - moved.mean(dim=1, keepdim=True)
    return moved / moved.std(dim=(1, 3, 4), keepdim=True).clamp(min=2.0)


def save_reader(network: LipReader, path: Path, dtype: torch.dtype = torch.float32) -> None:
    """Write the weights, and in the file's metadata what `load_reader` needs to build the network."""
    tensors = {
        key: value.detach().to(dtype if value.is_floating_point() else value.dtype).contiguous()
        for key, value in network.state_dict().items()
    }
    save_file(tensors, path, metadata={"network": json.dumps(network.shape)})


def not_fitted(taught: Taught) -> dict[str, torch.Tensor]:
    """What files lack in which nothing was fitted."""
    return {f"taught.{name}": value for name, value in taught.state_dict().items()}


def load_committee(files: Sequence[Path]) -> Committee:
    """The network of a card's files, a reader each, ready to run in float32. Raises `ReaderFormatError`."""
    return Committee([load_reader([path]) for path in files]).eval()


def load_reader(files: Sequence[Path]) -> LipReader:
    """The network of one file, ready to run in float32. Raises `ReaderFormatError`."""
    (path,) = files
    try:
        with safe_open(path, framework="pt") as file:
            shape = json.loads((file.metadata() or {})["network"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no mapping
        network = LipReader(**shape)
        network.load_state_dict({**not_fitted(network.taught), **tensors})
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ReaderFormatError(f"{path.name} does not hold a lip reader: {error}") from error
    network.pixels.to(memory_format=torch.channels_last)
    return network.eval().requires_grad_(requires_grad=False)
