"""Clips to learn from, and what is done to them so that a network never sees the same one twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from dlintro_demos.lip_reading.landmarks import MIRRORED
from dlintro_demos.lip_reading.network import prepare_pixels


@dataclass(frozen=True, eq=False)
class Clips:
    """`points` (N, 75, 59, 3) float32, `pixels` (N, 75, 2, 24, 48) uint8, `sentences` (N, 6) int64."""

    names: tuple[str, ...]
    points: torch.Tensor
    pixels: torch.Tensor
    sentences: torch.Tensor

    def of(self, chosen: np.ndarray) -> Clips:
        """Some of them."""
        names = tuple(self.names[each] for each in chosen)
        return Clips(names, self.points[chosen], self.pixels[chosen], self.sentences[chosen])


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """How far a clip may be bent; all are drawn anew for each clip and step."""

    speed: float = 0.15
    """Share by which it may be faster or slower."""
    shift: float = 3.0
    """Frames by which it may be earlier or later."""
    warp: float = 1.0
    """Frames by which the middle may be away from where an even speed has it."""
    amplitude: float = 0.1
    """Deviation of the factors that all movement, and each coordinate's, is multiplied by."""
    jitter: float = 0.15
    """Deviation of the landmarks' noise, in deviations of the clip."""
    place: float = 0.05
    """How far the mouth may be off its place, in halves of the picture."""
    zoom: float = 0.08
    """Share by which it may be wider or narrower, and higher or lower."""
    tilt: float = 0.08
    """Largest tilt of the mouth, in radians."""
    contrast: float = 0.15
    """Share by which pixels may change more or less."""
    lamp: float = 0.2
    """Share by which they may change more on one side than in the middle."""
    noise: float = 0.08
    """Largest deviation of the pixels' noise."""
    hidden: int = 4
    """Frames at most in each of two spans that are hidden."""
    mirrored: float = 0.5
    """Share of clips that are seen in a mirror."""
    no_points: float = 0.45
    """Share of clips of which only the pixels are seen."""
    no_pixels: float = 0.1
    """Share of clips of which only the points are seen."""
    no_red: float = 0.2
    """Share of clips without colour."""


@dataclass(frozen=True, eq=False)
class Batch:
    """What a step takes: `keep` (N, 2) says which branches see something."""

    points: torch.Tensor
    pixels: torch.Tensor | None
    keep: torch.Tensor | None
    sentences: torch.Tensor


def plain(clips: Clips) -> Batch:
    """The clips as they are."""
    points = clips.points.flatten(2)
    return Batch(points, prepare_pixels(clips.pixels), torch.ones(len(points), 2), clips.sentences)


def augmented(
    clips: Clips, how: Augmentation, random: torch.Generator, *, points_alone: bool = False
) -> Batch:
    """The clips bent."""
    count, frames = clips.points.shape[:2]

    def uniform(*shape: int) -> torch.Tensor:
        return 2 * torch.rand(count, *shape, generator=random) - 1

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(count, *shape, generator=random)

    moments = bent_time(how, frames, uniform)
    flipped = torch.rand(count, generator=random) < how.mirrored
    seen = shown_frames(how, count, frames, random)

    points = resampled(clips.points, moments)
    mirrored = points[:, :, torch.from_numpy(MIRRORED)] * torch.tensor([-1.0, 1.0, 1.0])
    points = torch.where(flipped[:, None, None, None], mirrored, points)
    points = (
        points * (1 + how.amplitude * normal(1, 1, 1)) * (1 + how.amplitude * normal(1, *points.shape[2:]))
    )
    points = points + how.jitter * torch.rand(count, 1, 1, 1, generator=random) * normal(*points.shape[1:])
    points = (points * seen[:, :, None, None]).flatten(2)
    if points_alone:
        return Batch(points, None, None, clips.sentences)

    pixels = bent(prepare_pixels(resampled(clips.pixels, moments)), how, flipped, uniform)
    pixels = pixels * (1 + how.contrast * uniform(1, 1, 1, 1))
    across = torch.linspace(-1, 1, pixels.shape[-1])
    pixels = pixels * (1 + how.lamp * uniform(1, 1, 1, 1) * across)
    pixels += how.noise * torch.rand(count, 1, 1, 1, 1, generator=random) * normal(*pixels.shape[1:])
    pixels[:, :, 1] *= (torch.rand(count, 1, 1, 1, generator=random) >= how.no_red).float()
    pixels *= seen[:, :, None, None, None]
    draw = torch.rand(count, generator=random)
    keep = torch.stack([draw >= how.no_points, draw < 1 - how.no_pixels], dim=1).float()
    return Batch(points, pixels, keep, clips.sentences)


def bent_time(how: Augmentation, frames: int, uniform: Callable[..., torch.Tensor]) -> torch.Tensor:
    """Which moments of a clip are seen, (N, T) in frames: faster or slower, earlier or later, uneven."""
    time = torch.linspace(-1, 1, frames)
    half = (frames - 1) / 2
    moments = half * time * (1 + how.speed * uniform(1)) + how.shift * uniform(1)
    moments = moments + how.warp * uniform(1) * torch.cos(np.pi / 2 * time) + half
    return moments.clamp(0, frames - 1)


def shown_frames(how: Augmentation, count: int, frames: int, random: torch.Generator) -> torch.Tensor:
    """(N, T) of 0 and 1: two spans of each clip are hidden."""
    seen = torch.ones(count, frames)
    moment = torch.arange(frames)
    for _ in range(2):
        first = torch.rand(count, 1, generator=random) * frames
        length = (torch.rand(count, 1, generator=random) * (how.hidden + 1)).floor()
        seen *= ((moment < first) | (moment >= first + length)).float()
    return seen


def resampled(values: torch.Tensor, moments: torch.Tensor) -> torch.Tensor:
    """`values` (N, T, ...) at `moments` (N, T) between the frames, float32."""
    before = moments.floor().long()
    share = (moments - before).reshape(*moments.shape, *[1] * (values.ndim - 2))
    rows = torch.arange(len(values))[:, None]
    after = (before + 1).clamp(max=values.shape[1] - 1)
    return torch.lerp(values[rows, before].float(), values[rows, after].float(), share)


def bent(
    pixels: torch.Tensor, how: Augmentation, flipped: torch.Tensor, uniform: Callable[..., torch.Tensor]
) -> torch.Tensor:
    """Move, zoom, tilt and mirror, each clip in its own way."""
    count, (height, width) = len(pixels), pixels.shape[-2:]
    tilt = how.tilt * uniform()
    zoom = 1 + how.zoom * uniform(2)
    sign = torch.where(flipped, -1.0, 1.0)
    shape = height / width
    rows = [
        torch.stack([sign * zoom[:, 0] * tilt.cos(), -shape * tilt.sin(), how.place * uniform()], dim=1),
        torch.stack([tilt.sin() / shape, zoom[:, 1] * tilt.cos(), 2 * how.place * uniform()], dim=1),
    ]
    grid = F.affine_grid(torch.stack(rows, dim=1), [count, 1, height, width], align_corners=False)
    flat = F.grid_sample(pixels.flatten(1, 2), grid, padding_mode="border", align_corners=False)
    return flat.reshape(pixels.shape)
