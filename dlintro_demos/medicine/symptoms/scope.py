"""What a complaint denies, leaves behind, fears or has read of: which of its words that covers.

Rules in the manner of NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009), in favour of the alarm:
where it is not plain that something is denied, it is taken for said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from dlintro_demos.medicine.symptoms.spelling import Word

REACH = 7  # words that a “no” covers at most


class Kind(Enum):
    """Of a cue."""

    DENIED = auto()
    OVER = auto()  # it has gone: no alarm, unless the kind of emergency counts when it is over too
    LONG_AGO = auto()
    FEARED = auto()  # feared, asked about: only names of illnesses
    TOLD = auto()  # of a film, a book, the news


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Words that say so, `said`, and the words that they cover, `over`, as places in the complaint."""

    kind: Kind
    said: range
    over: range


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BREAKS = _set("but however though although except because since only still whereas yet until when cause and plus then just so while")
_CONTRAST = _set("but however though although whereas yet")
_SUBJECTS = _set("i im he she it they we there now you")
_OWNERS = _set("my his her the our your their its")
_BEFORE_OWNER = _set("in of on from around behind under to over at with for hit hurt hurts lost lose bump bumped bang banged injure injured cut move blood about have having feel")
_NO = _set("no without denies denied deny denying neither nor never none zero")
_NO_BUT = _set(
    "one idea matter doubt reason way point relief improvement help clue feeling sensation control pulse air oxygen "
    "urine wet movement movements vision strength energy good better difference use fun motivation will reaction "
    "response answer joke lie kidding hope appetite sleep body"
)
_NOT = _set("not dont doesnt didnt havent hasnt hadnt isnt arent wasnt werent wouldnt never aint")
_FILLERS = _set("really actually currently ever at all any a an the been being so that very particularly have having had got feel feeling felt experience experiencing experienced suffer suffering notice noticed noticing in seen see seeing get getting like as if think thinking thought is about also to any sort kind of it its i this have with my his her")
_DENIABLE = re.compile(
    r"hurt\w*|ach\w*|pain\w*|tight\w*|swoll\w*|swell\w*|bleed\w*|blood\w*|suicid\w*|pregnan\w*|sudden\w*|severe\w*|numb\w*|weak\w*|stiff\w*|"
    r"hit|fall|fell|faint\w*|pass|passed|lose|lost|vomit\w*|cough\w*|chok\w*|confus\w*|drows\w*|short|shortness|breathless|dizz\w*|"
    r"slur\w*|droop\w*|black\w*|worst|die|dying|kill\w*|harm\w*|end|overdos\w*|swallow\w*|taken|took|take|chest|fever\w*|rash\w*|"
    r"symptom\w*|sign\w*|trouble|difficult\w*|problem\w*|seizure\w*|convuls\w*|heart|stroke\w*|headache\w*|allerg\w*|wheez\w*|"
    r"throw\w*|threw|bang\w*|injur\w*|paralys\w*|blind\w*|unconscious\w*|collaps\w*|poison\w*|sepsis|septic|meningitis|anaphyla\w*|"
    r"testic\w*|lump\w*|thoughts?|plan\w*|wish|want|going|cut|cutting|serious|emergency|burn\w*|stab\w*|spots?|bump\w*|cramp\w*|lips?|throat|tongue|face|abdom\w*|belly|stomach|clots?|suffocat\w*|gasp\w*|clos\w*|narrow\w*|turning|blue|limp|spreading|palpitat\w*|accident\w*"
)
_NOT_FIRST = _set("want wish going") 
_HARM = re.compile(r"die|dead|kill\w*|harm|hurt|end|suicide|cut|jump|take")
_SUCH = _set("such like before this worse so bad stops goes wake end")
_RECENT = _set(
    "minutes minute hour hours today just morning tonight yesterday again now still keeps keep started starts evening afternoon night "
    "currently since getting worse began ongoing suddenly sudden"
)
_STATE = _set("gone normal fine ok okay good healthy clear well better regular unremarkable steady intact")
_BEING = _set("is are was were has have seems seem looks look feels feel had been s im works work sounds")
_LONG_AGO = re.compile(
    r"\b(?:(?:years?|decades?|ages|months) (?:ago|back|before)|last (?:year|summer|winter|autumn|spring|month|christmas)|"
    r"(?:in|back in|of|from|around|during) (?:19|20)\d\d|as a (?:small |little |young )?(?:child|kid|teenager|teen|baby|boy|girl|student|toddler)|"
    r"when (?:i|he|she|my \w+) (?:was|were) (?:a|an|young|little|small|younger|at|in|\d+|\w+teen|six|seven|eight|nine|ten|twelve)|"
    r"used to|(?:family |past )?history of|runs in (?:my|the|our) family|in the family|in the past|long ago|back then|"
    r"(?:i|he|she) once|once (?:had|fainted|passed|collapsed|broke|hit)|died (?:of|from|in|after)|passed away|survived|"
    r"ruled out|recovered from|got over|has been cured|in (?:my|her|his) (?:childhood|youth|twenties|thirties|teens)|decades|years before)\b"
)
_FEARED = re.compile(
    r"\b(?:(?:afraid|scared|fear|fears|fearful|frightened|terrified|anxious|worried|worry|worries|worrying|paranoid|nervous|panic|panicking|phobia|dread) "
    r"(?:of|about|that|i|im|to)(?! (?:im|i am|this|my|having an?\b.*now))|"
    r"(?:what|which|know|learn|list|tell me) (?:\w+ ){0,3}?(?:signs?|symptoms?|warning)|what (?:is|are|causes|happens)|how (?:do|can|to|would|could|does) (?:\w+ ){0,3}?"
    r"(?:prevent|avoid|recogni[sz]e|spot|treat|help|know|tell|reduce|get|you)|prevent|avoid|avoiding|protect|risk of|risk for|risk factors|"
    r"(?:is|are|can|could|does|do|would|might) (?:\w+ ){1,6}?(?:signs? of|symptoms? of|cause|causes|lead to|turn into|become|mean|trigger)|"
    r"in case of|what if|vaccin\w+|jab|screening for|chance of|likely to get|at risk|dreamt|dreamed|dream|nightmare)\b"
)
_TOLD = re.compile(
    r"\b(?:(?:read|article|film|movie|book|news|documentary|series|song|podcast|class|course|lecture|story|leaflet|poster|novel|show|video|programme|program|lesson|talk|learned|learnt|study|studied|writing|wrote an essay|wrote a paper|essay|report|game|campaign|charity|raise money|school) "
    r"(?:\w+ ){0,2}?(?:about|on|for|with|where|of)|in (?:the|a|an) (?:news|film|movie|book|series|novel|game|paper|papers|show)|works? (?:for|at|with|as|in) (?:\w+ ){0,3}(?:helpline|hotline|ward|charity|paramedic|nurse|hospice)|"
    r"(?:helpline|hotline) volunteer|volunteer)\b"
)  # fmt: skip
_NOW = re.compile(r"\b(?:im|i am|is|am|are|hes|shes) (?:having|getting|dying)|right now|think (?:i|im|he|she)|this (?:is|might|could)|having (?:one|it|a \w+ now)\b")


