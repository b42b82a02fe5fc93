"""A lesson with the camera live: what the machine says while one moves a thing, and many pictures at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.teach_a_child.heads import Guess, Head, guesses
from dlintro_demos.teach_a_child.lesson import Seen
from dlintro_demos.teach_a_child.seeing import nothing_on, see

SIDE = 320  # px, of the longer side of a picture that is sent
MOST_HELD = 50  # pictures while the button is held once
EVERY = 1 / 8  # seconds: pictures that follow faster are hardly different ones


class Recording:
    """Pictures that were recorded while the button is held; filled and emptied by two threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._seen: list[Seen] = []
        self._last = -EVERY
        self._clock = clock
        self._lock = threading.Lock()

    def add(self, seen: Seen) -> int:
        """Keep a picture, if it is time for the next one; gives how many there are."""
        with self._lock:
            now = self._clock()
            if now - self._last >= EVERY and len(self._seen) < MOST_HELD:
                self._seen.append(seen)
                self._last = now
            return len(self._seen)

    def take(self) -> tuple[Seen, ...]:
        """All of them, each once; the next recording begins."""
        with self._lock:
            seen, self._seen = self._seen, []
        return tuple({each.key: each for each in seen}.values())


def look_live(
    rgb: np.ndarray, said: Mapping[str, str], *, head: Head | None, recording: Recording, cache: ModelCache
) -> dict[str, Any]:
    """What the machine says to a picture, (H, W, 3) uint8; records it while the browser says `record`.

    Raises `ModelUnavailable`.
    """
    if nothing_on(rgb):
        return {"words": "I see nothing", "more": "The picture is all one colour: is the camera covered?"}
    (seen,) = see([rgb], ["from your camera"], cache)
    if "record" in said:
        count = recording.add(seen)
        full = " That is as many as go at once: let go." if count == MOST_HELD else ""
        return {
            "words": f"{count} of {MOST_HELD}",
            "more": f"Turn it, move it, come closer.{full}",
            "recorded": count,
        }
    if head is None:
        return {"words": "“I know no words yet.”"}
    (guess,) = guesses(head, [seen])
    return _said(guess)


def _said(guess: Guess) -> dict[str, Any]:
    distance = guess.nearest[0].distance
    near = f"The nearest example is {distance:.2f} away; beyond {guess.limit:.2f} it does not guess."
    chances = sorted(guess.probabilities.items(), key=lambda chance: -chance[1])
    return {
        "words": "“I have never seen this.”" if guess.name is None else f"“{guess.name}?”",
        "more": near,
        "bars": [[name, chance, f"{chance:.0%}"] for name, chance in chances],
    }
