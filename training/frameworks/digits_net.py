"""Train the network of `/frameworks` on scikit-learn's digits, and write it for all who can answer."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from dlintro_demos.frameworks.languages.in_torch import Network, Trainer, build, logits
from dlintro_demos.frameworks.task import BATCH, Digits, Weights, digits, first_weights
from dlintro_demos.gallery.settings import REPOSITORY

FOLDER = REPOSITORY / "models/digits_net"
STEPS, SEED = 3_000, 3
VALIDATION, RISK = 200, 0.005


def write_network() -> None:
    """Write the files and print what the card says. Raises `ImportError` without onnxscript."""
    learn, held_out = digits()
    kept = slice(None, -VALIDATION)
    sure = threshold(_learned(learn.x[kept], learn.y[kept]), learn)
    print(f"sure = {sure:.2f}")
    weights = _learned(learn.x, learn.y)
    FOLDER.mkdir(exist_ok=True)
    save_file(weights, FOLDER / "weights.safetensors")
    network = build(weights).eval()
    export(network, FOLDER / "network.onnx")
    surest, best = _surest(network, held_out.x)
    wrong, answered = best != held_out.y, surest >= sure
    print(
        f"Held-out digits: {1 - wrong.mean():.1%} right; answered {answered.mean():.1%}, of these wrong "
        f"{wrong[answered].mean():.1%}"
    )
    scrambled = np.random.default_rng(SEED + 1).permuted(held_out.x.reshape(len(wrong), -1), axis=1)
    none, _ = _surest(network, scrambled.reshape(held_out.x.shape))
    print(f"Scrambled ones, which are no digits: answered {(none >= sure).mean():.1%}")
    print(f"parameters = {sum(value.size for value in weights.values())}")
    for file in ("weights.safetensors", "network.onnx"):
        data = (FOLDER / file).read_bytes()
        print(f'path = "{file}"\nsha256 = "{hashlib.sha256(data).hexdigest()}"\nbytes = {len(data)}')


def _learned(x: np.ndarray, y: np.ndarray) -> Weights:
    trainer, random = Trainer(first_weights(SEED)), np.random.default_rng(SEED)
    for _ in range(STEPS):
        some = random.integers(len(y), size=BATCH)
        trainer.step(x[some], y[some])
    return trainer.weights()


def threshold(weights: Weights, learn: Digits) -> float:
    """The least probability above which at most `RISK` of `VALIDATION` digits not learned from are wrong.

    Also from where half of as many scrambled digits, which are none, are below it.
    """
    x, y = learn.x[-VALIDATION:], learn.y[-VALIDATION:]
    network = build(weights).eval()
    surest, best = _surest(network, x)
    wrong = best != y
    risky = next(each for each in np.arange(0.5, 1, 0.01) if wrong[surest >= each].mean() <= RISK)
    scrambled = np.random.default_rng(SEED).permuted(x.reshape(len(x), -1), axis=1).reshape(x.shape)
    return float(max(risky, np.round(np.median(_surest(network, scrambled)[0]), 2)))


def _surest(network: Network, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = torch.from_numpy(logits(network, x)).softmax(1).numpy()
    return found.max(axis=1), found.argmax(axis=1)


def export(network: Network, path: Path) -> None:
    """As ONNX, any number of pictures at once; the weights inside the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.from_numpy(np.zeros((2, 1, 8, 8), np.float32)),),
            path,
            input_names=["pictures"],
            output_names=["logits"],
            dynamic_shapes={"x": {0: torch.export.Dim("count")}},
            dynamo=True,
            external_data=False,
        )
