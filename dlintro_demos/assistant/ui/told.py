"""A turn as the components are told of it: bubbles with their sounds, and a card for each stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dlintro_demos.assistant.conversing import Entry
from dlintro_demos.assistant.intent_map import CALLED
from dlintro_demos.assistant.intents import MODEL as HEAD
from dlintro_demos.assistant.normalise import LONGEST, masked
from dlintro_demos.assistant.slots import Slot
from dlintro_demos.assistant.turn import TITLES, Stage, value_words
from dlintro_demos.assistant.ui.components.stages import Card, Line
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.show import address

BY = {
    "sound": "FFmpeg, to 16 kHz",
    "voice": "Silero VAD, a network",
    "transcript": "Whisper tiny.en, a network",
    "normalise": "rules",
    "intent": "MiniLM and a linear head",
    "slots": "rules, recognizers-text, and a tagger for titles",
    "action": "SQLite, this visit's own",
    "speech": "hibari, a network",
}
NOTHING_SAID = "(nothing that was said)"
MOST_ROWS = 4  # statements of a turn that are shown


def turn_of(entry: Entry) -> dict[str, Any]:
    """A turn for `talk`."""
    exchange = entry.exchange
    return {
        "number": entry.number,
        "you": exchange.said or NOTHING_SAID,
        "by": _by(entry),
        "answer": exchange.answer,
        "known": exchange.known,
        "captions": [list(each) for each in entry.captions],
        "speech": address(entry.speech) if entry.speech else None,
        "recording": address(entry.recording) if entry.recording else None,
        "sound": _sound(entry),
    }


def _by(entry: Entry) -> str:
    if entry.label:
        return entry.label
    if entry.picture:
        return " ".join(("Spoken.", *entry.notes))
    turn = entry.exchange.turn
    cut = turn is not None and len(turn.heard) >= LONGEST
    return f"Typed; the first {LONGEST} characters were read." if cut else "Typed"


def _sound(entry: Entry) -> dict[str, Any] | None:
    picture, transcript, activity = entry.picture, entry.exchange.transcript, entry.exchange.activity
    if picture is None or transcript is None or activity is None:
        return None
    said = f"“{transcript.text}”" if transcript.text else "no words"
    return {
        "peaks": picture.peaks,
        "spectrogram": address(picture.spectrogram),
        "seconds": picture.seconds,
        "spans": [[span.begin, span.end] for span in activity.spans],
        "words": [
            [word.text, round(word.begin, 2), round(word.end, 2), round(word.probability, 3)]
            for word in transcript.words
        ],
        "alt": f"Loudness and spectrogram of {picture.seconds:.1f} seconds of sound: {said}",
    }


def cards_of(entry: Entry) -> list[Card]:
    """All stages, those too that this turn did not need or did not reach."""
    exchange = entry.exchange
    ran = {stage.name: stage for stage in exchange.stages}
    cards = []
    for name, title in TITLES.items():
        stage = ran.get(name)
        cards.append(
            Card(
                name=title,
                by=BY[name] if stage else _why_not(entry, name),
                lines=tuple(_lines(entry, stage)) if stage else (),
                milliseconds=stage.milliseconds if stage else None,
                sure=stage.confidence if stage else None,
                needed=engine().cache.card(HEAD).thresholds["known"] if stage and name == "intent" else None,
            )
        )
    return cards


def _why_not(entry: Entry, name: str) -> str:
    exchange = entry.exchange
    if name in ("sound", "voice", "transcript") and exchange.transcript is None:
        return "skipped: it was typed"
    if exchange.refusal == "no speech" and name == "transcript":
        return "not asked: on silence and noise Whisper invents words"
    if exchange.refusal:
        return "not reached"
    return f"skipped: {exchange.speech_problem or 'nothing to say'}"


def _lines(entry: Entry, stage: Stage) -> Iterator[Line]:
    exchange, turn = entry.exchange, entry.exchange.turn
    if stage.name == "transcript" and exchange.transcript and exchange.transcript.words:
        words = tuple((word.text, word.probability) for word in exchange.transcript.words)
        yield Line(label="Out", words=words)
    elif stage.name == "normalise" and turn:
        yield Line(label="Out", text=stage.output)
        if turn.changes:
            changes = "; ".join(f"“{old}” to “{new}”" for old, new in turn.changes)
            yield Line(label="Changed", text=changes)
    elif stage.name == "intent" and turn:
        taken = CALLED.get(turn.intent, turn.intent)
        yield Line(
            label="Out", text=taken if turn.known else f"not for me (nearest: {CALLED[turn.guess.intent]})"
        )
    elif stage.name == "slots" and turn:
        yield Line(label="Out", text="; ".join(map(_named, turn.slots)) or "none")
        if turn.meant:
            yield Line(label="Meant", text="; ".join(map(_named, turn.meant)))
        if turn.carried:
            yield Line(label="From before", text="; ".join(map(_named, turn.carried)))
    elif stage.name == "action" and turn:
        ran = turn.sql[:MOST_ROWS]
        for each in ran:
            yield Line(label="SQL", text=_statement(each.statement, each.parameters), code=True)
        if not ran:
            yield Line(label="SQL", text="none ran")
        yield Line(label="Out", text=turn.answer)
    elif stage.name == "speech":
        yield Line(label="Out", text=stage.output)
    else:
        yield Line(label="In", text=stage.input)
        yield Line(label="Out", text=stage.output)


def _named(slot: Slot) -> str:
    return f"{slot.kind} “{masked(slot.text)}”: {value_words(slot)}"


def _statement(statement: str, parameters: Sequence[Any]) -> str:
    """A statement with its bound parameters, the list of columns cut short."""
    head, found, rest = statement.partition(" FROM ")
    short = f"SELECT …{found}{rest}" if found and head.startswith("SELECT") else statement
    return f"{short}   [{', '.join(map(repr, parameters))}]" if parameters else short


def headline(entry: Entry) -> str:
    """What stands over the cards."""
    total = sum(entry.exchange.milliseconds.values())
    first = entry.exchange.first_sound
    spoken = f", the first sound after {first:,.0f} ms" if first else ""
    return f"Its pipeline: {total:,.0f} ms{spoken}"
