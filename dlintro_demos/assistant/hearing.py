"""From a recording to words: Whisper tiny.en (Radford et al. 2022), only where somebody speaks.

On silence and noise Whisper invents words, so it is not asked there; what it is not sure of, or says again
and again, is not taken for something that was said. It is run by faster-whisper on CTranslate2.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import ctranslate2
import numpy as np
import torch
from faster_whisper import WhisperModel
from torch import nn

from dlintro_demos.assistant.doubting import Heard
from dlintro_demos.assistant.normalise import masked
from dlintro_demos.assistant.voice_activity import Activity
from dlintro_demos.gallery.intake.sounds import RATE

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

MODEL = "whisper_tiny_en"
BEAM = 5
TOKENS, TOKENS_A_SECOND = 16, 8  # at most so many are written for a recording: nobody speaks faster
FEWEST_FRAMES = 1_000  # of 10 ms
THREADS = 4  # at most
ONE_NUMBER = 4  # digits
Refusal = Literal["", "no speech", "unclear"]
WHY: dict[Refusal, str] = {
    "no speech": "I heard nobody speak, so I did nothing.",
    "unclear": "Somebody spoke, but I could not make out English words, so I did nothing.",
}


class Recogniser(WhisperModel):
    """Whisper without most of the silence behind a short sentence.

    Whisper reads 30 seconds whatever was said; twice the sentence, and ten seconds at least, give as few
    errors for a quarter of the work (bench/assistant_voice.py).
    """

    def encode(self, features: np.ndarray) -> Any:
        """Features (80, 3000), zero where nothing is left, to the encoder's output."""
        said = np.flatnonzero(features.any(axis=0))
        frames = max(FEWEST_FRAMES, 2 * (int(said[-1]) + 1 if len(said) else 0))
        return super().encode(np.ascontiguousarray(features[:, :frames]))


class Whisper(nn.Module):
    """The recogniser, on the processor until it is moved to a graphics card.

    CTranslate2 keeps the weights to itself and serves one call after another, from any thread.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.recogniser = self._on("cpu")

    def _on(self, device: str, index: int = 0) -> Recogniser:
        return Recogniser(
            str(self._folder),
            device=device,
            device_index=index,
            compute_type="int8",
            cpu_threads=min(THREADS, os.cpu_count() or 1),
            local_files_only=True,
        )

    def to(self, *args: Any, **_: Any) -> Self:
        """Move to a graphics card; where CTranslate2 has none, or not its libraries, it stays where it is."""
        device = torch.device(args[0])
        if device.type == "cuda" and ctranslate2.get_cuda_device_count():
            with contextlib.suppress(RuntimeError):
                moved = self._on("cuda", device.index or 0)
                list(moved.transcribe(np.zeros(RATE, np.float32), temperature=0.0)[0])  # libraries load now
                self.recogniser = moved
        return self


def load_whisper(files: Sequence[Path]) -> Whisper:
    """The recogniser from the folder of its files."""
    return Whisper(files[0].parent)


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word as it was heard, bad ones masked; seconds from the start of the recording."""

    text: str
    begin: float
    end: float
    probability: float


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """What was heard: `raw` as Whisper wrote it, not to be shown; in `text` and `words` bad ones are masked.

    `refusal` says why nothing was taken for said, "" where something was. `log_probability` is the mean of
    the tokens (natural), `no_speech` the probability that nobody spoke, `repetition` the share of words that
    begin three which came before. All are 0 where Whisper was not asked.
    """

    raw: str = ""
    text: str = ""
    words: tuple[Word, ...] = ()
    refusal: Refusal = ""
    log_probability: float = 0.0
    no_speech: float = 0.0
    repetition: float = 0.0

    @property
    def word_probability(self) -> float:
        """The mean of the words' probabilities, 0 without words."""
        return sum(word.probability for word in self.words) / max(1, len(self.words))

    @property
    def heard(self) -> Heard:
        """The words with their probabilities, for who asks first where they are low."""
        words = tuple((word.text, word.probability) for word in self.words)
        return Heard(words=words, confidence=self.confidence)

    @property
    def confidence(self) -> float:
        """The geometric mean of the tokens' probabilities, 0 where nothing was heard."""
        return math.exp(self.log_probability) if self.raw else 0.0


def transcribe(samples: np.ndarray, activity: Activity, cache: ModelCache) -> Transcript:
    """The words in (N,) float32 samples at 16 kHz, 30 seconds at most. Raises `ModelUnavailable`."""
    if not activity.spans:
        return Transcript(refusal="no speech")
    begin, end = activity.spans[0].begin, activity.spans[-1].end
    spoken = samples[round(begin * RATE) : round(end * RATE)]
    heard = cache.run(MODEL, lambda model: _listen(model.module, spoken, begin))
    return replace(heard, refusal=refusal(heard, cache.card(MODEL).thresholds))


def refusal(heard: Transcript, thresholds: Any) -> Refusal:
    """Whether what was heard is to be left: the gates, by the thresholds of Whisper's card."""
    clear = (
        _is_said(heard.raw)
        and heard.log_probability >= thresholds["log_probability"]
        and heard.no_speech <= thresholds["no_speech"]
        and heard.repetition <= thresholds["repetition"]
        and heard.word_probability >= thresholds["word_probability"]
    )
    return "" if clear else "unclear"


def _is_said(raw: str) -> bool:
    """Whether these are words, or one number: of other languages Whisper makes rows of digits, too."""
    digits = sum(map(str.isdigit, raw))
    return sum(map(str.isalpha, raw)) > digits or 0 < digits <= ONE_NUMBER


def _listen(module: Any, spoken: np.ndarray, offset: float) -> Transcript:
    segments, _ = module.recogniser.transcribe(
        spoken,
        language="en",
        beam_size=BEAM,
        temperature=0.0,  # once: others are tried when it is unsure, and take seconds
        compression_ratio_threshold=None,
        log_prob_threshold=None,
        no_speech_threshold=None,
        condition_on_previous_text=False,
        word_timestamps=True,
        max_new_tokens=TOKENS + round(TOKENS_A_SECOND * len(spoken) / RATE),
    )
    parts = list(segments)
    if not parts:
        return Transcript()
    raw = " ".join("".join(part.text for part in parts).split())
    lengths = np.array([len(part.tokens) for part in parts], float)
    return Transcript(
        raw=raw,
        text=masked(raw),
        words=tuple(
            Word(
                text=masked(word.word.strip()),
                begin=offset + float(word.start),
                end=offset + float(word.end),
                probability=float(word.probability),
            )
            for part in parts
            for word in part.words or ()
        ),
        log_probability=float(np.average([part.avg_logprob for part in parts], weights=lengths)),
        no_speech=float(max(part.no_speech_prob for part in parts)),
        repetition=repetition(raw),
    )


def repetition(text: str) -> float:
    """The share of its words that begin three which came before, 0 to 1: Whisper goes round in circles."""
    said = re.findall(r"[a-z']+", text.lower())
    threes = list(zip(said, said[1:], said[2:], strict=False))
    return 1 - len(set(threes)) / len(threes) if threes else 0.0
