"""The ensemble: small networks side by side in one module, and a logistic regression beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from dlintro_demos.medicine.risk.measures import MEASURES

MODEL = "breast_risk"
NETWORKS = 10
WIDTH = len(MEASURES)


class RiskEnsemble(nn.Module):
    """Thirty measures to the log-odds of "malignant", by each network and by the logistic regression.

    Measures are read as logarithms, because sizes differ by factors: (log(x + offset) - centre) / scale.
    `temperature` divides all networks' log-odds, so that what they say on average is what is found.
    `precision` (30, 30) is the inverse covariance of the known cases, as they are read.
    """

    offset: torch.Tensor
    centre: torch.Tensor
    scale: torch.Tensor
    temperature: torch.Tensor
    precision: torch.Tensor

    def __init__(self, hidden: int, networks: int = NETWORKS) -> None:
        super().__init__()
        self.first = nn.Parameter(torch.zeros(networks, WIDTH, hidden))
        self.first_bias = nn.Parameter(torch.zeros(networks, 1, hidden))
        self.second = nn.Parameter(torch.zeros(networks, hidden, 1))
        self.second_bias = nn.Parameter(torch.zeros(networks, 1, 1))
        self.logistic = nn.Linear(WIDTH, 1)
        for name in ("offset", "centre"):
            self.register_buffer(name, torch.zeros(WIDTH))
        self.register_buffer("scale", torch.ones(WIDTH))
        self.register_buffer("temperature", torch.ones(()))
        self.register_buffer("precision", torch.eye(WIDTH))

    def read(self, values: torch.Tensor) -> torch.Tensor:
        """Measures (N, 30) as the networks read them: 0 is the average known case, 1 a standard deviation."""
        return (torch.log(values + self.offset) - self.centre) / self.scale

    def written(self, read: torch.Tensor) -> torch.Tensor:
        """The way back: what was read (N, 30), as measures; none is below zero."""
        return (torch.exp(read * self.scale + self.centre) - self.offset).clamp(min=0)

    def forward(self, read: torch.Tensor) -> torch.Tensor:
        """What was read (N, 30) to calibrated log-odds (networks, N)."""
        return self.raw(read) / self.temperature

    def raw(self, read: torch.Tensor) -> torch.Tensor:
        """As `forward`, but before calibration."""
        hidden = torch.tanh(read @ self.first + self.first_bias)
        return (hidden @ self.second + self.second_bias).squeeze(2)


def load_ensemble(files: Sequence[Path]) -> RiskEnsemble:
    """The trained ensemble. Raises `RuntimeError` where the file has other shapes."""
    state = load_file(files[0])
    networks, _, hidden = state["first"].shape
    module = RiskEnsemble(hidden, networks)
    module.load_state_dict(state)
    return module


@dataclass(frozen=True, kw_only=True, eq=False)
class Said:
    """What is said of N cases: log-odds (networks, N) of each network and (N,) of the logistic regression."""

    networks: np.ndarray
    logistic: np.ndarray

    @property
    def probabilities(self) -> np.ndarray:
        """The ensemble's, (N,): the mean of its networks' probabilities."""
        return (1 / (1 + np.exp(-self.networks))).mean(0)

    @property
    def middle(self) -> np.ndarray:
        """Mean log-odds of the networks, (N,)."""
        return self.networks.mean(0)

    @property
    def spread(self) -> np.ndarray:
        """Standard deviation of the networks' log-odds, (N,)."""
        return self.networks.std(0, ddof=1)


def ask(module: RiskEnsemble, values: np.ndarray, *, calibrated: bool = True) -> Said:
    """Ask all about measures (N, 30), none of them below zero."""
    with torch.inference_mode():
        given = torch.from_numpy(np.asarray(values, np.float32)).to(module.scale.device)
        read = module.read(given)
        logits = module(read) if calibrated else module.raw(read)
        return Said(
            networks=logits.cpu().double().numpy(),
            logistic=module.logistic(read)[:, 0].cpu().double().numpy(),
        )
