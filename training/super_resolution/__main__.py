"""Train our own super-resolution network; resumable, on a CPU the same for the same seed and threads.

    python -m training.photographs                                        # once: the photographs
    python -m training.super_resolution --scale 4 --situation clean       # train, or go on where it stopped
    python -m training.super_resolution --scale 4 --situation clean --evaluate
    python -m training.super_resolution --scale 4 --situation clean --save models/<key of the card>

The degraded ones were trained on a GPU, 32 patches of 48 px a step, in eight minutes, with two others that
the clean ones began as (`--device cuda --workers 4 --batch 32 --side 48 --ema-decay 0.999 --depth 10
--no-branches`; the steps are on the cards). Those learned on from there on one shared core, from many
kernels (`--start FILE --squared 0.3 --ema-decay 0.999 --seed 20`, x4 `--learning-rate 0.001`, x2 0.0007),
and a mean of both was in use, as Wortsman et al. 2022 do it (`--share 0.4`, x2 0.25; 7caf68c has them):
they were not told how a picture was made small, and had to take from one kernel what they gave to another.
That of x2 is in use. Those runs were not clean ones: their lengths were changed by hand (7caf68c says how).

**What is in use for x4 is told.** It began as that, and learned 5,000 s on one core, beside x2 and the
training of the reader (`--told --no-branches --depth 16 --side 48 --batch 8 --squared 0.3 --ema-decay 0.999
--learning-rate 0.001 --seed 61 --start FILE`, the file that of 7caf68c). The reader
(`training/super_resolution/making.py`) was trained for itself, 6,000 steps, then 840 s through the networks
as they were at 18,000 (x2) and 10,000 steps (x4). `--save models/... --reader FILE` puts them together with
the one that it began as, which is for averaged pictures.

Told all along rightly it would gain more: in a trial whose script was not kept, on the held-out photographs
(their middle 500 px, all of the new weights), bicubic +1.75 instead of +1.56 dB, averaged +1.57 instead of
+1.43. From step 4,000 to the last it gained hardly anything there (supposed: from too few photographs). x2,
12 deep (`--seed 62 --learning-rate 0.0007`), told in the same way, its weights not kept, gained on unseen
photographs +0.01 dB on bicubic, lost 0.11 on averaged ones, and is not in use; with scikit-image's seven it
was bicubic +2.48 instead of +2.21, bilinear +2.76 instead of +1.92.

Where the processor multiplies bfloat16 (AMX), `--halved 0.9` is quicker: on one thread a step of 16 patches
of 48 px of a network 16 deep took 108 ms instead of 289 (`python -m training.super_resolution.designs
--threads 1 --learning`). Nothing that is in use has learned so.

Checkpoints and the log (CSV) lie in `~/.cache/dlintro/checkpoints` (`DLINTRO_CHECKPOINTS`), outside the
repository. Held-out photographs are never trained on, and the last weights are the result, not the best.
But the learning rate and the size were compared on them after 500 steps: choose further on others.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from PIL import Image
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from dlintro_demos.super_resolution.degrade import Degradation, area_average, degrade
from dlintro_demos.super_resolution.making import KERNELS
from dlintro_demos.super_resolution.ours import Adaptive, Ours, fitted, load_ours, read, save_ours
from dlintro_demos.super_resolution.quality import psnr, ssim
from dlintro_demos.super_resolution.situation import Situation
from training.photographs import Split, load
from training.super_resolution.branches import branch, deepened, merged, mixed
from training.super_resolution.drawn import drawn_pictures
from training.super_resolution.kernels import (
    MARGIN,
    TOLD_SHARES,
    draw_kernel,
    draw_small,
    perhaps_compressed,
    softened,
    to_tensor,
)
from training.super_resolution.making import SCALES, load_reader

CHECKPOINTS = Path(os.environ.get("DLINTRO_CHECKPOINTS", Path.home() / ".cache/dlintro/checkpoints"))
REPORT_SIDE = 512  # px: the middle of a held-out photograph
DRAWN = 60  # pictures of drawn.py
SPOILED = Degradation(blur_sigma=0.8, noise=4.0, jpeg_quality=75)  # what degraded networks are measured on


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """Everything that a training run depends on, but for the photographs."""

    scale: Literal[2, 4] = 4
    """How many times larger each side becomes."""
    situation: Situation = "clean"
    """Small but clean, by one of many kernels (kernels.py), or also blurred, noisy and compressed."""
    width: int = 32
    """Channels between the convolutions."""
    depth: int = 12
    """Convolutions, the first and the last included."""
    branches: bool = True
    """Whether each convolution is several while it learns (branches.py)."""
    told: bool = False
    """Clean: whether it is told how a picture was made small (`Adaptive`), all of a step's in one way."""
    start: str = ""
    """Weights to begin with, made deeper where they have fewer convolutions; else bicubic and noise."""
    steps: int = 12000
    """Gradient steps; the learning rate falls to nothing at the last one."""
    seconds: float = math.inf
    """Of training, on the clock, where that ends before the steps do."""
    batch: int = 16
    """Patches a step."""
    side: int = 32
    """Side of the small patch that the network sees, in pixels."""
    learning_rate: float = 2e-3
    """Adam's highest step size, reached after the warm-up."""
    warm_up: int = 200
    """Steps in which the step size grows from zero."""
    clip: float = 0.5
    """Largest norm of the gradient."""
    ema_decay: float = 0.998
    """Weight of the past in the running mean of the weights, which is what is saved."""
    drawn: float = 0.08
    """Clean: share of the patches that are of drawn pictures (drawn.py)."""
    squared: float = 0.0
    """Share of the steps, the last ones, that lessen the squared error, which is what PSNR counts."""
    halved: float = 0.0
    """Share of the steps, the first ones, whose inner convolutions run in bfloat16."""
    max_blur: float = 1.5
    """Degraded: the widest Gaussian blur, sigma in pixels of the original."""
    max_noise: float = 8.0
    """Degraded: the strongest noise, standard deviation in units of 0-255."""
    jpeg: tuple[int, int] = (40, 95)
    """Degraded: worst and best JPEG quality."""
    untouched: float = 0.1
    """Degraded: share of patches that lose nothing but their size; and of those without JPEG."""
    seed: int = 5
    """Of the weights, the patches and the degradations."""
    threads: int = 2
    """Of PyTorch."""
    device: str = "cpu"
    """Or "cuda"."""
    workers: int = 0
    """Processes that cut and spoil patches beside the training."""
    report_every: int = 250
    """Steps between lines of the log."""
    save_every: int = 500
    """Steps between checkpoints."""

    @property
    def key(self) -> str:
        """Name of the model: its folder under `models/` and among the checkpoints."""
        return f"super_resolution_ours_x{self.scale}_{self.situation}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """A line of the log: the mean loss (L1, 0..1) since the last one, and the seconds of training so far."""

    step: int
    loss: float
    learning_rate: float
    seconds: float


class Patches(Dataset[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]):
    """Random patches of the training photographs and their small, perhaps spoiled versions, by the step."""

    def __init__(self, settings: TrainingSettings) -> None:
        """Hold all that are large enough in memory, at full size and, where there is room, smaller."""
        self._settings = settings
        clean = settings.situation == "clean"
        self._photographs: list[np.ndarray] = []
        self._margin = MARGIN if clean else 0
        self._side = (settings.side + 2 * self._margin) * settings.scale
        for _, rgb in load("train"):
            for times in (1, 2, 3) if clean else (1, 2):
                height, width = (length // times * times for length in rgb.shape[:2])
                if min(height, width) >= self._side * (1 if times == 1 else 2 * times):
                    smaller = area_average(rgb[:height, :width].astype(np.float32), times)
                    self._photographs.append(smaller.round().astype(np.uint8))
        areas = np.array([rgb.shape[0] * rgb.shape[1] for rgb in self._photographs], np.float64)
        self._share = np.sqrt(areas) / np.sqrt(areas).sum()
        self._drawn = drawn_pictures(DRAWN, settings.seed) if clean and settings.drawn else []

    def __getitem__(self, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Small (N, 3, side, side) and true (N, 3, scale * side, ...) float32 in 0..1; `step` is the seed.

        And what a network that is told how they were made small is told, (kernels,).
        """
        rng = np.random.default_rng([self._settings.seed, step])
        truths = [self._truth(rng) for _ in range(self._settings.batch)]
        told = np.zeros(len(KERNELS), np.float32)
        if self._settings.told:
            small, kernel = draw_kernel(rng, TOLD_SHARES)
            told = softened(kernel, rng)
            smalls = [perhaps_compressed(small(truth, self._settings.scale), rng) for truth in truths]
        else:
            smalls = [self._small(truth, rng) for truth in truths]
        return self._inner(smalls, 1), self._inner(truths, self._settings.scale), torch.from_numpy(told)

    def _inner(self, pictures: list[np.ndarray], scale: int) -> torch.Tensor:
        """Without their margin."""
        margin = self._margin * scale
        return to_tensor(
            np.stack(
                [each[margin : each.shape[0] - margin, margin : each.shape[1] - margin] for each in pictures]
            )
        )

    def _truth(self, rng: np.random.Generator) -> np.ndarray:
        """The busier of two random patches of a photograph, turned and mirrored at random."""
        if self._drawn and rng.random() < self._settings.drawn:
            photograph = self._drawn[rng.integers(len(self._drawn))]
        else:
            photograph = self._photographs[rng.choice(len(self._photographs), p=self._share)]
        patches = []
        for _ in range(2):
            top, left = (int(rng.integers(length - self._side + 1)) for length in photograph.shape[:2])
            patches.append(photograph[top : top + self._side, left : left + self._side])
        patch = max(patches, key=lambda patch: float(np.abs(np.diff(patch[::2, ::2, 1].astype(int))).mean()))
        patch = np.rot90(patch, int(rng.integers(4)))
        return np.ascontiguousarray(patch[:, ::-1] if rng.random() < 0.5 else patch)

    def _small(self, truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        settings = self._settings
        if settings.situation == "clean":
            return draw_small(truth, settings.scale, rng)
        return degrade(truth, self._degradation(rng), int(rng.integers(2**31)))

    def _degradation(self, rng: np.random.Generator) -> Degradation:
        settings = self._settings
        if rng.random() < settings.untouched:
            return Degradation(scale=settings.scale)
        low, high = settings.jpeg
        return Degradation(
            scale=settings.scale,
            blur_sigma=settings.max_blur * rng.random(),
            noise=settings.max_noise * rng.random(),
            jpeg_quality=None if rng.random() < settings.untouched else int(rng.integers(low, high + 1)),
        )


def learning_rate(settings: TrainingSettings, step: int, share: float) -> float:
    """Linear warm-up, then half a cosine down to zero; `share` of the training is over."""
    warm = min(1.0, (step + 1) / settings.warm_up)
    return settings.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * share))


