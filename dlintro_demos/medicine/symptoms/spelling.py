"""A complaint as words: put right where they are misspelt, and where its sentences and clauses end."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dlintro_demos.gallery.intake.names import harmless
from dlintro_demos.medicine.symptoms.languages import is_foreign
from dlintro_demos.medicine.symptoms.written import begun_words, read, written_words
from dlintro_demos.shared.spelling import errors

MOST = 20_000  # characters; what comes after is not looked at, for emergencies neither
SHORTEST = 4  # letters of a word that is put right
_PART = re.compile(
    r"(?P<word>\d+(?:[.,/]\d+)?|[A-Za-z]+(?:'[A-Za-z]+)*)|(?P<end>[.;!?]+)"
    r"|(?P<pause>[,:()\u2013\u2014]| [-/|] )"
)


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word as a rule reads it, `text`; `begin` and `end` are its place in the complaint.

    `sentence` and `clause` count from 0; `changed` where it was spelt otherwise, `asked` before “?” or “:”,
    `dashed` before a dash or dots.
    """

    text: str
    begin: int
    end: int
    sentence: int
    clause: int
    changed: bool = False
    asked: bool = False
    dashed: bool = False


def plain_text(complaint: str) -> str:
    """The complaint as it is read and shown: one line of whole characters with plain quotes, bounded."""
    lines = [" ".join(line.split()) for line in complaint[:MOST].splitlines()]
    joined = " ".join(line if line[-1] in ".;!?,:" else f"{line}." for line in lines if line)
    if sum(map(bool, lines)) == 1:
        joined = next(line for line in lines if line)
    plain = harmless(unicodedata.normalize("NFKC", joined))
    return plain.replace("’", "'").replace("‘", "'").replace("`", "'").strip()


def words_of(text: str, known: Collection[str]) -> list[Word]:
    """The words of a plain text; one that is neither `known` nor written here becomes the nearest that is."""
    parts = _parts(text)
    if is_foreign(text, english()):
        return parts
    return _joined([each for word in parts for each in _put_right(word, text, known)])


def _parts(text: str) -> list[Word]:
    sentence = clause = 0
    words: list[Word] = []
    for match in _PART.finditer(text):
        if match["word"]:
            spelt = match["word"].lower().replace("'", "")
            words.append(
                Word(text=spelt, begin=match.start(), end=match.end(), sentence=sentence, clause=clause)
            )
        else:
            if words and set("?:") & set(match[0]):
                words[-1] = replace(words[-1], asked=True)
            if words and match[0].strip() in ("-", "\u2013", "\u2014", "..."):
                words[-1] = replace(words[-1], dashed=True)
            clause += 1
            sentence += match["end"] is not None
    return words


@functools.cache
def english() -> frozenset[str]:
    """The words of our phrases and rules, and the short forms and slips that stand for them."""
    return written_words() | frozenset(_spellings()["slips"]) | _as_they_stand()


@functools.cache
def _as_they_stand() -> frozenset[str]:
    """Words that are no misspelling of ours."""
    return frozenset(_spellings()["right"]["words"].split())


def _put_right(word: Word, text: str, known: Collection[str]) -> Iterator[Word]:
    capitals = _spellings()["capitals"]
    said = text[word.begin : word.end]
    right = capitals[said] if said in capitals else _right(word.text, known)
    for each in right.split():
        yield word if each == word.text else replace(word, text=each, changed=True)


def _right(word: str, known: Collection[str]) -> str:
    slips, ours = _spellings()["slips"], written_words()
    if word in slips:
        return str(slips[word])
    if len(word) < SHORTEST or word in ours or word in known or not word.isalpha():
        return word
    if word in _as_they_stand():
        return word
    if word.startswith(begun_words()):
        return word
    if word.endswith("in") and (f"{word}g" in ours or f"{word}g" in known):
        return f"{word}g"  # “bleedin”
    short = re.sub(r"(.)\1{2,}", r"\1\1", word)
    for each in (short, re.sub(r"(.)\1+", r"\1", word)):
        if each != word and (each in ours or each in known):
            return each
    stem = re.sub(r"(?:ing|ed|es|s|ly)$", "", short)
    if len(stem) >= 3 and (stem in ours or stem in known or f"{stem}e" in known):
        return short
    return _nearest(short) or _split(short) or short


def _split(word: str) -> str:
    """Two written words that were run together, or nothing."""
    ours = written_words()
    for at in range(SHORTEST, len(word) - SHORTEST + 1):
        if word[:at] in ours and word[at:] in ours:
            return f"{word[:at]} {word[at:]}"
    return ""


def _nearest(word: str) -> str:
    """The one written word within one wrong letter, or two in words of seven and more; or nothing."""
    near = {each for short in _shortened(word) for each in _by_shortened().get(short, ())}
    allowed = 1 if len(word) < 7 else 2
    found = [(errors(word, each), each[0] != word[0], len(each) - len(word), each) for each in near]
    right = [each for each in found if each[0] <= allowed and not (each[0] == 2 and each[1])]
    if len(word) == SHORTEST:  # so short ones only where letters are swapped, or one is missing
        right = [each for each in right if each[2] == 1 or sorted(each[-1]) == sorted(word)]
    return min(right, key=lambda each: (*each[:2], abs(each[2]), each[-1]))[-1] if right else ""


def _shortened(word: str) -> set[str]:
    """The word with up to two letters left out: two words within two errors share one of these."""
    if len(word) > 16:
        return set()
    once = {word[:at] + word[at + 1 :] for at in range(len(word))}
    twice = {each[:at] + each[at + 1 :] for each in once for at in range(len(each))}
    return {word} | once | twice


@functools.cache
def _by_shortened() -> Mapping[str, list[str]]:
    places: dict[str, list[str]] = defaultdict(list)
    for word in sorted(written_words()):
        if len(word) >= SHORTEST:
            for short in _shortened(word):
                places[short].append(word)
    return places


def _joined(words: list[Word]) -> list[Word]:
    """Two words that have one spelling in the rules become one: “can not” as “cant”."""
    together = _spellings()["together"]
    joined: list[Word] = []
    for word in words:
        before = joined[-1] if joined else None
        pair = f"{before.text} {word.text}" if before and before.clause == word.clause else ""
        if before is not None and pair in together:
            joined[-1] = replace(
                before, text=together[pair], end=word.end, asked=word.asked, dashed=word.dashed
            )
        else:
            joined.append(word)
    return joined


def put_right(text: str, words: Sequence[Word], begin: int = 0, end: int | None = None) -> str:
    """The text, or some of it, with misspelt `words` put right; what was written as it should be stays."""
    parts, at = [], begin
    changed: dict[tuple[int, int], list[str]] = {}
    for word in words:
        if word.changed:
            changed.setdefault((word.begin, word.end), []).append(word.text)
    for (first, last), said in changed.items():
        parts += [text[at:first], " ".join(said)]
        at = last
    return "".join((*parts, text[at:end]))


@functools.cache
def _spellings() -> Any:
    return read("symptom_spellings")
