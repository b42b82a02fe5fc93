"""You against the machine: five names for a picture that is shown for half a second."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.feature_layers.classifier import logits_of
from dlintro_demos.feature_layers.guesses import name_of
from dlintro_demos.feature_layers.samples import Picture, pictures
from dlintro_demos.feature_layers.walk import visible
from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.imagenet import LOOK_SIDE, prepare

ROUNDS = 10
NAMES = 5
CONFUSING = 2  # of the wrong names are those that the machine finds likeliest


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """A picture (JPEG, square), five names, which of them is true, and which of them the machine says.

    `number` is that of the round, from 0.
    """

    number: int
    picture: bytes
    alt: str
    credit: str
    names: tuple[str, ...]
    truth: int
    machine: int
    machine_seconds: float


def playable() -> list[Picture]:
    """The bundled pictures of which somebody said what they show."""
    return [picture for picture in pictures() if picture.truth is not None]


def rounds(seed: int) -> list[Picture]:
    """Ten pictures in an order of their own, no two of one class."""
    shuffled = random.Random(seed).sample(playable(), len(playable()))  # noqa: S311 - a game
    by_class = {picture.truth: picture for picture in shuffled}
    return list(by_class.values())[:ROUNDS]


def ask(seed: int, number: int, cache: ModelCache) -> Iterator[Progress | Question]:
    """The question of a round, from 0, in the game that begins with this seed. Raises `ModelUnavailable`."""
    yield Progress(0, 1)
    picture = rounds(seed)[number]
    assert picture.truth is not None
    rgb = picture.load()
    started = time.perf_counter()
    logits = logits_of(prepare(rgb), cache)[0]
    seconds = time.perf_counter() - started
    indices = choices(logits.numpy(), picture.truth, seed)
    yield Question(
        number=number,
        picture=encode_jpeg(visible(prepare(rgb, side=LOOK_SIDE))),
        alt=picture.alt,
        credit=picture.credit,
        names=tuple(name_of(index) for index in indices),
        truth=indices.index(picture.truth),
        machine=int(logits[indices].argmax()),
        machine_seconds=seconds,
    )


def choices(logits: np.ndarray, truth: int, seed: int) -> list[int]:
    """Five classes: the true one, two that the machine finds likely, two of any kind; in a random order.

    No two of one name: two of the thousand are called "crane".
    """
    rng = random.Random(f"{seed} {truth}")  # noqa: S311 - a game
    taken = {name_of(truth): truth}
    likely: Sequence[int] = np.argsort(-logits).tolist()
    for wanted, order in ((CONFUSING, likely), (NAMES - 1, rng.sample(likely, len(likely)))):
        for index in order:
            if len(taken) > wanted:
                break
            taken.setdefault(name_of(index), index)
    return rng.sample(list(taken.values()), NAMES)