def begin(settings: TrainingSettings) -> Ours | Adaptive:
    """The network before its first step."""
    if settings.told and (settings.branches or settings.situation != "clean" or settings.halved):
        raise ValueError(
            "A network that is told learns clean pictures, without branches, in single precision."
        )
    network = Ours(scale=settings.scale, width=settings.width, depth=settings.depth)
    if settings.start:
        started = load_ours([Path(settings.start)])
        if not isinstance(started, Ours) or started.scale != settings.scale:
            raise ValueError(f"{settings.start} is no plain network x{settings.scale}.")
        network = deepened(started, settings.depth)
    network.requires_grad_(requires_grad=True).train()
    if settings.branches:
        branch(network)
    return Adaptive(network) if settings.told else network


def enlarged(
    network: Ours | Adaptive, small: torch.Tensor, *, halved: bool, told: torch.Tensor | None = None
) -> torch.Tensor:
    """What the network makes, its inner convolutions in bfloat16 where they are `halved`.

    The first convolution and bicubic are not: they would read pixels to about one level. An adaptive network,
    which is `told` how the pictures were made small, learns in single precision alone.
    """
    if isinstance(network, Adaptive):
        return network(small, told)
    first = F.relu(network.head(small - 0.5))
    with torch.autocast(small.device.type, torch.bfloat16, enabled=halved):
        residual = network.residual(first)
    return F.pixel_shuffle(residual.float() + network.bicubic(small), network.scale)


