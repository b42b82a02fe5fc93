"""A sheet of drawn mouths: speakers by moments of a sentence.

python -m training.lip_reading sheet docs/drawn_mouths.webp
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from dlintro_demos.lip_reading.clip import RATE
from dlintro_demos.lip_reading.drawn import Speaker, say, timing
from dlintro_demos.lip_reading.grammar import parse
from dlintro_demos.lip_reading.mouths import HEIGHT, WIDTH

SENTENCE = "place blue with f three soon"
MOMENTS = {
    "at rest": None, "p": (0, 0), "l": (0, 1), "b": (1, 0), "oo": (1, 2), "w": (2, 0), "th": (2, 2),
    "f": (3, 1), "ee": (4, 2), "s": (5, 0),
}  # fmt: skip
"""What stands above a column: which sound of which word."""
SPEAKERS = tuple(range(10))
_LINE = 22
_QUALITY = 80


def sheet() -> np.ndarray:
    """The picture, uint8 RGB."""
    names = np.hstack([_text(name, WIDTH) for name in MOMENTS])
    rows = [np.hstack(_moments(Speaker.of(number))) for number in SPEAKERS]
    title = _text(f'Mouths drawn by this gallery; nobody of flesh and blood. "{SENTENCE}"', names.shape[1])
    return np.vstack([title, names, *rows])


def _moments(speaker: Speaker) -> list[np.ndarray]:
    sentence = parse(SENTENCE)
    mouths = say(sentence, speaker, seed=0).mouths
    sounds = timing(sentence, speaker, seed=0)
    words = [[each for each in sounds if each.word == word] for word in range(len(sentence))]
    found = []
    for place in MOMENTS.values():
        if place is None:
            found.append(mouths[2])
        else:
            sound = words[place[0]][place[1]]
            found.append(mouths[round((sound.start + sound.end) / 2 * RATE)])
    return found


def _text(words: str, width: int) -> np.ndarray:
    line = np.full((_LINE, width, 3), 255, np.uint8)
    return cv2.putText(line, words, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (30, 30, 30), 1, cv2.LINE_AA)


def write(path: Path) -> None:
    """Save it, as what its name ends with."""
    picture = cv2.cvtColor(sheet(), cv2.COLOR_RGB2BGR)
    assert picture.shape[1] == len(MOMENTS) * WIDTH
    assert picture.shape[0] == len(SPEAKERS) * HEIGHT + 2 * _LINE
    cv2.imwrite(str(path), picture, [cv2.IMWRITE_WEBP_QUALITY, _QUALITY])
