"""What a call of each network costs on one thread: plain, with packed weights, and in ONNX Runtime.

    python -m bench.networks [--repeats 30]

Milliseconds of CPU, which depend less on what else the machine does than those of the clock: the least and
the median, all ways in turn. The embedding of "Teach it" is the classifier's call. "weights packed"
only keeps the convolutions' weights as oneDNN wants them; "packed" computes what follows in the same call.
"""

from __future__ import annotations

import argparse
import copy
import os
import platform
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn

from bench.super_resolution import onnx_network
from dlintro_demos.gallery.runtime import memory
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.shared import imagenet
from dlintro_demos.shared.face_detector import Mtcnn
from dlintro_demos.shared.packed import call, pack
from dlintro_demos.super_resolution.making import EVEN
from dlintro_demos.super_resolution.ours import Adaptive, Ours

Call = Callable[[], torch.Tensor | np.ndarray]


def plain(module: nn.Module) -> nn.Module:
    """A copy, which has no packed weights."""
    return copy.deepcopy(module)


def weights_packed(module: nn.Module) -> nn.Module:
    """A copy in which each convolution is its packed form, with nothing that follows it."""
    copied = plain(module)
    for parent in list(copied.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Conv2d):
                pack(child)
                setattr(parent, name, child.packed)
    return copied


def fused(network: Ours) -> Callable[[torch.Tensor], torch.Tensor]:
    """Our super-resolution network with each ReLU in its convolution's call."""
    network = copy.deepcopy(network)
    for conv in (network.head, *network.body):
        pack(conv, activation="relu")
    pack(network.tail)

    def enlarge(x: torch.Tensor) -> torch.Tensor:
        first = features = call(network.head, x - 0.5)
        for conv in network.body:
            features = call(conv, features)
        residual = call(network.tail, features + first, network.bicubic(x))
        return F.pixel_shuffle(residual, network.scale)

    return enlarge


def logits(network: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """The classifier's, as the demos ask for them."""
    return imagenet.run(network, x).logits


def cases(cache: ModelCache, only: str) -> dict[str, dict[str, Call]]:
    """The ways to call each network, by its name."""
    lite, dlib, detector, ours = (
        cache.get(key).module
        for key in (imagenet.MODEL, "dlib_face_recognition", "mtcnn", "super_resolution_ours_x4_clean")
    )
    assert isinstance(detector, Mtcnn)
    assert isinstance(ours, Adaptive)
    ours = ours.fitted(EVEN)
    sizes = {
        "classifier, 224 px": (lite, 224),
        "dlib's face network, 150 px": (dlib, 150),
        "P-Net, 320 px": (detector.proposal, 320),
        "R-Net, one window": (detector.refinement, 24),
        "O-Net, one window": (detector.output, 48),
        "ours x4, 128 px": (ours, 128),
    }
    found: dict[str, dict[str, Call]] = {}
    for name, (module, side) in ((name, size) for name, size in sizes.items() if only in name):
        x = torch.rand(1, 3, side, side).to(memory_format=torch.channels_last)
        ways: dict[str, Callable[[torch.Tensor], object]] = {"plain": plain(module)}
        if module is lite:
            ways["packed"] = partial(logits, lite)
        elif module is dlib:
            ways["packed"] = dlib
        else:
            ways["weights packed"] = weights_packed(module)
        if module is ours:
            ways["packed"] = fused(ours)
        calls: dict[str, Call] = {way: partial(first_of, run, x) for way, run in ways.items()}
        flat = x[0].contiguous().numpy()
        calls["ONNX Runtime"] = partial(onnx_network(module, flat, 1), flat)
        found[name] = calls
    return found


def first_of(network: Callable[[torch.Tensor], object], x: torch.Tensor) -> torch.Tensor:
    """The first picture's part of a network's (first) output."""
    output = network(x)
    one = output[0] if isinstance(output, tuple) else output
    assert isinstance(one, torch.Tensor)
    return one[0]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--only", default="", help="part of a network's name")
    options = parser.parse_args()
    memory.keep_pages()
    torch.set_num_threads(1)
    found = cases(ModelCache(read_cards(REPOSITORY / "models")), options.only)
    print(f"{platform.machine()}, torch {torch.__version__}, load {os.getloadavg()[0]:.1f}")
    print(f"{'':44}{'least':>8}{'median':>8}   largest difference to plain")
    with torch.inference_mode():
        for name, calls in found.items():
            expected = np.asarray(calls["plain"]())
            apart = {way: np.abs(np.asarray(ask()) - expected).max() for way, ask in calls.items()}
            took: dict[str, list[float]] = {way: [] for way in calls}
            for _ in range(options.repeats):
                for way, ask in calls.items():
                    started = time.process_time()
                    ask()
                    took[way].append((time.process_time() - started) * 1e3)
            for way, each in took.items():
                print(
                    f"{name:28} {way:15}{min(each):8.2f}{statistics.median(each):8.2f}   {apart[way]:.1e}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
