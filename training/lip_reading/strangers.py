"""Drawn strangers: people who speak and hold themselves unlike all that the reader learned from.

A speaker of `corpus.py` with all of their manner bent `STRANGE` times as far: how each viseme looks, how far
each articulator moves and how much others go with it, how fast they speak, how sounds reach into each other,
how the head is held. It is 5 because the reader of that time had about half of the words right, as it had of
ten real strangers in an earlier trial (45 to 48 %); at 1, 2, 3 and 4 it had 92, 86, 79 and 64 % of fifteen
validation strangers' words. The one in use learned from more drawn mouths, and has more of them right. They
are drawn all the same: what is measured on them is no promise for people.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.drawn import Speaker, draw
from dlintro_demos.lip_reading.learning import SENTENCES, Sentence, next_sentence
from dlintro_demos.lip_reading.speaking import ARTICULATORS, REST, VISEMES, Manner, move, time_sounds
from training.lip_reading.corpus import SPEAKERS, sentences

STRANGE = 5.0
FIRST = 990_000_000
"""The first one's number within a part's: clips of the corpus have others."""
_FIXED = (ARTICULATORS.index("press"), ARTICULATORS.index("tuck"))  # or lips would not close


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnStranger:
    """Somebody; `mix` (9, 9) says how much of each articulator goes into each other one."""

    speaker: Speaker
    mix: np.ndarray

    @classmethod
    def of(cls, part: str, number: int) -> DrawnStranger:
        """The stranger of that number among those of "validation" or "test"; the same number is the same."""
        seed = SPEAKERS[part] + FIRST + number
        speaker, random = Speaker.of(seed), np.random.default_rng([77, seed])
        count = len(ARTICULATORS)
        bends = {
            name: tuple((random.normal(0, 0.06 * STRANGE, count) * (np.array(looks) != 0)).tolist())
            for name, looks in VISEMES.items()
            if name != REST
        }
        amplitude = np.exp(random.normal(0, 0.1 * STRANGE, count)).clip(0.3, 2.0)
        amplitude[4:6] = 1
        amplitude[7:] = amplitude[7:].clip(0.7, 1.3)
        mix = np.eye(count) + random.normal(0, 0.05 * (STRANGE - 1), (count, count)) * (1 - np.eye(count))
        for each in _FIXED:
            mix[each], mix[:, each] = np.eye(count)[each], np.eye(count)[each]
        manner = Manner(
            rate=float(speaker.manner.rate * np.exp(random.normal(0, 0.06 * STRANGE))),
            amplitude=tuple((amplitude * np.mean(speaker.manner.amplitude)).tolist()),
            bends=bends,
            reach=float(speaker.manner.reach * np.exp(random.normal(0, 0.12 * STRANGE))),
        )
        held = {
            "yaw": float(np.clip(random.normal(0, 0.1 * STRANGE), -0.42, 0.42)),
            "pitch": float(np.clip(random.normal(0, 0.07 * STRANGE), -0.3, 0.3)),
        }
        return cls(speaker=dataclasses.replace(speaker, manner=manner, **held), mix=mix.astype(np.float32))

    def say(self, sentence: Sentence, seed: int) -> Clip:
        """A clip of theirs."""
        random = np.random.default_rng([0x57A6, self.speaker.seed, seed])
        sounds = time_sounds(sentence, random, rate=self.speaker.manner.rate)
        return draw(move(sounds, self.speaker.manner, random) @ self.mix, self.speaker, random)


def lesson(part: str, number: int, others: int) -> tuple[list[Sentence], list[Sentence]]:
    """Five sentences to learn from, as the page asks for them, and `others` of the part, none of those."""
    asked: list[Sentence] = []
    while len(asked) < SENTENCES:
        asked.append(next_sentence(asked, f"{part} {number} {len(asked)}"))
    said = [tuple(row) for row in sentences(part).tolist()]
    order = np.random.default_rng([5, SPEAKERS[part], number]).permutation(len(said))
    return asked, [said[each] for each in order if said[each] not in asked][:others]
