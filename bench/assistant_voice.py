"""How well the assistant hears, how fast it answers aloud, and what it refuses to act on.

    OMP_NUM_THREADS=1 python -m bench.assistant_voice [--sentences 50] [--espeak 25]

All voices are synthetic: hibari, which the assistant itself speaks with, and espeak-ng's four English ones,
where that tool is installed. Sentences are those of `assistant_intents.txt` without its misspelt ones. Noise
and music are arithmetic; other languages are spoken by espeak-ng, and those reported are not the ones that
the thresholds were chosen on. Seconds are those of this machine as it was, with those of its processors.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from shutil import which
from zoneinfo import ZoneInfo

import numpy as np

from dlintro_demos.assistant.hearing import transcribe
from dlintro_demos.assistant.noises import KINDS, mixed, noise
from dlintro_demos.assistant.phrases import read_sections
from dlintro_demos.assistant.speaking import MODEL as VOICE
from dlintro_demos.assistant.speaking import speak, spoken
from dlintro_demos.assistant.turn import Conversation, Exchange, take_turn
from dlintro_demos.assistant.voice_activity import find_speech
from dlintro_demos.assistant.word_errors import word_errors, words_of
from dlintro_demos.gallery.intake.sounds import decode_sound, encode_wav
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.jobs import JobQueue, Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import settings

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Berlin"))
ESPEAK = ("en-gb", "en-us", "en-gb-scotland", "en-029")
ITEMS = ("bread", "butter", "cheese", "apples", "bananas", "sugar", "flour", "onions", "honey", "rice")


def sentences(count: int, cache: ModelCache) -> list[str]:
    """Test sentences of three words and more in which nothing is misspelt, always the same."""
    lines = list(chain.from_iterable(read_sections(HERE / "assistant_intents.txt").values()))
    dictionary = cache.run(VOICE, lambda model: model.module.hibari.g2p.lexicon.golds)

    def is_word(word: str) -> bool:
        return any(each in dictionary for each in (word, word.capitalize(), re.sub(r"(?:'s|s)$", "", word)))

    right = [
        line
        for line in lines
        if len(line.split()) > 2 and all(map(is_word, re.findall(r"[a-z']+", line.lower())))
    ]
    random.Random(5).shuffle(right)
    return right[:count]


def by_hibari(text: str, cache: ModelCache) -> bytes:
    """A sentence as a WAV file."""
    return spoken(list(speak(text, cache)), text).wav


def by_espeak(text: str, voice: str) -> bytes:
    """A sentence as a WAV file."""
    command = ["espeak-ng", "-v", voice, "--stdout", text]
    return subprocess.run(command, capture_output=True, check=True).stdout


def heard(samples: np.ndarray, cache: ModelCache) -> tuple[str, str]:
    """What is heard in samples, and why it is refused."""
    transcript = transcribe(samples, find_speech(samples, cache), cache)
    return transcript.raw, transcript.refusal


def errors(name: str, clips: list[tuple[str, np.ndarray]], cache: ModelCache, *, show: bool = False) -> None:
    """Print the word error rate, refused sentences counted with what was heard in them, and how many were."""
    wrong = total = refused = silent = 0
    for text, samples in clips:
        found, why = heard(samples, cache)
        missed = word_errors(words_of(text), words_of(found))
        wrong, total, refused = wrong + missed, total + len(words_of(text)), refused + bool(why)
        silent += why == "no speech"
        if missed and show:
            print(f"    {text!r}: heard {found!r}")
    print(
        f"  {name}: {wrong / total:.1%} of {total} words, {refused} of {len(clips)} sentences refused, "
        f"no speech found in {silent}"
    )


def answered(steps: Iterator[Progress | Exchange]) -> tuple[Exchange, float, float]:
    """A turn, and the seconds and processor seconds up to the first spoken sentence."""
    begun, used = time.perf_counter(), time.process_time()
    first: tuple[float, float] | None = None
    for step in steps:
        so_far = step.so_far if isinstance(step, Progress) else step
        if first is None and so_far is not None and so_far.speech:
            first = time.perf_counter() - begun, time.process_time() - used
    assert isinstance(step, Exchange)
    return step, *(first or (time.perf_counter() - begun, time.process_time() - used))


def latency(texts: list[str], cache: ModelCache) -> None:
    """Print from the end of speech to the start of the answer's sound."""
    rows = [answered(take_turn(Conversation(cache, NOW), by_hibari(text, cache), NOW)) for text in texts]
    seconds, used = np.array([row[1:] for row in rows]).T
    print(f"End of speech to the first sound of the answer, {len(rows)} sentences:")
    print(f"  median {np.median(seconds):.2f} s, p95 {np.percentile(seconds, 95):.2f} s")
    print(f"  processor seconds: median {np.median(used):.2f}, p95 {np.percentile(used, 95):.2f}")
    for name in rows[0][0].milliseconds:
        taken = [row[0].milliseconds[name] for row in rows if name in row[0].milliseconds]
        print(f"    {name}: median {np.median(taken):.0f} ms")


TWELVE = (
    "What is my schedule for tomorrow?",
    "And the day after?",
    "Move my dentist appointment to four o'clock.",
    "Find a flight to Paris on Friday.",
    "The cheaper one.",
    "Make it two.",
    "Yes, please.",
    "Will it rain in Tokyo tomorrow?",
    "Add oat milk to my shopping list.",
    "Undo that.",
    "Who is the president of France?",
    "Thank you.",
)


