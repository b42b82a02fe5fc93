"""What a recording looks like: its loudness over time, and its spectrogram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.intake.sounds import RATE

COLUMNS = 240  # of the waveform
WINDOW = 400  # samples of a spectrum, 25 ms
ROWS = 64  # pitches
LOWEST, HIGHEST = 60.0, 7_800.0  # Hz
RANGE = 70.0  # decibels below the loudest that are told apart
WIDEST = 480  # px of the spectrogram
_COLOURS = np.array([[14, 12, 38], [66, 40, 128], [183, 55, 121], [252, 137, 97], [252, 253, 191]], float)


@dataclass(frozen=True, kw_only=True, eq=False)
class SoundPicture:
    """`peaks` are 240 loudnesses from 0 to 100, of the loudest; `spectrogram` a PNG file, low pitches below.

    Its pitches stand apart as ears tell them (mel), from 60 to 7,800 Hz.
    """

    peaks: tuple[int, ...]
    spectrogram: bytes
    seconds: float


def picture_of(samples: np.ndarray) -> SoundPicture:
    """The picture of (N,) float32 samples at 16 kHz."""
    parts = np.array_split(np.abs(samples), COLUMNS)
    peaks = np.array([part.max(initial=0) for part in parts])
    peaks = 100 * peaks / max(float(peaks.max()), 0.05)  # silence stays flat
    return SoundPicture(
        peaks=tuple(round(peak) for peak in peaks.tolist()),
        spectrogram=encode_png(_spectrogram(samples)),
        seconds=len(samples) / RATE,
    )


def resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    """Samples of another rate at 16 kHz, by straight lines between them: to look at, not to listen to."""
    count = round(len(samples) * RATE / rate)
    return np.interp(np.arange(count) * rate / RATE, np.arange(len(samples)), samples).astype(np.float32)


def _spectrogram(samples: np.ndarray) -> np.ndarray:
    """RGB (64, columns, 3) uint8."""
    hop = max(RATE // 100, len(samples) // WIDEST)
    spectrum = torch.stft(
        torch.from_numpy(np.pad(samples, (0, max(0, WINDOW - len(samples))))).float(),
        n_fft=512,
        win_length=WINDOW,
        hop_length=hop,
        window=torch.hann_window(WINDOW),
        return_complex=True,
    )
    decibels = 20 * np.log10(spectrum.abs().numpy() + 1e-6)  # (257, columns)
    bins = _pitches() * 512 / RATE
    low = np.floor(bins).astype(int)
    part = (bins - low)[:, None]
    rows = (1 - part) * decibels[low] + part * decibels[low + 1]
    top = max(float(rows.max()), -20.0)
    level = np.clip(1 + (rows[::-1] - top) / RANGE, 0, 1) * (len(_COLOURS) - 1)
    return np.stack(
        [np.interp(level, np.arange(len(_COLOURS)), _COLOURS[:, channel]) for channel in range(3)], axis=-1
    ).astype(np.uint8)


def _pitches() -> np.ndarray:
    """Frequencies in Hz, evenly spaced on the mel scale (O'Shaughnessy 1987)."""
    low, high = (2_595 * np.log10(1 + hertz / 700) for hertz in (LOWEST, HIGHEST))
    mel = np.linspace(low, high, ROWS)
    return 700 * (10 ** (mel / 2_595) - 1)
