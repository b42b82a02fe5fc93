"""How fast this very machine multiplies: matrices, convolutions, memory, and a training step of our own."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlintro_demos.gallery.runtime.device import describe
from dlintro_demos.gallery.runtime.jobs import Progress

MATRICES = (64, 128, 256, 512, 1024, 2048)
GPU_MATRICES = (*MATRICES, 4096, 8192)
PICTURES = (7, 14, 28, 56, 112)
"""px, the side of the pictures that are convolved."""
CHANNELS, BATCH = 64, 8
COPIED = 1 << 27
"""Bytes that are copied to measure the memory: more than any cache of a processor holds."""
TIMED, REPEATS = 0.12, 5
"""Seconds, and repeats at least, for each figure; the median counts."""
TOO_SLOW = 0.5
"""Seconds for one repeat beyond which larger sizes of a kind are left out."""
MATRIX, CONVOLUTION = "matrix product", "convolution"


@dataclass(frozen=True, kw_only=True)
class Speed:
    """FLOP/s of an operation; `size` is the side of the matrices, or of the pictures in px."""

    operation: str
    dtype: str
    size: int
    flops: float


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What a machine did.

    `when` is in ISO 8601, UTC; `busy` the share of the processor that others used just before, None where
    the system does not tell; `copied` bytes a second, read and written; `step_flops` FLOP/s of a training
    step of a small network of ours; `seconds` what the measurement took.
    """

    when: str
    device: str
    threads: int
    busy: float | None
    speeds: tuple[Speed, ...]
    copied: float
    step_flops: float
    seconds: float

    @property
    def peak(self) -> float:
        """The best of the matrix products in float32, FLOP/s: near what the machine can do."""
        return max(each.flops for each in self.speeds if (each.operation, each.dtype) == (MATRIX, "float32"))

    @property
    def utilisation(self) -> float:
        """Share of `peak` that a real training step reaches, from 0 to 1."""
        return min(1.0, self.step_flops / self.peak)


def measure(device: torch.device) -> Iterator[Progress | Measurement]:
    """A job: measure the device; `Progress.so_far` is the `Measurement` as far as it is known."""
    begun = time.perf_counter()
    busy = busy_share()
    clock = _clock(device)
    kinds = [
        (MATRIX, torch.float32, GPU_MATRICES if device.type == "cuda" else MATRICES),
        (MATRIX, torch.bfloat16, GPU_MATRICES if device.type == "cuda" else MATRICES),
        (CONVOLUTION, torch.float32, PICTURES),
        (CONVOLUTION, torch.bfloat16, PICTURES),
    ]
    found = Measurement(
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        device=describe(device).name,
        threads=torch.get_num_threads(),
        busy=busy,
        speeds=(),
        copied=0.0,
        step_flops=0.0,
        seconds=0.0,
    )
    total = sum(len(sizes) for *_, sizes in kinds) + 2
    done = 0
    for operation, dtype, sizes in kinds:
        slow = False
        for size in sizes:
            note = f"{operation}, {_named(dtype)}, {size}"
            yield Progress(done, total, note, found if found.speeds else None)
            if not slow:
                seconds, flop = _timed(operation, dtype, size, device, clock)
                slow = seconds > TOO_SLOW
                fresh = Speed(operation=operation, dtype=_named(dtype), size=size, flops=flop / seconds)
                found = replace(found, speeds=(*found.speeds, fresh))
            done += 1
    yield Progress(done, total, "memory", found)
    found = replace(found, copied=_copied(device, clock))
    yield Progress(done + 1, total, "a training step", found)
    found = replace(found, step_flops=_step(device, clock))
    yield replace(found, seconds=time.perf_counter() - begun)


def busy_share(seconds: float = 0.2) -> float | None:
    """Share of all cores that was in use for so long, from 0 to 1; None where there is no `/proc/stat`."""
    try:
        before = _jiffies()
        time.sleep(seconds)
        after = _jiffies()
    except OSError:
        return None
    total = sum(after) - sum(before)
    idle = after[3] + after[4] - before[3] - before[4]
    return 1 - idle / total if total else None


def _jiffies() -> list[int]:
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    return [int(each) for each in first.split()[1:9]]


def _named(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _clock(device: torch.device) -> Callable[[], float]:
    """A clock that waits for the GPU to have finished."""

    def now() -> float:
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return time.perf_counter()

    return now


def _median_seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    work()  # the first time, memory is fetched and kernels are chosen
    taken: list[float] = []
    while len(taken) < REPEATS or sum(taken) < TIMED:
        begun = clock()
        work()
        taken.append(clock() - begun)
        if taken[-1] > TOO_SLOW:
            break
    return statistics.median(taken)


@torch.inference_mode()
def _timed(
    operation: str, dtype: torch.dtype, size: int, device: torch.device, clock: Callable[[], float]
) -> tuple[float, float]:
    """Seconds and FLOP of one operation: a multiplication and an addition are two."""
    if operation == MATRIX:
        one, other = torch.ones(2, size, size, dtype=dtype, device=device)
        return _median_seconds(lambda: one @ other, clock), 2.0 * size**3
    pictures = torch.ones(BATCH, CHANNELS, size, size, dtype=dtype, device=device)
    kernels = torch.ones(CHANNELS, CHANNELS, 3, 3, dtype=dtype, device=device)
    flop = 2.0 * BATCH * size**2 * CHANNELS**2 * 9
    return _median_seconds(lambda: F.conv2d(pictures, kernels, padding=1), clock), flop


def _copied(device: torch.device, clock: Callable[[], float]) -> float:
    there = torch.ones(COPIED // 4, device=device)
    here = torch.empty_like(there)
    return 2 * COPIED / _median_seconds(lambda: here.copy_(there), clock)


def _step(device: torch.device, clock: Callable[[], float]) -> float:
    """FLOP/s of training steps of a small network on pictures: forwards, backwards, AdamW."""
    layers: list[nn.Module] = []
    for inputs, outputs in ((3, 32), (32, 64), (64, 64)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)).to(device)
    optimizer = torch.optim.AdamW(network.parameters())
    pictures = torch.ones(16, 3, 48, 48, device=device)
    classes = torch.zeros(16, dtype=torch.long, device=device)

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(network(pictures), classes).backward()
        optimizer.step()

    with FlopCounterMode(display=False) as counter:
        step()
    return counter.get_total_flops() / _median_seconds(step, clock)
