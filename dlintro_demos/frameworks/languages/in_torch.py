"""The network in PyTorch. Lines that begin with `# idea:` mark what the page sets side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn

from dlintro_demos.frameworks.task import LEARNING_RATE, Weights


# idea: layers
class Network(nn.Module):
    """(N, 1, 8, 8) to (N, 10) logits."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.dense = nn.Linear(512, 10)

    # idea: forward
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Channels first: (N, channels, rows, columns)."""
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        return self.dense(x.flatten(1))


# idea: loss
def loss_of(network: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy."""
    return F.cross_entropy(network(x), y)


# idea: step
def step(network: nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor, y: torch.Tensor) -> float:
    """Gradients gather in the parameters until they are cleared."""
    optimizer.zero_grad()
    loss = loss_of(network, x, y)
    loss.backward()
    optimizer.step()
    return loss.item()


# idea: compile
def compiled(network: nn.Module) -> nn.Module:
    """Traces it when it is first called, and writes C++ or Triton."""
    return torch.compile(network)  # type: ignore[return-value]


# idea: save
def save(network: nn.Module, path: Path) -> None:
    """The weights alone."""
    torch.save(network.state_dict(), path)


def load(path: Path) -> Network:
    """`weights_only`: no code comes out of the file."""
    network = Network()
    network.load_state_dict(torch.load(path, weights_only=True))
    return network


# idea: end
SUFFIX = ".pt"


def build(weights: Weights) -> Network:
    """The network with these weights."""
    network = Network()
    with torch.no_grad():
        for name in ("conv1", "conv2", "dense"):
            layer = getattr(network, name)
            layer.weight.copy_(torch.from_numpy(weights[name]))
            layer.bias.copy_(torch.from_numpy(weights[f"{name}_bias"]))
    return network


class Trainer:
    """Steps of gradient descent, one call each; `compile` them first."""

    def __init__(self, weights: Weights, *, compile: bool = False) -> None:
        self.network = build(weights)
        self._used = compiled(self.network) if compile else self.network
        self._optimizer = torch.optim.SGD(self.network.parameters(), lr=LEARNING_RATE)

    def step(self, x: np.ndarray, y: np.ndarray) -> float:
        """Loss before the step."""
        return step(self._used, self._optimizer, torch.from_numpy(x), torch.from_numpy(y))

    def weights(self) -> Weights:
        """As they are now."""
        return _as_weights({name: value.detach() for name, value in self.network.named_parameters()})


@torch.inference_mode()
def logits(network: nn.Module, x: np.ndarray) -> np.ndarray:
    """(N, 1, 8, 8) to (N, 10)."""
    return network(torch.from_numpy(x)).numpy()


def gradients(network: Network, x: np.ndarray, y: np.ndarray) -> Weights:
    """Of the loss of a batch."""
    network.zero_grad()
    loss_of(network, torch.from_numpy(x), torch.from_numpy(y)).backward()
    return _as_weights({name: value.grad for name, value in network.named_parameters()})


def _as_weights(values: dict[str, torch.Tensor | None]) -> Weights:
    found = {}
    for name, value in values.items():
        layer, kind = name.split(".")
        assert value is not None
        found[layer if kind == "weight" else f"{layer}_bias"] = value.numpy().copy()
    return found


def use_threads(count: int) -> None:
    """Of this process."""
    torch.set_num_threads(count)
