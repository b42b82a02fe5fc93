"""Emergencies in other languages: their commonest words, no denials, so that more alarms than need be.

A text of another language is known by its little words; nothing in it is taken for misspelt English.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dlintro_demos.medicine.symptoms.written import read

_PLAIN = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "ı": "i", "œ": "oe"})
_SENTENCE = re.compile(r"[.!?;。！？؟\n]+")
_ACCENTS = re.compile(r"[\u0300-\u036f\u064b-\u065f]")  # of Latin, Greek, Cyrillic and Arabic letters
_UMLAUT = re.compile("([aou])\u0308")
ENGLISH = 0.6
"""A sentence with that share of English words is read as English."""
_ABOUT = ("call", "common", "joined", "needs")  # of a language; its other entries are kinds of emergencies


@dataclass(frozen=True, kw_only=True)
class Heard:
    """An emergency in another language: its `kind`, the `words` that say it, and whom to `call` in it."""

    kind: str
    words: tuple[str, ...]
    language: str
    call: str


def hear(text: str, english: Collection[str]) -> Iterator[Heard]:
    """The kinds of emergencies said in other languages, each once; not in mostly `english` sentences."""
    heard = set()
    for sentence in _SENTENCE.split(text):
        forms = _forms(sentence)
        words = _plain(sentence.replace("'", "")).split()
        if sum(word in english for word in words) >= ENGLISH * len(words):
            continue
        for language in sorted(_languages(), key=lambda each: -_common_words(each, words)):
            if not re.search(_languages()[language].get("needs", ""), sentence):
                continue
            for kind, groups in _rules()[language]:
                said = next((each for form in forms if (each := _said(groups, form))), ())
                if said and kind not in heard:
                    heard.add(kind)
                    yield Heard(kind=kind, words=said, call=_languages()[language]["call"], language=language)


def is_foreign(text: str, english: Collection[str]) -> bool:
    """Whether more of its words are little words of one other language than are `english`."""
    words = _plain(text).split()
    ours = sum(word in english for word in words)
    return any(_common_words(language, words) > ours for language in _languages())


def _said(groups: Sequence[re.Pattern[str]], text: str) -> tuple[str, ...]:
    """What each group found, or nothing where one found nothing."""
    found = [group.search(text) for group in groups]
    return tuple(each[0] for each in found if each) if all(found) else ()


def _common_words(language: str, words: Sequence[str]) -> int:
    return sum(word in _common()[language] for word in words)


def _plain(text: str) -> str:
    """Lower case, without accents, and with spaces for all that is no letter or digit."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_PLAIN)
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", bare)).split())


def _forms(text: str) -> tuple[str, ...]:
    """As it is written, and with German umlauts as two letters."""
    marked = unicodedata.normalize("NFKD", text.casefold())
    return tuple({_plain(text): None, _plain(_UMLAUT.sub(r"\1e", marked)): None})


@functools.cache
def _languages() -> dict[str, Any]:
    return read("red_flag_languages")


@functools.cache
def _common() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(_plain(each.get("common", "")).split()) for name, each in _languages().items()}


@functools.cache
def _rules() -> Mapping[str, tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]]:
    """By language: kinds of emergencies with the groups that must all be said."""
    return {
        name: tuple(
            (kind, tuple(_group(part, joined=each.get("joined", False)) for part in line.split(" + ")))
            for kind, lines in each.items()
            if kind not in _ABOUT
            for line in lines
        )
        for name, each in _languages().items()
    }


def _group(text: str, *, joined: bool) -> re.Pattern[str]:
    alternatives = []
    for alternative in text.split("|"):
        parts = alternative.split("_")
        words = [re.escape(_plain(each)) + r"\w*" * each.endswith("*") for each in parts]
        alternatives.append(" ".join(words))
    either = "|".join(alternatives)
    return re.compile(either if joined else rf"\b(?:{either})\b")
