"""LipNet's commands: train it, choose what there is to choose, measure it once, write its card.

    python -m training.lip_reading lipnet train CLIPS         # train, or go on where it stopped
    python -m training.lip_reading lipnet choose              # on validation clips: power, thresholds
    python -m training.lip_reading lipnet report              # on test clips: once, when all is chosen
    python -m training.lip_reading lipnet save models/lipnet  # weights and card, with the report's figures

Checkpoints, one more after each stage, the log (CSV), what is made of the clips and the report lie in
`~/.cache/dlintro/checkpoints/lipnet` (`lipnet --checkpoints`, `DLINTRO_CHECKPOINTS`).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from dlintro_demos.lip_reading.grammar import spell
from dlintro_demos.lip_reading.lipnet import (
    LipNet,
    both_sides,
    letters_graph,
    load_lipnet,
    read_pictures,
    save_lipnet,
)
from dlintro_demos.lip_reading.reading import mixed
from training.lip_reading.card import ATTRIBUTION, figure
from training.lip_reading.clips import TEST, VALIDATION, split
from training.lip_reading.evaluation import (
    Read,
    abstention,
    calibration,
    common_thresholds,
    distances,
    risk_coverage,
    summary,
)
from training.lip_reading.lipnet import STAGES, LipNetReport, LipNetSettings, train_lipnet
from training.lip_reading.lipnet_clips import LipClips, draw_lip_clips, load_lip_clips
from training.lip_reading.splicing import kept_word_ends

FOLDER = Path(os.environ.get("DLINTRO_CHECKPOINTS", Path.home() / ".cache/dlintro/checkpoints")) / "lipnet"
DRAWN = {"train": 8000, "validation": 500, "test": 1000}
"""How many drawn clips are for what."""
CHOSEN = "float16.safetensors"
TAUGHT = 500
"""Real clips, and drawn ones, that the distance from what was taught is measured from."""
CPU = torch.device("cpu")
POWERS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.25)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the commands take."""
    parser.add_argument("--checkpoints", type=Path, default=FOLDER, help="where the checkpoints lie")
    commands = parser.add_subparsers(dest="lipnet", required=True)
    training = commands.add_parser("train")
    training.add_argument("clips", type=Path, help="the folder of mouths/ and tracks.npz")
    for key, value in asdict(LipNetSettings()).items():
        if isinstance(value, int | float | str):
            training.add_argument(f"--{key.replace('_', '-')}", type=type(value), default=value)
    commands.add_parser("choose")
    commands.add_parser("report")
    commands.add_parser("save").add_argument("target", type=Path)


def run(arguments: argparse.Namespace) -> None:
    """Do what the command says."""
    folder, command = arguments.checkpoints, arguments.lipnet
    if command == "train":
        given = {
            key: value for key, value in vars(arguments).items() if key in LipNetSettings.__annotations__
        }
        _train(arguments.clips, folder, LipNetSettings(**given))
    elif command == "choose":
        choose(folder)
    elif command == "report":
        report(folder)
    else:
        save(folder, arguments.target)


def _part(folder: Path, name: str, source: Path | None = None) -> LipClips:
    clips = load_lip_clips(source, folder / "clips.npz", LipNet(**LipNetSettings().network).shape)
    return clips.of(split(len(clips))[name])


def _drawn(folder: Path, part: str) -> LipClips:
    shape = LipNet(**LipNetSettings().network).shape
    return draw_lip_clips(part, DRAWN[part], folder / f"drawn-{part}.npz", shape)


def _train(source: Path, folder: Path, settings: LipNetSettings) -> None:
    """Train, and write every report to the log and the terminal."""
    clips, validation = (_part(folder, name, source) for name in ("train", "validation"))
    drawn = _drawn(folder, "train"), _drawn(folder, "validation")
    ends = kept_word_ends(folder / "ends.npy", clips) if settings.spliced else None
    with (folder / "log.csv").open("a", newline="") as stream:
        log = csv.DictWriter(stream, list(LipNetReport.__dataclass_fields__))
        if not stream.tell():
            log.writeheader()
        for each in train_lipnet(settings, clips, validation, folder, drawn, ends):
            log.writerow(asdict(each))
            stream.flush()
            print(each, flush=True)


