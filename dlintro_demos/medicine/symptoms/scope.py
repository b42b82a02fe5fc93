"""What a complaint denies, leaves behind, fears or has read of: which of its words that covers.

Rules in the manner of NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009), in favour of the alarm:
where it is not plain that something is denied, it is taken for said.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from dlintro_demos.medicine.symptoms.spelling import Word
from dlintro_demos.medicine.symptoms.written import read

REACH = 7  # words that a “no” covers at most


class Kind(Enum):
    """Of a cue."""

    DENIED = auto()
    OVER = auto()  # it has gone: no alarm, unless the kind of emergency counts when it is over too
    LONG_AGO = auto()
    FEARED = auto()  # feared, asked about: only names of illnesses
    TOLD = auto()  # of a film, a book, the news, or in a saying
    MEANT = auto()  # otherwise than it sounds: a figure of speech
    EXERTED = auto()  # after a run or many stairs: out of breath, as everybody is


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Words that say so, `said`, and the words that they cover, `over`, as places in the complaint."""

    kind: Kind
    said: range
    over: range


@functools.cache
def _set(name: str) -> frozenset[str]:
    """A set of words of the file of cues."""
    return frozenset(read("symptom_cues")["words"][name].split())


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    """A pattern of the file of cues."""
    alternatives = "|".join(read("symptom_cues")["patterns"][name])
    return re.compile(rf"\b(?:{alternatives})\b")


def find_cues(words: Sequence[Word]) -> list[Cue]:
    """All cues in the words of a complaint."""
    return [
        *_denied(words), *_answered(words), *_list_of_answers(words), *_over(words), *_exerted(words),
        *_phrased(words), *_of_sections(words),
    ]  # fmt: skip


def _answered(words: Sequence[Word]) -> Iterator[Cue]:
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
        answer = {each.text for each in words[at + 1 : end]}
        well = _pattern("well_answered").search(" ".join(each.text for each in words[at + 2 : end]))
        asked = _clause_before(words, at + 1)
        said = {words[place].text for place in asked}
        able = said & _set("abilities") and not said & _set("troubles")
        plain = word.asked and answer & _set("noes") and answer <= _set("noes") | _set("noes_more")
        fine = answer & _set("fines") and answer <= _set("fines") | _set("fines_more")
        opposite = _pattern("normal").search(" ".join(words[place].text for place in asked))  # “all fine? no”
        if (
            (plain or (word.asked and following.text in _set("noes") and well)) and not able and not opposite
        ) or fine:
            yield Cue(kind=Kind.DENIED, said=range(at + 1, end), over=asked)


def _list_of_answers(words: Sequence[Word]) -> Iterator[Cue]:
    """“Chest pain no, fever no, cough yes”, “fever - no, cough - yes”: two and more with yes or no behind."""
    ends = [
        at for at, word in enumerate(words)
        if word.text in ("yes", "no") and (_ends_clause(words, at) or _by_itself(words, at))
    ]  # fmt: skip
    for at in ends if len(ends) > 1 else ():
        over = _clause_before(words, at)
        said = {words[place].text for place in over} - {"no"}
        plain = _set("fillers") | _set("owners") | _set("limbs")
        if words[at].text == "no" and all(
            each in plain or _pattern("deniable").fullmatch(each) for each in said
        ):
            yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=over)


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


def _exerted(words: Sequence[Word]) -> Iterator[Cue]:
    """A sentence about a run or many stairs, in which nothing worries."""
    first = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or words[at].sentence != words[first].sentence:
            text = " ".join(word.text for word in words[first:at])
            if _pattern("exerted").search(text) and not _pattern("worrying").search(text):
                yield Cue(kind=Kind.EXERTED, said=range(0), over=range(first, at))
            first = at


