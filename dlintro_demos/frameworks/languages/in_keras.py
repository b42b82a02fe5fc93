"""The network in Keras on TensorFlow. Lines with `# idea:` mark what the page sets side by side."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import tensorflow as tf
from keras import layers

from dlintro_demos.frameworks.task import LEARNING_RATE, Weights

NAMES = ("conv1", "conv2", "dense")


# idea: layers
def network() -> Any:
    """(N, 8, 8, 1) to (N, 10) logits."""
    # idea: forward
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),  # channels last
            layers.Conv2D(16, 3, padding="same", activation="relu", name="conv1"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, name="dense"),
        ]
    )


# idea: loss
def loss_of(model: Any, x: Any, y: Any) -> Any:
    """Mean cross-entropy."""
    each = keras.losses.sparse_categorical_crossentropy(y, model(x), from_logits=True)
    return tf.reduce_mean(each)


# idea: step
def step(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """Gradients come from a tape that has watched the computing."""
    with tf.GradientTape() as tape:
        loss = loss_of(model, x, y)
    found = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(found, model.trainable_variables, strict=True))
    return loss


# idea: compile
def compiled(function: Any) -> Any:
    """Traces it when it is first called, into a graph."""
    return tf.function(function)


# idea: save
def save(model: Any, path: Path) -> None:
    """Architecture and weights."""
    model.save(path)


def load(path: Path) -> Any:
    """`safe_mode`: no code comes out of the file."""
    return keras.saving.load_model(path, safe_mode=True)


# idea: end
SUFFIX = ".keras"


def build(weights: Weights) -> Any:
    """The network with these weights, turned to channels last."""
    model = network()
    for name in NAMES:
        model.get_layer(name).set_weights([_channels_last(name, weights[name]), weights[f"{name}_bias"]])
    return model


class Trainer:
    """Steps of gradient descent, one call each; `compile` them first."""

    def __init__(self, weights: Weights, *, compile: bool = False) -> None:
        self.model = build(weights)
        optimizer = keras.optimizers.SGD(LEARNING_RATE)
        optimizer.build(self.model.trainable_variables)

        def one(x: Any, y: Any) -> Any:
            return step(self.model, optimizer, x, y)

        self._step = compiled(one) if compile else one

    def step(self, x: np.ndarray, y: np.ndarray) -> float:
        """Loss before the step."""
        return float(self._step(tf.constant(_last(x)), tf.constant(y)))

    def weights(self) -> Weights:
        """As they are now, channels first."""
        return _as_weights([value.numpy() for value in self.model.trainable_variables])


def logits(model: Any, x: np.ndarray) -> np.ndarray:
    """(N, 1, 8, 8) to (N, 10)."""
    return np.asarray(model(_last(x)))


def gradients(model: Any, x: np.ndarray, y: np.ndarray) -> Weights:
    """Of the loss of a batch, channels first."""
    with tf.GradientTape() as tape:
        loss = loss_of(model, _last(x), y)
    return _as_weights([each.numpy() for each in tape.gradient(loss, model.trainable_variables)])


def _last(x: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def _channels_last(name: str, weight: np.ndarray) -> np.ndarray:
    if name != "dense":
        return weight.transpose(2, 3, 1, 0)
    return weight.reshape(10, 32, 4, 4).transpose(2, 3, 1, 0).reshape(512, 10)


def _as_weights(values: list[np.ndarray]) -> Weights:
    found: Weights = {}
    for name, weight, bias in zip(NAMES, values[::2], values[1::2], strict=True):
        if name == "dense":
            found[name] = weight.reshape(4, 4, 32, 10).transpose(3, 2, 0, 1).reshape(10, 512)
        else:
            found[name] = weight.transpose(3, 2, 0, 1)
        found[f"{name}_bias"] = bias
    return found


def use_threads(count: int) -> None:
    """Of this process; before anything is computed."""
    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(1)
