"""What was written about symptoms: patterns, questions, kinds of emergencies, phrases to learn from."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A pattern of symptoms. `answers` is the share of people with it who say yes, by question."""

    key: str
    title: str
    description: str
    sources: tuple[str, ...]
    answers: Mapping[str, float]
    phrasings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A follow-up question; a complaint with one of the beginnings of words in `mentions` is not asked it."""

    key: str
    asks: str
    mentions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """A kind of emergency: its title, why it is one, and the public pages to read on."""

    key: str
    title: str
    why: str
    sources: tuple[str, ...]


def read(name: str) -> dict[str, Any]:
    """One of the data files, as it stands."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@functools.cache
def patterns() -> tuple[Pattern, ...]:
    """All patterns, in the order of the head's outputs."""
    return tuple(
        Pattern(
            key=key,
            title=each["title"],
            description=each["description"],
            sources=tuple(each["sources"]),
            answers={name: share / 100 for name, share in each["answers"].items()},
            phrasings=tuple(each["phrasings"]),
        )
        for key, each in read("symptom_patterns").items()
    )


@functools.cache
def questions() -> tuple[Question, ...]:
    """All follow-up questions."""
    return tuple(
        Question(key=key, asks=each["asks"], mentions=tuple(each["mentions"]))
        for key, each in read("symptom_questions")["questions"].items()
    )


@functools.cache
def yes_shares() -> np.ndarray:
    """How likely a yes is, (questions, patterns) float64: our own estimates, not clinical data."""
    otherwise = read("symptom_questions")["otherwise"]
    return np.array(
        [[each.answers.get(asked.key, otherwise) for each in patterns()] for asked in questions()]
    )


@functools.cache
def emergencies() -> Mapping[str, Emergency]:
    """The kinds of emergencies by their key."""
    return {
        key: Emergency(key=key, title=each["title"], why=each["why"], sources=tuple(each["sources"]))
        for key, each in read("red_flags").items()
        if key != "words"
    }


@functools.cache
def written_words() -> frozenset[str]:
    """Every word of the phrases about somebody's health, lower case, without apostrophes."""
    flags = read("red_flag_phrases")
    said: Iterable[str] = chain(
        *(each.phrasings for each in patterns()),
        *flags["learn"].values(),
        flags["quiet"]["learn"],
    )
    ruled = re.findall(r"(?<![a-z])[a-z]+(?![a-z*])", (DATA / "red_flags.toml").read_text(encoding="utf-8"))
    return frozenset(re.findall(r"[a-z]+", " ".join(said).lower().replace("'", ""))) | frozenset(ruled)


@functools.cache
def begun_words() -> tuple[str, ...]:
    """Beginnings of words in the rules, four letters and more: what goes on from one is no misspelling."""
    text = (DATA / "red_flags.toml").read_text(encoding="utf-8")
    return tuple(sorted(set(re.findall(r"(?<![a-z])([a-z]{4,})\*", text))))
