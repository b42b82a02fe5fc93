"""Speed, agreement, quality and memory of the super-resolution methods, beside ncnn with the same weights.

    python bench/super_resolution.py                # speed, agreement, quality: two minutes on two cores
    python bench/super_resolution.py --memory 12    # and the peak memory of a picture of 12 megapixels

Times are the least of several runs, taken in turn: on a busy machine milliseconds drift, ratios less.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from dlintro_demos.runtime.model_cache import ModelCache  # noqa: E402
from dlintro_demos.runtime.model_cards import read_cards  # noqa: E402
from dlintro_demos.super_resolution.quality import psnr, ssim  # noqa: E402
from dlintro_demos.super_resolution.upscale import METHODS, Scale, Upscaled, upscale  # noqa: E402

CARDS = read_cards(REPOSITORY / "models")
SPEED_SIDES = {"compact": 256, "photographic": 96}
PHOTOS = (  # every colour photograph that the package installs; of the stereo pair one
    "astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png", "retina.jpg",
    "hubble_deep_field.jpg", "ihc.png",
)  # fmt: skip
WAYS = {  # name: method, faithful
    "bicubic": ("bicubic", False),
    "lanczos": ("lanczos", False),
    "compact": ("compact", False),
    "compact faithful": ("compact", True),
    "photographic": ("photographic", False),
    "photographic faithful": ("photographic", True),
}


def main() -> None:
    """Print the tables that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument(
        "--memory", type=float, metavar="MEGAPIXELS", help="peak memory of a picture this large"
    )
    parser.add_argument("--scale", type=int, choices=(2, 4), action="append", help="with --memory (both)")
    parser.add_argument("--only", choices=("speed", "quality", "memory"))
    parser.add_argument("--child", nargs=2, metavar=("MEGAPIXELS", "SCALE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.child:
        enlarge_large_picture(float(arguments.child[0]), 2 if arguments.child[1] == "2" else 4)
        return
    print(f"{platform.machine()}, {arguments.threads} threads, torch {torch.__version__}")
    if arguments.only in (None, "speed"):
        print_speed(arguments.threads, arguments.repeats)
    if arguments.only in (None, "quality"):
        print_quality()
    if arguments.memory and arguments.only in (None, "memory"):
        for scale in arguments.scale or (2, 4):
            command = [sys.executable, __file__, "--threads", str(arguments.threads), "--child"]
            subprocess.run([*command, str(arguments.memory), str(scale)], check=True)


def print_speed(threads: int, repeats: int) -> None:
    """Milliseconds per input megapixel, the ratio to ncnn, and how far the outputs lie apart."""
    print("\nSpeed, x4, milliseconds per input megapixel")
    cache = ModelCache(CARDS)
    for method, side in SPEED_SIDES.items():
        rgb = photo("astronaut.png", 512)[:side, :side]
        low = np.ascontiguousarray(rgb.transpose(2, 0, 1), np.float32) / 255
        card = CARDS[METHODS[method].model or ""]
        works: dict[str, Callable[[], np.ndarray]] = {
            "torch": partial(enlarged_rgb, rgb, method, cache),
            "bicubic": partial(enlarged_rgb, rgb, "bicubic", cache),
        }
        if importlib.util.find_spec("ncnn"):
            works["ncnn"] = partial(ncnn_network(card.locate(), threads), low)
        seconds, outputs = fastest_in_turn(works, repeats)
        cells = "  ".join(f"{name} {least * 1e9 / side**2:7.0f}" for name, least in seconds.items())
        if "ncnn" in works:
            theirs = (outputs["ncnn"].transpose(1, 2, 0).clip(0, 1) * 255).round()
            cells += f"  torch/ncnn {seconds['torch'] / seconds['ncnn']:.2f}"
            cells += f"  largest difference {np.abs(theirs - outputs['torch']).max():.0f}/255"
        print(f"{method:13} {side:3} px  {cells}")


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


def print_quality() -> None:
    """PSNR and SSIM x4 after a clean downscale by area averaging; the slow network on smaller crops."""
    cache = ModelCache(CARDS)
    for side, names in ((512, list(WAYS)[:4]), (160, list(WAYS))):
        truths = [photo(name, side) for name in PHOTOS]
        print(f"\nQuality, {len(truths)} photos of scikit-image, middle {side} px, x4: PSNR dB / SSIM")
        for name in names:
            method, faithful = WAYS[name]
            scores = []
            for truth in truths:
                height, width = truth.shape[:2]
                low = truth.reshape(height // 4, 4, width // 4, 4, 3).mean(axis=(1, 3))
                result = run(low.round().astype(np.uint8), method, faithful=faithful, cache=cache).rgb
                scores.append((psnr(truth, result), ssim(truth, result)))
            mean = np.mean(scores, axis=0)
            print(f"{name:22} {mean[0]:6.2f} / {mean[1]:.3f}")


def enlarge_large_picture(megapixels: float, scale: Scale) -> None:
    """In a process of its own: the compact network on a picture of 4:3, and the process's peak memory."""
    width = round((megapixels * 1e6 * 4 / 3) ** 0.5)
    height = round(width * 3 / 4)
    tile = photo("astronaut.png", 512)
    rgb = np.tile(tile, (height // 512 + 1, width // 512 + 1, 1))[:height, :width].copy()
    cache = ModelCache(CARDS)
    run(rgb[:64, :64], "compact", faithful=True, cache=cache)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    result = run(rgb, "compact", faithful=True, cache=cache, scale=scale)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\nMemory: compact faithful x{scale}, {width} x {height} px in, "
        f"{result.rgb.nbytes / 2**20:.0f} MB out: "
        f"peak RSS {peak:.0f} MB ({before:.0f} MB before), {result.tiles} tiles, "
        f"{time.perf_counter() - started:.0f} s"
    )


def run(rgb: np.ndarray, method: str, *, faithful: bool, cache: ModelCache, scale: Scale = 4) -> Upscaled:
    """The last thing that `upscale` yields."""
    *_, result = upscale(rgb, method=method, scale=scale, faithful=faithful, cache=cache)
    assert isinstance(result, Upscaled)
    return result


def enlarged_rgb(rgb: np.ndarray, method: str, cache: ModelCache) -> np.ndarray:
    """Pixels x4, without back-projection, which ncnn has not either."""
    return run(rgb, method, faithful=False, cache=cache).rgb


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


def photo(name: str, side: int) -> np.ndarray:
    """The middle of a photograph of scikit-image: at most `side` pixels, sides multiples of four."""
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.submodule_search_locations
    with Image.open(Path(spec.submodule_search_locations[0]) / "data" / name) as image:
        rgb = np.asarray(image.convert("RGB"))
    height, width = (min(side, length) // 4 * 4 for length in rgb.shape[:2])
    top, left = (rgb.shape[0] - height) // 2, (rgb.shape[1] - width) // 2
    return rgb[top : top + height, left : left + width]


if __name__ == "__main__":
    main()
