"""Choose the thresholds from which what Whisper wrote is taken for said; they stand on its card.

    OMP_NUM_THREADS=1 python -m training.assistant.hearing    # wants the tool espeak-ng

English by hibari's voice with noise and by two of espeak's, against five other languages by espeak's
(`[chosen_on]` of bench/assistant_languages.toml). Of all combinations that let at most `LET_IN` others in,
the one that keeps most of the English sentences. bench/assistant_voice.py reports on others.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from bench.assistant_voice import by_espeak, by_hibari, languages, sentences
from dlintro_demos.assistant.hearing import MODEL, Transcript, refusal, transcribe
from dlintro_demos.assistant.noises import mixed
from dlintro_demos.assistant.voice_activity import find_speech
from dlintro_demos.gallery.intake.sounds import decode_sound
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import settings

EACH = 20  # English sentences of each voice
LET_IN = 0
GRID = {
    "word_probability": (0.4, 0.45, 0.5, 0.55, 0.6),
    "no_speech": (0.5, 0.6, 0.7, 0.8),
    "log_probability": (-1.05, -1.0, -0.95, -0.9, -0.85),
    "repetition": (0.1, 0.2),
}


def heard(samples: np.ndarray, cache: ModelCache) -> Transcript:
    """What is heard in samples."""
    return transcribe(samples, find_speech(samples, cache), cache)


def main() -> None:
    """Print the choice beside what stands on the card."""
    cache = build_engine(settings()).cache
    texts = sentences(EACH, cache)
    clean = [decode_sound(by_hibari(text, cache)).samples for text in texts]
    english = [heard(mixed(each, "pink", 5, 7), cache) for each in clean]
    english += [
        heard(decode_sound(by_espeak(text, voice)).samples, cache)
        for voice in ("en-gb", "en-us")
        for text in texts
    ]
    others = [heard(decode_sound(data).samples, cache) for _, data in languages("chosen_on")]
    choices = []
    for values in product(*GRID.values()):
        thresholds = dict(zip(GRID, values, strict=True))
        let_in = sum(not refusal(each, thresholds) for each in others)
        kept = sum(not refusal(each, thresholds) for each in english)
        choices.append((let_in <= LET_IN, kept, -let_in, thresholds))
    allowed, kept, let_in, thresholds = max(choices, key=lambda choice: choice[:3])
    print(f"Chosen{'' if allowed else ' (none is strict enough)'}: {thresholds}")
    print(f"  English kept {kept} of {len(english)}, other languages let in {-let_in} of {len(others)}")
    print(f"On the card: {dict(cache.card(MODEL).thresholds)}")
    now = cache.card(MODEL).thresholds
    print(f"  English kept {sum(not refusal(each, now) for each in english)}", end=", ")
    print(f"let in {sum(not refusal(each, now) for each in others)}")


if __name__ == "__main__":
    main()
