"""You against the machine: a complaint and four patterns, one of which its author had in mind."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.medicine.symptoms.reading import Reading, read_complaint
from dlintro_demos.medicine.symptoms.written import patterns, read

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

CHOICES = 4
OPENING = 18
"""Seed of the first game, the same for everybody."""


@dataclass(frozen=True, kw_only=True)
class Riddle:
    """A complaint, the keys of the patterns to choose from, the one that was meant, and the machine's choice.

    `machine` is None where it cannot tell.
    """

    number: int
    complaint: str
    choices: tuple[str, ...]
    truth: str
    machine: str | None


@functools.cache
def complaints() -> tuple[tuple[str, str], ...]:
    """The complaints of the game, each with its pattern."""
    return tuple((each["complaint"], each["truth"]) for each in read("symptom_quiz")["round"])


def ask(seed: int, number: int, cache: ModelCache) -> Iterator[Progress | Riddle]:
    """A job: the riddle of a round, counted from 0. Raises `ModelUnavailable`."""
    chance = random.Random(seed)  # noqa: S311 - a game
    order = chance.sample(range(len(complaints())), len(complaints()))
    complaint, truth = complaints()[order[number]]
    chance = random.Random(f"{seed} {number}")  # noqa: S311
    others = chance.sample([each.key for each in patterns() if each.key != truth], CHOICES - 1)
    choices = chance.sample([truth, *others], CHOICES)
    found = None
    for step in read_complaint(complaint, cache, pulls=False):
        if isinstance(step, Reading):
            found = step
        else:
            yield step
    assert found is not None
    shares = dict(zip([each.key for each in patterns()], found.all_patterns, strict=True))
    machine = max(choices, key=shares.__getitem__) if found.known else None
    yield Riddle(number=number, complaint=complaint, choices=tuple(choices), truth=truth, machine=machine)