def train(settings: TrainingSettings, folder: Path) -> Iterator[Report]:
    """Train until the last step; yields a `Report` every few steps and keeps a checkpoint in `folder`.

    Goes on from the checkpoint that lies there. Raises `ValueError` where that has other settings.
    """
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    network = begin(settings)
    network.to(settings.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(settings.ema_decay))
    optimizer = torch.optim.Adam(network.parameters(), fused=True)
    first, before = _resume(settings, folder, network, mean, optimizer)
    steps = range(first, settings.steps)
    batches = DataLoader(Patches(settings), batch_size=None, sampler=steps, num_workers=settings.workers)
    started = time.perf_counter()
    losses: list[torch.Tensor] = []
    for step, (small, truth, told) in zip(steps, batches, strict=False):
        spent = before + time.perf_counter() - started
        share = max(step / settings.steps, spent / settings.seconds)
        rate = learning_rate(settings, step, min(1.0, share))
        for group in optimizer.param_groups:
            group["lr"] = rate
        halved = share < settings.halved
        small, truth, told = (each.to(settings.device) for each in (small, truth, told))
        difference = enlarged(network, small, halved=halved, told=told) - truth
        late = share >= 1 - settings.squared
        loss = difference.square().mean() if late else difference.abs().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
        optimizer.step()
        mean.update_parameters(network)
        losses.append(difference.detach().abs().mean())

        seconds = before + time.perf_counter() - started
        done = step + 1
        last = done == settings.steps or seconds >= settings.seconds
        if done % settings.save_every == 0 or last:
            _save_checkpoint(settings, folder, done, seconds, network, mean, optimizer)
        if done % settings.report_every == 0 or last:
            yield Report(
                step=done, loss=float(torch.stack(losses).mean()), learning_rate=rate, seconds=seconds
            )
            losses.clear()
        if last:
            return


