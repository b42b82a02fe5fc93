"""How well the assistant understands what is written: intents, refusals, slots, dates; keyword rules too.

    OMP_NUM_THREADS=1 python -m bench.assistant             # and then how well it hears: assistant_voice.py
    OMP_NUM_THREADS=1 python -m bench.assistant --written   # only this

Test sentences stand in `bench/assistant_*`; none is learned from. Those of `assistant_new.txt` were written
last, without a look at patterns and rules; four intents and another threshold came later. Of
`assistant_new_slots.txt` and `assistant_new_dates.toml` four dates were put right after that; see there.
Those of `assistant_fresh.txt` came after all of these, as six very different people would say it, those of
`assistant_eight.txt` as eight people would; both are a validation set since. The test set is
`assistant_nine.txt`, as eight others would.
"""

from __future__ import annotations

import argparse
import re
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from bench import assistant_voice
from dlintro_demos.assistant.dates import read_times
from dlintro_demos.assistant.dates import warm_up as warm_dates
from dlintro_demos.assistant.intent_map import CALLED
from dlintro_demos.assistant.intents import Guess, plain_words, understand
from dlintro_demos.assistant.phrases import NONE, read_sections, written
from dlintro_demos.assistant.rules import by_keywords
from dlintro_demos.assistant.slots import extract
from dlintro_demos.assistant.times import When
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import settings
from dlintro_demos.shared.sentence_embeddings import embed

HERE = Path(__file__).parent
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 10, tzinfo=BERLIN)
_BRACKETS = re.compile(r"\[(\w+): ([^\]]+)\]")
_LEAD = re.compile(r"^(?:(?:on|at|in|by|the|for|after|from|before|until|my|to)\s+)+", re.IGNORECASE)


def guess(sentence: str, cache: ModelCache) -> Guess:
    """As the dialogue does it."""
    return understand(plain_words(sentence, cache).text, cache)


def intents(path: Path, cache: ModelCache) -> None:
    """Print how many intents are right, and how many sentences are wrongly refused."""
    tests = [
        (line, intent) for intent, lines in read_sections(path).items() for line in lines if intent != NONE
    ]
    found = [guess(line, cache) for line, _ in tests]
    right = [each.intent == intent for each, (_, intent) in zip(found, tests, strict=True)]
    refused = [not each.known for each in found]
    print(f"  intents right {sum(right)} of {len(tests)} ({np.mean(right):.1%})")
    print(f"  wrongly refused {sum(refused)} ({np.mean(refused):.1%})")
    ruled = [by_keywords(line) == intent for line, intent in tests]
    print(f"  the same by keyword rules {sum(ruled)} of {len(tests)} ({np.mean(ruled):.1%})")
    for each, (line, intent) in zip(found, tests, strict=True):
        if each.intent != intent or not each.known:
            print(f"    {line!r}: {intent}, said {each.intent}{'' if each.known else ', refused'}")


def nearest(path: Path, cache: ModelCache) -> None:
    """Print how many intents the nearest written phrasing tells, by MiniLM's vectors as they are."""
    tests = [
        (line, intent) for intent, lines in read_sections(path).items() if intent != NONE for line in lines
    ]
    said = embed([plain_words(line, cache).text for line, _ in tests], cache)
    places = (said @ embed([line for line, _ in written()], cache).T).argmax(1)
    right = [written()[place][1] == intent for place, (_, intent) in zip(places, tests, strict=True)]
    print(f"  the same by the nearest phrasing, untuned {sum(right)} of {len(tests)} ({np.mean(right):.1%})")


def confusions(path: Path, cache: ModelCache) -> None:
    """Print what was taken for what, the most frequent first: the confusion matrix without its diagonal."""
    tests = {intent: lines for intent, lines in read_sections(path).items() if intent != NONE}
    found = {intent: [guess(line, cache) for line in lines] for intent, lines in tests.items()}
    pairs = Counter(
        (intent, each.intent if each.known else NONE) for intent, many in found.items() for each in many
    )
    right = sum(count for (meant, said), count in pairs.items() if meant == said)
    clean = sum(pairs[intent, intent] == len(lines) for intent, lines in tests.items())
    print(f"  confusion matrix: {right} of {pairs.total()} right; {clean} of {len(tests)} intents clean")
    for (meant, said), count in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        if meant != said:
            print(f"    “{CALLED[meant]}” taken for “{CALLED[said]}”: {count} of {len(tests[meant])}")


def refusals(lines: list[str], cache: ModelCache) -> None:
    """Print how many off-topic sentences are refused."""
    taken = [(line, found.intent) for line in lines if (found := guess(line, cache)).known]
    print(
        f"  off topic, refused {len(lines) - len(taken)} of {len(lines)} ({1 - len(taken) / len(lines):.1%})"
    )
    ruled = sum(by_keywords(line) == NONE for line in lines)
    print(f"  the same by keyword rules {ruled} of {len(lines)} ({ruled / len(lines):.1%})")
    for line, intent in taken:
        print(f"    {line!r}: taken for {intent}")


