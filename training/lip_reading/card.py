"""The card of the reader, from what was measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from dlintro_demos.lip_reading.network import LipReader
from training.lip_reading.clips import TEST, VALIDATION

CLIPS = 850
STRANGERS = (
    "It learned from one man: expect many wrong words of anybody else. That cannot be measured with one "
    "speaker; an earlier trial of this design had 45 to 48 % of the words of ten other people right (guess: "
    "19 %), and was less sure of them (0.66 against 0.91)."
)
BEFORE = (
    ", the last of the three, after some 7,500 earlier ones; the first is what it began with, the second is "
    "1.5 times as wide and has 4,500 (training/lip_reading/__main__.py has the history)"
)
ATTRIBUTION = (
    "M. Cooke, J. Barker, S. Cunningham, X. Shao: An audio-visual corpus for speech perception and automatic "
    "speech recognition, JASA 120(5), 2006; CC BY 4.0 by its Zenodo record 3625687 as others quote it. "
    "Landmarks by MediaPipe's face mesh (Google, Apache-2.0)"
)


def write_card(
    target: Path,
    members: Sequence[LipReader],
    figures: Mapping[str, str],
    thresholds: Mapping[str, float],
    last: Mapping[str, str],
    drawn: int,
) -> None:
    """Write `card.toml` beside the weights.

    `last` is the last line of the training's log, `drawn` the number of drawn clips that it learned from.
    """
    files = sorted(target.glob("*.safetensors"))
    blocks = [figure(name, value, "report") for name, value in figures.items()]
    effort = f"{int(last['step']):,} steps of 24 clips, {float(last['seconds']):,.0f} s of one core"
    blocks.append(figure("Training", f"{effort}{BEFORE}", "train CLIPS"))
    learned_from = (
        f"{CLIPS - TEST - VALIDATION} clips of speaker s1 of the GRID audiovisual sentence corpus "
        f"({VALIDATION} more to choose by, {TEST} to measure), and {drawn:,} clips of as many mouths that "
        f"training/lip_reading/corpus.py draws. {ATTRIBUTION}"
    )
    parts = f"{len(members)} readers together, each of two branches, two bidirectional GRUs, CTC"
    card = f'''title = "Lip reader, landmarks and pixels"
task = "lip reading"
loader = "dlintro_demos.lip_reading.network:load_committee"
licence = "MIT"
source = "Trained for this gallery by training/lip_reading: {parts}"
trained_on = "{learned_from}"
good_for = "Sentences of the GRID grammar, by the speaker that it learned from and by mouths drawn here"
limits = [
    "{STRANGERS}",
    "Drawn mouths are no people: what it reads of them says little about other faces.",
    "It knows 51 words in six places. Whatever is said, it answers with those, or that it does not know.",
    "Sounds that are made behind the lips look the same: letters are what it confuses most.",
    "25 frames a second, one sentence a clip, the mouth in view from first to last.",
]
parameters = {sum(value.numel() for member in members for value in member.parameters())}

[thresholds]
confidence = {thresholds["confidence"]}
in_grammar = {thresholds["in_grammar"]}
distance = {thresholds["distance"]}
'''
    (target / "card.toml").write_text("\n".join([card, *map(_file, files), *blocks]), encoding="utf-8")


def _file(path: Path) -> str:
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    return f'[[files]]\npath = "{path.name}"\nsha256 = "{sha256}"\nbytes = {len(data)}\n'


def put_figure(target: Path, name: str, value: str, command: str) -> None:
    """Write a figure into the card in a folder, in place of one of the same name."""
    path = target / "card.toml"
    head, *blocks = path.read_text(encoding="utf-8").split("[[figures]]\n")
    mark = figure(name, "", command).splitlines()[1]
    others = [f"[[figures]]\n{each.rstrip()}\n" for each in blocks if mark not in each.splitlines()]
    text = "\n".join([head.rstrip() + "\n", *others, figure(name, value, command)])
    path.write_text(text, encoding="utf-8")


def figure(name: str, value: str, command: str) -> str:
    """A figure of a card, as TOML."""
    texts = (text.replace("\\", "\\\\").replace('"', '\\"') for text in (name, value))
    return '[[figures]]\nname = "{}"\nvalue = "{}"\nsource = "python -m training.lip_reading {}"\n'.format(
        *texts, command
    )
