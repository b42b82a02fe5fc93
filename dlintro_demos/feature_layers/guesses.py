"""From logits to words: the likeliest classes, and how likely one class is."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from dlintro_demos.shared.imagenet import labels

GUESSES = 5


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A class and how likely the network holds it, 0 to 1."""

    label: str
    index: int
    probability: float

    @property
    def name(self) -> str:
        """The first of the class's names."""
        return name_of(self.index)


def name_of(index: int) -> str:
    """The first name of a class: "red wolf, maned wolf, Canis rufus" is a red wolf."""
    return labels()[index].split(",")[0]


def top_guesses(logits: torch.Tensor, temperature: float, count: int = GUESSES) -> tuple[Guess, ...]:
    """The likeliest classes of one picture, `logits` (1000,), the likeliest first."""
    top = (logits / temperature).softmax(0).topk(count)
    return tuple(
        Guess(label=labels()[index], index=index, probability=value)
        for value, index in zip(top.values.tolist(), top.indices.tolist(), strict=True)
    )


def chances(logits: torch.Tensor, index: int, temperature: float) -> list[float]:
    """How likely class `index` is on each picture, `logits` (N, 1000)."""
    return (logits / temperature).softmax(1)[:, index].tolist()
