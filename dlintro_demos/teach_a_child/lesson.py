"""A lesson: pictures, what they were called, and what the machine said to each before it was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from dlintro_demos.gallery.intake.names import clean_name, folded

MOST_CLASSES = 8
MOST_EXAMPLES = 500
FEATURES = 1280  # of an embedding
T = TypeVar("T")


class LessonFull(ValueError):
    """More classes or examples than a lesson may have; the message says the limit and what to do."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """A picture as a lesson keeps it.

    `key` is the SHA-256 of its pixels; `embedding` (1280,) float32 of length 1; `thumbnail` a small JPEG,
    empty where a lesson was loaded from a file without pictures; `alt` says what is on a bundled one.
    """

    key: str
    embedding: np.ndarray
    thumbnail: bytes = b""
    alt: str = "your picture"


@dataclass(frozen=True, kw_only=True, eq=False)
class Example:
    """A picture that was called `name`.

    `said` is what the machine called it before, None for "never seen". It was `right` if that was its name,
    or if its name was new and the machine had never seen such a thing; None where nothing was tested.
    """

    seen: Seen
    name: str
    said: str | None
    right: bool | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson:
    """All examples in the order in which they were given. Every change makes a new one, so one may undo."""

    examples: tuple[Example, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The classes, in the order in which they came up."""
        return tuple(dict.fromkeys(example.name for example in self.examples))

    @property
    def labels(self) -> np.ndarray:
        """Of the examples: (N,) int64, places in `names`."""
        place = {name: number for number, name in enumerate(self.names)}
        return np.array([place[example.name] for example in self.examples], np.int64)

    @property
    def embeddings(self) -> np.ndarray:
        """Of the examples: (N, 1280) float32."""
        rows = [example.seen.embedding for example in self.examples]
        return np.stack(rows) if rows else np.zeros((0, FEATURES), np.float32)

    def called(self, key: str) -> str | None:
        """What the picture of that key was called, if it is among the examples."""
        return next((example.name for example in self.examples if example.seen.key == key), None)


def once_a_lesson(work: Callable[[Lesson], T]) -> Callable[[Lesson], T]:
    """A function of a lesson that is worked out once for each; what it gives is small, and goes with it."""
    kept: WeakKeyDictionary[Lesson, T] = WeakKeyDictionary()

    @wraps(work)
    def of(lesson: Lesson) -> T:
        if lesson not in kept:
            kept[lesson] = work(lesson)
        return kept[lesson]

    return of


def known_name(lesson: Lesson, text: str) -> str:
    """A class's name as the visitor typed it, or as the lesson has it where only capitals differ.

    Raises `BadName`.
    """
    name = clean_name(text)
    return next((known for known in lesson.names if folded(known) == folded(name)), name)


def teach(lesson: Lesson, told: dict[Seen, str | None], name: str, *, test: bool = True) -> Lesson:
    """The lesson with these pictures called `name`; `told` holds what the machine said to each before.

    `test` says whether that was said in earnest: what is taught without asking counts for nothing. A picture
    that is in the lesson gets its new name, since nothing is called by two; what was said to it first counts.
    Raises `LessonFull`, `BadName`.
    """
    name = known_name(lesson, name)
    if name not in lesson.names and len(lesson.names) == MOST_CLASSES:
        raise LessonFull(
            f"A lesson has at most {MOST_CLASSES} names. Choose one that it has, or begin a new lesson."
        )
    keys = {seen.key for seen in told}
    kept = tuple(example for example in lesson.examples if example.seen.key not in keys)
    if len(kept) + len(keys) > MOST_EXAMPLES:
        room = MOST_EXAMPLES - len(lesson.examples)
        raise LessonFull(
            f"A lesson has at most {MOST_EXAMPLES} examples; there is room for {room} more, and these are "
            f"{len(keys)}. Show fewer, or begin a new lesson."
        )
    asked = test and bool(lesson.examples)
    truth = name if name in lesson.names else None
    before = {example.seen.key: example for example in lesson.examples}
    more = {}
    for seen, said in told.items():
        right = said == truth if asked else None
        if was := before.get(seen.key):
            said, right = was.said, None if was.right is None else was.said == truth
        more[seen.key] = Example(seen=seen, name=name, said=said, right=right)
    return Lesson(examples=(*kept, *more.values()))


def running_accuracy(lesson: Lesson) -> list[tuple[int, float]]:
    """After each tested example, how many examples there were, and the share of right answers so far."""
    points: list[tuple[int, float]] = []
    right = tested = 0
    for count, example in enumerate(lesson.examples, 1):
        if example.right is not None:
            right, tested = right + example.right, tested + 1
            points.append((count, right / tested))
    return points


def confusions(lesson: Lesson) -> dict[tuple[str, str | None], tuple[Example, ...]]:
    """The tested examples by their name and by what the machine said (None: "never seen")."""
    cells: dict[tuple[str, str | None], tuple[Example, ...]] = {}
    for example in lesson.examples:
        if example.right is not None:
            cell = (example.name, example.said)
            cells[cell] = (*cells.get(cell, ()), example)
    return cells
