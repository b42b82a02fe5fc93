"""Where somebody speaks in a recording: Silero's voice activity detector in plain PyTorch.

Silero Team, silero-vad 6.2, 2025: a magnitude spectrum by convolution, four convolutions, one LSTM. Their
package runs it frame by frame and sets the process' number of threads when it is imported; here all frames go
through the convolutions at once. The weights are those that it holds as safetensors; its TorchScript file has
others, which agree on nearly every frame (tests/assistant/test_hearing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from dlintro_demos.gallery.intake.sounds import RATE

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

MODEL = "silero_vad"
FRAME = 512  # samples of a frame, 32 ms
CONTEXT = 64  # samples before a frame that the network also sees
BINS = 129
BEGINS, ENDS = 0.5, 0.35  # probability from which speech begins, and below which it ends
SHORTEST = 0.2  # seconds of speech, below which it was a click or a breath
PAUSE = 0.4  # seconds without speech inside a sentence
AROUND = 0.15  # seconds kept before and after


class VadFormatError(ValueError):
    """A file that is not Silero's detector; the message says what is wrong."""


class VoiceActivity(nn.Module):
    """Samples (N,) float32 at 16 kHz to the probability of speech in each frame of 32 ms, (frames,)."""

    def __init__(self) -> None:
        super().__init__()
        self.stft_conv = nn.Conv1d(1, 2 * BINS, 256, stride=128, bias=False)
        self.conv1 = nn.Conv1d(BINS, 128, 3, padding=1)
        self.conv2 = nn.Conv1d(128, 64, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(64, 64, 3, stride=2, padding=1)
        self.conv4 = nn.Conv1d(64, 128, 3, padding=1)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.final_conv = nn.Conv1d(128, 1, 1)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        """See the class."""
        filled = functional.pad(samples, (CONTEXT, -len(samples) % FRAME))
        frames = filled.unfold(0, CONTEXT + FRAME, FRAME)
        x = self.stft_conv(functional.pad(frames[:, None], (0, CONTEXT), mode="reflect"))
        x = (x[:, :BINS].square() + x[:, BINS:].square()).sqrt()
        for layer in (self.conv1, self.conv2, self.conv3, self.conv4):
            x = layer(x).relu()
        states, _ = self.lstm(x[None, :, :, 0])
        return self.final_conv(states.relu().transpose(1, 2)).sigmoid()[0, 0]


def load_detector(files: Sequence[Path]) -> VoiceActivity:
    """The detector from the published safetensors. Raises `VadFormatError`."""
    module = VoiceActivity()
    try:
        theirs = load_file(files[0])
        state = {
            f"lstm.{name[10:]}_l0" if name.startswith("lstm_cell.") else name: value
            for name, value in theirs.items()
        }
        module.load_state_dict(state)
    except Exception as error:
        raise VadFormatError(f"{files[0].name} is not Silero's detector: {error}") from error
    return module


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of a recording, in seconds from its start."""

    begin: float
    end: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Activity:
    """`probabilities` (frames,) float32 of speech, one every 32 ms; `spans` where somebody speaks."""

    probabilities: np.ndarray
    spans: tuple[Span, ...]

    @property
    def seconds(self) -> float:
        """How long somebody speaks."""
        return sum(span.end - span.begin for span in self.spans)

    @property
    def confidence(self) -> float:
        """The highest probability of speech."""
        return float(self.probabilities.max(initial=0))


def find_speech(samples: np.ndarray, cache: ModelCache) -> Activity:
    """Where somebody speaks in (N,) float32 samples at 16 kHz. Raises `ModelUnavailable`."""
    probabilities = cache.run(MODEL, lambda model: _run(model.module, samples, model.device))
    return Activity(probabilities=probabilities, spans=spans_of(probabilities, len(samples) / RATE))


def _run(module: Any, samples: np.ndarray, device: torch.device) -> np.ndarray:
    if not len(samples):
        return np.zeros(0, np.float32)
    with torch.inference_mode():
        found: np.ndarray = module(torch.from_numpy(samples).to(device)).float().cpu().numpy()
    return found


def spans_of(probabilities: np.ndarray, seconds: float) -> tuple[Span, ...]:
    """Stretches of speech in a recording of so many seconds: short pauses bridged, clicks left out."""
    found: list[tuple[float, float]] = []
    begun: float | None = None
    for number, probability in enumerate(probabilities):
        at = number * FRAME / RATE
        if begun is None and probability >= BEGINS:
            begun = at
        elif begun is not None and probability < ENDS:
            found.append((begun, at))
            begun = None
    if begun is not None:
        found.append((begun, seconds))
    joined: list[tuple[float, float]] = []
    for begin, end in found:
        if joined and begin - joined[-1][1] < PAUSE:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return tuple(
        Span(begin=max(0.0, begin - AROUND), end=min(seconds, end + AROUND))
        for begin, end in joined
        if end - begin >= SHORTEST
    )