def _resume(
    settings: TrainingSettings,
    folder: Path,
    network: Ours | Adaptive,
    mean: AveragedModel,
    optimizer: torch.optim.Optimizer,
) -> tuple[int, float]:
    """Fill all three from the checkpoint, if there is one; gives the next step and the seconds so far."""
    path = folder / "checkpoint.pt"
    if not path.is_file():
        return 0, 0.0
    state: dict[str, Any] = torch.load(path, weights_only=True, map_location=settings.device)
    if state["settings"] != _what_counts(settings):
        raise ValueError(f"{path} was made with other settings; remove it to begin anew.")
    network.load_state_dict(state["network"])
    mean.load_state_dict(state["mean"])
    optimizer.load_state_dict(state["optimizer"])
    return state["step"], state["seconds"]


def _what_counts(settings: TrainingSettings) -> dict[str, Any]:
    """All that must be the same to go on."""
    return asdict(replace(settings, threads=0, device="", workers=0, report_every=0, save_every=0))


def _save_checkpoint(
    settings: TrainingSettings,
    folder: Path,
    step: int,
    seconds: float,
    network: Ours | Adaptive,
    mean: AveragedModel,
    optimizer: torch.optim.Optimizer,
) -> None:
    """All that is needed to go on, and the weights as they would be saved; whole files or none."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        "settings": _what_counts(settings),
        "step": step,
        "seconds": seconds,
        "network": network.state_dict(),
        "mean": mean.state_dict(),
        "optimizer": optimizer.state_dict(),
    }
    torch.save(state, folder / "checkpoint.part")
    (folder / "checkpoint.part").replace(folder / "checkpoint.pt")
    learned = mean.module
    assert isinstance(learned, Ours | Adaptive)
    save_ours(merged(learned) if isinstance(learned, Ours) else learned, folder / "weights.part")
    (folder / "weights.part").replace(folder / "weights.safetensors")


def finished(settings: TrainingSettings, weights: Path, share: float, reader: Path | None) -> Ours | Adaptive:
    """What is saved: a mean with what it began with; what was told with that beside it, and its reader."""
    learned = load_ours([weights])
    assert isinstance(learned, Ours | Adaptive)
    started = begin(replace(settings, told=False))
    assert isinstance(started, Ours)
    if isinstance(learned, Adaptive):
        assert reader is not None
        learned.reader = load_reader(reader).of_scale(SCALES.index(settings.scale))
        learned.averaged = started if settings.start else None
        return learned
    return mixed(learned, started, share) if share < 1 else learned


def learned_from(settings: TrainingSettings) -> str:
    """How many photographs, under which licences, by whom: for the card."""
    side = (settings.side + 2 * (MARGIN if settings.situation == "clean" else 0)) * settings.scale
    used = [photograph for photograph, rgb in load("train") if min(rgb.shape[:2]) >= side]
    licences = Counter(photograph.licence for photograph in used)
    counts = ", ".join(f"{count} {licence}" for licence, count in sorted(licences.items()))
    named = sorted(
        {photograph.author for photograph in used if photograph.licence.startswith(("CC-BY", "BSD"))}
    )
    others = sorted({photograph.author for photograph in used} - set(named))
    return (
        f"{len(used)} photographs ({counts}). By {'; '.join(named)}. "
        f"Free of conditions, by {'; '.join(others)}"
    )


@torch.inference_mode()
def enlarge(network: torch.nn.Module, small: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 to (scale * h, scale * w, 3) uint8."""
    large = fitted(network, read(network, small))(to_tensor(small[None]))[0].permute(1, 2, 0)
    return (large.clamp(0, 1) * 255).round().to(torch.uint8).numpy()


