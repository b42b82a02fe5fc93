"""The story of the course: a child that knows apples sees a red ball, is corrected, and learns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.teach_a_child.heads import Guess, fit, guesses
from dlintro_demos.teach_a_child.lesson import Lesson, Seen, teach
from dlintro_demos.teach_a_child.seeing import for_page
from dlintro_demos.teach_a_child.tray import TrayThing, look_at_things

TRUTH = "ball"
KNOWN = tuple(
    TrayThing(kind=kind, seed=seed, colour=colour)
    for kind, seed, colour in (
        ("apple", 311, "red"), ("apple", 312, "green"), ("apple", 313, "red"), ("apple", 314, "yellow"),
        ("leaf", 321, "green"), ("leaf", 322, "green"), ("leaf", 323, "yellow"),
    )
)  # fmt: skip
SHOWN = tuple(TrayThing(kind=TRUTH, seed=seed, colour="red") for seed in (424, 401, 452, 404, 405))


@dataclass(frozen=True, kw_only=True, eq=False)
class Round:
    """A red ball, what the machine says to it, and what it says to the very same one after being told.

    `picture` is the ball as the page shows it: JPEG.
    """

    picture: bytes
    seen: Seen
    guess: Guess
    after: Guess


def tell_story(cache: ModelCache) -> Iterator[Progress | tuple[Round, ...]]:
    """Apples and leaves are taught; then five red balls, each guessed before it is named, as it comes.

    Nearest class mean. Raises `ModelUnavailable`.
    """
    seen: tuple[Seen, ...] = ()
    for step in look_at_things((*KNOWN, *SHOWN), cache):
        if isinstance(step, Progress):
            yield step
        else:
            seen = step.seen
    lesson = Lesson()
    for thing, each in zip(KNOWN, seen, strict=False):
        lesson = teach(lesson, {each: None}, thing.kind, test=False)
    rounds = []
    for thing, ball in zip(SHOWN, seen[len(KNOWN) :], strict=True):
        (guess,) = guesses(fit(lesson, "mean"), [ball])
        lesson = teach(lesson, {ball: guess.name}, TRUTH)
        (after,) = guesses(fit(lesson, "mean"), [ball])
        rounds.append(Round(picture=for_page(thing.load()), seen=ball, guess=guess, after=after))
    yield tuple(rounds)
