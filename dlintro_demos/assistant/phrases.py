"""The phrasings that the assistant learns from, read from its data files."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

DATA = Path(__file__).with_name("data")
NONE = "none"  # the intent of what was not meant for it


def read_sections(path: Path) -> dict[str, list[str]]:
    """A data file: lines under the name of their section in square brackets; "#" begins a remark."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            lines = sections.setdefault(match[1], [])
        elif line.strip() and not line.startswith("#"):
            lines.append(line.strip())
    return sections


@functools.cache
def phrasings() -> dict[str, list[str]]:
    """By intent, what was written out by hand."""
    return read_sections(DATA / "intents.txt")


@functools.cache
def written() -> tuple[tuple[str, str], ...]:
    """The same as (phrase, intent), in their order."""
    return tuple((phrase, intent) for intent, phrases in phrasings().items() for phrase in phrases)


@functools.cache
def words() -> frozenset[str]:
    """Every word of the phrasings and patterns, lower case."""
    sections = (*phrasings().values(), *read_sections(DATA / "patterns.txt").values())
    texts = chain.from_iterable(sections)
    return frozenset(re.findall(r"[a-z]{3,}(?:'[a-z]+)?", " ".join(texts).lower()))


@functools.cache
def titles() -> dict[str, list[str]]:
    """What may be the title of an appointment or a reminder, or bought, by kind."""
    return read_sections(DATA / "titles.txt")


@functools.cache
def title_words() -> frozenset[str]:
    """Every word of these."""
    return frozenset(re.findall(r"[a-z]{3,}", " ".join(chain.from_iterable(titles().values())).lower()))


def expanded(seed: int, most: int) -> dict[str, list[str]]:
    """By intent, up to `most` different sentences of its patterns; the same for the same seed."""
    sections = read_sections(DATA / "patterns.txt")
    lists = {
        name: values.split("|")
        for name, _, values in (line.partition(" = ") for line in sections.pop("lists"))
    }
    chance = random.Random(seed)  # noqa: S311 - sentences, not secrets
    found: dict[str, list[str]] = {}
    for intent, patterns in sections.items():
        sentences: dict[str, None] = {}
        for turn in range(4 * most):
            if len(sentences) < most:
                sentences[expand(patterns[turn % len(patterns)], lists, chance)] = None
        found[intent] = list(sentences)
    return found


def expand(pattern: str, lists: Mapping[str, list[str]], chance: random.Random) -> str:
    """A sentence of a pattern."""
    chosen = pattern
    while "(" in chosen:  # the inner ones first
        chosen = re.sub(r"\(([^()]*)\)", lambda match: chance.choice(match[1].split("|")), chosen)
    filled = re.sub(r"\{(\w+)\}", lambda match: chance.choice(lists[match[1]]), chosen)
    return " ".join(filled.split())
