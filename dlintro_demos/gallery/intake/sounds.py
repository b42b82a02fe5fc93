"""The only door for visitors' sounds: in memory, limits first, to 16 kHz mono, never further than it is used.

A format is known by its content. Whatever is wrong, the answer is a kind of `UnreadableMedia`, whose text
never quotes the file. Nothing is logged or written to disk.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import av
import numpy as np
from av.container import InputContainer

from dlintro_demos.gallery.intake.images import MediaTooLarge, UnreadableMedia, is_picture
from dlintro_demos.gallery.words import counted

av.logging.set_level(None)  # FFmpeg's complaints quote the file

RATE = 16_000  # samples a second of what is given on
# How a file begins, and the demuxer that reads it; the first that fits.
FORMATS = {
    "WAV": (rb"RIFF.{4}WAVE", "wav"),
    "FLAC": (rb"fLaC", "flac"),
    "OGG": (rb"OggS", "ogg"),
    "WebM": (rb"\x1a\x45\xdf\xa3", "matroska"),
    "M4A": (rb".{4}ftyp", "mov"),
    "AAC": (rb"\xff[\xf0\xf1\xf8\xf9]", "aac"),
    "MP3": (rb"ID3|\xff[\xe2\xe3\xf2-\xf7\xfa-\xff]", "mp3"),
}
CODECS = {"aac", "alac", "flac", "libopus", "libvorbis", "mp3", "mp3float", "opus", "vorbis"}
SLOWEST, FASTEST = 4_000, 192_000  # samples a second that are believed
MOST_CHANNELS = 8
WAV_PARTS = (b"fmt ", b"fact", b"data")
TELEPHONE = 8_000  # samples a second: no pitch above 4 kHz
FULL = 0.999  # of the largest value: a sample at it may have been cut off
CLIPPED = 0.002  # share of such samples from which speech is distorted
QUIET = 0.02  # largest value, below which a recording is called quiet
MISSING = 1.0  # seconds that a file may have less than it says
SHORTEST = 0.05  # seconds that can hold a sound
CHOOSE = "Record again, or choose a WAV, MP3, M4A, OGG, WebM or FLAC file."


class EmptySound(UnreadableMedia):
    """A file without a byte, as a recorder gives that was stopped at once."""


class NotASound(UnreadableMedia):
    """A picture, a text, or anything else."""


class NoSoundInside(UnreadableMedia):
    """A film without sound, or a sound of no length."""


class SoundTooLong(MediaTooLarge):
    """A recording that says of itself that it is much longer than what is used."""


class BrokenSound(UnreadableMedia):
    """A file that begins as a sound does, and cannot be decoded."""


@dataclass(frozen=True, kw_only=True)
class SoundLimits:
    """`max_seconds` are decoded and used; a file that says it has more than `longest_seconds` is refused."""

    max_bytes: int = 20 * 2**20
    max_seconds: float = 30.0
    longest_seconds: float = 600.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Sound:
    """`samples` (N,) float32 from -1 to 1, mono, 16,000 a second, as loud as they came.

    `rate` and `channels` are the file's own, `digest` is the SHA-256 of its bytes, in hex. `notes` say in
    plain words what was changed on the way in, and what is wrong with the recording.
    """

    samples: np.ndarray
    rate: int
    channels: int
    digest: str
    format: str
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / RATE


DEFAULT_LIMITS = SoundLimits()


def decode_sound(data: bytes, limits: SoundLimits = DEFAULT_LIMITS) -> Sound:
    """Decode the first sound in a file. Raises one of the errors above, and no other exception."""
    if not data:
        raise EmptySound(f"The recording is empty. Hold the button while you speak. {CHOOSE}")
    if len(data) > limits.max_bytes:
        raise MediaTooLarge(
            f"The recording has {len(data) / 2**20:.1f} MB; the limit is {limits.max_bytes / 2**20:.4g} MB. "
            "Make it shorter, and try again."
        )
    kind = sound_kind(data)
    if kind is None:
        what = "a picture, not a sound" if is_picture(data) else "not a sound the gallery knows"
        raise NotASound(f"This is {what}. {CHOOSE}")
    try:
        return _decode(data, kind, limits)
    except UnreadableMedia:
        raise
    except Exception:  # noqa: BLE001 - FFmpeg raises many types, and their words quote the file
        raise _broken() from None


def sound_kind(data: bytes) -> str | None:
    """Which of `FORMATS` the bytes begin as, or None."""
    if is_picture(data):  # HEIC and AVIF begin as an M4A does
        return None
    return next((kind for kind, (start, _) in FORMATS.items() if re.match(start, data[:16], re.DOTALL)), None)


def encode_wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    """A WAV file, 16 bit, of (N,) float32 from -1 to 1; what is beyond is cut off."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return file.getvalue()


@dataclass(kw_only=True)
class _Levels:
    """What the values before any resampling say."""

    samples: int = 0
    full: int = 0
    peak: float = 0.0
    broken: bool = False

    def add(self, frame: av.AudioFrame) -> None:
        values = _as_float(frame)
        size = np.abs(values)
        self.samples += values.size
        self.full += int((size >= FULL).sum())
        self.peak = max(self.peak, float(size.max(initial=0)))


