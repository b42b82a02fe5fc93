"""What is not meant for it, to try on it: noise, music, silence, and a sentence that drowns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from dlintro_demos.assistant.conversing import OPENING, Entry, converse
from dlintro_demos.assistant.dialogue import Dialogue
from dlintro_demos.assistant.noises import mixed, noise
from dlintro_demos.assistant.recordings import recording
from dlintro_demos.gallery.intake.sounds import encode_wav
from dlintro_demos.gallery.runtime.jobs import Progress

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

SECONDS = 4.0
SEED = 7
SOUNDS: Mapping[str, Callable[[], np.ndarray]] = {
    "Play it music": lambda: noise("music", SECONDS, SEED),
    "A quiet room": lambda: noise("silence", SECONDS, SEED),
    "Clattering plates": lambda: noise("clicks", SECONDS, SEED),
    "A sentence in a waterfall": lambda: mixed(recording(OPENING).samples, "white", -6, SEED),
}
LABEL = "A made sound: {}"


def converse_fooled(
    before: Dialogue, name: str, now: datetime, number: int, cache: ModelCache
) -> Iterator[Progress | Entry]:
    """A job: one turn of a sound of `SOUNDS`. Raises `ModelUnavailable`."""
    yield from converse(
        before, encode_wav(SOUNDS[name]()), now, number, cache, label=LABEL.format(name.lower())
    )
