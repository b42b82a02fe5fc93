"""Cues in a complaint, the file of words and phrases that they are found by, and the parts of a sentence."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from dlintro_demos.medicine.symptoms.spelling import Word
from dlintro_demos.medicine.symptoms.written import read


class Kind(Enum):
    """Of a cue."""

    DENIED = auto()
    OVER = auto()  # it has gone: no alarm, unless the kind of emergency counts when it is over too
    LONG_AGO = auto()
    FEARED = auto()  # feared, asked about: only names of illnesses
    TOLD = auto()  # of a film, a book, the news, or in a saying
    MEANT = auto()  # otherwise than it sounds: a figure of speech
    EXERTED = auto()  # after a run or many stairs: out of breath, as everybody is


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Words that say so, `said`, and the words that they cover, `over`, as places in the complaint."""

    kind: Kind
    said: range
    over: range


@functools.cache
def words_in(name: str) -> frozenset[str]:
    """A set of words of the file of cues."""
    return frozenset(read("symptom_cues")["words"][name].split())


@functools.cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the file of cues."""
    alternatives = "|".join(read("symptom_cues")["patterns"][name])
    return re.compile(rf"\b(?:{alternatives})\b")


def sections(words: Sequence[Word]) -> Iterator[range]:
    """The parts of a complaint's sentences, each about one thing."""
    first = 0
    for at in range(1, len(words) + 1):
        if (
            at == len(words)
            or words[at].clause != words[at - 1].clause
            or words[at].text in words_in("contrast")
            or _new_subject(words, at)
        ):
            yield range(first, at)
            first = at


def _new_subject(words: Sequence[Word], at: int) -> bool:
    begun = words_in("subjects") | words_in("owners") | {"today", "this"}
    return words[at].text in ("and", "because", "so") and text_at(words, at + 1) in begun


def text_at(words: Sequence[Word], at: int) -> str:
    """The word at a place, or “” outside."""
    return words[at].text if 0 <= at < len(words) else ""