def only_effort(words: Sequence[Word], cues: Sequence[Cue]) -> bool:
    """Whether all that is said is what an effort does to breath and heart."""
    covered = {place for cue in cues if cue.kind is Kind.EXERTED for place in cue.over}
    text = " ".join(word.text for word in words)
    return len(covered) == len(words) and bool(_pattern("effort").search(text))


def _denied(words: Sequence[Word]) -> Iterator[Cue]:
    for at, word in enumerate(words):
        plain = word.text in _set("no") and word.text != "never" and _plain_no(words, at)
        if _plain_verb(words, at):
            yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=range(at - 2, at + 2))
        elif plain or (word.text in _set("not") and _denies(words, at)):
            yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=_ahead(words, at))
        elif word.text in ("none", "nil") and at and words[at - 1].clause == word.clause - 1:
            yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=_clause_before(words, at))
        elif word.text in ("free", "absence", "negative") and _text(words, at + 1) in ("of", "for", "from"):
            yield Cue(kind=Kind.DENIED, said=range(at, at + 2), over=_ahead(words, at + 1))


def _plain_verb(words: Sequence[Word], at: int) -> bool:
    """“My chest does not hurt”, and nothing after it in the clause."""
    if (
        at < 2
        or words[at].text not in ("doesnt", "didnt", "dont")
        or words[at - 2].clause != words[at].clause
    ):
        return False
    verb = _text(words, at + 1) in ("hurt", "ache", "bleed", "swell", "itch")
    after = _text(words, at + 2)
    ends = not after or words[at + 2].clause != words[at].clause or after in ("and", "anymore")
    ends = ends or (after, _text(words, at + 3)) in (("at", "all"), ("any", "more"))
    part_of_more = _text(words, at - 3) in ("in", "of", "on", "from", "to", "with")
    return verb and ends and words[at - 2].text in _set("owners") and not part_of_more


def _clause_before(words: Sequence[Word], at: int) -> range:
    """The words before a “none” that stands by itself, “chest pain, none”, or before any other answer."""
    first = at
    while first and words[first - 1].clause == words[at - 1].clause:
        first -= 1
    return range(first, at)


def _plain_no(words: Sequence[Word], at: int) -> bool:
    after = _text(words, at + 1)
    if after in _set("no_but") or (after == "longer" and _text(words, at - 1) in ("can", "could")):
        return False
    return not (at + 1 < len(words) and words[at + 1].clause != words[at].clause)  # “No, my chest hurts”


def _denies(words: Sequence[Word], at: int) -> bool:
    """Whether a “not” or “never” denies a symptom; most are part of one, or of something else."""
    ahead = [word.text for word in words[at + 1 : at + 8] if word.clause == words[at].clause]
    if words[at].text == "never" and _set("such") & set(ahead):
        return False
    rest = list(ahead)
    while rest and rest[0] in _set("fillers"):
        rest.pop(0)
    if rest and rest[0] in ("fit", "fits"):  # “never had a fit”, not “not fit to stand”
        return bool({"had", "has", "have", "having"} & set(ahead[: ahead.index(rest[0])]))
    if not rest or not _pattern("deniable").fullmatch(rest[0]):
        return False
    if rest[0] in _set("not_first"):
        return any(_pattern("harm").fullmatch(each) for each in rest[1:3])
    return True


def _ahead(words: Sequence[Word], at: int) -> range:
    """The words after a “no” that it covers."""
    end = at + 1
    while end < len(words) and end - at <= REACH:
        word, before = words[end], words[end - 1]
        if word.sentence != words[at].sentence:
            break
        if word.clause != before.clause and not _list_goes_on(words, end):
            break
        if end > at + 1 and (word.text in _set("breaks") or word.text in _set("subjects")):
            break
        if (
            end > at + 1
            and word.text in _set("owners")
            and before.text not in _set("before_owner") | _set("fillers")
        ):
            break
        end += 1
    return range(at + 1, end)


