"""The tray: drawn things to teach with, and the lesson that stands there before anybody has taught."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.things import THINGS, draw
from dlintro_demos.teach_a_child.lesson import Lesson, teach
from dlintro_demos.teach_a_child.seeing import AT_ONCE, Look, see

TRAYS = 50
CREDIT = "Drawn by this gallery's own program (synthetic), CC0"
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
    credit: str = CREDIT

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

    def load(self) -> np.ndarray:
        """(224, 224, 3) uint8 RGB."""
        return _drawn(self.kind, self.seed, self.colour)


@lru_cache(maxsize=128)  # 150 kB each; the page asks for its picture again whenever it runs
def _drawn(kind: str, seed: int, colour: str | None) -> np.ndarray:
    return draw(kind, seed, side=SIDE, colour=colour)


def tray(number: int) -> tuple[TrayThing, ...]:
    """One of each kind; `number`, 1 to 50, decides how they look."""
    kinds = (*FIRST, *(kind for kind in THINGS if kind not in FIRST))
    return tuple(TrayThing(kind=kind, seed=number) for kind in kinds)


def lay(number: int) -> Iterator[Progress | tuple[TrayThing, ...]]:
    """A job: the `tray`, with all its things drawn."""
    things = tray(number)
    for place, thing in enumerate(things):
        yield Progress(place, len(things), "drawing")
        thing.load()
    yield things


@dataclass(frozen=True, kw_only=True)
class Hard:
    """A picture that must fail; `lesson` says what fails and why."""

    key: str
    title: str
    alt: str
    lesson: str
    make: Callable[[], np.ndarray]
    credit: str = CREDIT

    def load(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB."""
        return _made(self.make)


@lru_cache
def _made(make: Callable[[], np.ndarray]) -> np.ndarray:
    return make()


def _two_at_once() -> np.ndarray:
    return np.hstack([draw("apple", 50, side=SIDE, colour="red"), draw("ball", 50, side=SIDE, colour="red")])


def _far_away() -> np.ndarray:
    apple = cv2.resize(draw("apple", 50, colour="red"), (40, 40), interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(apple, 92, 92, 92, 92, cv2.BORDER_REPLICATE)


HARD = (
    Hard(
        key="two-at-once",
        title="Two at once",
        alt="A drawing of a red apple beside a red ball",
        make=_two_at_once,
        lesson="There are an apple and a ball on it, but it makes one pattern of the whole picture and "
        "can say one word only. To find several things, a machine has to look at parts.",
    ),
    Hard(
        key="far-away",
        title="Far away",
        alt="A drawing of a very small red apple",
        make=_far_away,
        lesson="It is an apple, only far away. The pattern is mostly that of the empty table, so it is far "
        "from every apple that it was shown. A child would step nearer.",
    ),
    Hard(
        key="felt-tip",
        title="Felt-tip",
        alt="A flat drawing of an apple, as with felt-tip pens",
        make=lambda: draw("apple", 3, flat=True),
        lesson="A child knows at once what this is meant to be. Its eyes learned from photographs, and to "
        "them a flat drawing is something else. Teach it one or two, and it knows them.",
    ),
)


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
