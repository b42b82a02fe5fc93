"""A conversation as a list of entries, each with the dialogue before and after it: nothing is overwritten.

So a turn that is cancelled has not happened, a corrected one is tried out on a copy, and what the page keeps
of a turn is what it shows: no recording in full length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dlintro_demos.assistant.dialogue import Dialogue, Turn
from dlintro_demos.assistant.intent_map import place_svg
from dlintro_demos.assistant.recordings import LABEL, file_of, texts
from dlintro_demos.assistant.sound_picture import SoundPicture, picture_of, resampled
from dlintro_demos.assistant.speaking import RATE as SPEECH_RATE
from dlintro_demos.assistant.turn import Conversation, Exchange, take_turn
from dlintro_demos.gallery.intake.sounds import encode_wav
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

OPENING = "schedule"  # name of the recording that everybody finds
DEAF = "Typed: it cannot hear here, and can be written to."
HOUR = time(9)  # when the turn is said that everybody finds


@dataclass(frozen=True, kw_only=True, eq=False)
class Entry:
    """One turn as the page keeps it; `exchange` has its sounds taken out.

    `recording` (what was heard) and `speech` are WAV files, `picture` and `spoken` show them; None where
    there is none. `place` is the small map of intents (SVG), "" where nothing was said. `captions` are the
    spoken sentences with begin and end in seconds, `notes` about the recording.
    """

    now: datetime
    exchange: Exchange
    before: Dialogue
    after: Dialogue
    recording: bytes | None
    picture: SoundPicture | None
    speech: bytes | None
    spoken: SoundPicture | None
    place: str
    captions: tuple[tuple[str, float, float], ...]
    notes: tuple[str, ...]
    number: int = 0
    label: str = ""

    @property
    def understood(self) -> str:
        """The intent it was taken for, or "none"."""
        turn = self.exchange.turn
        return turn.intent if turn and turn.known else "none"

    def without_sounds(self) -> Entry:
        """The same, to be kept for longer: it can be read, not heard."""
        return replace(self, recording=None, speech=None)


def converse(
    before: Dialogue | None,
    said: str | bytes,
    now: datetime,
    number: int,
    cache: ModelCache,
    *,
    label: str = "",
) -> Iterator[Progress | Entry]:
    """A job: one turn after the dialogue `before`, or the first one of a new dialogue at `now`.

    `said` is a text or a recording's bytes; `label` says whose, where it is none of the visitor's. Raises
    `UnreadableMedia` and `ModelUnavailable`.
    """
    conversation = Conversation(cache, now, before)
    before = conversation.dialogue
    for step in take_turn(conversation, said, now):
        if isinstance(step, Exchange):
            entry = _entry(step, before, conversation.dialogue, now, cache)
            yield replace(entry, number=number, label=label)
        else:
            yield step


def open_for_everybody(day: str, zone: str, cache: ModelCache) -> Iterator[Progress | Entry]:
    """A job: the turn that everybody finds on that day (ISO 8601) in that zone.

    Where its ears are missing it is typed, and its label says why. Raises `ModelUnavailable`.
    """
    now = datetime.combine(date.fromisoformat(day), HOUR, ZoneInfo(zone))
    try:
        yield from converse(None, file_of(OPENING), now, 0, cache, label=LABEL)
    except ModelUnavailable as error:
        yield from converse(None, texts()[OPENING], now, 0, cache, label=f"{DEAF} {error}")


def try_out(before: Dialogue, text: str, now: datetime) -> Iterator[Progress | Turn]:
    """A job: what a sentence would do after `before`, tried on a copy. Raises `ModelUnavailable`."""
    yield Progress(0, 1, "reading")
    yield before.fork().say(text, now)


def _entry(exchange: Exchange, before: Dialogue, after: Dialogue, now: datetime, cache: ModelCache) -> Entry:
    sound, speech, turn = exchange.sound, exchange.speech, exchange.turn
    return Entry(
        now=now,
        exchange=replace(exchange, sound=None, speech=None),
        before=before,
        after=after,
        recording=encode_wav(sound.samples) if sound else None,
        picture=picture_of(sound.samples) if sound else None,
        speech=speech.wav if speech else None,
        spoken=picture_of(resampled(speech.samples, SPEECH_RATE)) if speech else None,
        place=place_svg(turn.guess.place, turn.guess.intent, cache) if turn else "",
        captions=tuple((each.text, each.begin, each.end) for each in speech.sentences) if speech else (),
        notes=sound.notes if sound else (),
    )
