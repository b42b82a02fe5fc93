"""Emergencies in a complaint: rules over its words, each match weighed against what the complaint denies."""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from dlintro_demos.medicine.symptoms.cues import Cue, Kind, pattern, sections, words_in
from dlintro_demos.medicine.symptoms.scope import find_cues
from dlintro_demos.medicine.symptoms.spelling import Word
from dlintro_demos.medicine.symptoms.written import read

WITHIN = 8  # words between the parts of a rule, where its kind says nothing else
ACROSS = 12  # a rule that reaches as far may join sentences
# These count when they are over too: a stroke's signs may pass, and whoever fainted may have hit their head.
STAYS = frozenset({"stroke", "unconscious", "poisoning", "head_injury", "suicide", "cauda_equina", "vision"})
EXERTION = frozenset({"breathing"})  # what a run may bring about in anybody
MOST_TRIED = 6  # places of a part of a rule that are tried beside one of another part

Alternative = tuple[str, ...]
Group = tuple[Alternative, ...]
Positions = Mapping[str, list[int]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Groups of alternatives that must all be said; an illness's name alone is one too (`name`)."""

    kind: str
    groups: tuple[Group, ...]
    within: int
    name: bool = False


@dataclass(frozen=True, kw_only=True)
class Found:
    """An emergency that a rule found: its kind, and the places of the words that it rests on."""

    kind: str
    places: tuple[int, ...]


def find_alarms(words: Sequence[Word], cues: Sequence[Cue] | None = None) -> tuple[Found, ...]:
    """The kinds of emergencies that rules find in these words, each once, in the order of the rules' file."""
    if cues is None:
        cues = find_cues(words)
    covered: dict[int, list[Cue]] = defaultdict(list)
    for cue in cues:
        for place in cue.over:
            covered[place].append(cue)
    positions = _positions(words)
    found: dict[str, Found] = {}
    for rule in rules():
        if rule.kind in found:
            continue
        for places in _matches(rule, words, positions):
            if (
                _counts(rule, places, covered, words)
                and not _elsewhere(places, cues)
                and not _unless(rule.kind, words, places, positions)
            ):
                found[rule.kind] = Found(kind=rule.kind, places=places)
                break
    return tuple(found.values())


def covered_places(words: Sequence[Word], cues: Sequence[Cue]) -> frozenset[int]:
    """The places of what is denied, and of all parts of sentences about what is over, feared or told."""
    few = (Kind.DENIED, Kind.MEANT)
    these = {place for cue in cues if cue.kind in few for place in chain(cue.over, cue.said)}
    places = {place for cue in cues if cue.kind not in few for place in chain(cue.over, cue.said)}
    parts = (part for part in sections(words) if places & set(part))
    return frozenset(chain(these, chain.from_iterable(parts)))


def _elsewhere(places: tuple[int, ...], cues: Sequence[Cue]) -> bool:
    """Whether a “no” of a match denies something else: “the baby moves, no bleeding”."""
    return any(
        cue.kind is Kind.DENIED
        and len(cue.said) == 1
        and cue.said[0] in places
        and cue.over
        and not set(cue.over) & set(places)
        for cue in cues
    )


def _counts(
    rule: Rule, places: tuple[int, ...], covered: Mapping[int, list[Cue]], words: Sequence[Word]
) -> bool:
    for place in places:
        for cue in covered.get(place, ()):
            if set(cue.said) & set(places) and not _denies_more(cue, places, words):
                continue  # the “not” of “not breathing” is a part of it
            if cue.kind is Kind.FEARED and not rule.name:
                continue
            if cue.kind is Kind.EXERTED and rule.kind not in EXERTION:
                continue
            if cue.kind is Kind.OVER and rule.kind in STAYS and not rule.name:
                continue
            return False
    return True


def _denies_more(cue: Cue, places: tuple[int, ...], words: Sequence[Word]) -> bool:
    """Whether the “no” of a match is one of a trouble with it: “no loss of control”, “no vision loss”."""
    last = max(set(cue.over) & set(places))
    between = {words[at].text for at in cue.over if at < last and at not in places}
    return any(
        each in words_in("lost_or_changed") or pattern("deniable").fullmatch(each) for each in between
    ) or (last + 1 in cue.over and words[last + 1].text in words_in("lost_or_changed"))


def _unless(kind: str, words: Sequence[Word], places: Sequence[int], positions: Positions) -> bool:
    sentences = {words[place].sentence for place in places}
    return any(
        words[at].sentence in sentences
        for alternative in _unlesses()[kind]
        for at, _ in _found_at(alternative, words, positions)
    )


def _matches(rule: Rule, words: Sequence[Word], positions: Positions) -> Iterator[tuple[int, ...]]:
    spans = []
    for group in rule.groups:
        here = sorted({span for alternative in group for span in _found_at(alternative, words, positions)})
        if not here:
            return
        spans.append(here)
    spans.sort(key=len)
    for first in spans[0]:
        yield from _joined([first], spans[1:], words, rule.within)


def _joined(
    taken: list[tuple[int, int]], rest: list[list[tuple[int, int]]], words: Sequence[Word], within: int
) -> Iterator[tuple[int, ...]]:
    if not rest:
        yield tuple(sorted(place for begin, end in taken for place in range(begin, end)))
        return
    low = max(end for _, end in taken) - within - 1
    high = min(begin for begin, _ in taken) + within + 1
    start = bisect_left(rest[0], (low, 0))
    tried = 0
    for begin, end in rest[0][start:]:
        if begin > high or tried >= MOST_TRIED * 4:
            return
        apart = all(end <= other[0] or begin >= other[1] for other in taken)
        same = within >= ACROSS or words[begin].sentence == words[taken[0][0]].sentence
        if apart and same and begin >= low:
            tried += 1
            yield from _joined([*taken, (begin, end)], rest[1:], words, within)


def _found_at(
    alternative: Alternative, words: Sequence[Word], positions: Positions
) -> Iterator[tuple[int, int]]:
    for at in positions.get(alternative[0], ()):
        end = at + len(alternative)
        if end <= len(words) and all(
            _fits(words[at + k].text, part) for k, part in enumerate(alternative) if k
        ):
            yield at, end


def _fits(word: str, part: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def _positions(words: Sequence[Word]) -> Positions:
    """Where each first part of an alternative stands."""
    whole, begun = _first_parts()
    places: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        if word.text in whole:
            places[word.text].append(at)
        for length in range(1, len(word.text) + 1):
            if (part := f"{word.text[:length]}*") in begun:
                places[part].append(at)
    return places


@functools.cache
def _first_parts() -> tuple[frozenset[str], frozenset[str]]:
    groups = chain.from_iterable(rule.groups for rule in rules())
    firsts = {each[0] for each in chain(chain.from_iterable(groups), *_unlesses().values())}
    begun = frozenset(each for each in firsts if each.endswith("*"))
    return frozenset(firsts) - begun, begun


@functools.cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order of the file."""
    data = read("red_flags")
    lists = data.pop("words")
    made = []
    for kind, each in data.items():
        within = each.get("within", WITHIN)
        for line in each["rules"]:
            groups = tuple(_group(part, lists) for part in line.split(" + "))
            made.append(Rule(kind=kind, groups=groups, within=within))
        made += [
            Rule(kind=kind, groups=(_group(line, lists),), within=within, name=True)
            for line in each.get("named", ())
        ]
    return tuple(made)


@functools.cache
def _unlesses() -> Mapping[str, Group]:
    data = read("red_flags")
    lists = data.pop("words")
    return {kind: _group(each["unless"], lists) if "unless" in each else () for kind, each in data.items()}


def _group(text: str, lists: Mapping[str, str]) -> Group:
    alternatives = chain.from_iterable(
        lists[part[1:]].split("|") if part.startswith("$") else [part] for part in text.strip().split("|")
    )
    return tuple(tuple(each.split("_")) for each in alternatives)
