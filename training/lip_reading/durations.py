"""How long each sound of the grammar lasts, measured on what espeak-ng says: the table to draw mouths by.

    python -m training.lip_reading durations       # needs Debian's espeak-ng

It takes the time between the phoneme events of the synthesiser. Words of one slot that look the same (b and
p, d and t) get the same lengths, their mean: no reader shall tell by a synthesiser's clock what no eye tells.
"""

from __future__ import annotations

import ctypes
import itertools
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from dlintro_demos.lip_reading.grammar import WORDS
from dlintro_demos.lip_reading.speaking import TABLE, visemes_of

SENTENCES = 400
WORDS_A_MINUTE = (150, 175, 200)
_RETRIEVAL, _PHONEMES, _IPA, _RATE_PARAMETER, _UTF8 = 2, 1, 2, 1, 1
_WORD, _END, _PHONEME = 1, 5, 7  # kinds of events
_LETTERS = {"a": "eh"}  # alone, espeak takes it for the article


class _Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        *((each, ctypes.c_int) for each in ("type", "id", "position", "length", "milliseconds", "sample")),
        ("user", ctypes.c_void_p),
        ("name", _Name),
    )


class Espeak:
    """The synthesiser's library, asked when it says what. Raises `OSError` where it is not installed."""

    def __init__(self, voice: str = "en-gb") -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self._library.espeak_Initialize(_RETRIEVAL, 0, None, _PHONEMES | _IPA)
        self._library.espeak_SetVoiceByName(voice.encode())
        self._events: list[tuple[int, float, str]] = []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))
        self._heard = kind(self._hear)
        self._library.espeak_SetSynthCallback(self._heard)

    def _hear(self, _sound: int, _count: int, events: ctypes.Array[_Event]) -> int:
        index = 0
        while events[index].type:
            event = events[index]
            self._events.append((event.type, event.milliseconds, event.name.string.decode()))
            index += 1
        return 0

    def say(self, text: str, words_a_minute: int) -> list[list[tuple[str, float]]]:
        """A word's phonemes (IPA) with their lengths in ms."""
        self._events.clear()
        self._library.espeak_SetParameter(_RATE_PARAMETER, words_a_minute, 0)
        encoded = text.encode()
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _UTF8, None, None)
        words: list[list[tuple[str, float]]] = []
        events = [each for each in self._events if each[0] in {_WORD, _END, _PHONEME}]
        for (kind, start, name), (_, end, _name) in itertools.pairwise(events):
            if kind == _WORD:
                words.append([])
            elif kind == _PHONEME and name:
                words[-1].append((name.strip("ˈˌ"), end - start))
        return [word for word in words if word]


def measure(seed: int = 16) -> dict[str, list[tuple[str, float, float]]]:
    """Words of the grammar, each with its phonemes, their mean length and deviation in ms at 175 a minute."""
    random, espeak = np.random.default_rng(seed), Espeak()
    heard: dict[str, dict[tuple[str, ...], list[list[float]]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(SENTENCES):
        said = [str(random.choice(words)) for words in WORDS]
        pace = int(random.choice(WORDS_A_MINUTE))
        spoken = espeak.say(" ".join(_LETTERS.get(each, each) for each in said), pace)
        for word, sounds in zip(said, spoken, strict=True):
            names, lengths = tuple(name for name, _ in sounds), [length for _, length in sounds]
            if word == "l":  # one event for both of its sounds
                lengths = [lengths[0] / 2, lengths[0] / 2]
            if all(lengths):  # an n may run into the next word without an event
                heard[word][names].append([length * pace / 175 for length in lengths])
    usual = {word: max(ways.items(), key=lambda way: len(way[1])) for word, ways in heard.items()}
    return {word: _lengths(word, words, usual) for words in WORDS for word in words}


def _lengths(
    word: str, slot: Sequence[str], usual: Mapping[str, tuple[tuple[str, ...], list[list[float]]]]
) -> list[tuple[str, float, float]]:
    """Of all words of the slot that look like this one."""
    looks = {each: tuple(visemes_of(name) for name in usual[each][0]) for each in slot}
    takes = [take for each in slot if looks[each] == looks[word] for take in usual[each][1]]
    means, deviations = np.mean(takes, axis=0).round(1).tolist(), np.std(takes, axis=0).round(1).tolist()
    return list(zip(usual[word][0], means, deviations, strict=True))


def write(path: Path = TABLE) -> None:
    """Measure, and keep the table."""
    origin = (
        "Measured by training/lip_reading/durations.py on what espeak-ng 1.51 (voice en-gb) says: phoneme "
        f"(IPA), mean length and deviation in ms at 175 words a minute, {SENTENCES} random sentences of the "
        "grammar; words of a slot that look the same share theirs"
    )
    lines = ",\n".join(
        f"    {json.dumps(word)}: {json.dumps(sounds, ensure_ascii=False)}"
        for word, sounds in measure().items()
    )
    text = f'{{\n  "origin": {json.dumps(origin)},\n  "words": {{\n{lines}\n  }}\n}}\n'
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
