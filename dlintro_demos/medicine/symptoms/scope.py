"""What a complaint denies, leaves behind, fears or has read of: which of its words that covers.

Rules in the manner of NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009). Where it is not plain
that something is denied, it is mostly taken for said; some emergencies beside a “no” are misread (the card).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from dlintro_demos.medicine.symptoms.answers import (
    answered,
    clause_before,
    headed_by_no,
    is_vital,
    list_of_answers,
)
from dlintro_demos.medicine.symptoms.cues import Cue, Kind, pattern, sections, text_at, words_in
from dlintro_demos.medicine.symptoms.past import long_ago
from dlintro_demos.medicine.symptoms.spelling import Word

REACH = 7  # words that a “no” covers, and a few more after an “or”, but not for ever
AFTER_OR, FARTHEST = 3, 30
NAMED_WITHIN = 5  # words in which a trouble must be named that is not had


def find_cues(words: Sequence[Word]) -> list[Cue]:
    """All cues in the words of a complaint."""
    return [
        *_denied(words), *answered(words), *list_of_answers(words), *headed_by_no(words), *_over(words),
        *_exerted(words), *_phrased(words), *_of_sections(words),
    ]  # fmt: skip


def _exerted(words: Sequence[Word]) -> Iterator[Cue]:
    """A sentence about a run or many stairs, in which nothing worries."""
    first = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or words[at].sentence != words[first].sentence:
            text = " ".join(word.text for word in words[first:at])
            if pattern("exerted").search(text) and not pattern("worrying").search(text):
                yield Cue(kind=Kind.EXERTED, said=range(0), over=range(first, at))
            first = at


def only_effort(words: Sequence[Word], cues: Sequence[Cue]) -> bool:
    """Whether all that is said is what an effort does to breath and heart."""
    covered = {place for cue in cues if cue.kind is Kind.EXERTED for place in cue.over}
    text = " ".join(word.text for word in words)
    return len(covered) == len(words) and bool(pattern("effort").search(text))


def _denied(words: Sequence[Word]) -> Iterator[Cue]:
    for at, word in enumerate(words):
        plain = word.text in words_in("no") and word.text != "never" and _plain_no(words, at)
        if _plain_verb(words, at):
            yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=range(at - 2, at + 2))
        elif _alone(words, at, ("none", "nil")) and at and words[at - 1].clause == word.clause - 1:
            over = clause_before(words, at)
            if not is_vital(words[over.start : over.stop]):
                yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=over)
        elif plain or (word.text in words_in("not") and _denies(words, at)):
            over = _ahead(words, at)
            if not is_vital(words[over.start : over.start + NAMED_WITHIN]):
                yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=over)
        elif word.text in ("free", "absence", "negative") and text_at(words, at + 1) in ("of", "for", "from"):
            a_trouble = pattern("deniable").fullmatch(
                text_at(words, at + 2)
            )  # “negative for fever”, not “flu”
            over = _ahead(words, at + 1, joined_by=("or", "nor", "and") if a_trouble else ("or", "nor"))
            yield Cue(kind=Kind.DENIED, said=range(at, at + 2), over=over)


def _plain_verb(words: Sequence[Word], at: int) -> bool:
    """“My chest does not hurt”, and nothing after it in the clause."""
    if (
        at < 2
        or words[at].text not in ("doesnt", "didnt", "dont")
        or words[at - 2].clause != words[at].clause
    ):
        return False
    verb = text_at(words, at + 1) in ("hurt", "ache", "bleed", "swell", "itch")
    after = text_at(words, at + 2)
    ends = not after or words[at + 2].clause != words[at].clause or after in ("and", "anymore")
    ends = ends or (after, text_at(words, at + 3)) in (("at", "all"), ("any", "more"))
    part_of_more = text_at(words, at - 3) in ("in", "of", "on", "from", "to", "with")
    return verb and ends and words[at - 2].text in words_in("owners") and not part_of_more


def _plain_no(words: Sequence[Word], at: int) -> bool:
    after = text_at(words, at + 1)
    if text_at(words, at + 2) in words_in("lost_or_changed") and text_at(words, at + 3) not in (
        (words_in("abilities") | words_in("had_by_all")) - {"and"}
    ):
        return True  # “no vision loss”
    if after in words_in("no_but") or (after == "longer" and text_at(words, at - 1) in ("can", "could")):
        return False
    return not (at + 1 < len(words) and words[at + 1].clause != words[at].clause)  # “No, my chest hurts”


def _denies(words: Sequence[Word], at: int) -> bool:
    """Whether a “not” or “never” denies a symptom; most are part of one, or of something else."""
    ahead = [word.text for word in words[at + 1 : at + 8] if word.clause == words[at].clause]
    if words[at].text == "never" and words_in("such") & set(ahead):
        return False
    if _has_none(ahead):
        return True
    rest = list(ahead)
    while rest and rest[0] in words_in("fillers") | words_in("least"):
        rest.pop(0)
    if rest and rest[0] in ("fit", "fits"):  # “never had a fit”, not “not fit to stand”
        return bool({"had", "has", "have", "having"} & set(ahead[: ahead.index(rest[0])]))
    if not rest or not pattern("deniable").fullmatch(rest[0]):
        return False
    if rest[:2] == ["expecting", "to"] or (rest[0] == "chest" and words_in("hoped") & set(rest)):
        return False  # “no chest rise”
    if rest[0] in ("hit", "bang", "bump", "fall") and {"hard", "badly"} & set(rest):
        return False  # “didn't hit my head hard”
    if rest[0] in words_in("not_first"):
        return any(pattern("harm").fullmatch(each) for each in rest[1:3])
    return True


def _has_none(ahead: Sequence[str]) -> bool:
    """Whether a “not” stands before a trouble, “have any facial droop”, and nothing vital, “have a pulse”."""
    if not ahead or ahead[0] not in words_in("had") or words_in("such") & set(ahead):
        return False
    for each, following in zip(ahead[1:NAMED_WITHIN], [*ahead[2:], ""], strict=False):
        if following in words_in("lost_or_changed"):
            return True
        if each in words_in("no_but") | words_in("abilities") | words_in("breaks") | words_in("subjects"):
            return each in words_in("signs")
        name = "trouble" if ahead[0] in ("feel", "felt") and each != "pressure" else "deniable"
        if each in words_in("signs") or pattern(name).fullmatch(each):
            return True
    return False


def _ahead(words: Sequence[Word], at: int, joined_by: Collection[str] = ("or", "nor")) -> range:
    """The words after a “no” that it covers."""
    end, start = at + 1, at
    while end < len(words) and (end - at <= REACH or end - start <= AFTER_OR) and end - at <= FARTHEST:
        word, before = words[end], words[end - 1]
        if word.text in ("or", "nor"):
            start = end
        if word.sentence != words[at].sentence:
            break
        if word.clause != before.clause and not _list_goes_on(words, end, joined_by):
            break
        if end > at + 1 and (word.text in words_in("breaks") or word.text in words_in("subjects")):
            break
        if (
            end > at + 1
            and word.text in words_in("owners")
            and before.text not in words_in("before_owner") | words_in("fillers")
        ):
            break
        end += 1
    return range(at + 1, end)


def _list_goes_on(words: Sequence[Word], at: int, joined_by: Collection[str]) -> bool:
    """Whether a comma stands in a list: “no fever, chills or rash”."""
    ahead = [word.text for word in words[at : at + 5] if word.sentence == words[at].sentence]
    for place, text in enumerate(ahead):
        if text in joined_by:
            return place <= 3
        if text in words_in("subjects") | words_in("owners") | words_in("breaks"):
            return False
    return False


def _over(words: Sequence[Word]) -> Iterator[Cue]:
    """“Chest pain is gone”, “my breathing is normal”, “the bleeding stopped”."""
    for at, word in enumerate(words):
        before, after = text_at(words, at - 1), text_at(words, at + 1)
        last = not after or after in words_in("after_end") or words[at + 1].clause != word.clause
        ended = word.text in words_in("ended") and last
        away = word.text == "away" and before in ("went", "gone")
        state = word.text in words_in("state") and (
            before in words_in("being") or text_at(words, at - 2) in words_in("being")
        )
        if word.text == "gone" and not last:
            continue  # “the swelling has gone up to my face”
        if not (ended or away or state) or _hardly(words, at) or word.asked:
            continue
        gone = ended or away or word.text == "gone"
        if gone and words_in("recent") & {each.text for each in words if each.sentence == word.sentence} - {
            "since"
        }:
            continue
        first = at
        while (
            first > 0
            and at - first < REACH
            and words[first - 1].clause == word.clause
            and words[first - 1].text not in words_in("breaks")
        ):
            first -= 1
        if gone and words_in("faculties") & {each.text for each in words[first:at]}:
            continue  # “my voice has gone”
        yield Cue(kind=Kind.OVER, said=range(at, at + 1), over=range(first, at))


def _hardly(words: Sequence[Word], at: int) -> bool:
    """Whether a “not”, “never” or “won't” stands shortly before: “has not really stopped”."""
    before = {word.text for word in words[max(0, at - 4) : at] if word.clause == words[at].clause}
    return bool(
        before & (words_in("not") | words_in("no") | {"wont", "cant", "until", "before", "almost", "nearly"})
    )