def _list_goes_on(words: Sequence[Word], at: int) -> bool:
    """Whether a comma stands in a list: “no fever, chills or rash”."""
    ahead = [word.text for word in words[at : at + 5] if word.sentence == words[at].sentence]
    for place, text in enumerate(ahead):
        if text in ("or", "nor"):
            return place <= 3
        if text in _set("subjects") | _set("owners") | _set("breaks"):
            return False
    return False


def _over(words: Sequence[Word]) -> Iterator[Cue]:
    """“Chest pain is gone”, “my breathing is normal”, “the bleeding stopped”."""
    for at, word in enumerate(words):
        before, after = _text(words, at - 1), _text(words, at + 1)
        ended = word.text in _set("ended") and (
            not after or after in _set("after_end") or words[at + 1].clause != word.clause
        )
        away = word.text == "away" and before in ("went", "gone")
        state = word.text in _set("state") and (
            before in _set("being") or _text(words, at - 2) in _set("being")
        )
        if not (ended or away or state) or _hardly(words, at):
            continue
        gone = ended or away or word.text == "gone"
        if gone and _set("recent") & {each.text for each in words if each.sentence == word.sentence} - {
            "since"
        }:
            continue
        first = at
        while (
            first > 0
            and at - first < REACH
            and words[first - 1].clause == word.clause
            and words[first - 1].text not in _set("breaks")
        ):
            first -= 1
        if gone and _set("faculties") & {each.text for each in words[first:at]}:
            continue  # “my voice has gone”
        yield Cue(kind=Kind.OVER, said=range(at, at + 1), over=range(first, at))


def _hardly(words: Sequence[Word], at: int) -> bool:
    """Whether a “not”, “never” or “won't” stands shortly before: “has not really stopped”."""
    before = {word.text for word in words[max(0, at - 4) : at] if word.clause == words[at].clause}
    return bool(before & (_set("not") | _set("no") | {"wont", "cant", "until", "before", "almost", "nearly"}))


def _phrased(words: Sequence[Word]) -> Iterator[Cue]:
    """Phrases that deny, that say how well something is, or that are meant otherwise: these alone."""
    for section in sections(words):
        texts = [words[at].text for at in section]
        text = " ".join(texts)
        for name, kind in (("denials", Kind.DENIED), ("normal", Kind.DENIED), ("idioms", Kind.MEANT)):
            for match in _pattern(name).finditer(text):
                first = text.count(" ", 0, match.start())
                end = first + match[0].count(" ") + 1
                near = {*texts[max(0, first - 3) : end]}
                if name == "normal" and (
                    _set("not_normal") & near
                    or _set("unless") & {*texts[end:]}
                    or _text(words, section.stop) in _set("noes")
                ):
                    continue
                yield Cue(kind=kind, said=range(0), over=range(section.start + first, section.start + end))


def _of_sections(words: Sequence[Word]) -> Iterator[Cue]:
    """What holds for a part of a sentence: long ago, feared, told."""
    parts = list(sections(words))
    for number, section in enumerate(parts):
        text = " ".join(words[at].text for at in section)
        if _pattern("died").search(text):  # what the mourner feels since is looked at by itself
            section = range(section.start, section.start + len(text.split(" and since then ")[0].split()))
            text = " ".join(words[at].text for at in section)
        match = _pattern("long_ago").search(text)
        over = _long_ago(words, parts, number, match) if match else None
        if match and over and (not match[0].startswith(("died", "passed")) or "i" not in text.split()):
            yield Cue(kind=Kind.LONG_AGO, said=range(0), over=over)
        if _pattern("feared").search(text) and not _pattern("now").search(text):
            yield Cue(kind=Kind.FEARED, said=range(0), over=section)
        if _pattern("able").search(text) and not _pattern("hardly").search(text):
            yield Cue(kind=Kind.DENIED, said=range(0), over=section)
        if _pattern("told").search(text) or _pattern("sayings").search(text):
            yield Cue(kind=Kind.TOLD, said=range(0), over=section)


