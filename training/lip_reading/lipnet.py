"""Train LipNet in stages: the convolutions see lips, the GRUs read what they see, then all learn to read.

Plain CTC from pixels learns nothing for hundreds of steps. So:

1. `dense`: the convolutions say where the lips' landmarks are in each frame of short windows. They learn with
   batch norm, which is folded into them at the end: what remains is the paper's network.
2. `sequence`: the GRUs learn from features that are computed once, of every clip and its mirror image: first
   with a head for each slot that looks where it likes (attention), then with CTC over letters as well.
3. `joint`: everything, on clips bent anew.

The heads for lips and slots help to learn and are not saved. Resumable, the same for the same seed and
threads.

Tried, with 16/32/48 channels, GRUs of 128 and pictures of 64 x 32; words wrong of 60 real and 60 drawn
validation clips, with the grammar (seconds are of one shared core):

- `dense`, 900 steps of 12 windows of 24 frames (229 s): how high a point of the lips is, is seen within what
  the landmarks themselves tremble by; its way sideways hardly, for most of that is trembling.
- `sequence` on the real clips alone, the slots' heads for 200 steps, then CTC over letters beside them: 33 %
  after 50 steps of CTC, 12.5 % after 150, 5.6 % after 300 (165 s in all); 77 % of the words of drawn mouths,
  which it had never seen. Its learning rate still fell when it was stopped.
- Drawn mouths beside the real ones: `dense` for 250 steps more (76 s), then `sequence` from where it was
  (180 s): 51 % of drawn words after 50 steps, 21 % after 200, 15.3 % after 400; of real ones 6.9 %.
- `joint` at 7e-4 with a third of the convolutions' channels hidden made it worse in 50 steps (10.0 %, drawn
  16.4 %). With all channels seen, at 5e-4, falling to nothing at step 155: 8.1 %, drawn 14.4 %; a clip and
  its mirror image together 6.9 % (greedy 18.6 %), drawn 14.4 % (greedy 30.6 %), of drawn letters 42 % right.
  From there on as if of 400, 850 and 1,130 steps, the rate each time from 5e-4 to nothing: 6.4 %, drawn
  12.8 %; 5.3 %, drawn 9.2 %; 5.8 %, drawn 8.6 % (5.0 % and 8.9 % of a clip and its mirror image together).

- From those weights on, `--start` (its `dense` is done), 8,000 drawn clips, half of the real ones spliced
  (`--spliced 0.5`, splicing.py), `--sides 1 --sequence 700 --sequence-rate 0.0015 --slots-first 60 --joint
  1400 --seed 22`: after `sequence` (some 250 s, the features of all clips another 130) 4.4 %, of 500 drawn
  ones 5.2 %; after `joint` (1,719 s in all) 3.3 %, drawn 3.9 %. In use.

Test clips were measured twice: 7.1 % of the real and 8.5 % of the drawn first, then what the card says.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dlintro_demos.lip_reading.grammar import SLOTS, spell
from dlintro_demos.lip_reading.lipnet import interpret_letters, load_lipnet, save_lipnet
from dlintro_demos.lip_reading.mouths import VIEW
from training.lip_reading.lipnet_clips import (
    LipBatch,
    LipClips,
    augmented_lips,
    joined,
    plain_lips,
)
from training.lip_reading.lipnet_student import Bank, Student, letters_loss, slots_loss
from training.lip_reading.splicing import Seams, seams

FRAMES = 75
STAGES = ("dense", "sequence", "joint")
NETWORK: dict[str, Any] = {
    "widths": (16, 32, 48),
    "hidden": 128,
    "size": (32, 64),
    "view": VIEW,
    "moving": True,
    "dropout": 0.3,
}
"""Ours: a CPU learns it."""


@dataclass(frozen=True, kw_only=True)
class LipNetSettings:
    """Everything that a training run depends on, but for the clips."""

    dense: int = 1500
    """Gradient steps of each stage; may be changed before the stage's learning rate falls."""
    sequence: int = 1000
    joint: int = 600
    dense_batch: int = 24
    """Windows a step."""
    window: int = 12
    """Frames of a window."""
    sequence_batch: int = 32
    """Clips a step."""
    sides: int = 2
    """Whether `sequence` gets clips and their mirror images (2), or one of the two of each clip (1)."""
    joint_batch: int = 16
    drawn: float = 0.5
    """Share of a step's clips that are drawn, where there are drawn ones."""
    dense_rate: float = 3e-3
    """AdamW's step size in each stage, after the warm-up."""
    sequence_rate: float = 2e-3
    joint_rate: float = 5e-4
    warm_up: int = 30
    """Steps in which the step size grows from zero."""
    fall: float = 0.5
    """Share of a stage's steps, the last ones, in which it falls to zero."""
    slots_first: int = 200
    """Steps of `sequence`, the first ones, without CTC."""
    weight_decay: float = 1e-2
    """Of AdamW."""
    slots: float = 1.0
    """Weight of the slots' heads beside CTC."""
    lips: float = 0.1
    """Weight of the lips' places while all learn to read."""
    channels_dropout: float = 0.0
    """Share of the convolutions' channels that are hidden while all learn to read."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    smoothing: float = 0.1
    """Of the slots' labels."""
    ema_decay: float = 0.98
    """Weight of the past in the running mean of the weights, which is what is saved."""
    spliced: float = 0.0
    """Share of the real clips whose last words are another one's; see splicing.py."""
    start: str = ""
    """Weights to start from, with `sequence`; nothing to start from scratch."""
    seed: int = 16
    """Of the weights, the order and the augmentation."""
    threads: int = 1
    """Of PyTorch."""
    report_every: int = 50
    """Steps between lines of the log."""
    network: dict[str, Any] = field(default_factory=lambda: dict(NETWORK))
    """Of `LipNet`."""