def find_cues(words: Sequence[Word]) -> list[Cue]:
    """All cues in the words of a complaint."""
    return [*_denied(words), *_over(words), *_of_sections(words)]


def _denied(words: Sequence[Word]) -> Iterator[Cue]:
    for at, word in enumerate(words):
        if word.text in _NO and not (word.text == "never") and _plain_no(words, at):
            yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=_ahead(words, at))
        elif word.text in _NOT and _denies(words, at):
            yield Cue(kind=Kind.DENIED, said=range(at, at + 1), over=_ahead(words, at))
        elif word.text in ("free", "absence", "negative") and _text(words, at + 1) in ("of", "for", "from"):
            yield Cue(kind=Kind.DENIED, said=range(at, at + 2), over=_ahead(words, at + 1))


def _plain_no(words: Sequence[Word], at: int) -> bool:
    after = _text(words, at + 1)
    if after in _NO_BUT or (after == "longer" and _text(words, at - 1) in ("can", "could")):
        return False
    return not (at + 1 < len(words) and words[at + 1].clause != words[at].clause)  # “No, my chest hurts”


def _denies(words: Sequence[Word], at: int) -> bool:
    """Whether a “not” or “never” denies a symptom; most are part of one, or of something else."""
    ahead = [word.text for word in words[at + 1 : at + 8] if word.clause == words[at].clause]
    if words[at].text == "never" and _SUCH & set(ahead):
        return False
    rest = list(ahead)
    while rest and rest[0] in _FILLERS:
        rest.pop(0)
    if not rest or not _DENIABLE.fullmatch(rest[0]):
        return False
    if rest[0] in _NOT_FIRST:
        return any(_HARM.fullmatch(each) for each in rest[1:3])
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
        if end > at + 1 and (word.text in _BREAKS or word.text in _SUBJECTS):
            break
        if end > at + 1 and word.text in _OWNERS and before.text not in _BEFORE_OWNER | _FILLERS:
            break
        end += 1
    return range(at + 1, end)


