"""Our clean networks on pictures made small in many ways: the gain on bicubic, on the Y channel.

    python -m bench.super_resolution_kernels --scale 4                      # the weights in use
    python -m bench.super_resolution_kernels --scale 4 --weights FILE ...   # others beside them

Photographs that nothing was learned from or chosen on (`unseen`, `scikit-image`), and those on which the size
of the first networks was chosen (`held-out`); `validation` are some that were learned from, for choosing.
Whole pictures, made small by a program, enlarged again; a border of `scale` pixels is left out, as the papers
do. The photographs are fetched first by `python -m training.photographs`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from bench.super_resolution_quality import CARDS, PHOTOS, photo, unseen
from dlintro_demos.super_resolution.ours import Adaptive, fitted, load_ours, read
from dlintro_demos.super_resolution.upscale import turned, turned_back
from training.photographs import load
from training.super_resolution.__main__ import enlarge
from training.super_resolution.kernels import KERNELS, made_by

LUMA = np.array([65.481, 128.553, 24.966]) / 255
"""Of R, G and B in Y (ITU-R BT.601), as MATLAB's `rgb2ycbcr` has it."""
MOST = 1600
"""Pixels of the longest side: of larger ones the middle."""


def _whole(rgb: np.ndarray) -> np.ndarray:
    height, width = (min(MOST, length) // 12 * 12 for length in rgb.shape[:2])
    top, left = (rgb.shape[0] - height) // 2, (rgb.shape[1] - width) // 2
    return np.ascontiguousarray(rgb[top : top + height, left : left + width])


def _photographs(which: str) -> Iterator[tuple[str, np.ndarray]]:
    if which == "unseen":
        pairs = unseen()
    elif which == "scikit-image":
        pairs = ((name, photo(name, MOST)) for name in PHOTOS)
    elif which == "held-out":
        pairs = ((each.name, rgb) for each, rgb in load("held_out"))
    else:
        pairs = ((each.name, rgb) for each, rgb in list(load("train"))[::9])
    for name, rgb in pairs:
        yield name, _whole(rgb)


def psnr_y(truth: np.ndarray, other: np.ndarray, border: int) -> float:
    """dB, of the Y channel, without a border; both (H, W, 3) uint8."""
    inner = (slice(border, -border), slice(border, -border))
    difference = (truth[inner].astype(np.float64) - other[inner]) @ LUMA
    return 10 * float(np.log10(255**2 / max(np.square(difference).mean(), 1e-9)))


def gains(
    networks: dict[str, nn.Module], small: Callable[[np.ndarray, int], np.ndarray], scale: int, which: str
) -> tuple[list[str], np.ndarray]:
    """Names, and dB above bicubic by photograph and network."""
    names, rows = [], []
    for name, truth in _photographs(which):
        low = small(truth, scale)
        size = (truth.shape[1], truth.shape[0])
        plain = psnr_y(truth, np.asarray(Image.fromarray(low).resize(size, Image.Resampling.BICUBIC)), scale)
        names.append(name)
        rows.append([psnr_y(truth, enlarge(each, low), scale) - plain for each in networks.values()])
    return names, np.array(rows)


def main() -> None:
    """Print a row for each kernel and set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--scale", type=int, choices=(2, 4), default=4)
    parser.add_argument("--weights", type=Path, nargs="*", default=[], help="files beside those in use")
    parser.add_argument("--told", action="store_true", help="and those that ask told how it was made small")
    parser.add_argument("--best", action="store_true", help="and all of them in eight views")
    parser.add_argument(
        "--photographs", nargs="*", default=["unseen", "scikit-image", "held-out"], metavar="SET"
    )
    parser.add_argument("--kernels", nargs="*", choices=list(KERNELS), default=list(KERNELS))
    arguments = parser.parse_args()
    in_use = CARDS[f"super_resolution_ours_x{arguments.scale}_clean"].locate()
    networks = {"in use": load_ours(in_use)} | {str(each): load_ours([each]) for each in arguments.weights}
    if arguments.best:
        networks |= {f"{name}, eight views": EightViews(each) for name, each in networks.items()}
    print(f"x{arguments.scale}, gain on bicubic, dB of Y; {', '.join(networks)}")
    for which in arguments.photographs:
        for kernel in arguments.kernels:
            began = time.perf_counter()
            told = {
                f"{name}, told": each.fitted(tuple(made_by(kernel)))
                for name, each in networks.items()
                if arguments.told and isinstance(each, Adaptive)
            }
            names, gained = gains(networks | told, KERNELS[kernel], arguments.scale, which)
            means = "  ".join(f"{mean:+.2f}" for mean in gained.mean(axis=0))
            worst = ", ".join(f"{names[at]} {gained[at, -1]:+.2f}" for at in gained[:, -1].argsort()[:3])
            print(
                f"{which:12} n={len(names):2} {kernel:24} {means}   least of the last: {worst}   "
                f"({time.perf_counter() - began:.0f} s)",
                flush=True,
            )


class EightViews(nn.Module):
    """The mean of a network's answers to a picture turned and mirrored in all eight ways."""

    def __init__(self, network: nn.Module) -> None:
        """Of `network`."""
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 3, H, W) to (N, 3, scale * H, scale * W)."""
        total, rgb = torch.zeros(()), (x[0] * 255).round().byte().permute(1, 2, 0).numpy()
        network = fitted(self.network, read(self.network, rgb))
        for view in range(8):
            total = total + turned_back(network(turned(x, view)), view)
        return total / 8


if __name__ == "__main__":
    main()