def _long_ago(
    words: Sequence[Word], parts: Sequence[range], number: int, match: re.Match[str]
) -> range | None:
    """What was long ago where a part of a sentence says so; None where that part is about today as well."""
    section, text = parts[number], match.string
    if _is_present(text):
        today = _pattern("today").search(text, match.end())
        if not today or not _pattern("mild").search(text, today.end()) or _pattern("same").search(text):
            return None
        return range(section.start, section.start + text.count(" ", 0, today.start()))
    start, stop = section.start, section.stop
    after = _section_text(words, parts, number + 1, of=number)
    if re.match("(?:and |but )?(?:now|today)", after) and _pattern("same").search(after):
        return None  # “and now it is the same again”
    before = _section_text(words, parts, number - 1, of=number)
    ago = len(section) <= 4 and text.endswith(match[0]) and not _pattern("not_ago").search(text)
    alone = ago and before and not _pattern("is_now").search(before)
    told = _pattern("past").search(before)
    if alone and (told or not after or _pattern("today").match(after)):
        start = parts[number - 1].start
        after = ""
    if (
        before
        and _pattern("that_was").match(text)
        and not (_pattern("same").search(text) or _pattern("is_now").search(before))
    ):
        return range(parts[number - 1].start, stop)
    if len(section) <= 4 and after and not (_is_present(after) or _pattern("is_now").search(after)):
        stop = parts[number + 1].stop
    for part in parts[number + 1 :]:
        if part.stop > stop:
            text = " ".join(words[at].text for at in part)
            same_clause = words[part.start].clause == words[part.start - 1].clause
            past = same_clause and _pattern("past").search(text) and not _pattern("is_now").search(text)
            if not (past or _pattern("healed").search(text)) or _is_present(text):
                break
            stop = part.stop
    return range(start, stop)


def _is_present(text: str) -> bool:
    """Whether a part of a sentence that tells of long ago is about today as well."""
    if _pattern("well_since").search(text):
        return False
    recent = _set("recent") & set(text.split())
    if recent <= _set("then_too") and not _pattern("is_now").search(text):
        recent = frozenset()
    return bool(recent or _pattern("returned").search(text))


def _section_text(words: Sequence[Word], parts: Sequence[range], number: int, *, of: int) -> str:
    """The words of a part where it is of the same sentence as another, or “”."""
    if not 0 <= number < len(parts) or words[parts[number].start].sentence != words[parts[of].start].sentence:
        return ""
    return " ".join(words[at].text for at in parts[number])


def sections(words: Sequence[Word]) -> Iterator[range]:
    """The parts of a complaint's sentences, each about one thing."""
    first = 0
    for at in range(1, len(words) + 1):
        if (
            at == len(words)
            or words[at].clause != words[at - 1].clause
            or words[at].text in _set("contrast")
            or _new_subject(words, at)
        ):
            yield range(first, at)
            first = at


def _new_subject(words: Sequence[Word], at: int) -> bool:
    begun = _set("subjects") | _set("owners") | {"today", "this"}
    return words[at].text in ("and", "because", "so") and _text(words, at + 1) in begun


def _text(words: Sequence[Word], at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""


def without_loose_ends(words: Sequence[Word], covered: Collection[int]) -> list[Word]:
    """The words that are not `covered`, without those that hang loose where something was cut out.

    Of “a slight cough but he is not short of breath and there is no fever” it leaves “a slight cough”.
    """
    left: list[Word] = []
    first = 0
    for at in range(len(words) + 1):
        last = at == len(words) or at in covered
        if not last and (at == first or words[at].sentence == words[at - 1].sentence):
            continue
        run = list(words[first:at])
        while run and last and at < len(words) and run[-1].text in _set("loose"):
            run.pop()
        if first and first - 1 in covered:
            while run and run[0].text in _set("connecting"):
                run.pop(0)
        if not (covered and {word.text for word in run} <= _set("loose")):
            left += run
        first = at + 1 if last else at
    return left