def _phrased(words: Sequence[Word]) -> Iterator[Cue]:
    """Phrases that deny, that say how well something is, or that are meant otherwise: these alone."""
    for section in sections(words):
        texts = [words[at].text for at in section]
        text = " ".join(texts)
        for name, kind in (("denials", Kind.DENIED), ("normal", Kind.DENIED), ("idioms", Kind.MEANT)):
            for match in pattern(name).finditer(text):
                first = text.count(" ", 0, match.start())
                end = first + match[0].count(" ") + 1
                near = {*texts[max(0, first - 3) : end]}
                if name == "normal" and (
                    words_in("not_normal") & near
                    or words_in("unless") & {*texts[end:]}
                    or _alone(words, section.stop, words_in("noes"))
                ):
                    continue
                yield Cue(kind=kind, said=range(0), over=range(section.start + first, section.start + end))


def _alone(words: Sequence[Word], at: int, such: Collection[str]) -> bool:
    """Whether one of these words is all of its clause: “legs strong, no”, not “legs strong, no pain”."""
    end = at + 1
    while end < len(words) and words[end].clause == words[at].clause:
        end += 1
    more = words_in("noes_more") | {"more", "anymore"}
    return text_at(words, at) in such and {word.text for word in words[at + 1 : end]} <= more


