"""Choose from which probability on what was heard is done at once, not asked first; on Whisper's card.

    OMP_NUM_THREADS=1 python -m training.assistant.doubts           # choose; wants the tool espeak-ng
    OMP_NUM_THREADS=1 python -m training.assistant.doubts report    # what the card's thresholds do, on others

Sentences that change calendar, list or reminders are typed, and spoken in noise and by espeak's voices. What
is heard changes the same, or something else: that is what should have been asked. Chosen are the thresholds
that ask most of the latter and at most `NEEDLESS` of the former. Sentences, noises and voices of the report
are others: phrasings of the test files.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, product

import numpy as np
from sqlalchemy import select

from bench.assistant_voice import HERE, NOW, by_espeak, by_hibari
from dlintro_demos.assistant.dialogue import Dialogue
from dlintro_demos.assistant.doubting import AT_ONCE, Heard, stored_words
from dlintro_demos.assistant.hearing import MODEL, transcribe
from dlintro_demos.assistant.noises import mixed
from dlintro_demos.assistant.phrases import phrasings, read_sections
from dlintro_demos.assistant.tables import EVENTS, REMINDERS, SHOPPING
from dlintro_demos.assistant.voice_activity import find_speech
from dlintro_demos.assistant.word_errors import words_of
from dlintro_demos.gallery.intake.sounds import decode_sound
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import settings

NEEDLESS = 0.1
EACH = 40  # sentences of each intent
Ways = tuple[tuple[tuple[str, int], ...], tuple[str, ...]]  # noises with decibels, and voices
CHOOSE: Ways = ((("pink", 10), ("pink", 0), ("music", 5)), ("en-gb-scotland", "en-029"))
REPORT: Ways = ((("brown", 20), ("white", 10), ("hum", 5)), ("en-gb", "en-us"))
WORD = tuple(round(0.05 * step, 2) for step in range(19))
INTENT = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One recording: `right` where what was heard changed what the typed sentence changes, `word` and
    `intent` the probabilities that are compared with the thresholds."""

    text: str
    heard: str
    right: bool
    word: float
    intent: float

    def asked(self, word: float, intent: float) -> bool:
        """Whether these thresholds ask first."""
        return self.word < word or self.intent < intent


def changes(text: str, cache: ModelCache) -> tuple[frozenset[str], float, set[str]]:
    """What a sentence changes in a new store, how sure its intent is, and the words that matter; typed."""
    dialogue = Dialogue(cache, NOW)
    before = _rows(dialogue)
    turn = dialogue.say(text)
    asked = dialogue._asked
    words = stored_words(asked) if asked and asked.intent in AT_ONCE else set()
    return _rows(dialogue) ^ before, turn.guess.confidence, words


def _rows(dialogue: Dialogue) -> frozenset[str]:
    found = chain.from_iterable(dialogue.store.read(select(table)) for table in (EVENTS, SHOPPING, REMINDERS))
    return frozenset(str([_alike(row[name]) for name in sorted(row)]) for row in found)


def _alike(value: object) -> object:
    """A title without what only looks different: "The check-up at 8" and "the checkup, at eight"."""
    return "".join(words_of(value)) if isinstance(value, str) else value


def clips(text: str, how: Ways, cache: ModelCache) -> Iterator[np.ndarray]:
    """A sentence by hibari in each noise, and by each of espeak's voices."""
    noises, voices = how
    clean = decode_sound(by_hibari(text, cache)).samples
    for number, (kind, decibels) in enumerate(noises):
        yield mixed(clean, kind, decibels, 70 + number)
    for voice in voices:
        yield decode_sound(by_espeak(text, voice)).samples


def spoken(texts: list[str], how: Ways, cache: ModelCache) -> list[Spoken]:
    """What becomes of each sentence in each way of saying it, where it is heard and changes anything."""
    found = []
    for text in texts:
        wanted, *_ = changes(text, cache)
        if not wanted:
            continue
        for samples in clips(text, how, cache):
            transcript = transcribe(samples, find_speech(samples, cache), cache)
            if transcript.refusal:
                continue
            changed, sure, words = changes(transcript.raw, cache)
            if changed:
                heard: Heard = transcript.heard
                found.append(
                    Spoken(
                        text=text,
                        heard=transcript.raw,
                        right=changed == wanted,
                        word=heard.least(words),
                        intent=sure,
                    )
                )
    return found


def told(found: list[Spoken], word: float, intent: float) -> str:
    """What thresholds do."""
    right = [each for each in found if each.right]
    wrong = [each for each in found if not each.right]
    needless, caught = (sum(each.asked(word, intent) for each in some) for some in (right, wrong))
    left = len(wrong) - caught
    return (
        f"{len(found)} recordings would change something, {len(wrong)} of them something wrong "
        f"({len(wrong) / len(found):.1%}); asked first {caught} of these and {needless} of the {len(right)} "
        f"right ones; wrong and not asked {left} ({left / len(found):.1%})"
    )


def main() -> None:
    """Choose, or report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=["choose", "report"], nargs="?", default="choose")
    choosing = parser.parse_args().command == "choose"
    cache = build_engine(settings()).cache
    files = ("intents", "widened", "new", "fresh")
    pools = [phrasings()] if choosing else [read_sections(HERE / f"assistant_{name}.txt") for name in files]
    chance = random.Random(8)
    texts = []
    for intent in AT_ONCE:
        lines = [line for pool in pools for line in pool.get(intent, ())]
        texts += chance.sample(lines, min(EACH, len(lines)))
    found = spoken(texts, CHOOSE if choosing else REPORT, cache)
    card = cache.card(MODEL).thresholds
    if choosing:
        right = [each for each in found if each.right]
        wrong = [each for each in found if not each.right]
        allowed = [
            (word, intent)
            for word, intent in product(WORD, INTENT)
            if np.mean([each.asked(word, intent) for each in right]) <= NEEDLESS
        ]
        best = max(allowed, key=lambda pair: (sum(each.asked(*pair) for each in wrong), -pair[0] - pair[1]))
        print(f"Chosen: ask_word = {best[0]}, ask_intent = {best[1]}: {told(found, *best)}")
    print(f"On the card: {told(found, card['ask_word'], card['ask_intent'])}")
    for each in found:
        if not each.right and not each.asked(card["ask_word"], card["ask_intent"]):
            print(f"    {each.text!r}: heard {each.heard!r}, least sure {each.word:.2f}, {each.intent:.2f}")


if __name__ == "__main__":
    main()
