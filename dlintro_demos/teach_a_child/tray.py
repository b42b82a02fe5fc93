"""The tray: drawn things to teach with, and the lesson that stands there before anybody has taught."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dlintro_demos.runtime.jobs import Progress
from dlintro_demos.runtime.model_cache import ModelCache
from dlintro_demos.teach_a_child.lesson import Lesson, teach
from dlintro_demos.teach_a_child.seeing import AT_ONCE, Look, see
from dlintro_demos.things import THINGS, draw

TRAYS = 50
FIRST = ("ball", "apple")  # on the tray, before all others
SIDE = 224  # px
BEGIN = (("apple", 901), ("ball", 903), ("apple", 902), ("ball", 904))  # kind and seed


@dataclass(frozen=True, kw_only=True)
class TrayThing:
    """One thing on a tray, drawn anew from its kind and seed; `colour` None for what the seed chooses."""

    kind: str
    seed: int
    colour: str | None = None
    lesson: str = ""

    @property
    def key(self) -> str:
        """Unique among all trays."""
        return f"{self.kind}-{self.seed}"

    @property
    def title(self) -> str:
        """As a person would call it."""
        return THINGS[self.kind].title.capitalize()

    @property
    def alt(self) -> str:
        """For those who do not see it."""
        thing = THINGS[self.kind]
        return f"A drawing of {thing.phrase if self.colour is None else f'a {self.colour} {thing.title}'}"

    @property
    def credit(self) -> str:
        """Where it comes from."""
        return "Drawn by this gallery's own program (synthetic), CC0"

    def load(self) -> np.ndarray:
        """(224, 224, 3) uint8 RGB."""
        return draw(self.kind, self.seed, side=SIDE, colour=self.colour)


def tray(number: int) -> tuple[TrayThing, ...]:
    """One of each kind; `number`, 1 to 50, decides how they look."""
    kinds = (*FIRST, *(kind for kind in THINGS if kind not in FIRST))
    return tuple(TrayThing(kind=kind, seed=number) for kind in kinds)


def look_at_things(things: tuple[TrayThing, ...], cache: ModelCache) -> Iterator[Progress | Look]:
    """Embeddings of drawn things, in their order. Raises `ModelUnavailable`."""
    seen = []
    for start in range(0, len(things), AT_ONCE):
        yield Progress(start, len(things), "drawing and looking")
        some = things[start : start + AT_ONCE]
        seen += see([thing.load() for thing in some], [thing.alt for thing in some], cache)
    yield Look(seen=tuple(seen))


def begin(cache: ModelCache) -> Iterator[Progress | Lesson]:
    """Two apples and two balls, already taught. Raises `ModelUnavailable`."""
    things = tuple(TrayThing(kind=kind, seed=seed) for kind, seed in BEGIN)
    lesson = Lesson()
    for step in look_at_things(things, cache):
        if isinstance(step, Progress):
            yield step
            continue
        for thing, seen in zip(things, step.seen, strict=True):
            lesson = teach(lesson, {seen: None}, thing.kind, test=False)
    yield lesson
