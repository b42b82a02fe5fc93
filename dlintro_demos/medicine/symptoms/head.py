"""The trained heads on MiniLM's vectors: which pattern, and (`detector.py`) whether it is an emergency."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from dlintro_demos.medicine.symptoms.whole import READERS, WholeReader
from dlintro_demos.medicine.symptoms.written import emergencies
from dlintro_demos.shared.sentence_embeddings import WIDTH

MODEL = "medicine_symptoms"
CHUNK = 40  # words that are embedded together; longer complaints are the mean of such parts
HIDDEN = 256  # units of the detector's layer
GRAMS = 8192  # places for words and runs of letters


class SymptomHead(nn.Module):
    """A linear map for the patterns on MiniLM's vectors, and the detector of emergencies.

    `linear` gives logits: `kinds` of emergencies first, then the patterns, last “none of them”; `temperature`
    divides those of the patterns (Guo et al. 2017). `phrases` (P, 384) are the vectors of the written
    phrasings, in their order. `alarm` gives logits, too: `kinds` first, then all that is none. `examples`
    (E, 384) are the vectors of what it learned from, `urgent` (E,) is 1 where that is an emergency. `grams`
    (`GRAMS`,) are weights of words and runs of letters. `whole` read tokens, and what is denied, too.
    """

    phrases: torch.Tensor
    temperature: torch.Tensor
    examples: torch.Tensor
    urgent: torch.Tensor
    grams: torch.Tensor

    def __init__(self, classes: int, kinds: int, phrases: int, *, sorts: int, examples: int) -> None:
        super().__init__()
        self.kinds = kinds
        self.linear = nn.Linear(WIDTH, classes)
        self.alarm = nn.Sequential(nn.Linear(WIDTH, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, sorts))
        self.whole = nn.ModuleList(WholeReader(kinds) for _ in range(READERS))
        self.register_buffer("phrases", torch.zeros(phrases, WIDTH))
        self.register_buffer("temperature", torch.ones(1))
        self.register_buffer("examples", torch.zeros(examples, WIDTH))
        self.register_buffer("urgent", torch.zeros(examples))
        self.register_buffer("grams", torch.zeros(GRAMS))


def load_head(files: Sequence[Path]) -> SymptomHead:
    """The trained heads. Raises `RuntimeError` where the file has other shapes."""
    state = {name: value.float() for path in files for name, value in load_file(path).items()}
    module = SymptomHead(
        len(state["linear.bias"]),
        len(emergencies()),
        len(state["phrases"]),
        sorts=len(state["alarm.2.bias"]),
        examples=len(state["examples"]),
    )
    module.load_state_dict(state)
    return module


def probabilities(module: nn.Module, vectors: np.ndarray) -> np.ndarray:
    """Embeddings (N, 384) to probabilities (N, patterns + 1), given that it is no emergency."""
    assert isinstance(module, SymptomHead)
    with torch.inference_mode():
        logits = _logits(module, vectors)[:, module.kinds :]
        return (logits / module.temperature).softmax(1).cpu().numpy()


def _logits(module: SymptomHead, vectors: np.ndarray) -> torch.Tensor:
    logits: torch.Tensor = module.linear(torch.from_numpy(vectors).to(module.temperature.device))
    return logits


def nearest(module: nn.Module, vector: np.ndarray) -> np.ndarray:
    """The cosines of an embedding (384,) with all written phrasings, (P,)."""
    assert isinstance(module, SymptomHead)
    with torch.inference_mode():
        return (module.phrases @ torch.from_numpy(vector).to(module.phrases.device)).cpu().numpy()


def known_score(given: np.ndarray) -> np.ndarray:
    """How sure it is that a complaint fits a pattern, (N, patterns + 1) to (N,).

    The mean of two: all that is not “none of them”, and the likeliest pattern.
    """
    return (1 - given[:, -1] + given[:, :-1].max(1)) / 2


def fit_of(given: np.ndarray) -> np.ndarray:
    """How sure it is that a complaint fits a pattern, and none of them, (N, patterns + 1) to (N, 2)."""
    return np.stack([known_score(given), given[:, -1]], 1)