def _of_sections(words: Sequence[Word]) -> Iterator[Cue]:
    """What holds for a part of a sentence: long ago, feared, told."""
    parts = list(sections(words))
    for number, section in enumerate(parts):
        text = " ".join(words[at].text for at in section)
        if pattern("died").search(text):  # what the mourner feels since is looked at by itself
            section = range(section.start, section.start + len(text.split(" and since then ")[0].split()))
            text = " ".join(words[at].text for at in section)
        match = pattern("long_ago").search(text)
        over = long_ago(words, parts, number, match) if match else None
        if match and over and (not match[0].startswith(("died", "passed")) or "i" not in text.split()):
            yield Cue(kind=Kind.LONG_AGO, said=range(0), over=over)
        if pattern("feared").search(text) and not pattern("now").search(text):
            yield Cue(kind=Kind.FEARED, said=range(0), over=section)
        if pattern("able").search(text) and not pattern("hardly").search(text):
            yield Cue(kind=Kind.DENIED, said=range(0), over=section)
        if pattern("told").search(text) or pattern("sayings").search(text):
            yield Cue(kind=Kind.TOLD, said=range(0), over=section)


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
        while run and last and at < len(words) and run[-1].text in words_in("loose"):
            run.pop()
        if first and first - 1 in covered:
            while run and run[0].text in words_in("connecting"):
                run.pop(0)
        if not (covered and {word.text for word in run} <= words_in("loose")):
            left += run
        first = at + 1 if last else at
    return left
