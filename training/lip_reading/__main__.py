"""Train the reader of points and pixels; resumable, the same for the same seed and threads.

    python -m training.lip_reading draw --count 1000        # drawn clips to learn from, beside the real ones
    python -m training.lip_reading train CLIPS              # train, or go on where it stopped
    python -m training.lip_reading choose                   # on validation clips: mix, thresholds
    python -m training.lip_reading report                   # on test clips: once, when all is chosen
    python -m training.lip_reading save models/lip_reader   # weights and card, with the report's figures

CLIPS is the folder of `mouths/` and `tracks.npz`; nothing of it is kept in the repository. Checkpoints, the
log (CSV), what is made of the clips and the report lie in `~/.cache/dlintro/checkpoints/lip_reader`
(`--folder`, `DLINTRO_CHECKPOINTS`).

Tried, words wrong of 60 validation sentences (seconds are of one shared core):

- One scale for all coordinates of a clip, CTC over words and over phonemes from the first step, and strong
  augmentation: nothing for 400 steps, 31 % after 1,200 steps of points alone (303 s), 25 % after 300 more
  with pixels (529 s). Letters stayed at chance.
- Each coordinate in its own deviations, and the slots' heads alone at first: 42 % after 100 steps of points
  alone, 17 % after 300 (75 s), letters 45 %. Points alone, no mirror, nothing hidden.
- The same points, a little mirrored and hidden, then with pixels and CTC over words: 31 % after 250 steps of
  points alone (57 s), 16 % after 200 more with pixels (210 s), 8 % after 400 (373 s); slots' heads alone.
  The weights in use: stopped after 750 steps, with `--steps` 850, then 680, then 760, for want of time.
  At step 600, CTC with the grammar (9.2 %) and the heads (11.7 %) together had 8.3 %.
- CTC over phonemes with a lexicon in the decoder was worse than CTC over words, and the two together worse
  than words and slots (first setting). It may pay with more speakers.
- bfloat16 in the convolutions gains nothing on the CPU that this was trained on.

Test clips were measured once: 10.3 % (validation 6.1 %; mix and thresholds were chosen by it). Next: two or
three times as many steps, for the losses still fell; then drawn mouths, which may teach letters more examples
than 27 each.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from dataclasses import asdict
from pathlib import Path

import torch

from dlintro_demos.lip_reading.network import LipReader, load_reader, save_reader
from dlintro_demos.lip_reading.reading import MIX
from training.lip_reading import durations, lipnet_command
from training.lip_reading.card import write_card
from training.lip_reading.clips import Clips, load_clips, split
from training.lip_reading.corpus import PARTS, draw
from training.lip_reading.evaluation import (
    CHANGES,
    abstention,
    calibration,
    choose_mix,
    choose_thresholds,
    read_all,
    risk_coverage,
    summary,
)
from training.lip_reading.training import Report, TrainingSettings, train

FOLDER = (
    Path(os.environ.get("DLINTRO_CHECKPOINTS", Path.home() / ".cache/dlintro/checkpoints")) / "lip_reader"
)


def main() -> None:
    """Do what the command says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the checkpoints lie")
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train")
    training.add_argument("clips", type=Path, help="the folder of mouths/ and tracks.npz")
    for key, value in asdict(TrainingSettings()).items():
        if isinstance(value, int | float):
            training.add_argument(f"--{key.replace('_', '-')}", type=type(value), default=value)
    drawing = commands.add_parser("draw", help="draw clips that say sentences; see corpus.py")
    drawing.add_argument("--part", choices=tuple(PARTS), default="train")
    drawing.add_argument("--count", type=int, default=1000)
    drawing.add_argument("--seed", type=int, default=0)
    commands.add_parser("durations", help="measure how long sounds last, with espeak-ng; see durations.py")
    commands.add_parser("choose")
    commands.add_parser("report")
    commands.add_parser("save").add_argument("target", type=Path)
    lipnet_command.add_arguments(commands.add_parser("lipnet", description=lipnet_command.__doc__))
    arguments = vars(parser.parse_args())
    if arguments["command"] == "lipnet":
        lipnet_command.run(argparse.Namespace(**arguments))
        return
    folder, command = arguments.pop("folder"), arguments.pop("command")
    if command == "train":
        _train(arguments.pop("clips"), folder, TrainingSettings(**arguments))
    elif command == "draw":
        print(draw(arguments["part"], arguments["seed"], arguments["count"], folder / "drawn"))
    elif command == "durations":
        durations.write()
    elif command == "choose":
        choose(folder)
    elif command == "report":
        report(folder)
    else:
        save(folder, arguments["target"])


