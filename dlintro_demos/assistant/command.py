"""`assist`: one turn of the assistant, or a dialogue from the standard input."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dlintro_demos.gallery.command_line import Commands, add, engine_of_its_own, fail, last

if TYPE_CHECKING:
    from dlintro_demos.assistant.slots import Slot
    from dlintro_demos.assistant.turn import Exchange

ZONE = "Europe/Berlin"  # where its trains and flights leave
SOUNDS = {".aac", ".flac", ".m4a", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".wav", ".webm"}


def add_to(commands: Commands) -> None:
    """Add `assist`."""
    parser = add(commands, "assist", assist, help="tell the assistant something, written or recorded")
    parser.add_argument(
        "said", metavar="TEXT|WAV", help="a sentence, a sound file, or - for a dialogue, a turn a line"
    )
    parser.add_argument("--now", type=_moment, help="the time it is, as 2026-11-26T10:00; else that of now")
    parser.add_argument("--zone", type=_zone, default=ZONE, help=f"the time zone of its clock, else {ZONE}")
    parser.add_argument("--wav", type=Path, help="write the last spoken answer here, as a WAV file")


def assist(options: argparse.Namespace) -> int:
    """Take the turns one after another; a line each."""
    from dlintro_demos.assistant.turn import Conversation, take_turn
    from dlintro_demos.gallery.intake.images import UnreadableMedia
    from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

    conversation = Conversation(engine_of_its_own().cache, _now(options))
    exchange, code = None, 0
    for line in _lines(options.said):
        try:
            turn = take_turn(conversation, _said(line), None if options.now else _now(options))
            exchange = last(turn)
        except ModelUnavailable as error:
            return fail(str(error))
        except (OSError, UnreadableMedia) as error:
            code = fail(f"{line[:80]}: {error}")
            if options.json:
                print(json.dumps({"said": line, "known": False, "error": str(error)}), flush=True)
            continue
        print(json.dumps(facts(exchange)) if options.json else exchange.answer, flush=True)
    if options.wav and exchange and exchange.speech:
        options.wav.write_bytes(exchange.speech.wav)
    return code


def facts(exchange: Exchange) -> dict[str, Any]:
    """A turn as JSON has it."""
    turn = exchange.turn
    return {
        "transcript": exchange.said,
        "intent": turn.intent if turn else "none",
        "slots": [slot_facts(slot) for slot in turn.resolved] if turn else [],
        "answer": exchange.answer,
        "known": exchange.known,
        "confidence": round(turn.guess.confidence, 4) if turn else 0.0,
        "refusal": exchange.refusal,
        "sql": [each.statement for each in turn.sql] if turn else [],
        "milliseconds": {name: round(value, 1) for name, value in exchange.milliseconds.items()},
    }


def slot_facts(slot: Slot) -> dict[str, Any]:
    """A slot as JSON has it: `value` of a time is a day, a moment, or a length, as ISO 8601."""
    found = {"kind": slot.kind, "text": slot.text}
    if slot.kind != "time":
        return found | {"value": slot.value}
    when = slot.value
    more = {"until": when.until, "duration": when.duration, "repeat": when.repeat, "problem": when.problem}
    return found | {"value": when.iso or when.duration} | {name: each for name, each in more.items() if each}


def _lines(said: str) -> Iterator[str]:
    if said != "-":
        yield said
        return
    for line in sys.stdin:
        if line.strip():
            yield line.strip()


def _said(line: str) -> str | bytes:
    """The words, or the bytes of the file that they name. Raises `OSError`."""
    from dlintro_demos.gallery.intake.sounds import DEFAULT_LIMITS

    path = Path(line)
    if path.suffix.lower() not in SOUNDS and not (len(line) < 256 and path.is_file()):
        return line
    with path.open("rb") as file:
        return file.read(DEFAULT_LIMITS.max_bytes + 1)  # one too many is refused, in words


def _now(options: argparse.Namespace) -> datetime:
    now, zone = options.now, options.zone
    if now is None:
        return datetime.now(zone)
    moment: datetime = now.astimezone(zone) if now.tzinfo else now.replace(tzinfo=zone)
    return moment


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a time as 2026-11-26T10:00") from None


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise argparse.ArgumentTypeError(f"{text} is not a time zone as {ZONE}") from None
