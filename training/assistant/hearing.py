"""Choose the thresholds from which what Whisper wrote is taken for said; they stand on its card.

    OMP_NUM_THREADS=1 python -m training.assistant.hearing    # wants the tool espeak-ng

English by hibari's voice with noise and by two of espeak's, against five other languages by espeak's
(`[chosen_on]` of bench/assistant_languages.toml). Of all combinations that let at most `LET_IN` others in,
the one that keeps most of the English sentences.

    OMP_NUM_THREADS=1 python -m training.assistant.hearing unsure

How sure an intent must be where the words were heard unsurely: of all pairs that lose at most `LOST` of the
English sentences that are understood, the one that lets fewest of twenty-six languages in (all of the file
that were measured before) and keeps most English; of equal ones the strictest. bench/assistant_voice.py
reports on others, `[written_since]`.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np

from bench.assistant_voice import by_espeak, by_hibari, languages, sentences
from dlintro_demos.assistant.hearing import MODEL, Transcript, refusal, transcribe
from dlintro_demos.assistant.intents import plain_words, understand
from dlintro_demos.assistant.noises import mixed
from dlintro_demos.assistant.voice_activity import find_speech
from dlintro_demos.gallery.intake.sounds import decode_sound
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import settings

EACH = 20  # English sentences of each voice
LET_IN = 0
LOST = 0.02  # of the English sentences
UNSURE = tuple(round(0.4 + 0.05 * step, 2) for step in range(10))
UNSURE_INTENT = tuple(round(0.6 + 0.02 * step, 2) for step in range(20))
GRID = {
    "word_probability": (0.4, 0.45, 0.5, 0.55, 0.6),
    "no_speech": (0.5, 0.6, 0.7, 0.8),
    "log_probability": (-1.05, -1.0, -0.95, -0.9, -0.85),
    "repetition": (0.1, 0.2),
}


def heard(samples: np.ndarray, cache: ModelCache) -> Transcript:
    """What is heard in samples."""
    return transcribe(samples, find_speech(samples, cache), cache)


def unsure(cache: ModelCache) -> None:
    """Print the pair of thresholds for what was heard unsurely, beside what stands on the card."""
    english = []
    for text in sentences(EACH, cache):
        clean = decode_sound(by_hibari(text, cache)).samples
        spoken = [clean, mixed(clean, "pink", 5, 8)]
        spoken += [decode_sound(by_espeak(text, voice)).samples for voice in ("en-gb", "en-us", "en-029")]
        wanted = understand(plain_words(text, cache).text, cache).intent
        english += [each for samples in spoken if (each := taken_up(samples, cache)) and each[0] == wanted]
    parts = ("chosen_on", "reported", "measured_once", "written_last")
    clips = [data for part in parts for _, data in languages(part)]
    others = [each for data in clips if (each := taken_up(decode_sound(data).samples, cache))]
    print(f"taken up without this: {len(others)} of {len(clips)} in other languages")
    for _, heard_at, intent in sorted(others, key=lambda each: each[1]):
        print(f"    heard {heard_at:.2f}, intent {intent:.2f}")

    def let_in(rows: list[tuple[str, float, float]], pair: tuple[float, float]) -> int:
        return sum(heard_at >= pair[0] or intent >= pair[1] for _, heard_at, intent in rows)

    pairs = list(product(UNSURE, UNSURE_INTENT))
    allowed = [pair for pair in pairs if let_in(english, pair) >= (1 - LOST) * len(english)]
    best = min(allowed, key=lambda pair: (let_in(others, pair), -let_in(english, pair), -pair[0], -pair[1]))
    card = cache.card(MODEL).thresholds
    for name, pair in (("Chosen", best), ("On the card", (card["unsure"], card["unsure_intent"]))):
        print(f"{name}: unsure = {pair[0]}, unsure_intent = {pair[1]}: ", end="")
        print(f"English kept {let_in(english, pair)} of {len(english)}, ", end="")
        print(f"others let in {let_in(others, pair)} of {len(clips)}")


def taken_up(samples: np.ndarray, cache: ModelCache) -> tuple[str, float, float] | None:
    """Intent, confidence of the words and of the intent, where it passes the other gates and is known."""
    transcript = heard(samples, cache)
    if transcript.refusal:
        return None
    guess = understand(plain_words(transcript.raw, cache).text, cache)
    return (guess.intent, transcript.confidence, guess.confidence) if guess.known else None


def main() -> None:
    """Print the choice beside what stands on the card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["words", "unsure"], nargs="?", default="words")
    cache = build_engine(settings()).cache
    if parser.parse_args().what == "unsure":
        unsure(cache)
        return
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