def _part(folder: Path, name: str) -> Clips:
    clips = load_clips(None, folder / "clips.npz")
    return clips.of(split(len(clips.names))[name])


def _train(source: Path, folder: Path, settings: TrainingSettings) -> None:
    """Train, and write every report to the log and the terminal."""
    load_clips(source, folder / "clips.npz")
    with (folder / "log.csv").open("a", newline="") as stream:
        log = csv.DictWriter(stream, list(Report.__dataclass_fields__))
        if not stream.tell():
            log.writeheader()
        for each in train(settings, _part(folder, "train"), _part(folder, "validation"), folder):
            log.writerow(asdict(each))
            stream.flush()
            print(each, flush=True)


def rounded(folder: Path) -> LipReader:
    """The network of the last checkpoint, its weights rounded to float16 as they will be shipped."""
    torch.set_num_threads(1)
    save_reader(load_reader([folder / "weights.safetensors"]), folder / "float16.safetensors", torch.float16)
    return load_reader([folder / "float16.safetensors"])


def choose(folder: Path) -> None:
    """Print how mixes fare on the validation clips, and keep the thresholds for "I don't know"."""
    network, clips = rounded(folder), _part(folder, "validation")
    print("negative log-likelihood a word, words wrong, mix")
    for likelihood, wrong, mix in choose_mix(network, clips):
        print(
            f"{likelihood:.4f}  {wrong:.1%}  " + ", ".join(f"{way} {each:.2f}" for way, each in mix.items())
        )
    reads = read_all(network, clips, MIX)
    thresholds = choose_thresholds(reads)
    print(f"with the mix of reading.py: {summary(reads)}\n{thresholds}: {abstention(reads, thresholds)}")
    print(risk_coverage(reads), calibration(reads), sep="\n")
    (folder / "thresholds.json").write_text(json.dumps(thresholds), encoding="utf-8")


def report(folder: Path) -> None:
    """Print what the card says of the test clips, and keep it beside the checkpoint."""
    network, clips = rounded(folder), _part(folder, "test")
    thresholds = json.loads((folder / "thresholds.json").read_text(encoding="utf-8"))
    started = time.process_time()
    reads = read_all(network, clips, MIX)
    seconds = (time.process_time() - started) / len(reads)
    figures = summary(reads)
    figures["Words right, by how sure it is"] = calibration(reads)
    figures["WER among the surest sentences"] = risk_coverage(reads)
    figures['"I don\'t know", thresholds of the validation clips'] = abstention(reads, thresholds)
    for name, change in CHANGES.items():
        answered = abstention(read_all(network, clips, MIX, change), thresholds)
        figures[f"Answered though no sentence: {name}"] = answered.split(",")[0]
    figures["Seconds of one core a clip, network and decoder"] = f"{seconds:.2f}"
    for name, value in figures.items():
        print(f"{name}: {value}")
    (folder / "report.json").write_text(json.dumps(figures), encoding="utf-8")


def save(folder: Path, target: Path) -> None:
    """Write weights and card, with the figures of `report` and the thresholds of `choose`."""
    target.mkdir(parents=True, exist_ok=True)
    network = rounded(folder)
    save_reader(network, target / "weights.safetensors", torch.float16)
    with (folder / "log.csv").open(newline="") as stream:
        last = list(csv.DictReader(stream))[-1]
    figures, thresholds = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("report.json", "thresholds.json")
    )
    write_card(target, network, figures, thresholds, last)


if __name__ == "__main__":
    main()
