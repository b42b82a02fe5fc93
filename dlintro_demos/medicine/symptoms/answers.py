"""Questions in a complaint that are answered by no, and lists of such answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from dlintro_demos.medicine.symptoms.cues import Cue, Kind, pattern, words_in
from dlintro_demos.medicine.symptoms.spelling import Word

HEADING = re.compile(r"no|none|none of (?:these|those|this|them|the following)|denies|denied|negative|absent")


def answered(words: Sequence[Word]) -> Iterator[Cue]:
    """A question that is answered by no, and by nothing else: “chest pain? no, never”, “fainting: no”.

    Not “is he breathing? no”.
    """
    for at, word in enumerate(words):
        if not (word.asked or word.dashed) or at + 1 == len(words):
            continue
        following = words[at + 1]
        whole = following.sentence != word.sentence  # a question mark; else a colon
        end = at + 1
        while end < len(words) and (
            words[end].sentence == following.sentence if whole else words[end].clause == following.clause
        ):
            end += 1
        over = clause_before(words, at + 1)
        if _is_no(words[at + 1 : end], words[over.start : over.stop], asked=word.asked):
            yield Cue(kind=Kind.DENIED, said=range(at + 1, end), over=over)


def _is_no(answer: Sequence[Word], question: Sequence[Word], *, asked: bool) -> bool:
    """Whether an answer denies, “no, never”, “no, it works well”, or is “fine”."""
    said, about = {word.text for word in answer}, {word.text for word in question}
    if said & words_in("fines") and said <= words_in("fines") | words_in("fines_more"):
        return True
    able = about & words_in("hoped") or any(
        word.text in words_in("abilities")
        and not words_in("troubles") & {before.text for before in question[:at]}
        for at, word in enumerate(question)
    )
    if not asked or able or is_vital(question):
        return False
    if pattern("normal").search(_text_of(question)):  # “is all fine? no”
        return False
    plain = said & words_in("noes") and said <= words_in("noes") | words_in("noes_more")
    well = answer[0].text in words_in("noes") and pattern("well_answered").search(_text_of(answer[1:]))
    return bool(plain or well)


def is_vital(question: Sequence[Word]) -> bool:
    """Whether words name what nobody should be without, “pulse”, and no trouble with it near by."""
    said = [word.text for word in question]
    trouble = words_in("signs") | words_in("lost_or_changed")
    return any(
        each in words_in("vital")
        and not any(
            near in trouble or pattern("trouble").fullmatch(near) for near in said[max(0, at - 3) : at + 2]
        )
        for at, each in enumerate(said)
    )


def _text_of(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def list_of_answers(words: Sequence[Word]) -> Iterator[Cue]:
    """“Chest pain no, fever no, cough yes”, “fever - no, cough - yes”: two and more with yes or no behind."""
    ends = [
        at for at, word in enumerate(words)
        if _said_in(word) in ("yes", "no") and (_ends_clause(words, at) or _by_itself(words, at))
    ]  # fmt: skip
    for at in ends if len(ends) > 1 else ():
        over = clause_before(words, at)
        if words[at].text == "0" and {"heart", "pressure"} & {words[place].text for place in over}:
            continue
        if _said_in(words[at]) == "no" and _names_trouble({words[place].text for place in over} - {"no"}):
            yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=over)


def _said_in(word: Word) -> str:
    """The answer that a word is, which may be a letter: an “n” that was put right is “and” elsewhere."""
    letter = word.end - word.begin == 1
    return (
        {"and": "no", "0": "no", "y": "yes", "why": "yes"}.get(word.text, word.text) if letter else word.text
    )


def headed_by_no(words: Sequence[Word]) -> Iterator[Cue]:
    """“No: fever, stiff neck, rash”, “none of these: chest pain”: what follows in the sentence."""
    for at, word in enumerate(words):
        if not word.asked:
            continue
        start = clause_before(words, at + 1).start
        if start and words[start - 1].asked:
            continue  # “Any better? No: chest tight”
        if not HEADING.fullmatch(_text_of(words[start : at + 1])):
            continue
        end = at + 1
        while end < len(words) and words[end].sentence == word.sentence and not words[end].asked:
            end += 1
        said = {each.text for each in words[at + 1 : end]} - {"and", "or"}
        if said and not said & words_in("owners") and _names_trouble(said):
            yield Cue(kind=Kind.DENIED, said=range(start, at + 1), over=range(at + 1, end))


def _names_trouble(question: Collection[str]) -> bool:
    """Whether a question of a list is about nothing but a symptom: “black stools”, not “awake”.

    Where it is about what everybody has, too, a trouble with it is named: “loss of sight”, not “sight”.
    """
    plain = words_in("fillers") | words_in("owners") | words_in("limbs")
    rest = {each for each in question if each not in plain and not pattern("deniable").fullmatch(each)}
    return not rest or (
        rest <= words_in("had_by_all") | words_in("signs")
        and any(each in words_in("signs") or pattern("trouble").fullmatch(each) for each in question)
    )


def _ends_clause(words: Sequence[Word], at: int) -> bool:
    """Whether a word is the last of a clause that has others, and is not asked."""
    last = at + 1 == len(words) or words[at + 1].clause != words[at].clause
    return last and not words[at].asked and at > 0 and words[at - 1].clause == words[at].clause


def _by_itself(words: Sequence[Word], at: int) -> bool:
    """Whether a word stands alone after a dash, a comma or dots, “face drooping - no”."""
    last = at + 1 == len(words) or words[at + 1].clause != words[at].clause
    before = words[at - 1] if at else words[at]
    same = before.dashed or before.sentence == words[at].sentence
    return last and same and before.clause == words[at].clause - 1 and not before.asked


def clause_before(words: Sequence[Word], at: int) -> range:
    """The words before a “none” that stands by itself, “chest pain, none”, or before any other answer."""
    first = at
    while first and words[first - 1].clause == words[at - 1].clause:
        first -= 1
    return range(first, at)
