"""The network in JAX. Lines that begin with `# idea:` mark what the page sets side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from dlintro_demos.frameworks.task import LEARNING_RATE, Weights

Params = dict[str, Any]


# idea: layers
def shapes() -> dict[str, tuple[int, ...]]:
    """There are no layers: parameters are a plain dictionary of arrays."""
    return {
        "conv1": (16, 1, 3, 3),
        "conv2": (32, 16, 3, 3),
        "dense": (10, 512),
    }


# idea: forward
def forward(params: Params, x: jax.Array) -> jax.Array:
    """A function of its parameters, without a state."""
    for name in ("conv1", "conv2"):
        x = lax.conv(x, params[name], (1, 1), "SAME")
        x = jax.nn.relu(x + params[f"{name}_bias"][:, None, None])
    x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
    return x.reshape(len(x), -1) @ params["dense"].T + params["dense_bias"]


# idea: loss
def loss_of(params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
    """Mean cross-entropy."""
    chosen = jax.nn.log_softmax(forward(params, x))[jnp.arange(len(y)), y]
    return -chosen.mean()


# idea: step
def step(params: Params, x: jax.Array, y: jax.Array) -> tuple[jax.Array, Params]:
    """Gradients come from a function that is made of the loss; the new parameters are new arrays."""
    loss, found = jax.value_and_grad(loss_of)(params, x, y)
    params = jax.tree.map(lambda value, slope: value - LEARNING_RATE * slope, params, found)
    return loss, params


# idea: compile
def compiled(function: Any) -> Any:
    """Traces it when it is first called, and compiles it with XLA."""
    return jax.jit(function)


# idea: save
def save(params: Params, path: Path) -> None:
    """There is no format of its own for a dictionary: NumPy's will do."""
    np.savez(path, **params)


def load(path: Path) -> Params:
    """No code comes out of the file: NumPy allows no pickles."""
    with np.load(path) as file:
        return {name: jnp.asarray(file[name]) for name in file}


# idea: end
SUFFIX = ".npz"


def build(weights: Weights) -> Params:
    """The parameters with these weights."""
    return {name: jnp.asarray(value) for name, value in weights.items()}


class Trainer:
    """Steps of gradient descent, one call each; `compile` them first."""

    def __init__(self, weights: Weights, *, compile: bool = False) -> None:
        self.params = build(weights)
        self._step = compiled(step) if compile else step

    def step(self, x: np.ndarray, y: np.ndarray) -> float:
        """Loss before the step."""
        loss, self.params = self._step(self.params, jnp.asarray(x), jnp.asarray(y))
        return float(loss)

    def weights(self) -> Weights:
        """As they are now."""
        return {name: np.asarray(value) for name, value in self.params.items()}


def logits(params: Params, x: np.ndarray) -> np.ndarray:
    """(N, 1, 8, 8) to (N, 10)."""
    return np.asarray(forward(params, jnp.asarray(x)))


def gradients(params: Params, x: np.ndarray, y: np.ndarray) -> Weights:
    """Of the loss of a batch."""
    found = jax.grad(loss_of)(params, jnp.asarray(x), jnp.asarray(y))
    return {name: np.asarray(value) for name, value in found.items()}


def use_threads(count: int) -> None:
    """XLA takes its threads from the environment, before it is imported: `NPROC`."""
