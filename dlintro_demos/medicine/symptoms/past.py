"""What was long ago in a complaint: how far that reaches where a part of a sentence says so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlintro_demos.medicine.symptoms.cues import pattern, words_in
from dlintro_demos.medicine.symptoms.spelling import Word


def long_ago(
    words: Sequence[Word], parts: Sequence[range], number: int, match: re.Match[str]
) -> range | None:
    """What was long ago where a part of a sentence says so; None where that part is about today as well."""
    section, text = parts[number], match.string
    if _is_present(text):
        today = pattern("today").search(text, match.end())
        if not today or not pattern("mild").search(text, today.end()) or pattern("same").search(text):
            return None
        return range(section.start, section.start + text.count(" ", 0, today.start()))
    start, stop = section.start, section.stop
    after = _section_text(words, parts, number + 1, of=number)
    if re.match("(?:and |but )?(?:now|today)", after) and pattern("same").search(after):
        return None  # “and now it is the same again”
    before = _section_text(words, parts, number - 1, of=number)
    over_before = before and not pattern("is_now").search(before)
    if over_before and pattern("that_was").match(text) and not pattern("same").search(text):
        return range(parts[number - 1].start, stop)
    short = len(section) <= 4
    alone = short and text.endswith(match[0]) and not pattern("not_ago").search(text)
    if alone and over_before and (pattern("past").search(before) or pattern("today").match(after or "now")):
        start = parts[number - 1].start  # “I fainted, years ago”
    elif short and after and not (_is_present(after) or pattern("is_now").search(after)):
        stop = parts[number + 1].stop  # “years ago, I fainted”
    return range(start, _told_on(words, [part for part in parts if part.start >= stop], stop))


def _told_on(words: Sequence[Word], parts: Sequence[range], stop: int) -> int:
    """Where what was long ago ends: behind parts that go on with it, or say that it healed."""
    for part in parts:
        text = " ".join(words[at].text for at in part)
        same = words[part.start].clause == words[part.start - 1].clause
        goes_on = same and pattern("past").search(text) and not pattern("is_now").search(text)
        if not (goes_on or pattern("healed").search(text)) or _is_present(text):
            break
        stop = part.stop
    return stop


def _is_present(text: str) -> bool:
    """Whether a part of a sentence that tells of long ago is about today as well."""
    if pattern("well_since").search(text):
        return False
    recent = words_in("recent") & set(text.split())
    if recent <= words_in("then_too") and not pattern("is_now").search(text):
        recent = frozenset()
    return bool(recent or pattern("returned").search(text))


def _section_text(words: Sequence[Word], parts: Sequence[range], number: int, *, of: int) -> str:
    """The words of a part where it is of the same sentence as another, or “”."""
    if not 0 <= number < len(parts) or words[parts[number].start].sentence != words[parts[of].start].sentence:
        return ""
    return " ".join(words[at].text for at in parts[number])
