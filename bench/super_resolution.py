"""Speed, quality and memory of the super-resolution methods, beside ncnn and ONNX Runtime.

    python -m bench.super_resolution                       # speed, quality, held-out, situation: some minutes
    python -m bench.super_resolution --only speed          # or quality, held-out, unseen, situation, memory
    python -m bench.super_resolution --photos FOLDER       # quality on photographs of your own
    python -m bench.super_resolution --pictures FOLDER     # crops side by side, to look at

Times are the least of several runs, taken in turn: on a busy machine milliseconds drift, ratios less. The
held-out photographs are fetched first by `python -m training.photographs`.
"""

from __future__ import annotations

import argparse
import copy
import importlib.util
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from PIL import Image

from bench.super_resolution_quality import (
    CARDS,
    photo,
    print_folder,
    print_held_out,
    print_quality,
    print_situations,
    print_unseen,
    run,
    write_pictures,
)
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.super_resolution.making import EVEN
from dlintro_demos.super_resolution.ours import Adaptive
from dlintro_demos.super_resolution.upscale import METHODS, Scale

USUAL = ("speed", "quality", "held-out", "situation")
PARTS = (*USUAL, "unseen", "memory")
SPEED_SIDES = {"ours": 256, "compact": 256, "photographic": 96}
PEAK_CHANNELS = (32, 64, 128, 256)  # of the convolutions among which the machine's peak is looked for


def main() -> None:
    """Print the tables that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--memory", type=float, default=12, metavar="MEGAPIXELS", help="of the input")
    parser.add_argument("--method", default="ours", choices=METHODS, help="whose memory")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER")
    parser.add_argument("--photos", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.pictures:
        write_pictures(arguments.pictures)
        return
    if arguments.photos:
        print_folder(arguments.photos)
        return
    print(
        f"{platform.machine()}, {arguments.threads} threads, torch {torch.__version__}, "
        f"load of the last minute {os.getloadavg()[0]:.1f}"
    )
    wanted = arguments.only or USUAL
    if "speed" in wanted:
        print_speed(arguments.threads, arguments.repeats)
        print_share_of_peak()
    if "quality" in wanted:
        print_quality()
    if "held-out" in wanted:
        print_held_out()
    if "unseen" in wanted:
        print_unseen()
    if "situation" in wanted:
        print_situations()
    if "memory" in wanted:
        for scale in get_args(Scale):
            print_peak_memory(arguments.method, arguments.memory, scale)


def print_speed(threads: int, repeats: int) -> None:
    """Milliseconds per input megapixel by method and runtime, in turn; how far the outputs lie apart."""
    print("\nSpeed, x4, milliseconds per input megapixel; quotients against ours beside it")
    cache = ModelCache(CARDS)
    works: dict[str, tuple[int, Callable[[], np.ndarray]]] = {}
    for method, side in SPEED_SIDES.items():
        rgb = photo("astronaut.png", 512)[:side, :side]
        low = np.ascontiguousarray(rgb.transpose(2, 0, 1), np.float32) / 255
        works[method] = side, partial(enlarged_rgb, rgb, method, cache)
        if method == "ours":
            works["bicubic"] = side, partial(enlarged_rgb, rgb, "bicubic", cache)
            network = cache.get(METHODS[method].card(4) or "").module
            works["ours, ONNX Runtime"] = side, partial(onnx_network(network, low, threads), low)
        elif importlib.util.find_spec("ncnn"):
            works[f"{method}, ncnn"] = (
                side,
                partial(ncnn_network(CARDS[METHODS[method].model or ""].locate(), threads), low),
            )
    seconds, outputs = fastest_in_turn({name: work for name, (_, work) in works.items()}, repeats)
    pace = {name: least * 1e9 / works[name][0] ** 2 for name, least in seconds.items()}
    for name, each in pace.items():
        line = f"{name:22} {works[name][0]:3} px {each:9.0f}   {each / pace['ours']:6.2f}"
        if ", " in name:
            theirs = (outputs[name].transpose(1, 2, 0).clip(0, 1) * 255).round()
            apart = np.abs(theirs - outputs[name.split(", ")[0]]).max()
            line += f"   largest difference to PyTorch {apart:.0f}/255"
        print(line)
    print(f"ours, 256 x 256 px: {seconds['ours'] * 1e3:.0f} ms")


def print_share_of_peak() -> None:
    """Multiplications and additions a second of our network, against the fastest convolution found here."""
    network = ModelCache(CARDS).get(METHODS["ours"].card(4) or "").module
    assert isinstance(network, Adaptive)
    network = network.fitted(EVEN)
    side = 256
    x = torch.rand(1, 3, side, side).to(memory_format=torch.channels_last)
    weights = sum(each.numel() for name, each in network.named_parameters() if name.endswith("weight"))
    ours = 2e-9 * (weights + network.cubic.numel()) * side**2 / least_seconds(partial(network, x))
    peaks = {}
    for channels in PEAK_CHANNELS:
        layer = torch.nn.Conv2d(channels, channels, 3, padding=1).to(memory_format=torch.channels_last)
        features = torch.rand(1, channels, 128, 128).to(memory_format=torch.channels_last)
        peaks[channels] = 2e-9 * layer.weight.numel() * 128**2 / least_seconds(partial(layer, features))
    best = max(peaks, key=lambda channels: peaks[channels])
    print(
        f"ours: {ours:.0f} billion operations a second, {ours / peaks[best]:.0%} of this machine's fastest "
        f"3 x 3 convolution ({peaks[best]:.0f}, {best} channels; {peaks[network.width]:.0f} at "
        f"{network.width} channels)"
    )


@torch.inference_mode()
def least_seconds(work: Callable[[], torch.Tensor], repeats: int = 12) -> float:
    """Of some calls after two that warm up."""
    taken = []
    for _ in range(repeats + 2):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken[2:])


def onnx_network(
    module: torch.nn.Module, low: np.ndarray, threads: int
) -> Callable[[np.ndarray], np.ndarray]:
    """ONNX Runtime's run of a network, exported for this size."""
    import onnxruntime

    module = copy.deepcopy(module)  # without packed weights, which no export knows
    program = torch.onnx.export(module, (torch.tensor(low[None]),), input_names=["low"], verbose=False)
    assert program is not None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        program.model_proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda picture: session.run(None, {"low": picture[None]})[0][0]