@dataclass(frozen=True, kw_only=True)
class LipNetReport:
    """A line of the log: mean losses since the last one, and of the running mean on the validation clips.

    `lips` is the squared error of the lips' places, in deviations of the clip; `letters` CTC a letter;
    `wrong` the share of words that are read wrong with the grammar, `drawn_wrong` the same of drawn clips.
    What a stage does not learn is nan.
    """

    stage: str
    step: int
    seconds: float
    learning_rate: float
    lips: float
    slots: float
    letters: float
    validation_lips: float
    validation_slots: float
    validation_letters: float
    validation_wrong: float
    drawn_wrong: float


class LipNetLearner:
    """A student, the running mean of its weights, its optimiser, and where in the stages it is."""

    def __init__(self, settings: LipNetSettings) -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.student = Student(settings.network)
        self.student.lipnet.channels_dropout.p = settings.channels_dropout
        self.stage, self.step, self.seconds = STAGES[0], 0, 0.0
        if settings.start:
            self.student.lipnet.load_state_dict(load_lipnet([Path(settings.start)]).state_dict())
            self.stage = "sequence"
        self._begin()

    def _begin(self) -> None:
        """What a stage starts with: a new optimiser, and a mean of nothing but the weights as they are."""
        decay, student = self.settings.ema_decay, self.student
        student.lipnet.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
        self.mean = AveragedModel(student, multi_avg_fn=get_ema_multi_avg_fn(decay))
        self.optimizer = torch.optim.AdamW(student.parameters(), weight_decay=self.settings.weight_decay)

    def next_stage(self) -> None:
        """Go on from the mean of the last stage."""
        self.student.load_state_dict(self.mean.module.state_dict())
        if self.stage == "dense":
            self.student.fold()
        self.stage, self.step = STAGES[STAGES.index(self.stage) + 1], 0
        self._begin()

    @property
    def steps(self) -> int:
        """Of this stage."""
        return int(getattr(self.settings, self.stage))

    @property
    def rate(self) -> float:
        """A ramp up, a plateau, a ramp down to zero."""
        up = (self.step + 1) / self.settings.warm_up
        down = (self.steps - self.step) / (self.settings.fall * self.steps)
        return float(getattr(self.settings, f"{self.stage}_rate")) * min(1.0, up, down)

    def update(self, each: dict[str, torch.Tensor]) -> dict[str, float]:
        """One step down the sum of losses; gives them."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate
        settings = self.settings
        weights = {"lips": 1.0 if self.stage == "dense" else settings.lips, "slots": settings.slots}
        weights["letters"] = float(self.stage == "joint" or self.step >= settings.slots_first)
        self.optimizer.zero_grad()
        torch.stack([weights[name] * loss for name, loss in each.items()]).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), settings.clip)
        self.optimizer.step()
        self.mean.update_parameters(self.student)
        self.step += 1
        return {name: float(loss.detach()) for name, loss in each.items()}

    def chosen(self, real: int, drawn: int) -> np.ndarray:
        """Which clips this step takes: of the first, real ones and of those behind them, drawn ones."""
        seed, batch = self.settings.seed, int(getattr(self.settings, f"{self.stage}_batch"))
        share = round(self.settings.drawn * batch) if drawn else 0
        turns = _turn(seed, batch - share, real, self.step), _turn(seed, share, drawn, self.step)
        return np.concatenate([turns[0], real + turns[1]])

    def losses(
        self,
        clips: LipClips,
        chosen: np.ndarray,
        bank: Bank | None,
        ends: np.ndarray | None,
        random: torch.Generator,
    ) -> dict[str, torch.Tensor]:
        """Of some clips, as this stage has it; `ends` (real clips, 5) is where their words end."""
        settings, student = self.settings, self.student.train()
        moving = student.moving
        if self.stage == "dense":
            seen = augmented_lips(clips.of(chosen), random, moving=moving, window=settings.window)
            return {"lips": F.mse_loss(student.places(_last(seen)), seen.lips)}
        each = {}
        spliced = self._splices(chosen, ends, random) if ends is not None else None
        if bank:
            sentences, features = clips.sentences[chosen], bank.bent(chosen, random, spliced)
            if spliced:
                sentences = spliced[1].said(sentences, clips.sentences[spliced[0]])
        else:
            part = clips.of(chosen)
            if spliced:
                part = spliced[1].clips(part, clips.of(spliced[0]))
            seen = augmented_lips(part, random, moving=moving)
            sentences, features = seen.sentences, student.lipnet.features(_last(seen))
            each["lips"] = F.mse_loss(student.lips(features), seen.lips)
        letters, slots = student.read(features)
        each["slots"] = slots_loss(slots, sentences, settings.smoothing)
        each["letters"] = letters_loss(letters, sentences)
        return each

    def _splices(
        self, chosen: np.ndarray, ends: np.ndarray, random: torch.Generator
    ) -> tuple[np.ndarray, Seams]:
        """Which real clips go on after the chosen ones, and where; after drawn ones none does."""
        other = torch.randint(len(ends), (len(chosen),), generator=random).numpy()
        here = np.full((len(chosen), ends.shape[1]), np.nan, np.float32)
        real = chosen < len(ends)
        here[real] = ends[chosen[real]]
        return other, seams(here, ends[other], FRAMES, self.settings.spliced, random)

    def save(self, folder: Path) -> None:
        """All that is needed to go on, and the weights as they would be saved; whole files or none."""
        parts = {part: getattr(self, part).state_dict() for part in ("student", "mean", "optimizer")}
        where = {"stage": self.stage, "step": self.step, "seconds": self.seconds}
        torch.save({"settings": _what_counts(self.settings), **where, **parts}, folder / "checkpoint.part")
        (folder / "checkpoint.part").replace(folder / "checkpoint.pt")
        if self.stage != "dense":
            save_lipnet(self.mean.module.lipnet, folder / "weights.part")
            (folder / "weights.part").replace(folder / "weights.safetensors")

    def resume(self, folder: Path) -> None:
        """Go on from the checkpoint, if there is one. Raises `ValueError` where that has other settings."""
        path = folder / "checkpoint.pt"
        if not path.is_file():
            return
        state: dict[str, Any] = torch.load(path, weights_only=True)
        if state["settings"] != _what_counts(self.settings):
            raise ValueError(f"{path} was made with other settings; remove it to begin anew.")
        for part in ("student", "mean", "optimizer"):
            getattr(self, part).load_state_dict(state[part])
        self.stage, self.step, self.seconds = state["stage"], state["step"], state["seconds"]


def _last(seen: LipBatch) -> torch.Tensor:
    return seen.pictures.contiguous(memory_format=torch.channels_last_3d)


def _what_counts(settings: LipNetSettings) -> dict[str, Any]:
    """All that must be the same to go on."""
    return asdict(replace(settings, dense=0, sequence=0, joint=0, threads=0, report_every=0))


def train_lipnet(
    settings: LipNetSettings,
    real: LipClips,
    validation: LipClips,
    folder: Path,
    drawn: tuple[LipClips, LipClips] | None = None,
    ends: np.ndarray | None = None,
) -> Iterator[LipNetReport]:
    """Train until the last step of the last stage; yields a `LipNetReport` every few steps.

    A checkpoint is kept in `folder`, and after each stage one of its own. `drawn` are clips to learn from
    beside the others, and those to look how it goes.
    """
    clips = joined([real, drawn[0]]) if drawn else real
    torch.set_num_threads(settings.threads)
    learner = LipNetLearner(settings)
    learner.resume(folder)
    folder.mkdir(parents=True, exist_ok=True)
    started = time.process_time() - learner.seconds
    while True:
        bank = None
        if learner.stage == "sequence" and learner.step < learner.steps:
            bank = Bank(learner.student.lipnet.eval(), clips, settings.sides)
        seen: list[dict[str, float]] = []
        while learner.step < learner.steps:
            number = STAGES.index(learner.stage) * 100_000 + learner.step
            random = torch.manual_seed(settings.seed * 1_000_000 + number)  # of the dropout, too
            chosen = learner.chosen(len(real), len(clips) - len(real))
            seen.append(learner.update(learner.losses(clips, chosen, bank, ends, random)))
            if learner.step % settings.report_every == 0 or learner.step == learner.steps:
                learner.seconds = time.process_time() - started
                learner.save(folder)
                yield _report(learner, seen, validation, drawn[1] if drawn else None)
                seen.clear()
        if learner.stage == STAGES[-1]:
            return
        (folder / "checkpoint.pt").replace(folder / f"{learner.stage}.pt")
        learner.next_stage()
        learner.save(folder)


def _turn(seed: int, batch: int, count: int, step: int) -> np.ndarray:
    """Which clips a step takes: all of them once, in an order anew, before any comes again."""
    if not batch:
        return np.empty(0, int)
    each = count // batch
    order = np.random.default_rng([seed, step // each]).permutation(count)
    return order[step % each * batch :][:batch]


@torch.inference_mode()
def _report(
    learner: LipNetLearner, seen: list[dict[str, float]], validation: LipClips, drawn: LipClips | None
) -> LipNetReport:
    student: Student = learner.mean.module.eval()
    measured = _measure(student, learner.stage, validation)
    beside = _measure(student, learner.stage, drawn)["wrong"] if drawn else float("nan")
    return LipNetReport(
        stage=learner.stage,
        step=learner.step,
        seconds=learner.seconds,
        learning_rate=learner.rate,
        **{
            name: float(np.mean([each.get(name, float("nan")) for each in seen]))
            for name in ("lips", "slots", "letters")
        },
        **{f"validation_{name}": each for name, each in measured.items()},
        drawn_wrong=beside,
    )


def _measure(student: Student, stage: str, clips: LipClips) -> dict[str, float]:
    losses: dict[str, list[float]] = {name: [] for name in ("lips", "slots", "letters", "wrong")}
    for each in np.array_split(np.arange(len(clips)), max(1, len(clips) // 8)):
        batch = plain_lips(clips.of(each), moving=student.moving)
        if stage == "dense":
            losses["lips"].append(float(F.mse_loss(student.places(_last(batch)), batch.lips)))
            continue
        features = student.lipnet.features(_last(batch))
        letters, slots = student.read(features)
        losses["lips"].append(float(F.mse_loss(student.lips(features), batch.lips)))
        losses["slots"].append(float(slots_loss(slots, batch.sentences)))
        losses["letters"].append(float(letters_loss(letters, batch.sentences)))
        for one, truth in zip(letters, batch.sentences.tolist(), strict=True):
            said = interpret_letters(one[None]).sentence.split()
            wrong = sum(a != b for a, b in zip(said, spell(tuple(truth)).split(), strict=True))
            losses["wrong"].append(wrong / len(SLOTS))
    return {name: float(np.mean(each)) if each else float("nan") for name, each in losses.items()}
