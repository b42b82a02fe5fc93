"""Speak the bundled recordings again, with hibari's voice, as OGG files with Opus. The same every time.

python -m training.assistant.recordings
"""

from __future__ import annotations

import io

import av
import numpy as np

from dlintro_demos.assistant.phrases import DATA
from dlintro_demos.assistant.recordings import riddles, texts
from dlintro_demos.assistant.speaking import RATE, speak, spoken
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.settings import settings

BITS = 24_000  # a second
OPUS = 48_000  # samples a second


def as_ogg(samples: np.ndarray) -> bytes:
    """(N,) float32 at 24 kHz as an OGG file."""
    file = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
    frame.sample_rate = RATE
    with av.open(file, "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=OPUS)
        stream.bit_rate = BITS
        stream.codec_context.layout = "mono"
        resampler = av.AudioResampler(format="flt", layout="mono", rate=OPUS)
        for each in (*resampler.resample(frame), *resampler.resample(None), None):
            container.mux(stream.encode(each))
    return file.getvalue()


def main() -> None:
    """Write them all."""
    cache = build_engine(settings()).cache
    folder = DATA / "recordings"
    folder.mkdir(exist_ok=True)
    wanted = texts() | {f"game_{riddle.number}": riddle.text for riddle in riddles()}
    for name, text in wanted.items():
        quiet = np.zeros(RATE // 4, np.float32)
        speech = spoken(list(speak(text, cache)), text).samples
        data = as_ogg(np.concatenate([quiet, speech, quiet]))
        (folder / f"{name}.ogg").write_bytes(data)
        print(f"{name}: {len(data):,} bytes, “{text}”")


if __name__ == "__main__":
    main()
