"""Learning: patches, losses, an average of the weights, and a checkpoint every few minutes."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel

from dlintro_demos.medicine.nuclei.network import StarNet
from training.medicine.nuclei.patches import patch
from training.medicine.nuclei.pictures import Labelled


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that learning depends on, but for the pictures."""

    seconds: float = 3900.0
    """Of learning, on the clock: the rate falls to nothing at their end."""
    side: int = 192
    """px of a patch."""
    batch: int = 8
    """Patches of a step."""
    stained: float = 0.5
    """Share of patches from stained tissue, of which there are few pictures."""
    rate: float = 2e-3
    """Highest learning rate."""
    decay: float = 0.998
    """Of the average of the weights, a step."""
    seed: int = 18


def draw(pictures: list[Labelled], settings: Settings, generator: np.random.Generator) -> Labelled:
    """A picture to learn from: the kind, then the slide by the root of its pictures, then one of them."""
    kind = "stained" if generator.random() < settings.stained else "fluorescence"
    of_kind = [each for each in pictures if each.kind == kind]
    slides, counts = np.unique([each.slide for each in of_kind], return_counts=True)
    weights = np.sqrt(counts)
    slide = generator.choice(slides, p=weights / weights.sum())
    among = [each for each in of_kind if each.slide == slide]
    return among[generator.integers(len(among))]


def loss_of(
    answer: torch.Tensor, depths: torch.Tensor, log_distances: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Of the depths: cross-entropy. Of the distances: how far their logarithms are off, deep inside most."""
    depth_loss = torch.nn.functional.binary_cross_entropy_with_logits(answer[:, 0], depths)
    off = (answer[:, 1:] - log_distances).abs().mean(dim=1)
    return depth_loss, (off * depths).sum() / depths.sum().clamp_min(1)


def learn(
    pictures: list[Labelled], settings: Settings, checkpoint: Path, start: torch.nn.Module | None = None
) -> Iterator[tuple[int, float, dict[str, float], StarNet]]:
    """Yield steps, progress from 0 to 1, mean losses, and the average network, about every hundred steps.

    Goes on from `checkpoint` where there is one, else from the weights of `start`. Ends when the seconds are
    spent.
    """
    torch.manual_seed(settings.seed)
    network = StarNet().to(memory_format=torch.channels_last)
    if start is not None:
        network.load_state_dict(start.state_dict())
    average = AveragedModel(network, avg_fn=partial(_mix, settings.decay))
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=1e-3)
    step, spent = 0, 0.0
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(kept["network"])
        average.load_state_dict(kept["average"])
        optimizer.load_state_dict(kept["optimizer"])
        step, spent = kept["step"], kept["spent"]
    generator = np.random.default_rng([settings.seed, step])
    sums = np.zeros(2)
    while spent < settings.seconds:
        began = time.monotonic()
        progress = spent / settings.seconds
        rate = settings.rate * min(1.0, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * progress))
        for group in optimizer.param_groups:
            group["lr"] = rate
        drawn = [
            patch(draw(pictures, settings, generator), settings.side, generator)
            for _ in range(settings.batch)
        ]
        pixels, depths, log_distances = (
            torch.from_numpy(np.stack(each)) for each in zip(*drawn, strict=True)
        )
        losses = loss_of(network(pixels.contiguous(memory_format=torch.channels_last)), depths, log_distances)
        optimizer.zero_grad()
        sum(losses).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        average.update_parameters(network)
        step += 1
        spent += time.monotonic() - began
        sums += [float(each.detach()) for each in losses]
        if step % 100 == 0:
            _keep(checkpoint, network, average, optimizer, step, spent)
            yield (
                step,
                spent / settings.seconds,
                {"depth": sums[0] / 100, "distance": sums[1] / 100},
                average.module,
            )
            sums[:] = 0
    _keep(checkpoint, network, average, optimizer, step, spent)
    yield step, 1.0, {}, average.module


def _mix(decay: float, average: torch.Tensor, now: torch.Tensor, number: torch.Tensor | int) -> torch.Tensor:
    """A moving average that forgets fast at first, when there is little worth to remember."""
    return torch.lerp(now, average, min(decay, (1 + int(number)) / (10 + int(number))))


def _keep(checkpoint: Path, network, average, optimizer, step: int, spent: float) -> None:
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    being_written = checkpoint.with_suffix(".new")
    torch.save(
        {
            "network": network.state_dict(),
            "average": average.state_dict(),
            "optimizer": optimizer.state_dict(),
            "step": step,
            "spent": spent,
        },
        being_written,
    )
    being_written.rename(checkpoint)