def annotated(line: str) -> tuple[str, set[tuple[str, str]]]:
    """A sentence without its brackets, and its slots as (kind, words)."""
    wanted = {(match[1], _core(match[2])) for match in _BRACKETS.finditer(line)}
    return _BRACKETS.sub(lambda match: match[2], line), wanted


def _core(words: str) -> str:
    return _LEAD.sub("", words.strip(" ,.")).lower()


def slots(lines: list[str], cache: ModelCache) -> float:
    """Print precision, recall and F1 of slots: kind and words must be right but for a leading preposition."""
    right = said = wanted = 0
    for line in lines:
        sentence, gold = annotated(line)
        intent = guess(sentence, cache).intent
        found = {(slot.kind, _core(slot.text)) for slot in extract(sentence, NOW, intent=intent)}
        right, said, wanted = right + len(found & gold), said + len(found), wanted + len(gold)
        if found != gold:
            print(f"    {sentence!r}: missed {sorted(gold - found)}, invented {sorted(found - gold)}")
    precision, recall = right / said, right / wanted
    f1 = 2 * precision * recall / (precision + recall)
    print(f"  slots of {len(lines)} sentences: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    return f1


def said_as(when: When) -> str:
    """A time as the tables of dates have it."""
    if when.problem:
        return "no such time"
    until = f"/{when.until}" if when.until else ""
    every = f" every {when.repeat}" if when.repeat else ""
    return when.iso + until + ("" if when.iso else when.duration) + every


def dates(path: Path) -> None:
    """Print how many phrases of time are read right."""
    right = count = 0
    for now, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
        then = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
        for phrase, wanted in table.items():
            found = " & ".join(map(said_as, read_times(phrase, then)))
            right, count = right + (found == wanted), count + 1
            if found != wanted:
                print(f"    {phrase!r}: wanted {wanted!r}, read {found!r}")
    print(f"  dates and times right {right} of {count} ({right / count:.1%})")


def milliseconds(work: Callable[[str], object], sentences: list[str]) -> str:
    """Median and 95th percentile of a call."""
    taken = []
    for sentence in sentences:
        begun = time.perf_counter()
        work(sentence)
        taken.append(1_000 * (time.perf_counter() - begun))
    return f"median {np.median(taken):.0f} ms, p95 {np.percentile(taken, 95):.0f} ms"


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--written", action="store_true", help="nothing that is spoken")
    only_written = parser.parse_args().written
    cache = build_engine(settings()).cache
    warm_dates()
    guess("hello", cache)
    print("Test sentences (the settings of the head were chosen with these in sight):")
    intents(HERE / "assistant_intents.txt", cache)
    confusions(HERE / "assistant_intents.txt", cache)
    refusals(read_sections(HERE / "assistant_off_topic.txt")["off_topic"], cache)
    slots(read_sections(HERE / "assistant_slots.txt")["slots"], cache)
    dates(HERE / "assistant_dates.toml")
    print("A first set of later sentences; the training phrases were widened with it in sight:")
    intents(HERE / "assistant_widened.txt", cache)
    refusals(read_sections(HERE / "assistant_widened.txt")[NONE], cache)
    print("Written last, measured once:")
    intents(HERE / "assistant_new.txt", cache)
    refusals(read_sections(HERE / "assistant_new.txt")[NONE], cache)
    slots(read_sections(HERE / "assistant_new_slots.txt")["slots"], cache)
    print("  dates written last; rules for four of them were added after the first measurement:")
    dates(HERE / "assistant_new_dates.toml")
    for name, whose in (
        ("fresh", "Six people; settings of the head are chosen with these in sight"),
        ("eight", "Eight people; a test set once, settings are chosen with these in sight since"),
        ("nine", "Eight others, written before the last training, nothing chosen on them"),
    ):
        print(f"{whose}:")
        path = HERE / f"assistant_{name}.txt"
        intents(path, cache)
        nearest(path, cache)
        confusions(path, cache)
        refusals(read_sections(path)[NONE], cache)
    some = list(chain.from_iterable(read_sections(HERE / "assistant_intents.txt").values()))[::4]
    print(f"Intent of a sentence: {milliseconds(lambda sentence: guess(sentence, cache), some)}")
    print(f"Slots of a sentence: {milliseconds(lambda sentence: extract(sentence, NOW), some)}")
    if not only_written:
        assistant_voice.measure(cache, 50, 25, 3)


if __name__ == "__main__":
    main()