def _as_float(frame: av.AudioFrame) -> np.ndarray:
    values = frame.to_ndarray()
    if values.dtype == np.uint8:
        return (values.astype(np.float32) - 128) / 127
    if np.issubdtype(values.dtype, np.integer):
        return values.astype(np.float32) / (2.0 ** (8 * values.dtype.itemsize - 1) - 1)
    return np.nan_to_num(values.astype(np.float32))


def _decode(data: bytes, kind: str, limits: SoundLimits) -> Sound:
    with _open(data, kind) as container:
        stream, said = _check(container, limits)
        context = stream.codec_context
        rate, channels = context.sample_rate, context.channels
        levels = _Levels()
        parts, length = [], 0
        wanted = round(limits.max_seconds * RATE)
        for part in _resampled(container, stream, levels, limits):
            parts.append(part)
            length += len(part)
            if length > wanted:
                break
    if length < SHORTEST * RATE:
        raise _broken() if levels.broken else NoSoundInside(f"There is no sound in this file. {CHOOSE}")
    samples = np.concatenate(parts)[:wanted]
    return Sound(
        samples=np.clip(np.nan_to_num(samples), -1, 1),
        rate=rate,
        channels=channels,
        digest=hashlib.sha256(data).hexdigest(),
        format=kind,
        notes=tuple(_notes(levels, rate, channels, length / RATE, said, limits)),
    )


def _open(data: bytes, kind: str) -> InputContainer:
    data = _without_words(data) if kind == "WAV" else data
    return cast(InputContainer, av.open(io.BytesIO(data), format=FORMATS[kind][1], metadata_errors="ignore"))


def _without_words(data: bytes) -> bytes:
    """A WAV with its sound alone: FFmpeg makes room for as many words as the file claims, up to 2 GB."""
    kept, position = [data[:12]], 12
    while position + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        endless = name == b"data" and size in (0, 0xFFFFFFFF)  # a recorder that did not know
        end = len(data) if endless else position + 8 + size + size % 2
        if name in WAV_PARTS:
            kept.append(data[position:end])
        position = end
    return b"".join(kept)


def _check(container: InputContainer, limits: SoundLimits) -> tuple[av.AudioStream, float]:
    """The stream to decode, and the seconds that the header says, 0 where it does not."""
    if not container.streams.audio:
        raise NoSoundInside(f"There is no sound in this file. {CHOOSE}")
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context.name not in CODECS and not context.name.startswith("pcm_"):
        raise NotASound(f"The sound is packed in a way the gallery does not read. {CHOOSE}")
    if not context.sample_rate or not context.channels:
        raise _broken()
    if not SLOWEST <= context.sample_rate <= FASTEST or not 1 <= context.channels <= MOST_CHANNELS:
        raise NotASound(
            f"The recording has {counted(context.channels, 'channel')} and {context.sample_rate:,} samples a "
            f"second; the gallery reads 1 to {MOST_CHANNELS} and {SLOWEST:,} to {FASTEST:,}. {CHOOSE}"
        )
    seconds = 0.0
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration:
        seconds = container.duration / 1e6
    if seconds > limits.longest_seconds:
        raise SoundTooLong(
            f"The recording is {seconds / 60:.0f} minutes long; the limit is "
            f"{limits.longest_seconds / 60:.4g} minutes, and {limits.max_seconds:g} seconds of it are used. "
            "Cut it shorter, and try again."
        )
    return stream, max(0.0, seconds)


def _resampled(
    container: InputContainer, stream: av.AudioStream, levels: _Levels, limits: SoundLimits
) -> Iterator[np.ndarray]:
    """Mono parts at `RATE`; a fault in the middle ends the sound there."""
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
    most = limits.max_seconds * stream.codec_context.sample_rate * MOST_CHANNELS + FASTEST
    try:
        for frame in container.decode(stream):
            if frame.layout.nb_channels > MOST_CHANNELS:  # more than the head said: PyAV would read past them
                levels.broken = True
                break
            levels.add(frame)
            for each in resampler.resample(frame):
                yield each.to_ndarray()[0]
            if levels.samples > most:  # a rate that changed under way
                return
    except av.FFmpegError:
        levels.broken = True
    for each in resampler.resample(None):
        yield each.to_ndarray()[0]


def _notes(
    levels: _Levels, rate: int, channels: int, length: float, said: float, limits: SoundLimits
) -> Iterator[str]:
    if length > limits.max_seconds:
        whole = f" of {said:.0f}" if said > limits.max_seconds else ""
        yield f"The first {limits.max_seconds:g} seconds{whole} are used."
    elif said - length > MISSING and not levels.broken:
        yield f"The file says it has {said:.1f} seconds, but ends after {length:.1f}."
    if levels.broken:
        yield f"The file is damaged after {length:.1f} seconds; what is before is used."
    if channels > 1:
        yield f"{'Stereo' if channels == 2 else f'{channels} channels'} mixed to one channel."
    if rate <= TELEPHONE:
        yield f"{rate / 1000:g} kHz, as a telephone has it: higher pitches are missing."
    if levels.peak == 0:
        yield "The recording is silent: every value is zero."
    elif levels.peak < QUIET:
        yield "The recording is very quiet."
    if levels.full > CLIPPED * levels.samples:
        share = levels.full / levels.samples
        yield f"Clipped: {share:.1%} of the values are at the limit, so it was recorded too loud."


def _broken() -> BrokenSound:
    return BrokenSound(f"The recording is incomplete, damaged, or of a rare kind. {CHOOSE}")
