"""The grammar of the GRID corpus: six slots, and in each a handful of words.

M. Cooke, J. Barker, S. Cunningham, X. Shao: "An audio-visual corpus for speech perception and automatic
speech recognition", JASA 120(5), 2006. A sentence is `command colour preposition letter digit adverb`.
"""

from __future__ import annotations

SLOTS = ("command", "colour", "preposition", "letter", "digit", "adverb")
WORDS: tuple[tuple[str, ...], ...] = (
    ("bin", "lay", "place", "set"),
    ("blue", "green", "red", "white"),
    ("at", "by", "in", "with"),
    tuple("abcdefghijklmnopqrstuvxyz"),  # no w: it is the only one of more than one syllable
    ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    ("again", "now", "please", "soon"),
)
SPOKEN = ("", *(word for words in WORDS for word in words))
"""What each CTC class of `class_of` says; the blank says nothing."""

_SHORT = ("blps", "bgrw", "abiw", "".join(WORDS[3]), "z123456789", "anps")
BLANK = 0
"""Class of the CTC blank: "nothing new here". The words follow from 1 on."""


def class_of(slot: int, word: int) -> int:
    """CTC class of a slot's word: 1 to 51."""
    return 1 + sum(len(words) for words in WORDS[:slot]) + word


def parse(sentence: str) -> tuple[int, ...]:
    """Six numbers, each of a word in its slot, of "bin blue at f two now". Raises `ValueError`."""
    said = sentence.lower().split()
    if len(said) != len(SLOTS):
        raise ValueError(f"a sentence has six words, this one {len(said)}")
    for slot, word, words in zip(SLOTS, said, WORDS, strict=True):
        if word not in words:
            raise ValueError(f"the {slot} is one of {', '.join(words)}")
    return tuple(words.index(word) for word, words in zip(said, WORDS, strict=True))


def sentence_of_name(name: str) -> tuple[int, ...]:
    """The same of a clip's name in the corpus: `bbaf2n` is "bin blue at f two now". Raises `ValueError`."""
    if len(name) != len(SLOTS) or any(each not in short for each, short in zip(name, _SHORT, strict=False)):
        raise ValueError(f"{name!r} is no name of a GRID clip")
    return tuple(short.index(each) for each, short in zip(name, _SHORT, strict=True))


def spell(sentence: tuple[int, ...]) -> str:
    """The words of a sentence."""
    return " ".join(words[word] for words, word in zip(WORDS, sentence, strict=True))
