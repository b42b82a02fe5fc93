"""The training loop: resumable, and the same for the same seed and threads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dlintro_demos.lip_reading.augmentation import Augmentation, Batch, Clips, augmented, plain
from dlintro_demos.lip_reading.losses import losses
from dlintro_demos.lip_reading.network import LipReader, load_reader, save_reader
from training.lip_reading.clips import joined
from training.lip_reading.splicing import seams


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """Everything that a training run depends on, but for the clips."""

    steps: int = 1000
    """Gradient steps; may be changed before the learning rate falls."""
    batch: int = 24
    """Clips a step."""
    drawn: float = 0.5
    """Share of them that are drawn, where there are drawn ones."""
    start: str = ""
    """Weights to start from; nothing to start from scratch."""
    width: float = 1.0
    """Of all layers, where it starts from scratch."""
    learning_rate: float = 2e-3
    """AdamW's step size after the warm-up."""
    warm_up: int = 30
    """Steps in which the step size grows from zero."""
    fall: float = 0.4
    """Share of the steps, the last ones, in which it falls to zero."""
    weight_decay: float = 1e-2
    """Of AdamW."""
    ctc: float = 0.2
    """Weight of the CTC loss beside the slots'; none in the first steps, which it makes slower."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    spliced: float = 0.0
    """Share of the real clips whose last words are another one's, twice; see splicing.py."""
    smoothing: float = 0.1
    """Of the slots' labels."""
    ema_decay: float = 0.98
    """Weight of the past in the running mean of the weights, which is what is saved."""
    points_first: int = 250
    """Steps, the first ones, in which the network gets points alone: they cost a third."""
    seed: int = 16
    """Of the weights, the order and the augmentation."""
    threads: int = 1
    """Of PyTorch."""
    report_every: int = 50
    """Steps between lines of the log."""
    augmentation: Augmentation = field(default_factory=Augmentation)
    """How far clips are bent."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A line of the log: mean losses since the last one, and of the running mean on the validation clips."""

    step: int
    seconds: float
    learning_rate: float
    words: float
    slots: float
    validation_words: float
    validation_slots: float
    validation_wrong: float
    """Share of words that the slots' heads have wrong."""
    drawn_wrong: float | None = None
    """The same of drawn validation clips."""


def learning_rate(settings: TrainingSettings, step: int) -> float:
    """A ramp up, a plateau, a ramp down to zero."""
    up = (step + 1) / settings.warm_up
    down = (settings.steps - step) / (settings.fall * settings.steps)
    return settings.learning_rate * min(1.0, up, down)


class Learner:
    """A network that learns, the running mean of its weights, its optimiser, and the seconds so far."""

    def __init__(self, settings: TrainingSettings) -> None:
        torch.manual_seed(settings.seed)
        self.network = load_reader([Path(settings.start)]) if settings.start else scratch(settings.width)
        self.network.requires_grad_(requires_grad=True)
        self.network.pixels.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.mean = AveragedModel(self.network, multi_avg_fn=get_ema_multi_avg_fn(settings.ema_decay))
        self.optimizer = torch.optim.AdamW(self.network.parameters(), weight_decay=settings.weight_decay)
        self.step, self.seconds = 0, 0.0

    def update(self, batch: Batch, settings: TrainingSettings) -> dict[str, float]:
        """One step; gives the losses."""
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(settings, self.step)
        self.network.train()
        each = losses(
            self.network(batch.points, batch.pixels, batch.keep), batch.sentences, settings.smoothing
        )
        ctc = 0.0 if self.step < settings.points_first else settings.ctc
        self.optimizer.zero_grad()
        (each["slots"] + ctc * each["words"]).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), settings.clip)
        self.optimizer.step()
        self.mean.update_parameters(self.network)
        self.step += 1
        return {name: float(loss.detach()) for name, loss in each.items()}

    def save(self, folder: Path, settings: TrainingSettings) -> None:
        """All that is needed to go on, and the weights as they would be saved; whole files or none."""
        parts = {part: getattr(self, part).state_dict() for part in ("network", "mean", "optimizer")}
        state = {"settings": _what_counts(settings), "step": self.step, "seconds": self.seconds, **parts}
        torch.save(state, folder / "checkpoint.part")
        (folder / "checkpoint.part").replace(folder / "checkpoint.pt")
        save_reader(self.mean.module, folder / "weights.part")
        (folder / "weights.part").replace(folder / "weights.safetensors")

    def resume(self, folder: Path, settings: TrainingSettings) -> None:
        """Go on from the checkpoint, if there is one. Raises `ValueError` where that has other settings."""
        path = folder / "checkpoint.pt"
        if not path.is_file():
            return
        state: dict[str, Any] = torch.load(path, weights_only=True)
        if state["settings"] != _what_counts(settings):
            raise ValueError(f"{path} was made with other settings; remove it to begin anew.")
        for part in ("network", "mean", "optimizer"):
            getattr(self, part).load_state_dict(state[part])
        self.step, self.seconds = state["step"], state["seconds"]


