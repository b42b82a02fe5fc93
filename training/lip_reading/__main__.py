"""Train the reader of points and pixels; resumable, the same for the same seed and threads.

    python -m training.lip_reading draw --part train --count 8000
    python -m training.lip_reading draw --part validation --count 500
    python -m training.lip_reading draw --part test --count 1000
    python -m training.lip_reading train CLIPS              # train, or go on where it stopped
    python -m training.lip_reading average FILE=0.4 ...     # of weights that learned on from the same ones
    python -m training.lip_reading choose                   # on validation clips: mix, thresholds
    python -m training.lip_reading report                   # on test clips: once, when all is chosen
    python -m training.lip_reading save models/lip_reader   # weights and card, with the report's figures
    python -m training.lip_reading learning --card models/lip_reader    # then: see learning.py

`choose`, `report` and `save` take more readers for the committee, which come first: `--beside FILE ...`.
CLIPS is the folder of `mouths/` and `tracks.npz`; nothing of it is kept in the repository. Checkpoints, the
log (CSV), what is made of the clips, drawn ones (`corpus.py` says how they are dealt) and the report lie in
`~/.cache/dlintro/checkpoints/lip_reader` (`--folder`, `DLINTRO_CHECKPOINTS`).

Tried, words wrong of 60 validation sentences (seconds are of one shared core):

- One scale for all coordinates of a clip, CTC over words and over phonemes from the first step, and strong
  augmentation: nothing for 400 steps, 31 % after 1,200 steps of points alone (303 s), 25 % after 300 more
  with pixels (529 s). Letters stayed at chance.
- Each coordinate in its own deviations, and the slots' heads alone at first: 42 % after 100 steps of points
  alone, 17 % after 300 (75 s), letters 45 %. Points alone, no mirror, nothing hidden.
- The same points, a little mirrored and hidden, then with pixels and CTC over words: 31 % after 250 steps of
  points alone (57 s), 16 % after 200 more with pixels (210 s), 8 % after 400 (373 s); slots' heads alone.
  At step 600, CTC with the grammar (9.2 %) and the heads (11.7 %) together had 8.3 %. Stopped after 750
  steps: 10.3 % of the test clips.
- The same for 2,500 steps (1,772 s): 5.8 % at step 850, 4.4 % at 1,800, 3.6 % at the end; slots' heads alone.
- CTC over phonemes with a lexicon in the decoder was worse than CTC over words, and the two together worse
  than words and slots (first setting). It may pay with more speakers.
- bfloat16 in the convolutions gains nothing on the CPU that this was trained on.
- A reader of real clips alone has 77 % of words wrong of drawn ones (guessing has 81 %).
- Half of each batch drawn, from the weights of step 1,800, `--points-first 250 --learning-rate 0.0015
  --fall 0.45`: of 150 drawn validation clips 47 % wrong after 100 steps of points alone (25 s), 29 % after
  250 (60 s), 21 % at 350 with pixels (144 s), 9.8 % at 800 (512 s), 7.6 % at 1,120 (773 s), of the real ones
  5.0 %; slots' heads alone. There, CTC with the grammar and the heads together have 4.4 %
  of the real and 7.7 % of 200 drawn validation clips. `--steps` was 900, then 1,000, 1,100, 1,000 and 1,120,
  as time allowed; drawn clips were 500, from step 175 on 1,000, from 350 on 2,500, as they came.
- On from there for 900 steps, `--points-first 0 --learning-rate 0.0012 --fall 0.7` (718 s), all 2,500 drawn
  clips: 4.7 % of the real, 6.2 % of 200 drawn ones; the two kinds pull apart.
- The mean of these weights (0.5), those they began with (0.4) and those of real clips alone (0.1): 3.6 % of
  the real, 7.2 % of the drawn, and the least negative log-likelihood of the real among six means: 0.138 a
  word, drawn 0.191 (of 500 validation clips, as below). It was in use; the next began with it.
- 8,000 drawn clips, and half of the real ones spliced (`--spliced 0.5`, splicing.py), `--points-first 0
  --learning-rate 0.0015 --fall 0.6 --steps 1200 --seed 21` (750 s): 3.6 % of the real, 0.099; 5.0 % of the
  drawn, 0.113.
- On from there, `--spliced 0.6 --fall 0.65 --steps 1800 --seed 23` (1,272 s): 2.5 % of the real, 0.094; 3.6 %
  of the drawn, 0.084. The mean of these weights (0.7) and those they began with (0.3): 2.2 %, 0.087; 3.6 %,
  0.089.
- On from that mean, `--drawn 0.34 --spliced 0.7 --fall 0.7 --steps 1500 --seed 24` (1,577 s): 1.9 %, 0.096;
  3.6 %, 0.083. The mean of these weights (0.5) and those they began with (0.5), with less weight on CTC
  (0.25 to 1.25 instead of 0.5 to 1): 1.7 %, 0.081; 3.7 %, 0.087. They were in use alone until the last.
- Two sets of weights that both read, the last two: 1.7 %, 0.078; 3.6 %, 0.083. An earlier pair and LipNet
  together: 1.7 %, 0.076; 3.4 %, 0.076. Not in use: of the test clips the two have 5.6 % and 3.9 % wrong.
- On from those in use with the validation clips learned from, too (740 instead of 680), nothing left to
  choose, `--spliced 0.7 --drawn 0.34 --fall 0.7 --steps 2000 --seed 26` (1,362 s), and the mean of the
  two, as before: of the test clips 5.5 % and 3.9 %. No better, and not in use.
- The whole crop, 32 x 64 pixels of the same scale, from the weights in use: the convolutions as they are
  (rows padded so that their places stay), new places of no weight. It begins at 3.3 %, 0.103; drawn 4.4 %,
  0.101. With 8,000 new drawn clips (4,000 each of seeds 1 and 2), `--points-first 0 --learning-rate 0.0015
  --spliced 0.6 --fall 0.65 --steps 1700 --seed 31` (2,295 s): 2.8 %, 0.103; 3.1 %, 0.068. The mean of these
  weights (0.7) and those they began with (0.3): 2.5 %, 0.098; 3.0 %, 0.069. Those in use, measured beside
  them: 1.7 %, 0.085; 3.7 %, 0.087. The two read together: 2.2 %, 0.088; 3.2 %, 0.073. On from the mean,
  `--drawn 0.34 --spliced 0.7`, stopped after 350 of 1,400 steps, before the step size fell, for the machine
  was needed: slots' heads alone 3.1 %; drawn 3.0 %. Better of drawn mouths only, and not in use; of the test
  clips it was not measured.
- More views of a clip than it and its mirror image, by the weights that the last began with: with 7 % faster
  and slower ones 11 words of 360 wrong instead of 12, 0.100 instead of 0.103; of 200 drawn clips 45 of 1,200
  instead of 50, 0.087 instead of 0.093. Earlier and later ones, nearer and farther ones, ones aside, and all
  of them together: 12 or 13 words, 44 to 51 of the drawn. Not in use, for these take three times the time.
- From scratch, all layers 1.5 times as wide (convolutions, too; 1.9 million weights), 8,000 drawn clips,
  `--points-first 200 --learning-rate 0.002 --drawn 0.34 --spliced 0.5 --fall 0.6 --steps 3000 --seed 41`
  (3,265 s): 11 % after 450 steps, 5.3 % after 1,250, before the step size fell, 3.3 % at the end (0.087);
  drawn 3.7 % (0.094). Read together with those in use, what either says being one more view of the clip,
  with the mix that was best then (words 0.3, slots 1.5): 2.5 %, 0.070; 3.2 %, 0.078, the likeliest of all
  that was tried. Of the test clips the two have 5.5 % and 3.9 % wrong: no better than those in use alone,
  at twice the time, and not in use. (Supposed: readers that learned apart err alike, for want of clips.)
- LipNet, with its letters as one more way, beside those two: at its best 0.076; 0.073, for it is too sure of
  what it has wrong of the real speaker (0.167 alone; 0.108). Not in use.
- Those that were in use, reading each clip without its landmarks as well, as two more views: 1.1 %, 0.062;
  3.5 %, 0.081. Without landmarks alone: 1.9 %, 0.056; 4.5 %, 0.103; landmarks alone: 14 %, 0.43; 5.9 %, 0.17.
  In use. (Supposed: drawn landmarks are exact, real ones tremble; who learns from both trusts them too much.)
- On from the wide one, landmarks hidden of 45 % of the clips and trembling more, half mirrored, two seams a
  clip instead of one (the defaults now), `--points-first 0 --learning-rate 0.0014 --spliced 0.6 --drawn 0.3
  --fall 0.65 --ema-decay 0.99 --steps 1500 --seed 52` (1,559 s): from 3.1 %, 0.084; drawn 3.5 %, 0.090 (all
  four views) to 2.8 %, 0.070; 3.3 %, 0.080. The mean of these weights (0.7) and those they began with (0.3):
  2.8 %, 0.066; 3.3 %, 0.079.
- On from those that were in use, the same, `--steps 1300 --seed 53` (802 s): 1.9 %, 0.069; 3.6 %, 0.083. No
  better than what it began with.
- What was in use, that mean and these, all four views of each counting the same (words 0.3, slots 1.5):
  1.4 %, 0.052; 3.3 %, 0.071. In use. The first two alone: 1.9 %, 0.052; 3.1 %, 0.070; LipNet beside the
  three: 1.7 %, 0.060; 2.9 %, 0.067.

Test clips of the real speaker were measured nine times, once for each set of weights that was chosen: 10.3 %,
5.6 %, 5.8 %, 4.8 % (before the last 1,500 steps of those then in use), 5.3 % (these), 5.6 % (the pair above),
5.5 % (those that learned from the validation clips), 5.5 % (the wide one and those in use), and what the card
says; drawn ones eight times: 8.1 %, 7.3 %, 4.3 %, four times 3.9 %, and what the card says. After so many
looks the last figure is rather too good: 31 words wrong of 660 instead of 35 may be chance. Sixty validation
clips hardly tell one from another: what comes next should be chosen on several parts of the clips in turn. Of
the words that are still wrong half are letters and a quarter prepositions.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.lip_reading.augmentation import Clips
from dlintro_demos.lip_reading.lipnet import LipNet
from dlintro_demos.lip_reading.network import load_committee, load_reader, save_reader
from dlintro_demos.lip_reading.reading import MIX
from training.lip_reading import durations, learning, lipnet_command, sheet
from training.lip_reading.averaging import average
from training.lip_reading.card import write_card
from training.lip_reading.clips import load_clips, split
from training.lip_reading.corpus import PARTS, draw, load_drawn
from training.lip_reading.evaluation import (
    CHANGES,
    abstention,
    calibration,
    choose_mix,
    common_thresholds,
    distances,
    fit_taught,
    read_all,
    risk_coverage,
    summary,
)
from training.lip_reading.lipnet import LipNetSettings
from training.lip_reading.lipnet_clips import load_lip_clips
from training.lip_reading.splicing import kept_word_ends
from training.lip_reading.training import Report, TrainingSettings, train

FOLDER = (
    Path(os.environ.get("DLINTRO_CHECKPOINTS", Path.home() / ".cache/dlintro/checkpoints")) / "lip_reader"
)
LOOKED_AT = 150
"""Drawn validation clips that the log's figures are of."""
CHANGED = 110
"""Clips of a group that are also shown changed, so that they are no sentences."""
MIXES_SHOWN = 8
REAL_SPEAKER, DRAWN = "of the real speaker, kept aside", "by drawn mouths, new sentences and new mouths"
CHOSEN = "float16.safetensors"


