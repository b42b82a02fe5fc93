"""How many words were heard right: word errors, with what only looks different made alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dlintro_demos.assistant.number_words import NUMBER, number_of

_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        1,
    )
}
_ALIKE = {
    "ok": "okay", "dr": "doctor", "mum": "mom", "mr": "mister", "mrs": "missus", "colour": "color",
    "neighbour": "neighbor", "neighbours": "neighbors", "grey": "gray", "practised": "practiced",
    "favourite": "favorite", "theatre": "theater", "centre": "center", "yoghurt": "yogurt",
    "o'clock": "", "percent": "",
} | _ORDINALS  # fmt: skip


def words_of(text: str) -> list[str]:
    """Words in lower case, numbers as digits: "Half past 7", "7 a.m." and "seven am" become comparable."""
    text = text.lower().replace("’", "'").replace("-", " ")
    text = re.sub(r"(\d+)[:.](\d\d)\b", lambda m: m[1] if m[2] == "00" else f"{m[1]} {m[2]}", text)
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text)
    text = re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", text)
    text = re.sub(r"(\d)([ap]m)\b", r"\1 \2", text)
    text = re.sub(r"\bany more\b", "anymore", re.sub(r"[^\w' ]", " ", text))
    text = re.sub(rf"\b{NUMBER}\b", lambda m: m[0] if m[0] in ("a", "an") else f"{number_of(m[0]):g}", text)
    return [alike for word in text.split() if (alike := _ALIKE.get(word, word.strip("'")))]


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Words that are not there, that were added, and that stand for others."""

    missing: int = 0
    added: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.missing + self.added + self.other


def errors_of(said: Sequence[str], heard: Sequence[str]) -> Errors:
    """The fewest that turn one into the other (Levenshtein); of several such ways, one."""
    row = [Errors(added=count) for count in range(len(heard) + 1)]
    for place, word in enumerate(said, 1):
        before, row = row, [Errors(missing=place)]
        for at, other in enumerate(heard, 1):
            same = (
                before[at - 1] if word == other else replace(before[at - 1], other=before[at - 1].other + 1)
            )
            missed = replace(before[at], missing=before[at].missing + 1)
            more = replace(row[at - 1], added=row[at - 1].added + 1)
            row.append(min(same, missed, more, key=lambda errors: errors.total))
    return row[-1]


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """How many words are missing, added or put for others."""
    return errors_of(said, heard).total


def words_right(said: str, heard: str) -> tuple[int, int]:
    """How many of the words that were said were heard, and how many there are."""
    wanted = words_of(said)
    return max(0, len(wanted) - word_errors(wanted, words_of(heard))), len(wanted)
