"""Tune the adapter of MiniLM, with a linear head on its vectors, on sentences and their intents.

Cross entropy; every written sentence once in each epoch, as it stands or in another style, and some of the
patterns'. Rank, rate and number of epochs were set once and not searched.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from dlintro_demos.assistant.adapter import SIZES, Adapter, LowRank
from dlintro_demos.shared.sentence_embeddings import WIDTH, SentenceEncoder

RATE = 2e-3
EPOCHS = 3
BATCH = 32
SHARPNESS = 16.0  # of the head's logits: its input has length 1
SMOOTHING = 0.05
DROPOUT = 0.1
WARM_UP = 60  # steps
BLOCK = 16  # batches that are sorted by length together
FROM_PATTERNS, OTHERS = 12, 60  # sentences of an intent's patterns in an epoch, and of those for nothing


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Sentences with their intents (numbers): the written ones in blocks of `variants`, then the patterns'.

    The first of a block is the sentence as it was written. `nothing` is the intent of what is for nothing.
    """

    sentences: Sequence[str]
    intents: np.ndarray
    written: int
    variants: int
    nothing: int

    def epoch(self, chance: np.random.Generator) -> np.ndarray:
        """Places of the sentences of one epoch, in random order."""
        which = chance.integers(1, max(2, self.variants), self.written) % self.variants
        which *= chance.random(self.written) < 0.5
        chosen = [np.arange(self.written) * self.variants + which]
        patterns = np.arange(self.written * self.variants, len(self.sentences))
        for intent in np.unique(self.intents[patterns]):
            some = patterns[self.intents[patterns] == intent]
            most = OTHERS if intent == self.nothing else FROM_PATTERNS
            chosen.append(chance.choice(some, min(len(some), most), replace=False))
        return chance.permutation(np.concatenate(chosen))


class _Beside(nn.Module):
    """A linear map that stays as it is, and what is learned beside it."""

    def __init__(self, linear: nn.Linear, low: LowRank) -> None:
        super().__init__()
        self.linear, self.low = linear, low

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x) + self.low(functional.dropout(x, DROPOUT, self.training))


def tune(rows: Rows, encoder: SentenceEncoder, seed: int) -> tuple[Adapter, nn.Linear]:
    """The adapter and the head, after `EPOCHS`; a line is printed for each."""
    torch.manual_seed(seed)
    adapter, head = Adapter(), nn.Linear(WIDTH, rows.nothing + 1)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    torch.manual_seed(seed)  # dropout does not depend on how many numbers the beginning took
    chance = np.random.default_rng(seed)
    network = _joined(encoder, adapter)
    tokens = [torch.tensor(each.ids) for each in encoder.tokenizer.encode_batch(list(rows.sentences))]
    wanted = torch.from_numpy(rows.intents)
    epochs = [_batches(rows.epoch(chance), tokens, chance) for _ in range(EPOCHS)]
    steps, step, begun = sum(map(len, epochs)), 0, time.process_time()
    groups = [{"params": adapter.parameters(), "lr": 1.0}, {"params": head.parameters(), "lr": 3.0}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda at: RATE * min(1, at / WARM_UP) * (1 + math.cos(math.pi * at / steps)) / 2,
    )
    for number, batches in enumerate(epochs):
        losses = 0.0
        for batch in batches:
            logits = SHARPNESS * head(network(*_padded([tokens[place] for place in batch])))
            loss = functional.cross_entropy(logits, wanted[batch], label_smoothing=SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(adapter.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses, step = losses + loss.item(), step + 1
        taken = time.process_time() - begun
        print(f"epoch {number + 1}: loss {losses / len(batches):.3f}, step {step}, {taken:.0f} s", flush=True)
    return adapter, head


def _joined(encoder: SentenceEncoder, adapter: Adapter) -> SentenceEncoder:
    network = copy.deepcopy(encoder, {id(encoder.tokenizer): encoder.tokenizer}).requires_grad_(False)
    for layer, added in zip(network.layers, adapter.layers, strict=True):
        for name in SIZES:
            setattr(layer, name, _Beside(getattr(layer, name), added[name]))
    return network.train()


def _batches(places: np.ndarray, tokens: list[torch.Tensor], chance: np.random.Generator) -> list[np.ndarray]:
    """Batches of about the same length, so that little is padding, in random order."""
    found: list[np.ndarray] = []
    for start in range(0, len(places), BLOCK * BATCH):
        block = places[start : start + BLOCK * BATCH]
        block = block[np.argsort([len(tokens[place]) for place in block], kind="stable")]
        parts = [block[at : at + BATCH] for at in range(0, len(block), BATCH)]
        found += [parts[place] for place in chance.permutation(len(parts))]
    return found


def _padded(rows: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    tokens = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return tokens, torch.arange(tokens.shape[1]) < torch.tensor([len(row) for row in rows])[:, None]
