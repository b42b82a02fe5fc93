"""Train the readers of whole complaints: the last four layers of MiniLM learn on, with denials in place.

Each learns from the same sentences as the detector, from each once more with a typing error, and from
sentences that a program puts together of them (composed.py). Told apart are emergencies from all else, and, a
little, the kinds of emergencies from each other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.symptoms.spelling import plain_text, put_right, words_of
from dlintro_demos.medicine.symptoms.whole import BELOW, LAYERS, WholeReader, odds_of
from dlintro_demos.medicine.symptoms.written import emergencies
from dlintro_demos.shared.sentence_embeddings import MODEL, first_layers, whole_words
from training.medicine.symptoms.composed import composed
from training.medicine.symptoms.reading import VARIANTS, varied

VARIED = 2  # of a sentence: as it is, and with a typing error
EPOCHS, BATCH, DECAY, CLIP = 3, 64, 0.02, 1.0
RATE, RATE_OF_HEAD, WARM_UP = 1.5e-4, 1e-3, 100  # of the layers, of what stands on them; steps
SMOOTHING = 0.01
KINDS = 0.3  # weight of telling the kinds apart
BUCKET = 16  # batches that are filled by length together
UNKNOWN = -1  # the class of an emergency of no one kind
HALVED = torch.cpu._is_avx512_bf16_supported()  # bfloat16 is quicker then, and eighteen times as slow else
SAID = 100  # steps


@dataclass(frozen=True, kw_only=True)
class Read:
    """Sentences as the layers below read them, (T, 384) bfloat16, with their classes: kinds, then “none”."""

    features: list[torch.Tensor]
    classes: np.ndarray

    def batch(self, chosen: np.ndarray) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Features (N, T, 384), where there are any (N, T), and classes (N,)."""
        rows = [self.features[at] for at in chosen]
        seen = torch.arange(max(map(len, rows))) < torch.tensor([len(row) for row in rows])[:, None]
        padded = nn.utils.rnn.pad_sequence([row.float() for row in rows], batch_first=True)
        return padded, seen, torch.from_numpy(self.classes[chosen])

    def lengths(self) -> np.ndarray:
        """Tokens of each."""
        return np.array([len(each) for each in self.features])


def read_below(sentences: Sequence[str], cache: ModelCache) -> list[torch.Tensor]:
    """What the layers below make of sentences, put right."""
    known = whole_words(cache)
    texts = []
    for sentence in sentences:
        text = plain_text(sentence)
        texts.append(put_right(text, words_of(text, known)) or "-")
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    found: list[torch.Tensor] = [torch.zeros(0)] * len(texts)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        features, seen = first_layers([texts[at] for at in chosen], BELOW, cache)
        for at, row, there in zip(chosen, features, seen, strict=True):
            found[at] = row[there].bfloat16()
    return found


def train_whole(lines: Sequence[str], classes: np.ndarray, seed: int, cache: ModelCache) -> WholeReader:
    """A reader of `lines` with their `classes` (N,): kinds of emergencies, and all above for what is none."""
    none = len(emergencies())
    pairs = [(line, min(int(at), none)) for line, at in zip(lines, classes, strict=True)]
    several = [each for at, each in enumerate(varied(list(lines), seed)) if at % VARIANTS < VARIED]
    rows = [*zip(several, np.repeat([at for _, at in pairs], VARIED), strict=True)]
    rows += [(line, UNKNOWN if at is None else at) for line, at in composed(pairs, seed)]
    print(f"{len(pairs)} sentences, {len(rows)} with variants and what is composed of them", flush=True)
    features = read_below([line for line, _ in rows], cache)
    return learn(Read(features=features, classes=np.array([at for _, at in rows])), begun(seed, cache), seed)


def learn(given: Read, reader: WholeReader, seed: int) -> WholeReader:
    """The reader, when it has learned."""
    reader.train()
    body = [*reader.layers.parameters()]
    head = [each for name, each in reader.named_parameters() if not name.startswith("layers")]
    rates = (RATE, RATE_OF_HEAD)
    optimiser = torch.optim.AdamW(
        [{"params": each, "lr": rate} for each, rate in zip((body, head), rates, strict=True)],
        weight_decay=DECAY,
        fused=True,
    )
    steps = EPOCHS * -(-len(given.classes) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, (step + 1) / WARM_UP) * max(0.01, 1 - step / steps)
    )
    for step, batch in enumerate(batches(given.lengths(), seed)):
        features, seen, classes = given.batch(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=HALVED):
            logits = reader(features, seen)
        loss = loss_of(logits.float(), classes)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(reader.parameters(), CLIP)
        optimiser.step()
        schedule.step()
        if step % SAID == 0:
            print(f"step {step} of {steps}: loss {loss.item():.3f}", flush=True)
    return reader.eval().requires_grad_(requires_grad=False)


def begun(seed: int, cache: ModelCache) -> WholeReader:
    """A reader whose layers are MiniLM's last, before it learns."""
    torch.manual_seed(seed)
    reader = WholeReader(len(emergencies()))
    last = cache.run(MODEL, lambda model: model.module.layers[-LAYERS:].state_dict())
    reader.layers.load_state_dict(last)
    return reader


def batches(lengths: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """Places of sentences of about one length, all of them once in each epoch."""
    chance = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        order = chance.permutation(len(lengths))
        found = []
        for start in range(0, len(order), BATCH * BUCKET):
            part = order[start : start + BATCH * BUCKET]
            part = part[np.argsort(lengths[part], kind="stable")]
            found += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        random.Random(epoch).shuffle(found)
        yield from found


def loss_of(logits: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Of telling emergencies from all else, and their kinds where they are known."""
    none = logits.shape[1] - 1
    urgent = (classes != none).float()
    target = urgent * (1 - 2 * SMOOTHING) + SMOOTHING
    loss = functional.binary_cross_entropy_with_logits(odds_of(logits), target)
    known = (classes != none) & (classes != UNKNOWN)
    if known.any():
        loss = loss + KINDS * functional.cross_entropy(logits[known, :-1], classes[known])
    return loss
