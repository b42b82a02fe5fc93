"""A complaint, read: emergencies first, then the patterns that it is like, and the words that pulled them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.words import counted
from dlintro_demos.medicine.symptoms.alarms import covered_places, find_alarms
from dlintro_demos.medicine.symptoms.cues import text_at, words_in
from dlintro_demos.medicine.symptoms.detector import part_odds, score_of
from dlintro_demos.medicine.symptoms.head import CHUNK, MODEL, fit_of, nearest, probabilities
from dlintro_demos.medicine.symptoms.languages import hear, is_foreign
from dlintro_demos.medicine.symptoms.scope import find_cues, only_effort, without_loose_ends
from dlintro_demos.medicine.symptoms.spelling import Word, english, plain_text, put_right, words_of
from dlintro_demos.medicine.symptoms.whole import whole_of
from dlintro_demos.medicine.symptoms.written import emergencies, patterns, written_words
from dlintro_demos.shared.sentence_embeddings import WIDTH, embed, whole_words

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

LONGEST = 2_000  # characters that are matched to patterns; emergencies are looked for in all
SHOWN = 3  # patterns
UNITS = 40  # words, or runs of words, that are left out one at a time
ENGLISH = 0.4  # of the words at least must be ones that our phrases have
NO_FIT, STRANGE = np.zeros(2), np.array([0.0, 1.0])  # of what is too long to say, and of no English
NEVER_DOUBTED = frozenset({"suicide"})
FEW = 5  # words: of fewer, what rules find is not doubted
LEFT_OVER = 3  # words that the detector needs of what is left beside a denial; else two
TOGETHER = 6  # and of sentences that are all shorter than that

EMPTY = "Write how you feel first: a sentence or two is enough."
TOO_LONG = (
    "That is {} long; patterns are matched in up to {:,} characters. "
    "Say the most important in a few sentences."
)
NOT_ENGLISH = (
    "It cannot tell: these are hardly words about how somebody feels, in English. Please write in English; "
    "in other languages it knows the commonest words of emergencies alone. If it is urgent, call your "
    "emergency number."
)
CANNOT_TELL = "It cannot tell. What you wrote is not like any of its {} patterns, or like several a little."

EFFORT = (
    "It cannot tell. What an effort does to breath and heart is like none of its patterns. "
    "If it takes less effort than it used to, have that looked at."
)


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An emergency: its title, why it is one, and the words of the complaint that raised it.

    `by` is “rule”, or “detector” with its `score`, 0 to 1. `call` says whom to call where it was another
    `language`.
    """

    kind: str
    title: str
    why: str
    words: tuple[str, ...]
    by: str
    score: float | None = None
    call: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Pull:
    """A word, or a run of words, from `begin` to `end` in the text; `bits` by pattern shown.

    How many bits the odds of that pattern lose without the word.
    """

    begin: int
    end: int
    bits: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read. `text` is as it was read, `corrected` with misspelt words put right.

    `alarms` are emergencies; `maybe`, where there are none, is one that it might be.
    `patterns` are the likeliest with their probabilities, `all_patterns` (patterns,) those of all, `none`
    that of none of them. `nearest` are written phrasings as (phrase, pattern, cosine). `known` is False
    where it cannot tell; then `problem` says why.
    """

    text: str
    corrected: str = ""
    alarms: tuple[Alarm, ...] = ()
    maybe: Alarm | None = None
    known: bool = False
    confidence: float = 0.0
    problem: str = ""
    patterns: tuple[tuple[str, float], ...] = ()
    all_patterns: tuple[float, ...] = ()
    none: float = 1.0
    pulls: tuple[Pull, ...] = ()
    nearest: tuple[tuple[str, str, float], ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


def read_complaint(complaint: str, cache: ModelCache, *, pulls: bool = True) -> Iterator[Progress | Reading]:
    """A job: read a complaint; without `pulls` no words are left out. Raises `ModelUnavailable`."""
    yield Progress(0, 3, "matching patterns")
    started = time.perf_counter()
    text = plain_text(complaint)
    words = words_of(text, whole_words(cache))
    problem = _problem(text, len(complaint), words)
    vectors = np.zeros((0, WIDTH), np.float32) if problem else embed(_chunks(words), cache)
    given = None if problem else _given(vectors, cache)
    fit = NO_FIT if given is None else fit_of(given)[0]
    seconds = {"Spelling, embedding and patterns": time.perf_counter() - started}
    yield Progress(1, 3, "looking for emergencies")
    started = time.perf_counter()
    alarms, maybe = find_emergencies(text, words, STRANGE if problem == NOT_ENGLISH else fit, cache)
    seconds["Rules and the detector of emergencies"] = time.perf_counter() - started
    corrected = put_right(text, words)
    if given is None:
        yield Reading(
            text=text, corrected=corrected, alarms=alarms, maybe=maybe, problem=problem, seconds=seconds
        )
        return
    confidence = float(fit[0])
    order = np.argsort(-given[0, :-1])[:SHOWN]
    effort = only_effort(words, find_cues(words))
    known = confidence >= cache.card(MODEL).thresholds["known"] and not effort
    unknown = EFFORT if effort else CANNOT_TELL.format(len(patterns()))
    phrases = _nearest(vectors, cache)
    yield Progress(2, 3, "leaving words out")
    started = time.perf_counter()
    pulled = _pulls(words, vectors, given[0], order, cache) if pulls else ()
    seconds["Leaving out one word at a time"] = time.perf_counter() - started
    yield Reading(
        text=text,
        corrected=corrected,
        alarms=alarms,
        maybe=maybe,
        known=known,
        confidence=confidence,
        problem="" if known else unknown,
        patterns=tuple((patterns()[at].key, float(given[0, at])) for at in order),
        all_patterns=tuple(map(float, given[0, :-1])),
        none=float(given[0, -1]),
        pulls=pulled,
        nearest=phrases,
        seconds=seconds,
    )


def find_emergencies(
    text: str, words: Sequence[Word], fit: np.ndarray, cache: ModelCache
) -> tuple[tuple[Alarm, ...], Alarm | None]:
    """Emergencies that rules find; where they find none, what the detector takes for one, or might.

    Where something may be denied or long over, a rule that finds one counts in the detector's score.
    Elsewhere it is only one that it might be where the detector is sure that it is none (`may_be_doubted`).
    `fit` (2,) is how surely the complaint fits a pattern, and none, 0 to 1.
    """
    cues = find_cues(words)
    found = {
        each.kind: _by_rule(each.kind, tuple(words[place].text for place in each.places))
        for each in find_alarms(words, cues)
    }
    heard = list(hear(text, english()))
    for each in heard:
        alarm = found.get(each.kind) or _by_rule(each.kind, each.words)
        found[each.kind] = replace(alarm, call=each.call, language=each.language)
    if heard or not words or is_foreign(text, english()):
        return tuple(found.values()), None
    covered = covered_places(words, cues)
    denied = may_be_denied(words, covered)
    like, score = _most_like_one(text, words, covered, fit, cache, denied=denied, ruled=bool(found))
    alarms, thresholds = tuple(found.values()) or (like,), cache.card(MODEL).thresholds
    if found and fit is STRANGE:
        return alarms, None
    if found and not denied:
        doubted = may_be_doubted(found, words) and score < thresholds["doubted"]
        return ((), alarms[0]) if doubted else (alarms, None)
    enough, unsure = ("denied", "denied_unsure") if denied else ("alarm", "unsure")
    if score >= thresholds[enough]:
        return alarms, None
    return (), alarms[0] if score >= thresholds[unsure] else None


def may_be_denied(words: Sequence[Word], covered: Collection[int]) -> bool:
    """Whether anything hints that what was said is denied or long over, or is `covered` for that.

    The “no” of “no pulse” and of “with no warning” is no hint.
    """
    return bool(covered) or any(
        word.text in words_in("hints")
        and not (word.text == "no" and text_at(words, at + 1) in words_in("no_but"))
        for at, word in enumerate(words)
    )


def may_be_doubted(kinds: Collection[str], words: Sequence[Word]) -> bool:
    """Whether rules that found these kinds may be wrong: not of suicide, and not in few words."""
    return len(words) >= FEW and NEVER_DOUBTED.isdisjoint(kinds)


def _by_rule(kind: str, words: tuple[str, ...]) -> Alarm:
    about = emergencies()[kind]
    return Alarm(kind=kind, title=about.title, why=about.why, words=words, by="rule")


def _most_like_one(
    text: str,
    words: Sequence[Word],
    covered: Collection[int],
    fit: np.ndarray,
    cache: ModelCache,
    *,
    denied: bool,
    ruled: bool,
) -> tuple[Alarm, float]:
    """What sounds most like an emergency, however little, and the score of the complaint."""
    whole = whole_of(text, words, MODEL, cache)
    part, heard = None, whole.window
    if said := said_plainly(words, covered):
        odds = part_odds(said, fit, cache)
        part = float(odds.max())
        if not denied:
            heard = said[int(odds.argmax())]
    score = score_of(whole.odds, part, denied=denied, ruled=ruled)
    like = list(emergencies().values())[whole.kind]
    alarm = Alarm(
        kind=like.key,
        title=f"This sounds like: {like.title[0].lower()}{like.title[1:]}",
        why=like.why,
        words=tuple(heard.split()),
        by="detector",
        score=score,
    )
    return alarm, score


def said_plainly(words: Sequence[Word], covered: Collection[int]) -> list[str]:
    """The sentences of a complaint without what it denies, and all of it in one where it is short."""
    sentences: dict[int, list[str]] = {}
    for word in without_loose_ends(words, covered):
        sentences.setdefault(word.sentence, []).append(word.text)
    parts = [each for each in sentences.values() if len(each) >= (LEFT_OVER if covered else 2)]
    if not parts and len(together := list(chain.from_iterable(sentences.values()))) >= TOGETHER:
        parts = [together]  # “Onset: instant. Since: noon.”
    whole = [text for each in parts for text in each]
    if len(parts) > 1 and len(whole) <= CHUNK:
        parts.append(whole)
    return [" ".join(part[at : at + CHUNK]) for part in parts for at in range(0, len(part), CHUNK)]


def problem_of(complaint: str, cache: ModelCache) -> str:
    """Why a complaint is not matched to patterns, or “” where it is. Raises `ModelUnavailable`."""
    text = plain_text(complaint)
    return _problem(text, len(complaint), words_of(text, whole_words(cache)))


def _problem(text: str, length: int, words: Sequence[Word]) -> str:
    if not text:
        return EMPTY
    if length > LONGEST and len(text) > LONGEST:
        return TOO_LONG.format(counted(length, "character"), LONGEST)
    ours = written_words()
    if sum(word.text in ours for word in words) < ENGLISH * len(words) or not words:
        return NOT_ENGLISH
    letters = sum(map(str.isalpha, text))
    if sum(map(str.isascii, filter(str.isalpha, text))) < letters / 2:
        return NOT_ENGLISH
    return ""


def _chunks(words: Sequence[Word]) -> list[str]:
    texts = [word.text for word in words]
    return [" ".join(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]


def _given(vectors: np.ndarray, cache: ModelCache) -> np.ndarray:
    """The vectors of the parts of a complaint to its probabilities, (1, patterns + 1)."""
    mean = vectors.mean(0, keepdims=True)
    return cache.run(MODEL, lambda model: probabilities(model.module, mean / np.linalg.norm(mean)))


def _nearest(vectors: np.ndarray, cache: ModelCache) -> tuple[tuple[str, str, float], ...]:
    mean = vectors.mean(0)
    cosines = cache.run(MODEL, lambda model: nearest(model.module, mean / np.linalg.norm(mean)))
    written = [(phrase, each.key) for each in patterns() for phrase in each.phrasings]
    return tuple((*written[at], float(cosines[at])) for at in np.argsort(-cosines)[:SHOWN])


def _pulls(
    words: Sequence[Word], vectors: np.ndarray, given: np.ndarray, order: np.ndarray, cache: ModelCache
) -> tuple[Pull, ...]:
    """Leave out each word once, or runs of words where there are many, and see what the patterns lose."""
    if len(words) < 2:
        return ()
    run = -(-len(words) // UNITS)
    units = [
        range(at, min(at + run, first + CHUNK, len(words)))
        for first in range(0, len(words), CHUNK)
        for at in range(first, min(first + CHUNK, len(words)), run)
    ]
    without = []
    for unit in units:
        chunk = unit.start // CHUNK
        places = [at for at in range(chunk * CHUNK, min((chunk + 1) * CHUNK, len(words))) if at not in unit]
        without.append(" ".join(words[at].text for at in places))
    others = embed(without, cache)
    means = []
    for unit, other in zip(units, others, strict=True):
        rows = vectors.copy()
        rows[unit.start // CHUNK] = other
        mean = rows.mean(0)
        means.append(mean / np.linalg.norm(mean))
    left = cache.run(MODEL, lambda model: probabilities(model.module, np.stack(means)))
    lost = _odds(given[order])[None] - _odds(left[:, order])
    return tuple(
        Pull(begin=words[unit[0]].begin, end=words[unit[-1]].end, bits=tuple(map(float, row)))
        for unit, row in zip(units, lost, strict=True)
    )


def _odds(share: np.ndarray) -> np.ndarray:
    """Log odds in bits."""
    bounded = np.clip(share, 1e-6, 1 - 1e-6)
    return np.log2(bounded / (1 - bounded))