def conversation(cache: ModelCache) -> None:
    """Print a spoken conversation of twelve turns, with the milliseconds of every stage."""
    talk = Conversation(cache, NOW)
    print("A conversation of twelve turns:")
    for text in TWELVE:
        exchange, *_ = answered(take_turn(talk, by_hibari(text, cache), NOW))
        print(f"  heard: {exchange.said}")
        print(f"    answer: {exchange.answer[:150]}")
        print(f"    {', '.join(f'{name} {taken:.0f}' for name, taken in exchange.milliseconds.items())} ms")


def crowd(rounds: int, cache: ModelCache) -> None:
    """Print how long ten visitors who speak at once wait, and whether words of one reach another."""
    clips = {item: by_hibari(f"Add {item} to my shopping list", cache) for item in ITEMS}
    waited: list[float] = []
    used = time.process_time()
    mixed_up = understood = 0
    for _ in range(rounds):
        queue = JobQueue(at_once=settings().jobs_at_once, lease_s=600)
        begun = time.perf_counter()
        talks = {item: Conversation(cache, NOW) for item in ITEMS}
        jobs = {item: queue.submit(take_turn, talks[item], clips[item], NOW, visitor=item) for item in ITEMS}
        pending = dict(jobs)
        while pending:
            for item, job in list(pending.items()):
                so_far = job.progress.so_far
                if job.ended or (so_far is not None and so_far.speech):
                    waited.append(time.perf_counter() - begun)
                    del pending[item]
                job.touch()
            time.sleep(0.005)
        for item, job in jobs.items():
            exchange = job.result()
            words = f"{exchange.answer} {exchange.said}".lower()
            others = [other for other in ITEMS if other != item and other in words]
            stored = [turn.heard for turn in talks[item].dialogue.turns]
            mixed_up += bool(others) or len(stored) > 1
            understood += item in exchange.answer.lower()
        queue.shutdown()
    print(f"Ten visitors at once, {rounds} rounds, {settings().jobs_at_once} jobs at once:")
    print(f"  first sound: median {np.median(waited):.2f} s, p95 {np.percentile(waited, 95):.2f} s")
    print(f"  processor seconds of a round: {(time.process_time() - used) / rounds:.1f}")
    print(f"  words of another in a conversation: {mixed_up} of {len(waited)}; understood {understood}")


def acted(data: bytes, cache: ModelCache) -> tuple[str, str]:
    """What became of a recording: "no speech", "unclear", "not known", or "acted on"; and what was heard."""
    conversation = Conversation(cache, NOW)
    *_, exchange = take_turn(conversation, data, NOW, aloud=False)
    return exchange.refusal or ("acted on" if exchange.known else "not known"), exchange.said


def refusals(name: str, clips: list[tuple[str, bytes]], cache: ModelCache) -> None:
    """Print what became of recordings that must not be acted on."""
    found = [(label, *acted(data, cache)) for label, data in clips]
    tally = Counter(fate for _, fate, _ in found)
    told = ", ".join(f"{fate} {count}" for fate, count in sorted(tally.items()))
    print(f"  {name}, {len(clips)} recordings: {told}")
    for label, fate, said in found:
        if fate == "acted on":
            print(f"    {label}: heard {said!r}")


def noises(each: int) -> list[tuple[str, bytes]]:
    """Noise, music and silence of three to ten seconds."""
    kinds = [(kind, seed) for kind in KINDS for seed in range(each)]
    return [(kind, encode_wav(noise(kind, 3 + seed % 8, 900 + seed))) for kind, seed in kinds]


def languages(part: str) -> list[tuple[str, bytes]]:
    """Sentences of other languages, by espeak's voices."""
    table = tomllib.loads((HERE / "assistant_languages.toml").read_text(encoding="utf-8"))[part]
    return [
        (f"{language}: {text}", by_espeak(text, language))
        for language, texts in table.items()
        for text in texts
    ]


def measure(cache: ModelCache, count: int, by_others: int, rounds: int) -> None:
    """Print everything."""
    texts = sentences(max(count, by_others), cache)
    take = take_turn(Conversation(cache, NOW), by_hibari("What time is it?", cache), NOW)
    list(take)  # everything is loaded
    latency(texts[:count], cache)
    conversation(cache)
    crowd(rounds, cache)
    print("Word errors:")
    clean = [(text, decode_sound(by_hibari(text, cache)).samples) for text in texts[:count]]
    errors("hibari", clean, cache, show=True)
    for decibels in (10, 5):
        noisy = [(text, mixed(samples, "pink", decibels, 3)) for text, samples in clean[:by_others]]
        errors(f"hibari, pink noise {decibels} dB below", noisy, cache)
    if which("espeak-ng"):
        for voice in ESPEAK:
            clips = [(text, decode_sound(by_espeak(text, voice)).samples) for text in texts[:by_others]]
            errors(f"espeak {voice}", clips, cache)
    print("What must not be acted on:")
    refusals("noise, music and silence", noises(6), cache)
    foreign(cache)


def foreign(cache: ModelCache) -> None:
    """Print what became of sentences in other languages, by espeak's voices."""
    if which("espeak-ng"):
        refusals("seven other languages", languages("reported"), cache)
        refusals("six more, on which a threshold was chosen since", languages("measured_once"), cache)
        refusals("eight more, seen when it was chosen anew", languages("written_last"), cache)
        refusals("eight more, written since and measured once", languages("written_since"), cache)


def main() -> None:
    """Measure as told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sentences", type=int, default=50, help="spoken by hibari")
    parser.add_argument("--espeak", type=int, default=25, help="spoken by each of espeak's voices")
    parser.add_argument("--rounds", type=int, default=3, help="of ten visitors")
    parser.add_argument("--languages", action="store_true", help="only what is said in other languages")
    options = parser.parse_args()
    if options.languages:
        foreign(build_engine(settings()).cache)
        return
    measure(build_engine(settings()).cache, options.sentences, options.espeak, options.rounds)


if __name__ == "__main__":
    main()