def rounded(folder: Path) -> LipNet:
    """The network of the last checkpoint, its weights rounded to float16 as they will be shipped.

    What it makes of clips that it was taught with is measured here, for its distance from them.
    """
    torch.set_num_threads(1)
    network = load_lipnet([folder / "weights.safetensors"])
    save_lipnet(network, folder / CHOSEN, torch.float16)
    network = load_lipnet([folder / CHOSEN])
    taught = [clips.of(np.arange(TAUGHT)) for clips in (_part(folder, "train"), _drawn(folder, "train"))]
    states = [
        read_pictures(network, each.numpy(), CPU)[1].mean(dim=0) for part in taught for each in part.pictures
    ]
    network.taught.fit(torch.stack(states), torch.cat([each.sentences for each in taught]))
    save_lipnet(network, folder / CHOSEN, torch.float16)
    return load_lipnet([folder / CHOSEN])


@torch.inference_mode()
def logits_of(network: LipNet, clips: LipClips) -> list[torch.Tensor]:
    """Of each clip, its two views: (2, T, 28)."""
    moving = bool(network.shape["moving"])
    return [network(both_sides(each.numpy(), moving=moving)) for each in clips.pictures]


@torch.inference_mode()
def read_lips(network: LipNet, clips: LipClips) -> list[Read]:
    """What clips say, and what they should."""
    found = []
    for pictures, truth in zip(clips.pictures, map(tuple, clips.sentences.tolist()), strict=True):
        reading, states = read_pictures(network, pictures.numpy(), CPU)
        found.append(
            Read(spell(truth), truth, replace(reading, distance=float(network.taught(states).mean())))
        )
    return found


def likelihoods(logits: list[torch.Tensor], sentences: torch.Tensor) -> dict[float, float]:
    """Mean negative log-likelihood a word for each of `POWERS`."""
    found: dict[float, list[float]] = {power: [] for power in POWERS}
    for each, truth in zip(logits, sentences.tolist(), strict=True):
        posteriors = [letters_graph().decode(view.log_softmax(1).numpy()).posteriors for view in each]
        for power, right in found.items():
            slots = mixed({"letters": posteriors}, {"letters": power})
            right += [-np.log(slot[true] + 1e-9) for slot, true in zip(slots, truth, strict=True)]
    return {power: float(np.mean(right)) for power, right in found.items()}


def choose(folder: Path) -> None:
    """Print how powers fare on validation clips, real and drawn, and keep thresholds for "I don't know"."""
    network = rounded(folder)
    groups = _part(folder, "validation"), _drawn(folder, "validation")
    real, drawn = (likelihoods(logits_of(network, clips), clips.sentences) for clips in groups)
    for power in POWERS:
        print(f"power {power}: negative log-likelihood a word {real[power]:.4f}, drawn {drawn[power]:.4f}")
    reads = [read_lips(network, clips) for clips in groups]
    thresholds = common_thresholds(reads)
    print(f"with the power of lipnet.py: {thresholds}")
    for each in reads:
        print(summary(each), abstention(each, thresholds), risk_coverage(each), calibration(each), sep="\n")
    (folder / "thresholds.json").write_text(json.dumps(thresholds), encoding="utf-8")


CHANGES = {
    "played backwards": lambda pictures: pictures.flip(1),
    "still mouths": lambda pictures: (
        (pictures[:, :1] + 2 * torch.randn(pictures.shape, generator=torch.Generator().manual_seed(0)))
        .clamp(0, 255)
        .to(torch.uint8)
    ),
}
"""What makes clips no sentences."""


