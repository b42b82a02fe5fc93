"""Train what tells how a picture was made small, and measure it on the held-out photographs.

    python -m training.photographs
    python -m training.super_resolution.making --save models/super_resolution_making

Made small twice and four times, each photograph in ten ways; then 96 px of it, at times through JPEG.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from dlintro_demos.super_resolution.degrade import area_average
from dlintro_demos.super_resolution.making import KERNELS, WIDTHS, Reader, read_making
from training.photographs import Split, load
from training.super_resolution.kernels import KERNELS as WAYS
from training.super_resolution.kernels import Small, gaussian, made_by, made_by_gaussian, perhaps_compressed

SCALES = (2, 4)
SIDE = 96
LARGEST = 1000  # px of a photograph: the middle of larger ones
WIDTHS_DRAWN = 5
RATE = 3e-3


def ways() -> Iterator[tuple[Small, np.ndarray]]:
    """Kernels and what is right, (kernels,) float32 that add up to 1."""
    for name in KERNELS[:5]:
        yield WAYS[name], made_by(name)
    for width in np.linspace(*WIDTHS, WIDTHS_DRAWN):
        yield gaussian(width), made_by_gaussian(width)


def middle(rgb: np.ndarray, longest: int) -> np.ndarray:
    """The middle of (H, W, 3), at most `longest` pixels a side."""
    top, left = (max(0, length - longest) // 2 for length in rgb.shape[:2])
    return rgb[top : top + longest, left : left + longest]


def photographs(split: Split, times: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Whole and averaged down, (H, W, 3) uint8; sides that both scales divide."""
    for _, rgb in load(split):
        for each in times:
            part = middle(rgb, LARGEST * each)
            height, width = (length // (4 * each) * 4 * each for length in part.shape[:2])
            part = part[:height, :width]
            yield part if each == 1 else area_average(part.astype(np.float32), each).round().astype(np.uint8)


def pictures() -> list[tuple[int, list[np.ndarray]]]:
    """The number of the scale, and a photograph made small in all ways; those that are large enough."""
    made = []
    for rgb in photographs("train", (1, 2, 3)):
        for number, scale in enumerate(SCALES):
            if min(rgb.shape[:2]) >= scale * SIDE:
                made.append((number, [small(rgb, scale) for small, _ in ways()]))
    return made


def batch(
    made: list[tuple[int, list[np.ndarray]]], count: int, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pictures (N, 3, 96, 96), the number of their scale (N,), what is right (N, kernels)."""
    rights = [right for _, right in ways()]
    shares = np.array([1.0] * 5 + [1.5 / WIDTHS_DRAWN] * WIDTHS_DRAWN)
    crops, scales, told = [], [], []
    for _ in range(count):
        scale, smalls = made[rng.integers(len(made))]
        way = int(rng.choice(len(rights), p=shares / shares.sum()))
        small = smalls[way]
        top, left = (int(rng.integers(length - SIDE + 1)) for length in small.shape[:2])
        crop = np.rot90(small[top : top + SIDE, left : left + SIDE], int(rng.integers(4)))
        crops.append(perhaps_compressed(np.ascontiguousarray(crop), rng))
        scales.append(scale)
        told.append(rights[way])
    return (
        torch.tensor(np.stack(crops)).permute(0, 3, 1, 2).float() / 255,
        torch.tensor(scales),
        torch.tensor(np.stack(told)),
    )


def learn(steps: int, count: int, seed: int) -> Reader:
    """Cross-entropy, Adam, half a cosine."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    made = pictures()
    reader = Reader(len(SCALES)).to(memory_format=torch.channels_last)
    print(f"{len(made)} photographs and smaller versions of them", flush=True)
    optimizer = torch.optim.Adam(reader.parameters())
    started, losses = time.perf_counter(), []
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = (
            RATE * min(1, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * step / steps))
        )
        crops, scales, told = batch(made, count, rng)
        logits = reader(crops)[torch.arange(count), scales]
        loss = -(told * logits.log_softmax(1)).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
        if (step + 1) % 200 == 0:
            print(
                f"step {step + 1}  {np.mean(losses[-200:]):.3f}  {time.perf_counter() - started:.0f} s",
                flush=True,
            )
    return reader


def load_reader(path: Path) -> Reader:
    """Of all scales."""
    reader = Reader(len(SCALES))
    reader.load_state_dict(load_file(path))
    return reader


def report(reader: Reader) -> None:
    """A row for each kernel: the mean of the answers, and how often each kernel is the likeliest."""
    for number, scale in enumerate(SCALES):
        one = reader.of_scale(number)
        print(f"x{scale}, held-out photographs: {', '.join(KERNELS)}")
        for name, small in WAYS.items():
            answers = np.array([read_making(one, small(rgb, scale)) for rgb in photographs("held_out", (1,))])
            most = np.bincount(answers.argmax(1), minlength=len(KERNELS))
            print(f"{name:26} {np.round(answers.mean(0), 2)}  largest: {most}", flush=True)


def main() -> None:
    """Learn, save, report; or report alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--report", action="store_true", help="of what lies in the folder")
    parser.add_argument("--save", type=Path, metavar="FOLDER", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    path = arguments.save / "weights.safetensors"
    if not arguments.report:
        reader = learn(arguments.steps, arguments.batch, arguments.seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: value.contiguous() for name, value in reader.state_dict().items()}, path)
        data = path.read_bytes()
        print(f'sha256 = "{hashlib.sha256(data).hexdigest()}"\nbytes = {len(data)}')
    report(load_reader(path))


if __name__ == "__main__":
    main()
