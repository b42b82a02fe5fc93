"""From what was typed or heard to plain words: no fillers, typing errors put right, bad words masked to show.

A word is put right only where the embedder's vocabulary does not have it, and one that the assistant knows is
near.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from dlintro_demos.gallery.intake.names import harmless
from dlintro_demos.shared.spelling import errors

LONGEST = 400  # characters
_FILLERS = re.compile(
    r"\b(?:u+h+m*|u+m+|e+r+m*|hm+|you know,?|i mean,?|well,|so,|like,)(?=\s|,|$)[,.]?|(?<=\w)\.{2,}",
    re.IGNORECASE,
)
_TWICE = re.compile(r"\b(\w+)(?: \1\b)+", re.IGNORECASE)
_BAD = re.compile(
    r"\b(?:fuck\w*|shit(?:s|ty|ting|head)?|bitch\w*|cunt\w*|a(?:ss|rse)hole\w*|bastard\w*|dick(?:head)?s?|wank\w*)\b",
    re.IGNORECASE,
)
_SHORT = {
    "tmrw": "tomorrow", "tmr": "tomorrow", "pls": "please", "plz": "please", "thx": "thanks", "u": "you",
    "ur": "your", "r": "are", "mtg": "meeting", "appt": "appointment", "whats": "what's", "im": "i'm",
    "dont": "don't", "cant": "can't", "wont": "won't", "didnt": "didn't",
    "doesnt": "doesn't", "gonna": "going to",
    "wanna": "want to", "gimme": "give me", "lemme": "let me", "nevermind": "never mind",
    "ys": "yes", "yess": "yes",
    "wat": "what", "teh": "the", "2nite": "tonight", "2moro": "tomorrow", "minuets": "minutes",
    "helo": "hello", "hav": "have", "meny": "menu",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Normal:
    """`text` for the next stage, and `changes`: what became what, in order."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


def masked(text: str) -> str:
    """The text as it may stand on a page: of bad words only the first letter."""
    return _BAD.sub(lambda match: match[0][0] + "*" * (len(match[0]) - 1), text)


def normalise(text: str, known: Collection[str], wanted: Collection[str]) -> Normal:
    """Plain words of a sentence.

    `known` are words that are never changed; a word that is in neither becomes one of `wanted` where one
    is near. Only the first 400 characters are read.
    """
    line = harmless(unicodedata.normalize("NFKC", text))[:LONGEST].replace("’", "'").replace("`", "'")
    line = " ".join(line.split())
    changes: list[tuple[str, str]] = []
    without = " ".join(_TWICE.sub(r"\1", _FILLERS.sub(" ", line)).split()).strip(" ,")
    if without != line:
        changes.append((line, without))
    sorted_wanted = tuple(sorted(wanted))

    def put_right(match: re.Match[str]) -> str:
        word = match[0]
        low = word.lower()
        right = _SHORT.get(low) or (low if _is_word(low, known, wanted) else _nearest(low, sorted_wanted))
        if right != low:
            changes.append((word, right))
            return right
        return word

    return Normal(
        text=re.sub(r"[A-Za-z]+(?:'[a-z]+)?|2nite|2moro", put_right, without), changes=tuple(changes)
    )


def _is_word(word: str, known: Collection[str], wanted: Collection[str]) -> bool:
    """Whether it is a word, or a form of one: "deleting", "lasagnes"."""
    if word in known or word in wanted:
        return True
    stem = re.sub(r"(?:ing|ed|es|s|'s)$", "", word)
    return (
        len(stem) > 3 and stem != word and any(each in known or each in wanted for each in (stem, f"{stem}e"))
    )


@functools.lru_cache(maxsize=512)
def _nearest(word: str, wanted: tuple[str, ...]) -> str:
    """The one word within one error (two in words of seven letters and more), or the word itself."""
    if len(word) < 4 or "'" in word:
        return word
    for allowed in (1, 2) if len(word) >= 7 else (1,):
        near = [
            each for each in wanted if abs(len(each) - len(word)) <= allowed and errors(word, each) <= allowed
        ]
        if near:
            same = [each for each in near if each[0] == word[0]] or (near if len(word) > 4 else [word])
            return min(
                same, key=lambda each: (abs(len(each) - len(word)), sorted(each) != sorted(word), each)
            )
    return word