def report(folder: Path) -> None:
    """Print what the card says of the test clips, real and drawn, and keep it beside the checkpoint."""
    torch.set_num_threads(1)
    network = load_lipnet([folder / CHOSEN])
    thresholds = json.loads((folder / "thresholds.json").read_text(encoding="utf-8"))
    figures = {}
    for kind, clips in (("real", _part(folder, "test")), ("drawn", _drawn(folder, "test"))):
        started = time.process_time()
        reads = read_lips(network, clips)
        seconds = (time.process_time() - started) / len(reads)
        found = summary(reads)
        found["Words right, by how sure it is"] = calibration(reads)
        found["WER among the surest sentences"] = risk_coverage(reads)
        found['"I don\'t know", thresholds of the validation clips'] = abstention(reads, thresholds)
        found["Distance from what it was taught"] = distances(reads)
        if kind == "real":
            for name, change in CHANGES.items():
                changed = LipClips(change(clips.pictures), clips.lips, clips.sentences)
                reads = read_lips(network, changed)
                answered = abstention(reads, thresholds).split(",")[0]
                found[f"Answered though no sentence: {name}"] = f"{answered} (distance {distances(reads)})"
            found["Seconds of one core a clip, network and decoder"] = f"{seconds:.2f}"
        figures[kind] = found
        print(kind, *(f"{name}: {value}" for name, value in found.items()), sep="\n")
    (folder / "report.json").write_text(json.dumps(figures), encoding="utf-8")


def save(folder: Path, target: Path) -> None:
    """Write weights and card, with the figures of `report` and the thresholds of `choose`."""
    target.mkdir(parents=True, exist_ok=True)
    network = load_lipnet([folder / CHOSEN])
    save_lipnet(network, target / "weights.safetensors", torch.float16)
    with (folder / "log.csv").open(newline="") as stream:
        log = list(csv.DictReader(stream))
    figures, thresholds = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("report.json", "thresholds.json")
    )
    (target / "card.toml").write_text(card(target, network, figures, thresholds, log), encoding="utf-8")


def card(
    target: Path,
    network: LipNet,
    figures: Mapping[str, Mapping[str, str]],
    thresholds: Mapping[str, float],
    log: list[dict[str, str]],
) -> str:
    """The card's text; `log` are the lines of the training's log."""
    data = (target / "weights.safetensors").read_bytes()
    whose = {
        "real": f"{TEST} sentences of that speaker, kept aside",
        "drawn": f"{DRAWN['test']:,} drawn mouths, new sentences and new mouths",
    }
    blocks = [
        figure(f"{whose[kind]}: {name}", value, "lipnet report")
        for kind, found in figures.items()
        for name, value in found.items()
    ]
    last = {line["stage"]: line for line in log}
    steps = ", ".join(f"{stage} {int(last[stage]['step']):,}" for stage in STAGES if stage in last)
    seconds = f"{float(log[-1]['seconds']):,.0f} s of one core"
    blocks.append(figure("Training", f"steps: {steps}; {seconds}", "lipnet train CLIPS"))
    height, width = network.shape["size"]
    widths = "/".join(map(str, network.shape["widths"]))
    smaller = (
        f"convolutions of {widths} channels, GRUs of {network.shape['hidden']}, {width} x {height} pixels"
    )
    learned_from = (
        f"680 clips of speaker s1 of the GRID audiovisual sentence corpus ({VALIDATION} more to choose by, "
        f"{TEST} to measure), and {DRAWN['train']:,} clips of mouths drawn by this gallery. {ATTRIBUTION}"
    )
    text = f'''title = "LipNet, trained here"
task = "lip reading"
loader = "dlintro_demos.lip_reading.lipnet:load_lipnet"
licence = "MIT"
source = "Assael et al., LipNet, 2016, narrower; trained for this gallery by training/lip_reading, in stages"
trained_on = "{learned_from}"
good_for = "Sentences of the GRID grammar, by the speaker that it learned from and by drawn mouths"
limits = [
    "It learned from one man and was measured on nobody else: expect many wrong words of other people.",
    "It knows 51 words in six places. Whatever is said, it answers with those, or that it does not know.",
    "Smaller than the paper's: {smaller}.",
    "25 frames a second, one sentence a clip, the mouth in view from first to last.",
]
parameters = {sum(value.numel() for value in network.parameters())}

[thresholds]
confidence = {thresholds["confidence"]}
in_grammar = {thresholds["in_grammar"]}
distance = {thresholds["distance"]}

[[files]]
path = "weights.safetensors"
sha256 = "{hashlib.sha256(data).hexdigest()}"
bytes = {len(data)}
'''
    return "\n".join([text, *blocks])
