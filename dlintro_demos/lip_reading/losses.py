"""What the reader is taught by."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from dlintro_demos.lip_reading.grammar import BLANK, class_of
from dlintro_demos.lip_reading.network import Logits


def losses(logits: Logits, sentences: torch.Tensor, smoothing: float = 0.0) -> dict[str, torch.Tensor]:
    """CTC over words, a word; and cross-entropy, the mean of the slots. `sentences` (N, 6)."""
    labels = [[class_of(slot, word) for slot, word in enumerate(row)] for row in sentences.tolist()]
    slots = [
        F.cross_entropy(each, sentences[:, slot], label_smoothing=smoothing)
        for slot, each in enumerate(logits.slots)
    ]
    return {"words": _ctc(logits.words, labels), "slots": torch.stack(slots).mean()}


def _ctc(logits: torch.Tensor, labels: list[list[int]]) -> torch.Tensor:
    counts = torch.tensor([len(each) for each in labels])
    frames = torch.full((len(labels),), logits.shape[1])
    flat = torch.tensor([each for label in labels for each in label])
    return F.ctc_loss(logits.log_softmax(2).transpose(0, 1), flat, frames, counts, blank=BLANK)
