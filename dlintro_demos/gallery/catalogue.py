"""The demos, in the order of the course. A demo that is not finished is not listed."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Self

SLUGS = (
    "classical_vs_deep",
    "teach_a_child",
    "flappy_bird",
    "feature_layers",
    "super_resolution",
    "faces",
    "lip_reading",
    "assistant",
    "medicine",
    "why_now",
    "frameworks",
)


class Chapter(StrEnum):
    """Where a demo stands in the course: a title, and its idea in one line."""

    idea: str

    def __new__(cls, title: str, idea: str) -> Self:
        """A chapter is its title; `idea` goes along."""
        chapter = str.__new__(cls, title)
        chapter._value_ = title
        chapter.idea = idea
        return chapter

    RULES = (
        "Rules or examples",
        "People can write down how a machine decides, or let it learn that from examples.",
    )
    CHILD = (
        "Learning like a child",
        "Shown a few things, or trying for itself: it fails, and the next time it is better.",
    )
    LAYERS = (
        "Learning features",
        "A picture is numbers. Layer by layer, a network turns them into edges, parts and things.",
    )
    DAILY_LIFE = (
        "In daily life",
        "What such networks do in a phone and a camera, how sure they are, and where they fail.",
    )
    HEALTHCARE = (
        "In healthcare",
        "Where an error costs most: how often it is right, what each mistake costs, and when to say no.",
    )
    WHY_NOW = (
        "Why now",
        "The ideas are old. Computing, data and better tricks made them work.",
    )
    FRAMEWORKS = (
        "Frameworks",
        "The same network in other words: what one learns about one framework holds for all.",
    )


class Part(StrEnum):
    """A part of the course, in its order: what a stop of the tour is about."""

    WHAT = "What and why"
    CLASSICAL = "Classical against deep"
    CHILD = "The child and the apple"
    FEATURES = "Learning features"
    DAILY_LIFE = "In daily life"
    WHY_NOW = "Why now"
    FRAMEWORKS = "Frameworks"


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A stop of the tour: a demo's page opened by `query`, with a sentence above it.

    Those that are `short` are on the short tour, too. `talking_points`, two or three, are what a presenter
    says there; without any, those of the demo.
    """

    part: Part
    words: str
    query: str = ""
    short: bool = False
    talking_points: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What a demo says of itself, as `DEMO` in its package.

    Package, page, address and tests are named by `slug`; `models` are the keys of its cards; `minutes` are
    those on stage, and `talking_points` what a presenter says in them. `modes` are what else can be done on
    its page, each with the query that opens it; `stops` are those that it is on the tour. `questions` stand
    on its worksheet; the talking point at the same place answers each.
    """

    slug: str
    title: str
    tagline: str
    chapter: Chapter
    icon: str
    models: tuple[str, ...]
    talking_points: tuple[str, ...]
    minutes: int
    modes: Mapping[str, str] = field(default_factory=dict, hash=False)
    stops: tuple[Stop, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def thumbnail(self) -> Path:
        """Its picture on the wall, a WebP file."""
        return Path(__file__).parents[1] / self.slug / "thumbnail.webp"


def package_of(slug: str) -> ModuleType:
    """A demo's package, with `DEMO`, `warm_up` and, where something can wait, `measure`."""
    return importlib.import_module(f"dlintro_demos.{slug}")


@functools.cache
def demos() -> tuple[Demo, ...]:
    """All demos of the gallery, in order."""
    return tuple(package_of(slug).DEMO for slug in SLUGS)


def find(slug: str) -> Demo:
    """The demo of that name; raises `KeyError`."""
    return {demo.slug: demo for demo in demos()}[slug]