def ncnn_network(files: tuple[Path, ...], threads: int) -> Callable[[np.ndarray], np.ndarray]:
    """ncnn's own run of the weights: its defaults, but float32 throughout like ours."""
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = threads
    for option in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
        setattr(net.opt, f"use_{option}", False)
    net.load_param(str(files[0]))
    net.load_model(str(files[1]))

    def enlarge(low: np.ndarray) -> np.ndarray:
        with net.create_extractor() as extractor:
            extractor.input("data", ncnn.Mat(low).clone())
            return np.array(extractor.extract("output")[1].clone())

    return enlarge


def print_peak_memory(method: str, megapixels: float, scale: Scale) -> None:
    """In a process of its own: a picture of 4:3 through the command line, and the process's peak memory."""
    width = round((megapixels * 1e6 * 4 / 3) ** 0.5)
    height = round(width * 3 / 4)
    tile = photo("astronaut.png", 512)
    rgb = np.tile(tile, (height // 512 + 1, width // 512 + 1, 1))[:height, :width].copy()
    with tempfile.TemporaryDirectory() as folder:
        taken, large = Path(folder) / "in.jpg", Path(folder) / "out.png"
        Image.fromarray(rgb).save(taken, quality=92)
        command = ["upscale", str(taken), str(large), "--model", method, "--scale", str(scale)]
        code = (
            "import resource, sys; from dlintro_demos.__main__ import main; code = main(sys.argv[1:]); "
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024); sys.exit(code)"
        )
        started = time.perf_counter()
        said = subprocess.run(
            [sys.executable, "-c", code, *command], check=True, capture_output=True, text=True
        )
        seconds, written = time.perf_counter() - started, large.stat().st_size / 2**20
    peak = said.stdout.split()[-1]
    print(
        f"\nMemory: upscale --model {method} --scale {scale}, {width} x {height} px in, "
        f"{rgb.nbytes * scale**2 / 2**20:.0f} MB of pixels out: peak RSS {peak} MB, {seconds:.0f} s, "
        f"a file of {written:.0f} MB"
    )


def enlarged_rgb(rgb: np.ndarray, method: str, cache: ModelCache) -> np.ndarray:
    """Pixels x4, without back-projection, which the other runtimes have not either."""
    return run(rgb, method, cache=cache).rgb


def fastest_in_turn(
    works: dict[str, Callable[[], np.ndarray]], repeats: int
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """The least seconds of each after a run that warms up, and what it returned; one after the other."""
    outputs = {name: work() for name, work in works.items()}
    least = dict.fromkeys(works, math.inf)
    for _ in range(repeats):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            least[name] = min(least[name], time.perf_counter() - started)
    return least, outputs


if __name__ == "__main__":
    main()
