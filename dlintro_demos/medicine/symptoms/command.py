"""`symptoms`: the patterns that a complaint is like, and whether it is an emergency."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dlintro_demos.gallery.command_line import Commands, add, engine_of_its_own, fail, last

if TYPE_CHECKING:
    from dlintro_demos.medicine.symptoms.reading import Alarm, Reading

CALL = "Call your emergency number now."
IF = (
    "This could be urgent. If it came suddenly, gets worse or frightens you, call your emergency number. "
    "Otherwise let a doctor hear of it today."
)


def add_to(commands: Commands) -> None:
    """Add `symptoms`."""
    parser = add(
        commands, "symptoms", symptoms, help="match a complaint to patterns of symptoms; not for diagnosis"
    )
    parser.add_argument("text", metavar="TEXT", help="how somebody feels, or - for a complaint a line")


def symptoms(options: argparse.Namespace) -> int:
    """Read the complaints one after another; a line each."""
    from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
    from dlintro_demos.medicine.symptoms.reading import EMPTY, Reading, read_complaint

    cache, code = engine_of_its_own().cache, 0
    for text in _lines(options.text):
        try:
            found = last(read_complaint(text, cache, pulls=False))
        except ModelUnavailable as error:
            return fail(str(error))
        assert isinstance(found, Reading)
        print(json.dumps(facts(found)) if options.json else _in_words(found), flush=True)
        if found.problem == EMPTY:
            code = fail(EMPTY)
    return code


def facts(found: Reading) -> dict[str, Any]:
    """A reading as JSON has it; `why` are the emergencies, each with the words that raised it.

    `maybe` is one that it might be, or None.
    """
    from dlintro_demos.medicine.symptoms.written import patterns

    titles = {each.key: each.title for each in patterns()}
    return {
        "red_flag": bool(found.alarms),
        "why": [_emergency(each) for each in found.alarms],
        "maybe": _emergency(found.maybe) if found.maybe else None,
        "patterns": [
            {"pattern": key, "title": titles[key], "score": round(share, 4)} for key, share in found.patterns
        ],
        "known": found.known,
        "confidence": round(found.confidence, 4),
        "problem": found.problem,
        "milliseconds": {stage: round(1000 * seconds, 1) for stage, seconds in found.seconds.items()},
    }


def _emergency(found: Alarm) -> dict[str, Any]:
    score = {} if found.score is None else {"score": round(found.score, 4)}
    about = {"kind": found.kind, "title": found.title, "words": " ".join(found.words), "by": found.by}
    return about | score


def _in_words(found: Reading) -> str:
    told = facts(found)
    parts = [f"{each['title']}: {CALL}" for each in told["why"]]
    if found.maybe:
        parts.append(IF)
    if found.known:
        parts += [", ".join(f"{each['title']} {each['score']:.2f}" for each in told["patterns"])]
    return " ".join((*parts, found.problem, "Not for diagnosis.")).replace("  ", " ")


def _lines(text: str) -> Iterator[str]:
    if text != "-":
        yield text
        return
    for line in sys.stdin:
        if line.strip():
            yield line.strip()
