"""What learns: LipNet, the heads that help it to learn, and its losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn

from dlintro_demos.lip_reading.augmentation import bent_time, resampled, shown_frames
from dlintro_demos.lip_reading.grammar import BLANK, WORDS, spell
from dlintro_demos.lip_reading.lipnet import LipNet, classes_of, prepare_pictures
from training.lip_reading.lipnet_clips import AUGMENTATION, LIPS, LipClips
from training.lip_reading.splicing import Seams


class Student(nn.Module):
    """LipNet, and the heads that help it to learn."""

    def __init__(self, network: dict[str, Any]) -> None:
        super().__init__()
        self.lipnet = LipNet(**network)
        net = self.lipnet
        self.norms = nn.ModuleList(nn.BatchNorm3d(width, momentum=0.05) for width in net.shape["widths"])
        self.lips = nn.Linear(net.gru1.input_size, 2 * LIPS)
        hidden = 2 * net.shape["hidden"]
        self.attention = nn.Linear(hidden, len(WORDS))
        self.slots = nn.ModuleList(nn.Linear(hidden, len(words)) for words in WORDS)
        for each in (net.conv1, net.conv2, net.conv3):
            nn.init.kaiming_normal_(each.weight, nonlinearity="relu")

    @property
    def moving(self) -> bool:
        """What the pictures are; see `LipNet`."""
        return bool(self.lipnet.shape["moving"])

    def places(self, pictures: torch.Tensor) -> torch.Tensor:
        """Where the lips are, (N, T, 80), of pictures (N, 3, T, H, W); with batch norm."""
        net = self.lipnet
        for convolution, norm in zip((net.conv1, net.conv2, net.conv3), self.norms, strict=True):
            pictures = net.pool(norm(convolution(pictures)).relu())
        return self.lips(pictures.transpose(1, 2).flatten(2))

    @torch.no_grad()
    def fold(self) -> None:
        """Move batch norm into the convolutions: the same answers without it."""
        net = self.lipnet
        for convolution, norm in zip((net.conv1, net.conv2, net.conv3), self.norms, strict=True):
            scale = norm.weight / (norm.running_var + norm.eps).sqrt()
            convolution.weight *= scale[:, None, None, None, None]
            convolution.bias.copy_(norm.bias + (convolution.bias - norm.running_mean) * scale)

    def read(self, features: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Logits of the letters (N, T, 28), and of each slot's words (N, words), of features (N, T, C)."""
        states = self.lipnet.states(features)
        attention = self.attention(states).softmax(dim=1)
        looked = torch.einsum("nts,ntc->nsc", attention, states)
        return self.lipnet.FC(states), [head(looked[:, slot]) for slot, head in enumerate(self.slots)]


def letters_loss(logits: torch.Tensor, sentences: torch.Tensor) -> torch.Tensor:
    """CTC, a letter; `logits` (N, T, 28), `sentences` (N, 6)."""
    labels = [classes_of(spell(tuple(row))) for row in sentences.tolist()]
    counts = torch.tensor([len(each) for each in labels])
    frames = torch.full((len(labels),), logits.shape[1])
    flat = torch.tensor([each for label in labels for each in label])
    return F.ctc_loss(logits.log_softmax(2).transpose(0, 1), flat, frames, counts, blank=BLANK)


def slots_loss(slots: list[torch.Tensor], sentences: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """Cross-entropy, the mean of the slots."""
    each = [
        F.cross_entropy(logits, sentences[:, slot], label_smoothing=smoothing)
        for slot, logits in enumerate(slots)
    ]
    return torch.stack(each).mean()


class Bank:
    """Features of all clips, (N, sides, T, C) float16, as fixed convolutions see them.

    With two `sides` of the clips and of their mirror images, with one of every second clip's mirror image.
    """

    @torch.inference_mode()
    def __init__(self, lipnet: LipNet, clips: LipClips, sides: int = 2) -> None:
        rows = []
        for index, each in enumerate(clips.pictures):
            both = torch.stack([each, each.flip(-1)])
            pictures = prepare_pictures(
                both if sides == 2 else both[[index % 2]], moving=bool(lipnet.shape["moving"])
            )
            rows.append(lipnet.features(pictures).half())
        self.features = torch.stack(rows).clone()

    def bent(
        self, chosen: np.ndarray, random: torch.Generator, spliced: tuple[np.ndarray, Seams] | None = None
    ) -> torch.Tensor:
        """Those of some clips, faster or slower, uneven, mirrored, louder or softer, spans hidden."""
        count, frames = len(chosen), self.features.shape[2]

        def uniform(*shape: int) -> torch.Tensor:
            return 2 * torch.rand(count, *shape, generator=random) - 1

        side = (torch.rand(count, generator=random) * self.features.shape[1]).long()
        moments = bent_time(AUGMENTATION, frames, uniform)
        features = self.features[torch.from_numpy(chosen), side]
        if spliced:
            features = spliced[1].splice(features, self.features[torch.from_numpy(spliced[0]), side])
        features = resampled(features, moments)
        features *= 1 + AUGMENTATION.contrast * uniform(1, 1)
        features += (
            0.2 * torch.rand(count, 1, 1, generator=random) * torch.randn(features.shape, generator=random)
        )
        return features * shown_frames(AUGMENTATION, count, frames, random)[:, :, None]