def _list_goes_on(words: Sequence[Word], at: int) -> bool:
    """Whether a comma stands in a list: “no fever, chills or rash”."""
    ahead = [word.text for word in words[at : at + 5] if word.sentence == words[at].sentence]
    for place, text in enumerate(ahead):
        if text in ("or", "nor"):
            return place <= 3
        if text in _SUBJECTS | _OWNERS | _BREAKS:
            return False
    return False


_ABLE = re.compile(r"(?:can|able to) (?:still |also )?(?:breathe|move|speak|talk|lift|walk|swallow|smile|bend|feel (?:my (?:legs|arms|feet|hands)|both|everything))")
_HARDLY = re.compile(r"\b(?:only|barely|hardly|just|scarcely|anymore|longer|cant|no|not|how|so nobody|nobody)\b")


def _over(words: Sequence[Word]) -> Iterator[Cue]:
    """“Chest pain is gone”, “my breathing is normal”, “the bleeding stopped”."""
    for at, word in enumerate(words):
        before, after = _text(words, at - 1), _text(words, at + 1)
        ended = word.text in ("stopped", "resolved", "disappeared", "vanished", "subsided", "passed", "healed") and (
            not after or after in _set("by on itself after now ago last two three four five a one completely since years and in within months weeks again long entirely so") or words[at + 1].clause != word.clause
        )
        away = word.text == "away" and before in ("went", "gone", "go")
        state = word.text in _STATE and (before in _BEING or _text(words, at - 2) in _BEING)
        if not (ended or away or state) or before in _NOT or _text(words, at - 2) in _NOT:
            continue
        gone = ended or away or word.text == "gone"
        if gone and _RECENT & {each.text for each in words if each.sentence == word.sentence} - {"since"}:
            continue
        first = at
        while first > 0 and at - first < REACH and words[first - 1].clause == word.clause and words[first - 1].text not in _BREAKS:
            first -= 1
        yield Cue(kind=Kind.OVER, said=range(at, at + 1), over=range(first, at))


def _of_sections(words: Sequence[Word]) -> Iterator[Cue]:
    """What holds for a part of a sentence: long ago, feared, told."""
    parts = list(sections(words))
    for number, section in enumerate(parts):
        text = " ".join(words[at].text for at in section)
        present = _RECENT & set(text.split()) or re.search(r"\b(?:is|are|came|comes|come|its|it) back\b", text)
        if (match := _LONG_AGO.search(text)) and not present:
            over = section
            if len(section) <= 4 and number + 1 < len(parts):
                over = range(section.start, parts[number + 1].stop)
            if not match[0].startswith(("died", "passed")) or "i" not in text.split():
                yield Cue(kind=Kind.LONG_AGO, said=range(0), over=over)
        if match := _FEARED.search(text):
            if not _NOW.search(text):
                yield Cue(kind=Kind.FEARED, said=range(0), over=section)
        if _ABLE.search(text) and not _HARDLY.search(text):
            yield Cue(kind=Kind.DENIED, said=range(0), over=section)
        if _TOLD.search(text):
            yield Cue(kind=Kind.TOLD, said=range(0), over=section)


def sections(words: Sequence[Word]) -> Iterator[range]:
    """The parts of a complaint's sentences, each about one thing."""
    first = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or words[at].clause != words[at - 1].clause or words[at].text in _CONTRAST or _new_subject(words, at):
            yield range(first, at)
            first = at


def _new_subject(words: Sequence[Word], at: int) -> bool:
    return words[at].text in ("and", "because", "so") and _text(words, at + 1) in _SUBJECTS | _OWNERS | {"today", "this"}


def _text(words: Sequence[Word], at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""