def main() -> None:
    """Do what the command says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the checkpoints lie")
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train")
    training.add_argument("clips", type=Path, help="the folder of mouths/ and tracks.npz")
    for key, value in asdict(TrainingSettings()).items():
        if isinstance(value, int | float | str):
            training.add_argument(f"--{key.replace('_', '-')}", type=type(value), default=value)
    drawing = commands.add_parser("draw", help="draw clips that say sentences; see corpus.py")
    drawing.add_argument("--part", choices=tuple(PARTS), default="train")
    drawing.add_argument("--count", type=int, default=1000)
    drawing.add_argument("--seed", type=int, default=0)
    commands.add_parser("durations", help="measure how long sounds last, with espeak-ng; see durations.py")
    commands.add_parser("sheet", help="a picture of drawn mouths").add_argument("target", type=Path)
    averaging = commands.add_parser("average", help="the mean of weights, each FILE=SHARE")
    averaging.add_argument("files", nargs="+")
    learning_parser = commands.add_parser("learning", help="learn drawn strangers; see learning.py")
    learning_parser.add_argument("--part", choices=("validation", "test"), default="test")
    learning_parser.add_argument("--count", type=int, default=40, help="strangers")
    learning_parser.add_argument("--card", type=Path, help="the folder of a card to write the figure to")
    for name in ("choose", "report", "save"):
        asked = commands.add_parser(name)
        asked.add_argument("--beside", type=Path, nargs="*", default=[], help="weights that read with these")
    asked.add_argument("target", type=Path)
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
    elif command == "sheet":
        sheet.write(arguments["target"])
    elif command == "average":
        shares = {
            Path(path): float(share) for path, share in (each.split("=") for each in arguments["files"])
        }
        average(shares, folder / "weights.safetensors")
    elif command == "learning":
        torch.set_num_threads(1)
        cache = ModelCache(read_cards(REPOSITORY / "models"))
        learning.report(arguments["part"], arguments["count"], cache, arguments["card"])
    elif command == "choose":
        choose(folder, arguments["beside"])
    elif command == "report":
        report(folder, arguments["beside"])
    else:
        save(folder, arguments["beside"], arguments["target"])


def _part(folder: Path, name: str) -> Clips:
    clips = load_clips(None, folder / "clips.npz")
    return clips.of(split(len(clips.names))[name])


def _train(source: Path, folder: Path, settings: TrainingSettings) -> None:
    """Train, and write every report to the log and the terminal."""
    load_clips(source, folder / "clips.npz")
    drawn = None
    if settings.drawn and list((folder / "drawn").glob("train-*.npz")):
        drawn = (
            load_drawn(folder / "drawn", "train"),
            load_drawn(folder / "drawn", "validation").of(np.arange(LOOKED_AT)),
        )
    with (folder / "log.csv").open("a", newline="") as stream:
        log = csv.DictWriter(stream, list(Report.__dataclass_fields__))
        if not stream.tell():
            log.writeheader()
        parts = _part(folder, "train"), _part(folder, "validation")
        for each in train(
            settings, *parts, folder, drawn, _ends(source, folder) if settings.spliced else None
        ):
            log.writerow(asdict(each))
            stream.flush()
            print(each, flush=True)


def _ends(source: Path, folder: Path) -> np.ndarray:
    """Where words end in the real clips to learn from."""
    clips = load_lip_clips(source, folder / "lips.npz", LipNet(**LipNetSettings().network).shape)
    return kept_word_ends(folder / "ends.npy", clips.of(split(len(clips))["train"]))


def _groups(folder: Path, part: str) -> dict[str, Clips]:
    """Clips of the real speaker, and drawn ones where there are some."""
    groups = {REAL_SPEAKER: _part(folder, part)}
    if list((folder / "drawn").glob(f"{part}-*.npz")):
        groups[DRAWN] = load_drawn(folder / "drawn", part)
    return groups


def round_off(folder: Path) -> None:
    """Keep the weights of the last checkpoint rounded to float16, as they will be shipped.

    What it sees of 1,000 clips that it was taught with is measured here, for its distance from them.
    """
    torch.set_num_threads(1)
    save_reader(load_reader([folder / "weights.safetensors"]), folder / CHOSEN, torch.float16)
    network = load_reader([folder / CHOSEN])
    taught = [each.of(np.arange(min(len(each.names), 500))) for each in _groups(folder, "train").values()]
    fit_taught(network, taught)
    save_reader(network, folder / CHOSEN, torch.float16)


def choose(folder: Path, beside: Sequence[Path] = ()) -> None:
    """Print how mixes fare on the validation clips, and keep the thresholds for "I don't know"."""
    round_off(folder)
    network, groups = load_committee([*beside, folder / CHOSEN]), _groups(folder, "validation")
    for name, clips in groups.items():
        print(f"{name}: negative log-likelihood a word, words wrong, mix")
        for likelihood, wrong, mix in choose_mix(network, clips)[:MIXES_SHOWN]:
            shares = ", ".join(f"{way} {each:.2f}" for way, each in mix.items())
            print(f"{likelihood:.4f}  {wrong:.1%}  {shares}")
    reads = {name: read_all(network, clips, MIX) for name, clips in groups.items()}
    thresholds = common_thresholds(list(reads.values()))
    print(f"with the mix of reading.py, {thresholds}")
    for name, each in reads.items():
        print(
            name,
            summary(each),
            abstention(each, thresholds),
            risk_coverage(each),
            calibration(each),
            sep="\n",
        )
    (folder / "thresholds.json").write_text(json.dumps(thresholds), encoding="utf-8")


def report(folder: Path, beside: Sequence[Path] = ()) -> None:
    """Print what the card says of the test clips, and keep it beside the checkpoint."""
    torch.set_num_threads(1)
    network = load_committee([*beside, folder / CHOSEN])
    thresholds = json.loads((folder / "thresholds.json").read_text(encoding="utf-8"))
    figures: dict[str, str] = {}
    for group, clips in _groups(folder, "test").items():
        started = time.process_time()
        reads = read_all(network, clips, MIX)
        seconds = (time.process_time() - started) / len(reads)
        found = summary(reads)
        found["Words right, by how sure it is"] = calibration(reads)
        found["WER among the surest sentences"] = risk_coverage(reads)
        found['"I don\'t know", thresholds of the validation clips'] = abstention(reads, thresholds)
        found["Distance from what it was taught"] = distances(reads)
        some = clips.of(np.arange(min(len(clips.names), CHANGED)))
        for name, change in CHANGES.items():
            changed = read_all(network, some, MIX, change)
            answered = abstention(changed, thresholds).split(",")[0]
            found[f"Answered though no sentence: {name}"] = f"{answered} (distance {distances(changed)})"
        found["Seconds of one core a clip, network and decoder"] = f"{seconds:.2f}"
        figures |= {f"{len(reads):,} sentences {group}: {name}": value for name, value in found.items()}
    for name, value in figures.items():
        print(f"{name}: {value}")
    (folder / "report.json").write_text(json.dumps(figures), encoding="utf-8")


def save(folder: Path, beside: Sequence[Path], target: Path) -> None:
    """Write weights and card, with the figures of `report` and the thresholds of `choose`."""
    target.mkdir(parents=True, exist_ok=True)
    members = [load_reader([path]) for path in (*beside, folder / CHOSEN)]
    for number, member in enumerate(members, 1):
        save_reader(member, target / f"reader_{number}.safetensors", torch.float16)
    with (folder / "log.csv").open(newline="") as stream:
        last = list(csv.DictReader(stream))[-1]
    figures, thresholds = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("report.json", "thresholds.json")
    )
    drawn = len(load_drawn(folder / "drawn", "train").names)
    write_card(target, members, figures, thresholds, last, drawn)


if __name__ == "__main__":
    main()
