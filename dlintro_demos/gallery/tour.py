"""The course as a tour: the demos' own stops in its order, and the questions at its end."""

from __future__ import annotations

import functools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import parse_qsl, urlencode

from dlintro_demos.gallery.catalogue import Demo, Part, Stop, demos

Tour = Literal["short", "full"]
TOURS: tuple[Tour, ...] = get_args(Tour)
MINUTES = 3  # a stop
ASKED = 5  # questions at the end


@dataclass(frozen=True, kw_only=True)
class Place:
    """A stop of a tour: the `number`th, from 1 on."""

    tour: Tour
    number: int
    demo: Demo
    stop: Stop

    @property
    def query(self) -> dict[str, str]:
        """What stands behind the question mark there, the place on the tour too."""
        return dict(parse_qsl(self.stop.query)) | query_of(self.tour, self.number)

    @property
    def talking_points(self) -> tuple[str, ...]:
        """What a presenter says there."""
        return self.stop.talking_points or self.demo.talking_points

    @property
    def href(self) -> str:
        """Its address."""
        return f"/{self.demo.slug}?{urlencode(self.query)}"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One on what was seen: the first of `answers` is right, and `why` says so."""

    part: Part
    asks: str
    answers: tuple[str, str, str]
    why: str


QUESTIONS = (
    Question(
        part=Part.WHAT,
        asks="What makes a network “deep”?",
        answers=(
            "Many layers, each of which works on what the one before it found",
            "Many rules, which people wrote down in detail",
            "A large memory of all the pictures that it was shown",
        ),
        why="Layer upon layer: edges out of numbers, parts out of edges, things out of parts.",
    ),
    Question(
        part=Part.CLASSICAL,
        asks="A classical learner and a deep network get the same examples. What is the difference?",
        answers=(
            "People choose the features of the one; the other learns its own",
            "Only the deep one needs examples",
            "The deep one is always more often right",
        ),
        why="Both learn from examples, and with few of them neither need be ahead.",
    ),
    Question(
        part=Part.CHILD,
        asks="A machine that knows apples calls a red ball an apple. What helps?",
        answers=(
            "Tell it the word, and show it a few balls",
            "Write a rule: what is red is a ball",
            "Nothing: what is trained cannot learn another word",
        ),
        why="A child and a machine learn a word from examples, and from being told better.",
    ),
    Question(
        part=Part.FEATURES,
        asks="What do the first layers of a network answer to in a picture?",
        answers=("To edges and colours", "To whole things, such as apples", "To the names of its classes"),
        why="A filter sees a few neighbouring numbers: enough for an edge, too few for an apple.",
    ),
    Question(
        part=Part.DAILY_LIFE,
        asks="In which of these is deep learning at work?",
        answers=(
            "A loudspeaker that writes down what somebody says",
            "A pocket calculator that adds two numbers",
            "A lamp that a timer switches on",
        ),
        why="Nobody can write rules for how a word sounds; for sums and timers, rules do.",
    ),
    Question(
        part=Part.WHY_NOW,
        asks="Networks are from 1957. What came together, so that they work now?",
        answers=(
            "Much data, fast computing and better ideas",
            "Fast computing alone: all else was there",
            "A proof of how the brain learns",
        ),
        why="With the data, the computing or the ideas of then, the network of today gets worse.",
    ),
    Question(
        part=Part.FRAMEWORKS,
        asks="One network is written in PyTorch, in TensorFlow and in JAX. What differs?",
        answers=(
            "The words that one writes",
            "What the network can learn",
            "The kind of pictures that it can read",
        ),
        why="The same numbers go in, and the same curve comes out.",
    ),
)


@functools.cache
def places(tour: Tour) -> tuple[Place, ...]:
    """The stops of a tour in the order of the course; within a part in that of the catalogue."""
    found = [(demo, stop) for demo in demos() for stop in demo.stops if stop.short or tour == "full"]
    found.sort(key=lambda each: list(Part).index(each[1].part))
    return tuple(
        Place(tour=tour, number=number, demo=demo, stop=stop)
        for number, (demo, stop) in enumerate(found, start=1)
    )


@functools.cache
def names() -> frozenset[str]:
    """The settings that some stop has in its address."""
    return frozenset(name for place in places("full") for name, _ in parse_qsl(place.stop.query))


def query_of(tour: Tour, number: int) -> dict[str, str]:
    """How an address says where on a tour one is; behind the last stop come the questions."""
    return {"tour": tour, "stop": str(number)}


def known(tour: str) -> Tour | None:
    """The tour of that name, if there is one."""
    return next((each for each in TOURS if each == tour), None)


def questions(tour: Tour, seed: int) -> Sequence[tuple[Question, tuple[str, ...]]]:
    """The questions at the end of a tour, on parts that were seen, each with its answers in another order."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    seen = {place.stop.part for place in places(tour)}
    pool = [question for question in QUESTIONS if question.part in seen]
    asked = set(chance.sample(range(len(pool)), min(ASKED, len(pool))))
    return [
        (question, tuple(chance.sample(question.answers, len(question.answers))))
        for number, question in enumerate(pool)
        if number in asked
    ]


def look_again(tour: Tour, part: Part) -> Place:
    """The first stop of a tour about a part."""
    return next(place for place in places(tour) if place.stop.part == part)