def evaluate(
    network: torch.nn.Module, degradation: Degradation, split: Split = "held_out"
) -> dict[str, dict[str, tuple[float, float]]]:
    """PSNR (dB) and SSIM by photograph and method: bicubic and Lanczos as Pillow has them, and ours."""
    scores: dict[str, dict[str, tuple[float, float]]] = {}
    for photograph, rgb in load(split):
        height, width = (min(REPORT_SIDE, length) // 4 * 4 for length in rgb.shape[:2])
        top, left = (rgb.shape[0] - height) // 2, (rgb.shape[1] - width) // 2
        truth = np.ascontiguousarray(rgb[top : top + height, left : left + width])
        small = degrade(truth, degradation)
        large = {
            "bicubic": np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)),
            "lanczos": np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.LANCZOS)),
            "ours": enlarge(network, small),
        }
        scores[photograph.name] = {
            method: (psnr(truth, picture), ssim(truth, picture)) for method, picture in large.items()
        }
    return scores


def print_evaluation(weights: Path, degradation: Degradation) -> None:
    """A line for each held-out photograph, the means, and the gains without the photograph of the largest."""
    scores = evaluate(load_ours([weights]), degradation)
    print(f"{weights}\nheld out, middle {REPORT_SIDE} px, {degradation}: PSNR dB / SSIM")
    table = {name: np.array([row["bicubic"], row["lanczos"], row["ours"]]) for name, row in scores.items()}
    for name, row in [*table.items(), (f"mean of {len(table)}", np.mean(list(table.values()), axis=0))]:
        cells = "  ".join(f"{score[0]:5.2f} / {score[1]:.3f}" for score in row)
        gains = f"{row[2, 0] - row[0, 0]:+.2f} dB on bicubic, {row[2, 0] - row[1, 0]:+.2f} on Lanczos"
        print(f"{name[-40:]:40} {cells}  {gains}")
    for column, method in enumerate(("bicubic", "Lanczos")):
        gains_in_order = sorted(row[2, 0] - row[column, 0] for row in table.values())
        print(
            f"on {method}: median {np.median(gains_in_order):+.2f} dB, least {gains_in_order[0]:+.2f}, "
            f"mean without the largest {np.mean(gains_in_order[:-1]):+.2f}"
        )


def main() -> None:
    """Train, and write every report to the log and the terminal; or evaluate; or save."""
    defaults = TrainingSettings()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--scale", type=int, choices=(2, 4), default=defaults.scale)
    parser.add_argument("--situation", choices=get_args(Situation), default=defaults.situation)
    for key, value in asdict(defaults).items():
        if isinstance(value, bool):
            parser.add_argument(f"--{key}", action=argparse.BooleanOptionalAction, default=value)
        elif isinstance(value, int | float | str) and key not in ("scale", "situation"):
            parser.add_argument(f"--{key.replace('_', '-')}", type=type(value), default=value)
    parser.add_argument("--name", help="another folder among the checkpoints")
    parser.add_argument("--evaluate", action="store_true", help="measure the weights on held-out photographs")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="copy the weights there")
    parser.add_argument(
        "--share", type=float, default=1.0, help="saved: of what was learned, the rest --start"
    )
    parser.add_argument(
        "--reader", type=Path, help="told: what tells how a picture was made small (making.py)"
    )
    arguments = vars(parser.parse_args())
    name, save, share, reader, measure = (
        arguments.pop(key) for key in ("name", "save", "share", "reader", "evaluate")
    )
    settings = TrainingSettings(**arguments)
    if save and settings.told != (reader is not None):
        parser.error("--save of a network that is --told needs its --reader, and only that")
    folder = CHECKPOINTS / (name or settings.key)
    if measure:
        torch.set_num_threads(settings.threads)
        degradation = SPOILED if settings.situation == "degraded" else Degradation()
        print_evaluation(folder / "weights.safetensors", replace(degradation, scale=settings.scale))
    elif save:
        save.mkdir(parents=True, exist_ok=True)
        learned = finished(settings, folder / "weights.safetensors", share, reader)
        save_ours(learned, save / "weights.safetensors")
        data = (save / "weights.safetensors").read_bytes()
        print(f'sha256 = "{hashlib.sha256(data).hexdigest()}"\nbytes = {len(data)}')
        print(f"trained on {learned_from(settings)}")
    else:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "log.csv").open("a", newline="") as stream:
            log = csv.DictWriter(stream, list(Report.__dataclass_fields__))
            if not stream.tell():
                log.writeheader()
            for report in train(settings, folder):
                log.writerow(asdict(report))
                stream.flush()
                print(
                    f"step {report.step:6}  L1 {report.loss:.5f}  rate {report.learning_rate:.1e}  "
                    f"{report.seconds:6.0f} s",
                    flush=True,
                )


if __name__ == "__main__":
    main()
