"""What a design of our super-resolution network costs: milliseconds per input megapixel, side by side.

    python -m training.super_resolution.designs            # two threads
    python -m training.super_resolution.designs --threads 1
    python -m training.super_resolution.designs --learning     # and milliseconds of a step of training

The least of several runs in turn on 256 x 256 px, x4: on a busy machine milliseconds drift, ratios less.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from dlintro_demos.super_resolution.ours import Ours
from training.super_resolution.__main__ import TrainingSettings, begin, enlarged

SIDE = 256
SHAPES = (
    (32, 10),
    (32, 12),
    (32, 14),
    (32, 16),
    (32, 6),
    (48, 6),
    (48, 8),
    (24, 14),
    (64, 4),
    (16, 18),
    (16, 28),
)
ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": F.relu,
    "leaky relu": partial(F.leaky_relu, negative_slope=0.1),
    "gelu": F.gelu,
    "silu": F.silu,
}


class Plain(Ours):
    """`Ours` with another activation, or with PyTorch's own bicubic interpolation."""

    activation: Callable[[torch.Tensor], torch.Tensor] = staticmethod(F.relu)
    torch_bicubic = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """As `Ours.forward`, nothing in place."""
        first = self.activation(self.head(x - 0.5))
        features = first
        for convolution in self.body:
            features = self.activation(convolution(features))
        residual = self.tail(features + first)
        if not self.torch_bicubic:
            return F.pixel_shuffle(residual + self.bicubic(x), self.scale)
        large = F.interpolate(x, scale_factor=self.scale, mode="bicubic", align_corners=False)
        return F.pixel_shuffle(residual, self.scale) + large


def designs() -> dict[str, tuple[Ours, torch.memory_format]]:
    """Name of the design: the network and its layout in memory."""
    table: dict[str, tuple[Ours, torch.memory_format]] = {}
    for width, depth in SHAPES:
        table[f"{width} x {depth}"] = (Ours(scale=4, width=width, depth=depth), torch.channels_last)
    table["32 x 10, NCHW"] = (Ours(scale=4, width=32, depth=10), torch.contiguous_format)
    for name, activation in ACTIVATIONS.items():
        network = Plain(scale=4, width=32, depth=10)
        network.activation = activation
        table[f"32 x 10, {name}, not in place"] = (network, torch.channels_last)
    network = Plain(scale=4, width=32, depth=10)
    network.torch_bicubic = True
    table["32 x 10, relu, interpolate()"] = (network, torch.channels_last)
    table["32 x 12, x2"] = (Ours(scale=2, width=32, depth=12), torch.channels_last)
    return table


@torch.inference_mode()
def measure(repeats: int) -> dict[str, float]:
    """Least seconds of each design, one after the other, `repeats` times round."""
    table = {
        name: (network.eval().to(memory_format=layout), torch.rand(1, 3, SIDE, SIDE).to(memory_format=layout))
        for name, (network, layout) in designs().items()
    }
    least = dict.fromkeys(table, math.inf)
    for turn in range(repeats + 1):
        for name, (network, x) in table.items():
            started = time.perf_counter()
            network(x)
            if turn:
                least[name] = min(least[name], time.perf_counter() - started)
    return least


def measure_learning(repeats: int) -> dict[str, float]:
    """Least seconds of a step of 16 patches of 48 px, x4, in single precision and with bfloat16 within."""
    small, truth = torch.rand(16, 3, 48, 48), torch.rand(16, 3, 192, 192)
    least: dict[str, float] = {}
    for depth in (12, 16):
        network = begin(TrainingSettings(depth=depth)).to(memory_format=torch.channels_last)
        optimizer = torch.optim.Adam(network.parameters(), fused=True)
        for halved in (False, True) * (repeats + 1):
            started = time.perf_counter()
            loss = (enlarged(network, small, halved=halved) - truth).abs().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            name = f"32 x {depth}, {'bfloat16' if halved else 'float32'}"
            least[name] = min(least.get(name, math.inf), time.perf_counter() - started)
    return least


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--learning", action="store_true", help="also time steps of training")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    table = designs()
    print(f"{arguments.threads} threads, torch {torch.__version__}, {SIDE} x {SIDE} px; width x depth, x4")
    print(f"{'design':32} {'parameters':>10} {'ms/MP':>7} {'GFLOP/s':>8}")
    for name, seconds in measure(arguments.repeats).items():
        network = table[name][0]
        convolutions = [network.head, *network.body, network.tail]
        operations = 2 * sum(layer.weight.numel() for layer in convolutions) * SIDE**2
        parameters = sum(weights.numel() for weights in network.parameters())
        print(f"{name:32} {parameters:10} {seconds * 1e9 / SIDE**2:7.0f} {operations / seconds / 1e9:8.0f}")

    if arguments.learning:
        for name, seconds in measure_learning(arguments.repeats).items():
            print(f"a step of training, {name}: {1000 * seconds:.0f} ms")


if __name__ == "__main__":
    main()
