"""Train what tells how a picture was made small, and measure it on the held-out photographs.

    python -m training.photographs
    python -m training.super_resolution.making --save FOLDER
    python -m training.super_resolution.making --save OTHER --start FOLDER --networks X2 X4   # see below

Made small twice and four times, each photograph in ten ways; then 96 px of it, at times through JPEG.

What costs little to confuse and what much, only the networks tell that are told: so it learns on from there
to make the decibels of what they enlarge as many as it can, as cross-entropy alone would not. What it says is
then how to mix weights, a little off from how likely each kernel is.
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
from dlintro_demos.super_resolution.ours import Adaptive, load_ours
from training.photographs import Split, load
from training.super_resolution.kernels import KERNELS as WAYS
from training.super_resolution.kernels import (
    Small,
    gaussian,
    made_by,
    made_by_gaussian,
    perhaps_compressed,
    to_tensor,
)

SCALES = (2, 4)
SIDE = 96
"""Pixels of a crop."""
LARGEST = 1000
"""Pixels of a photograph, of larger ones the middle."""
WIDTHS_DRAWN = 5
RATE, RATE_ON = 3e-3, 3e-4
"""Adam's highest step size, and when it learns on."""
TOGETHER = 4
"""Learning on: pictures a step, each with weights of its own."""
LARGER, MIDDLE = 144, 56
"""Learning on: pixels of the small picture that are read, and of those that are enlarged."""
SURENESS = 0.1
"""Learning on: decibels that cross-entropy counts."""
LUMA = (0.257, 0.504, 0.098)  # ITU-R BT.601


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
        to_tensor(np.stack(crops)),
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


def learn_on(reader: Reader, weights: list[Path], seconds: float, seed: int) -> None:
    """Through the networks, which stay as they are: the decibels of Y in the middle of each picture."""
    networks = [load_ours([each]) for each in weights]
    assert all(isinstance(network, Adaptive) for network in networks)
    rng = np.random.default_rng(seed)
    truths = [
        (number, rgb)
        for rgb in photographs("train", (1, 2, 3))
        for number, scale in enumerate(SCALES)
        if min(rgb.shape[:2]) >= scale * SIDE
    ]
    drawn, shares = [*ways()], np.array([1.0] * 5 + [1.5 / WIDTHS_DRAWN] * WIDTHS_DRAWN)
    optimizer = torch.optim.Adam(reader.parameters())
    started, losses, step = time.perf_counter(), [], 0
    while (spent := (time.perf_counter() - started) / seconds) < 1:
        optimizer.param_groups[0]["lr"] = (
            RATE_ON * min(1, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * spent))
        )
        optimizer.zero_grad()
        for _ in range(TOGETHER):
            number, rgb = truths[rng.integers(len(truths))]
            small, right = drawn[int(rng.choice(len(drawn), p=shares / shares.sum()))]
            truth = cut(rgb, SCALES[number], rng)
            low = to_tensor(perhaps_compressed(small(truth, SCALES[number]), rng)[None])
            logits = reader(low)[0, number]
            top, left = ((length - MIDDLE) // 2 for length in low.shape[2:])
            large = networks[number](low[..., top : top + MIDDLE, left : left + MIDDLE], logits.softmax(0))
            rows, columns = (
                slice(first * SCALES[number], (first + MIDDLE) * SCALES[number]) for first in (top, left)
            )
            difference = large - to_tensor(truth[None])[..., rows, columns]
            error = torch.einsum("nchw,c->nhw", difference, difference.new_tensor(LUMA)).square().mean()
            loss = (
                10 * (error + 1e-5).log10() - SURENESS * (torch.tensor(right) * logits.log_softmax(0)).sum()
            )
            (loss / TOGETHER).backward()
            losses.append(float(loss.detach()))
        optimizer.step()
        step += 1
        if step % 100 == 0:
            print(f"step {step}  {np.mean(losses[-400:]):.3f}  {spent * seconds:.0f} s", flush=True)


def cut(rgb: np.ndarray, scale: int, rng: np.random.Generator) -> np.ndarray:
    """A random part of a photograph, of `LARGER` small pixels a side where it has as many."""
    height, width = (min(LARGER, length // scale) * scale for length in rgb.shape[:2])
    top, left = int(rng.integers(len(rgb) - height + 1)), int(rng.integers(rgb.shape[1] - width + 1))
    return np.ascontiguousarray(rgb[top : top + height, left : left + width])


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
    parser.add_argument(
        "--start", type=Path, metavar="FOLDER", help="learn on from there, through --networks"
    )
    parser.add_argument(
        "--networks", type=Path, nargs=len(SCALES), help="weights of those that are told, x2 and x4"
    )
    parser.add_argument("--seconds", type=float, default=900, help="of learning on")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    path = arguments.save / "weights.safetensors"
    if not arguments.report:
        if arguments.start:
            reader = load_reader(arguments.start / "weights.safetensors").eval()
            learn_on(reader, arguments.networks, arguments.seconds, arguments.seed)
        else:
            reader = learn(arguments.steps, arguments.batch, arguments.seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: value.contiguous() for name, value in reader.state_dict().items()}, path)
        data = path.read_bytes()
        print(f'sha256 = "{hashlib.sha256(data).hexdigest()}"\nbytes = {len(data)}')
    report(load_reader(path))


if __name__ == "__main__":
    main()
