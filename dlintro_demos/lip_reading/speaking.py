"""How a mouth moves when it says a sentence: sounds, how long each lasts, and what each does to the lips.

Sounds that look the same are one viseme, so that nothing in the picture tells them apart: b, p and m; f and
v; t, d and n; s and z (C. G. Fisher: "Confusions among visually perceived consonants", JSHR 11, 1968). How a
sound looks depends on its neighbours: each pulls the lips its way by its dominance, which fades before and
after it (M. M. Cohen, D. W. Massaro: "Modeling coarticulation in synthetic visual speech", 1993).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlintro_demos.lip_reading.clip import RATE
from dlintro_demos.lip_reading.grammar import WORDS

FRAMES = 75
"""Frames of a drawn clip: three seconds."""
TABLE = Path(__file__).parent / "data" / "phonemes.json"
ARTICULATORS = ("jaw", "part", "wide", "round", "press", "tuck", "lift", "tongue", "tip")
"""What moves: jaw down, lips parted, corners apart (negative: together), lips rounded and forward, lips
pressed, lower lip under the upper teeth, upper lip lifted, tongue up, its tip between the teeth; 0 to 1."""
REST = "rest"
VISEMES: dict[str, tuple[float, ...]] = {
    #      jaw  part  wide  round press tuck  lift tongue tip
    REST: (0.00, 0.00, 0.00, 0.00, 0.00, 0.0, 0.0, 0.2, 0.0),
    "p": (0.05, 0.00, 0.00, 0.00, 1.00, 0.0, 0.0, 0.3, 0.0),
    "f": (0.14, 0.65, 0.10, 0.00, 0.00, 1.0, 0.9, 0.2, 0.0),
    "th": (0.18, 0.50, 0.10, 0.00, 0.00, 0.0, 0.3, 0.7, 1.0),
    "t": (0.16, 0.50, 0.15, 0.00, 0.00, 0.0, 0.3, 0.8, 0.0),
    "l": (0.34, 0.50, 0.10, 0.00, 0.00, 0.0, 0.2, 1.0, 0.3),
    "s": (0.03, 0.80, 0.35, 0.00, 0.00, 0.0, 0.7, 0.5, 0.0),
    "sh": (0.06, 0.90, -0.40, 0.65, 0.00, 0.0, 0.8, 0.4, 0.0),
    "k": (0.28, 0.40, 0.05, 0.00, 0.00, 0.0, 0.1, 0.1, 0.0),
    "r": (0.16, 0.40, -0.25, 0.50, 0.00, 0.0, 0.2, 0.4, 0.0),
    "w": (0.08, 0.20, -0.90, 1.00, 0.00, 0.0, 0.0, 0.2, 0.0),
    "j": (0.12, 0.50, 0.60, 0.00, 0.00, 0.0, 0.3, 0.5, 0.0),
    "ee": (0.18, 0.55, 0.90, 0.00, 0.00, 0.0, 0.5, 0.5, 0.0),
    "ih": (0.26, 0.45, 0.45, 0.00, 0.00, 0.0, 0.3, 0.4, 0.0),
    "eh": (0.50, 0.45, 0.35, 0.00, 0.00, 0.0, 0.3, 0.3, 0.0),
    "a": (0.78, 0.45, 0.35, 0.00, 0.00, 0.0, 0.3, 0.2, 0.0),
    "ah": (0.98, 0.40, -0.05, 0.05, 0.00, 0.0, 0.1, 0.1, 0.0),
    "uh": (0.42, 0.40, 0.00, 0.05, 0.00, 0.0, 0.1, 0.3, 0.0),
    "aw": (0.52, 0.35, -0.50, 0.75, 0.00, 0.0, 0.0, 0.1, 0.0),
    "oo": (0.14, 0.25, -0.85, 0.95, 0.00, 0.0, 0.0, 0.2, 0.0),
    "u": (0.22, 0.30, -0.50, 0.65, 0.00, 0.0, 0.0, 0.2, 0.0),
}
_PHONEMES = {
    **dict.fromkeys("bpm", "p"), **dict.fromkeys("fv", "f"), **dict.fromkeys("tdn", "t"), "l": "l",
    **dict.fromkeys(("θ", "ð"), "th"), **dict.fromkeys("sz", "s"), **dict.fromkeys(("tʃ", "dʒ"), "sh"),
    **dict.fromkeys("kɡh", "k"), "ɹ": "r", "w": "w", "j": "j", "i": "ee", "iː": "ee", "ɪ": "ih", "ɛ": "eh",
    "e": "eh", "a": "a", "ɑː": "ah", "ʌ": "uh", "ɐ": "uh", "ə": "uh", "ɔː": "aw", "ɒ": "aw", "uː": "oo",
    "ʊ": "u", "u": "u",
}  # fmt: skip
_GLIDES = {"eɪ": ("eh", "ih"), "aɪ": ("a", "ih"), "aʊ": ("a", "u"), "əʊ": ("uh", "u"), "iə": ("ih", "uh")}
_FIRM = {"p": 6.0, "f": 5.0, "w": 3.0, "sh": 2.0, "th": 2.5, "s": 1.6, "oo": 2.0, "l": 1.3, "k": 0.6}
"""How much more than another sound it insists on its own look; 1 where it is not listed."""
_REACH = 0.9  # of a sound's half length: how fast its dominance fades
_LEAST = {"p": 0.075, "f": 0.07, "th": 0.06}  # s: a closure is never shorter
LONGEST = 2.85
"""Seconds that a sentence may last: slower ones are squeezed, so that the clip holds them."""


def visemes_of(phoneme: str) -> tuple[str, ...]:
    """What a phoneme looks like; a diphthong is two. Raises `KeyError` for one that the grammar lacks."""
    return _GLIDES.get(phoneme) or (_PHONEMES[phoneme],)


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A phoneme of a sentence's word (0 to 5), from `start` to `end` in seconds of the clip."""

    phoneme: str
    word: int
    start: float
    end: float


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How somebody speaks: `rate` (1 is espeak's), how far each articulator moves, how each viseme is bent,
    and how far sounds reach into each other."""

    rate: float = 0.75
    amplitude: tuple[float, ...] = (1.0,) * len(ARTICULATORS)
    bends: Mapping[str, tuple[float, ...]] | None = None
    reach: float = 1.0


def time_sounds(
    sentence: tuple[int, ...], random: np.random.Generator, *, rate: float = 0.75
) -> tuple[Sound, ...]:
    """When each sound of a sentence is said; `rate` 1 is as fast as the table's voice."""
    said = [
        (phoneme, index, max(mean + deviation * random.standard_normal(), mean / 2) / 1000)
        for index, word in enumerate(sentence)
        for phoneme, mean, deviation in table()[WORDS[index][word]]
    ]
    pace = random.normal(1.0, 0.06, len(sentence)).clip(0.8, 1.25) / rate
    lengths = np.array([length * pace[index] for _, index, length in said])
    lengths *= random.normal(1.0, 0.08, len(lengths)).clip(0.75, 1.3)
    least = [min(_LEAST.get(visemes_of(phoneme)[0], 0.03), 0.07 / rate) for phoneme, *_ in said]
    lengths = np.maximum(lengths, least)
    lengths *= min(1.0, LONGEST / lengths.sum())
    spare = FRAMES / RATE - lengths.sum()
    ends = spare * (0.45 + 0.2 * random.uniform(-1, 1)) + np.cumsum(lengths)
    return tuple(
        Sound(phoneme=phoneme, word=index, start=float(end - length), end=float(end))
        for (phoneme, index, _), end, length in zip(said, ends, lengths, strict=True)
    )


def move(sounds: tuple[Sound, ...], manner: Manner, random: np.random.Generator) -> np.ndarray:
    """How the articulators move: (75, 9) float32, in the order of `ARTICULATORS`; 0 is at rest."""
    names, starts, ends = [REST], [-1.0], [sounds[0].start - 0.04]
    for sound in sounds:
        looks = visemes_of(sound.phoneme)
        edges = np.linspace(sound.start, sound.end, len(looks) + 1)
        names += looks
        starts += list(edges[:-1])
        ends += list(edges[1:])
    names, starts, ends = [*names, REST], [*starts, ends[-1] + 0.06], [*ends, FRAMES / RATE + 1]

    bends = manner.bends or {}
    none = (0.0,) * len(ARTICULATORS)
    targets = np.array([np.add(VISEMES[name], bends.get(name, none)) for name in names])
    targets[1:-1] += random.normal(0.0, 0.05, targets[1:-1].shape) * (targets[1:-1] != 0)
    first, last = np.array(starts), np.array(ends)
    moment = (np.arange(FRAMES) / RATE)[:, None]
    middle, half = (first + last) / 2, (last - first) / 2
    away = np.maximum(np.abs(moment - middle) - 0.35 * half, 0)
    fade = manner.reach * (_REACH * np.minimum(half, 0.09) * 0.65 + 0.012)
    firm = np.array([_FIRM.get(name, 1.0) for name in names])
    dominance = firm * np.exp(-np.minimum(away / fade, 30.0)) + 1e-9 * np.exp(-away)
    moved = dominance @ targets / dominance.sum(axis=1, keepdims=True)
    moved = np.clip(moved, -1.0, 1.15) * np.array(manner.amplitude)
    moved[:, 4:6] = np.clip(moved[:, 4:6], 0, 1)
    return moved.astype(np.float32)


@functools.cache
def table() -> dict[str, tuple[tuple[str, float, float], ...]]:
    """A word's phonemes, each with the mean and the deviation of its length in milliseconds."""
    words = json.loads(TABLE.read_text(encoding="utf-8"))["words"]
    return {
        word: tuple((phoneme, float(mean), float(deviation)) for phoneme, mean, deviation in phonemes)
        for word, phonemes in words.items()
    }
