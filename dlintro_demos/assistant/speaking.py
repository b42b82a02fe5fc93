"""From an answer to sound: hibari's neural voice (Williams 2026, after Kokoro-82M), sentence by sentence."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from hibari import SAMPLE_RATE, Hibari
from torch import nn

from dlintro_demos.assistant.read_aloud import sentences
from dlintro_demos.gallery.intake.sounds import encode_wav

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache

MODEL = "hibari_voice"
RATE = SAMPLE_RATE  # samples a second
LOUDNESS = 0.1  # root mean square where it speaks, of full scale: -20 dB
PEAK = 0.89  # -1 dB
PAUSE = 0.25  # seconds between sentences


class Voice(nn.Module):
    """The voice; ONNX Runtime keeps the weights to itself, on the processor."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.hibari = Hibari(model=str(path), threads=1)
        self.lock = threading.Lock()  # its dictionaries fill as it reads
        self.hibari("Hello.")  # they load when they are first needed

    def say(self, sentence: str) -> np.ndarray:
        """One sentence as (N,) float32, the same every time."""
        with self.lock:
            sound: np.ndarray = self.hibari(sentence, seed=0)
        return sound


def load_voice(files: Sequence[Path]) -> Voice:
    """The voice from its file."""
    return Voice(files[0])


@dataclass(frozen=True, kw_only=True, eq=False)
class Sentence:
    """One spoken sentence: `text` as it stands on the page; seconds from the start of the answer's sound.

    `samples` (N,) float32 from -1 to 1, at `RATE`.
    """

    text: str
    samples: np.ndarray
    begin: float
    end: float

    @property
    def wav(self) -> bytes:
        """As a WAV file."""
        return encode_wav(self.samples, RATE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Speech:
    """A whole answer, spoken; `cut` where it was longer than what is read aloud."""

    sentences: tuple[Sentence, ...]
    cut: bool = False

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return self.sentences[-1].end if self.sentences else 0.0

    @property
    def samples(self) -> np.ndarray:
        """(N,) float32 from -1 to 1 at `RATE`, pauses included."""
        whole = np.zeros(round(self.seconds * RATE), np.float32)
        for each in self.sentences:
            start = round(each.begin * RATE)
            whole[start : start + len(each.samples)] = each.samples[: len(whole) - start]
        return whole

    @property
    def wav(self) -> bytes:
        """As a WAV file."""
        return encode_wav(self.samples, RATE)


def speak(text: str, cache: ModelCache) -> Iterator[Sentence]:
    """The sentences of an answer, each as soon as it is spoken. Raises `ModelUnavailable`."""
    at = 0.0
    for shown, read in sentences(text)[0]:
        samples = even(cache.run(MODEL, partial(_say, sentence=read)))
        if len(samples):
            end = at + len(samples) / RATE
            yield Sentence(text=shown, samples=samples, begin=at, end=end)
            at = end + PAUSE


def spoken(parts: Sequence[Sentence], text: str) -> Speech:
    """The sentences that `speak` gave of a text, as one."""
    return Speech(sentences=tuple(parts), cut=sentences(text)[1])


def _say(model: Loaded, sentence: str) -> np.ndarray:
    assert isinstance(model.module, Voice)
    return model.module.say(sentence)


def even(samples: np.ndarray) -> np.ndarray:
    """As loud as every other sentence: the louder half of its moments at `LOUDNESS`, no peak over `PEAK`."""
    if not len(samples):
        return samples
    frame = RATE // 50
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    levels = np.sqrt((frames**2).mean(1)) if len(frames) else np.abs(samples)
    level = float(np.sqrt((np.sort(levels)[len(levels) // 2 :] ** 2).mean()))
    peak = float(np.abs(samples).max())
    if peak < 1e-5:
        return samples
    gain = min(LOUDNESS / max(level, 1e-5), PEAK / peak)
    return (gain * samples).astype(np.float32)