def scratch(width: float) -> LipReader:
    """A reader that has learned nothing, its layers so many times as wide as usual."""
    points, pixels, hidden, *channels = (round(width * usual) for usual in (96, 128, 128, 16, 32, 48))
    return LipReader(points, pixels, hidden, channels)


def _what_counts(settings: TrainingSettings) -> dict[str, Any]:
    """All that must be the same to go on."""
    return asdict(replace(settings, steps=0, threads=0, report_every=0))


def train(
    settings: TrainingSettings,
    clips: Clips,
    validation: Clips,
    folder: Path,
    drawn: tuple[Clips, Clips] | None = None,
    ends: np.ndarray | None = None,
) -> Iterator[Report]:
    """Train until the last step; yields a `Report` every few steps and keeps a checkpoint in `folder`.

    `drawn` are clips to learn from beside the others, and those to look how it goes; `ends` (N, 5) is where
    words end in the others, to splice them.
    """
    torch.set_num_threads(settings.threads)
    learner = Learner(settings)
    learner.resume(folder, settings)
    folder.mkdir(parents=True, exist_ok=True)
    kept = [plain(each) for each in (validation, *(drawn or ())[1:])]
    share = round(settings.drawn * settings.batch) if drawn else 0
    seen: list[dict[str, float]] = []
    started = time.process_time() - learner.seconds
    while learner.step < settings.steps:
        random = torch.manual_seed(settings.seed * 1_000_000 + learner.step)  # of the dropout, too
        turn = _turn(settings.seed, settings.batch - share, len(clips.names), learner.step)
        chosen = clips.of(turn)
        if ends is not None:
            chosen = _spliced(clips, chosen, ends, turn, settings.spliced, random)
        if drawn and share:
            turn = _turn(settings.seed, share, len(drawn[0].names), learner.step)
            chosen = joined(chosen, drawn[0].of(turn))
        alone = learner.step < settings.points_first
        batch = augmented(chosen, settings.augmentation, random, points_alone=alone)
        seen.append(learner.update(batch, settings))
        if learner.step % settings.report_every == 0 or learner.step == settings.steps:
            learner.seconds = time.process_time() - started
            learner.save(folder, settings)
            yield _report(settings, learner, seen, kept)
            seen.clear()


def _spliced(
    clips: Clips, chosen: Clips, ends: np.ndarray, turn: np.ndarray, part: float, random: torch.Generator
) -> Clips:
    """The chosen clips, a part of them with the last words of any others; and so once more."""
    where = ends[turn]
    for _ in range(2):
        other = torch.randint(len(ends), (len(turn),), generator=random).numpy()
        seam = seams(where, ends[other], clips.points.shape[1], part, random)
        beside, where = clips.of(other), seam.ends
        chosen = Clips(
            chosen.names,
            seam.splice(chosen.points, beside.points),
            seam.splice(chosen.pixels, beside.pixels, pictures=True),
            seam.said(chosen.sentences, beside.sentences),
        )
    return chosen


def _turn(seed: int, batch: int, count: int, step: int) -> np.ndarray:
    """Which clips a step takes: all of them once, in an order anew, before any comes again."""
    each = count // batch
    order = np.random.default_rng([seed, step // each]).permutation(count)
    first = step % each * batch
    return order[first : first + batch]


@torch.inference_mode()
def _report(
    settings: TrainingSettings, learner: Learner, seen: list[dict[str, float]], kept: list[Batch]
) -> Report:
    network = learner.mean.module.eval()
    alone = learner.step <= settings.points_first
    every = [network(each.points, None if alone else each.pixels) for each in kept]
    ours = losses(every[0], kept[0].sentences)
    wrong = [
        float(
            (torch.stack([each.argmax(1) for each in logits.slots], dim=1) != batch.sentences).float().mean()
        )
        for logits, batch in zip(every, kept, strict=True)
    ]
    return Report(
        step=learner.step,
        seconds=learner.seconds,
        learning_rate=learning_rate(settings, learner.step - 1),
        **{name: float(np.mean([each[name] for each in seen])) for name in seen[0]},
        **{f"validation_{name}": float(loss) for name, loss in ours.items()},
        validation_wrong=wrong[0],
        drawn_wrong=wrong[1] if len(wrong) > 1 else None,
    )
