"""Sentences put together by a program, what is denied beside what is said: to learn from, not to test on."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from pathlib import Path

from dlintro_demos.medicine.symptoms.written import emergencies

COUNTS = {
    "calm": 3000, "alone": 1500, "urgent": 3000, "past": 250, "told": 250,
    "well": 500, "ill": 900, "lacking": 250,
}  # fmt: skip
UNKNOWN_KIND = ("ill", "lacking")
LONGEST = 25  # words of a sentence that something denied is put beside
YEARS = (1975, 2019)
STATED = 0.35  # of the denials, without naming a trouble


def composed(lines: Sequence[tuple[str, int]], seed: int) -> list[tuple[str, int | None]]:
    """Sentences with their classes, None for an emergency of no one kind.

    `lines` are sentences with their classes: kinds of emergencies, and one more for all that is none.
    """
    composer = Composer(lines, random.Random(seed))
    return [composer.one(sort) for sort, count in COUNTS.items() for _ in range(count)]


class Composer:
    """Draws from composed.toml and from the sentences that are learned from."""

    def __init__(self, lines: Sequence[tuple[str, int]], chance: random.Random) -> None:
        self._chance = chance
        self._data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
        kinds = list(emergencies())
        self._none = len(kinds)
        short = [(line.rstrip("."), at) for line, at in lines if len(line.split()) <= LONGEST]
        self._urgent = [(line, at) for line, at in short if at < self._none]
        self._calm = [(line, at) for line, at in short if at == self._none]
        self._troubles, self._statements = (
            [(said, kinds.index(kind)) for kind, each in self._data[name].items() for said in each]
            for name in ("troubles", "statements")
        )

    def one(self, sort: str) -> tuple[str, int | None]:
        """A sentence of a sort of `COUNTS`, and its class."""
        line, at = self._chance.choice(self._urgent if sort == "urgent" else self._calm)
        able = self._data["able"]
        ways = able if sort in able else self._data["ways"]
        parts = {
            "line": _lower(line), "deny": self._denied(at), "deny2": self._denied(at),
            "a": self._trouble(at, bare=sort == "ill"), "b": self._trouble(at, bare=sort == "ill"),
            "can": self._chance.choice(able["can"]), "can2": self._chance.choice(able["can"]),
            "v": self._chance.choice(able["vital"]),
            "n": str(self._chance.randint(2, 40)), "y": str(self._chance.randint(*YEARS)),
        }  # fmt: skip
        begun = {name.capitalize(): _upper(part) for name, part in parts.items()}
        said = self._chance.choice(ways[sort]).format(**parts, **begun)
        if sort in UNKNOWN_KIND:
            return said, None
        return said, at if sort == "urgent" else self._none

    def _trouble(self, at: int, *, bare: bool = True) -> str:
        """A trouble of another kind than `at`, with or without its article."""
        said = self._chance.choice([said for said, kind in self._troubles if kind != at])
        return said.removeprefix("a ") if bare else said

    def _denied(self, at: int) -> str:
        if self._chance.random() < STATED:
            return self._chance.choice([said for said, kind in self._statements if kind != at])
        way = self._chance.choice(self._data["ways"]["clauses"])
        return str(way.format(a=self._trouble(at), b=self._trouble(at), c=self._trouble(at)))


def _lower(text: str) -> str:
    return text if text.startswith(("I ", "I'", "I’")) else text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
