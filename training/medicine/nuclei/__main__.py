"""Make the network that finds nuclei, and measure it.

    python -m training.medicine.nuclei classical   # the numbers of the classical way
    python -m training.medicine.nuclei learn       # an hour of half a core; goes on where it stopped
    python -m training.medicine.nuclei report      # choose thresholds, measure, write weights and card
    python -m training.medicine.nuclei report --sheet worst.png    # and the five worst pictures

The pictures lie in `../shared/nuclei` (`DLINTRO_NUCLEI`); none of them is in the repository. Those that
look alike may be of one slide and stay together, in the part to learn from, to choose by, or to measure on.
The thresholds, of the classical way too, are chosen on one part and measured on another.

The weights in use learned for 1,065 steps, and then, `--start` with those and `--rate 0.0015 --seconds 3600`,
for as many more as the card says. Test figures were seen three times: after the first 840 steps, after the
1,065, and of these.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from dlintro_demos.gallery.command_line import engine_of_its_own
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.nuclei.finding import MODEL, Found, find
from dlintro_demos.medicine.nuclei.judging import judge
from dlintro_demos.medicine.nuclei.network import StarNet
from dlintro_demos.medicine.nuclei.weights import load_nuclei, save_nuclei
from training.medicine.nuclei.card import write_card
from training.medicine.nuclei.evaluation import choose, choose_classical, figures_of, measure
from training.medicine.nuclei.learning import Settings, learn
from training.medicine.nuclei.others import others
from training.medicine.nuclei.pictures import Labelled, load
from training.medicine.nuclei.sheet import write_sheet
from training.medicine.nuclei.strange import learn_strangeness

CHECKPOINT = (
    Path(os.environ.get("DLINTRO_CHECKPOINTS", Path.home() / ".cache/dlintro/checkpoints")) / "nuclei.pt"
)
FOLDER = Path("models") / MODEL
Measured = list[tuple[Labelled, object, object, Found]]


def main() -> None:
    """Learn, or report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("classical", "learn", "report"))
    parser.add_argument("--checkpoint", type=Path, default=CHECKPOINT)
    parser.add_argument("--seconds", type=float, default=Settings().seconds, help="of learning, on the clock")
    parser.add_argument("--rate", type=float, default=Settings().rate, help="highest learning rate")
    parser.add_argument(
        "--keep-strangeness",
        action="store_true",
        help="what tells microscope pictures from others stays as it is",
    )
    parser.add_argument(
        "--start", type=Path, help="learn: weights to begin with, where there is no checkpoint"
    )
    parser.add_argument("--sheet", type=Path, help="where to write the five worst pictures")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.what == "classical":
        choose_classical([each for each in load() if each.part == "choose"])
    elif options.what == "learn":
        start = load_nuclei([options.start]) if options.start else None
        learn_in_sight(
            options.checkpoint, replace(Settings(), seconds=options.seconds, rate=options.rate), start
        )
    else:
        report(options.checkpoint, options.sheet, keep_strangeness=options.keep_strangeness)


def learn_in_sight(checkpoint: Path, settings: Settings, start: nn.Module | None) -> None:
    """Print the losses as they fall."""
    pictures = [each for each in load() if each.part == "learn"]
    for step, progress, losses, _ in learn(pictures, settings, checkpoint, start):
        words = ", ".join(f"{name} {value:.4f}" for name, value in losses.items())
        print(f"step {step}, {progress:.0%}: {words}", flush=True)


def report(checkpoint: Path, sheet: Path | None, *, keep_strangeness: bool) -> None:
    """Thresholds, weights, figures and card of what was learned."""
    kept = torch.load(checkpoint, weights_only=True)
    network = StarNet().eval()
    averaged = {key.removeprefix("module."): value for key, value in kept["average"].items()}
    network.load_state_dict(averaged | strange_of(network), strict=False)
    pictures = load()
    if keep_strangeness:
        before = engine_of_its_own().cache
        network.load_state_dict(dict(before.get(MODEL).module.named_buffers()), strict=False)
    thresholds = {
        "sureness_fluorescence": 0.45,
        "sureness_stained": 0.55,
        "overlap": 0.35,
        "strangeness": before.card(MODEL).thresholds["strangeness"] if keep_strangeness else 0.0,
        "median_sureness": 0.5,
    }  # to begin with
    counts = {part: sum(each.part == part for each in pictures) for part in ("learn", "choose", "measure")}
    to_choose = [each for each in pictures if each.part == "choose"]
    stained = [each for each in to_choose if each.kind == "stained"]
    to_choose = stained + [each for each in to_choose if each.kind == "fluorescence"][::2]
    FOLDER.mkdir(exist_ok=True, parents=True)
    save_nuclei(network, FOLDER / "weights.safetensors")

    def write(figures: list[tuple[str, str]]) -> ModelCache:
        write_card(
            FOLDER,
            parameters=sum(value.numel() for value in network.parameters()),
            counts=counts,
            thresholds=thresholds,
            figures=figures,
            effort=f"{kept['step']:,} steps of {Settings().batch} patches, {kept['spent']:,.0f} s",
        )
        return engine_of_its_own().cache

    thresholds |= choose(network, to_choose, write([]))
    if not keep_strangeness:
        thresholds["strangeness"] = learn_strangeness(network, pictures, write([]))
        save_nuclei(network, FOLDER / "weights.safetensors")
    cache = write([])
    measured = list(measure([each for each in pictures if each.part == "measure"], cache))
    figures = figures_of([ours for _, ours, _, _ in measured], [theirs for _, _, theirs, _ in measured])
    figures += refusals(measured, cache)
    for name, value in figures:
        print(f"{name}: {value}")
    write(figures)
    if sheet:
        write_sheet(measured, sheet)


def strange_of(network: StarNet) -> dict[str, torch.Tensor]:
    """Its buffers, which the checkpoint lacks."""
    return dict(network.named_buffers())


def refusals(measured: Measured, cache: ModelCache) -> list[tuple[str, str]]:
    """How many microscope pictures, and how many others, are refused, by the thresholds chosen before."""
    wrongly = [judge(picture.rgb, found, cache).doubt for picture, _, _, found in measured]
    passed, total = [], 0
    for name, rgb in others("measure"):
        *_, found = find(rgb, cache)
        assert isinstance(found, Found)
        total += 1
        if judge(rgb, found, cache).known:
            passed.append(name)
    share = sum(bool(doubt) for doubt in wrongly) / len(wrongly)
    return [
        ("Microscope pictures refused", f"{share:.1%} of {len(wrongly)}"),
        (
            "Pictures that are none of nuclei: refused",
            f"{1 - len(passed) / total:.1%} of {total}; not: {', '.join(passed) or 'none'}",
        ),
    ]


if __name__ == "__main__":
    main()
