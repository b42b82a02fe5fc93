"""Bundled recordings, synthetic throughout: the first exchange, the tests, and the noisy ones of a game."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlintro_demos.assistant.noises import mixed
from dlintro_demos.assistant.phrases import DATA
from dlintro_demos.gallery.intake.sounds import Sound, decode_sound, encode_wav

LABEL = "Synthetic: spoken by hibari's voice, nobody's own"


@functools.cache
def texts() -> dict[str, str]:
    """What each of the examples says, by name."""
    table: dict[str, str] = _table()["examples"]
    return table


def file_of(name: str) -> bytes:
    """An example, or "game_0" and so on without its noise, as an OGG file."""
    return (DATA / "recordings" / f"{name}.ogg").read_bytes()


@functools.cache
def recording(name: str) -> Sound:
    """An example, decoded."""
    return decode_sound(file_of(name))


@dataclass(frozen=True, kw_only=True)
class Riddle:
    """A noisy recording of the game: what it says, and the noise, `decibels` below the voice."""

    number: int
    text: str
    noise: str
    decibels: float
    seed: int

    @property
    def samples(self) -> np.ndarray:
        """(N,) float32 at 16 kHz."""
        clean = recording(f"game_{self.number}").samples
        return mixed(clean, self.noise, self.decibels, self.seed)

    @property
    def wav(self) -> bytes:
        """As a WAV file."""
        return encode_wav(self.samples)


@functools.cache
def riddles() -> tuple[Riddle, ...]:
    """The game's recordings, the easier ones first."""
    return tuple(Riddle(number=number, **each) for number, each in enumerate(_table()["game"]))


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads((DATA / "recordings.toml").read_text(encoding="utf-8"))
