"""Noise and music by arithmetic, the same for the same seed: to try the ears with, and for the game."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlintro_demos.gallery.intake.sounds import RATE

LEVEL = 0.1  # root mean square of a noise on its own, of full scale


def white(count: int, chance: np.random.Generator) -> np.ndarray:
    """All pitches alike: a waterfall."""
    return chance.standard_normal(count)


def pink(count: int, chance: np.random.Generator) -> np.ndarray:
    """Every octave alike: rain."""
    return _shaped(count, chance, -0.5)


def brown(count: int, chance: np.random.Generator) -> np.ndarray:
    """Deep: wind, or a car from inside."""
    return _shaped(count, chance, -1.0)


def _shaped(count: int, chance: np.random.Generator, power: float) -> np.ndarray:
    spectrum = np.fft.rfft(chance.standard_normal(count))
    pitches = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20.0)
    return np.fft.irfft(spectrum * pitches**power, count)


def hum(count: int, chance: np.random.Generator) -> np.ndarray:
    """The mains and its harmonics, and a fan."""
    at = np.arange(count) / RATE
    tones = sum(np.sin(2 * np.pi * 50 * k * at + chance.uniform(0, 6)) / k for k in range(1, 9))
    return tones + 0.3 * _shaped(count, chance, -0.5) * 100


def clicks(count: int, chance: np.random.Generator) -> np.ndarray:
    """Keys of a keyboard, or plates in a sink."""
    sound = 0.01 * chance.standard_normal(count)
    for start in chance.integers(0, max(1, count - 400), max(1, count // 2_500)):
        length = min(400, count - start)
        sound[start : start + length] += chance.standard_normal(length) * np.exp(-np.arange(length) / 60)
    return sound


def siren(count: int, chance: np.random.Generator) -> np.ndarray:
    """A tone that goes up and down."""
    at = np.arange(count) / RATE
    pitch = 700 + 250 * np.sin(2 * np.pi * at / chance.uniform(1, 3))
    return np.sin(2 * np.pi * np.cumsum(pitch) / RATE)


_SCALE = (0, 2, 4, 7, 9, 12)  # half tones, pentatonic: any two sound well together


def music(count: int, chance: np.random.Generator) -> np.ndarray:
    """A melody over chords, with a drum: two notes a second, plucked."""
    sound = np.zeros(count)
    for beat, start in enumerate(range(0, count, RATE // 2)):
        length = min(RATE, count - start)
        at = np.arange(length) / RATE
        root = 110 * 2 ** (int(chance.choice((0, 5, 7))) / 12) if beat % 4 == 0 else None
        notes = [220 * 2 ** (int(chance.choice(_SCALE)) / 12)]
        notes += [root * ratio for ratio in (1, 1.25, 1.5)] if root else []
        for pitch in notes:
            for k in range(1, 6):
                sound[start : start + length] += np.sin(2 * np.pi * pitch * k * at) / k**1.5 * np.exp(-3 * at)
        if beat % 2 == 0:
            sound[start : start + length] += 0.8 * np.sin(2 * np.pi * 60 * at) * np.exp(-18 * at)
        else:
            sound[start : start + length] += 0.2 * chance.standard_normal(length) * np.exp(-40 * at)
    return sound


def silence(count: int, chance: np.random.Generator) -> np.ndarray:
    """A quiet room: a microphone's own hiss."""
    return 1e-4 * chance.standard_normal(count)


KINDS: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "white": white,
    "pink": pink,
    "brown": brown,
    "hum": hum,
    "clicks": clicks,
    "siren": siren,
    "music": music,
    "silence": silence,
}


def noise(kind: str, seconds: float, seed: int) -> np.ndarray:
    """A noise of `KINDS` on its own, (N,) float32 at 16 kHz; `silence` stays quiet."""
    sound = KINDS[kind](round(seconds * RATE), np.random.default_rng(seed))
    level = 1.0 if kind == "silence" else LEVEL / max(float(np.sqrt((sound**2).mean())), 1e-9)
    return np.clip(level * sound, -1, 1).astype(np.float32)


def mixed(speech: np.ndarray, kind: str, decibels: float, seed: int) -> np.ndarray:
    """Speech (N,) float32 with a noise so many decibels below it (above, where negative), no peak over 1."""
    other = noise(kind, len(speech) / RATE, seed)[: len(speech)]
    loud = np.abs(speech) > 0.02 * np.abs(speech).max(initial=1e-9)
    level = float(np.sqrt((speech[loud] ** 2).mean())) if loud.any() else 0.0
    gain = level * 10 ** (-decibels / 20) / max(float(np.sqrt((other**2).mean())), 1e-9)
    both = speech + gain * other
    return (both / max(1.0, float(np.abs(both).max(initial=0)))).astype(np.float32)
