"""One turn, from what was said to the spoken answer, as a job; every stage of it can be looked at.

A conversation belongs to one visitor. Its turns run one after another, and one that is cancelled leaves
calendar, orders and what was spoken of as they were.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from dlintro_demos.assistant.dialogue import Dialogue, Turn
from dlintro_demos.assistant.hearing import WHY, Refusal, Transcript, transcribe
from dlintro_demos.assistant.normalise import masked
from dlintro_demos.assistant.slots import Slot
from dlintro_demos.assistant.speaking import Sentence, Speech, speak, spoken
from dlintro_demos.assistant.voice_activity import Activity, find_speech
from dlintro_demos.gallery.intake.contained import decode_sound
from dlintro_demos.gallery.intake.sounds import Sound
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

Name = Literal["sound", "voice", "transcript", "normalise", "intent", "slots", "action", "speech"]
TITLES: dict[Name, str] = {
    "sound": "Recording",
    "voice": "Voice activity",
    "transcript": "Speech to text",
    "normalise": "Plain words",
    "intent": "Intent",
    "slots": "Slots",
    "action": "Action and answer",
    "speech": "Text to speech",
}
PATIENCE = 0.05  # seconds between two looks whether the visitor's turn before this one has ended


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a turn: what went in and what came out, in words, and how long it took.

    `confidence` is a probability, None where the stage has none.
    """

    name: Name
    input: str
    output: str
    confidence: float | None = None
    milliseconds: float = field(compare=False)

    @property
    def title(self) -> str:
        """What the stage is called on the page."""
        return TITLES[self.name]


@dataclass(frozen=True, kw_only=True, eq=False)
class Exchange:
    """A turn and all that was found out about it; while it runs, what there is of it so far.

    `said` is what was typed or heard, bad words masked. `sound`, `activity` and `transcript` are None where
    it was typed. `turn` is the dialogue's part, None where nothing was taken for said: `refusal` says why,
    and nothing happened. `speech` is None where nothing is to be heard; `speech_problem` says why it could
    not be spoken. `first_sound` are the milliseconds from the start to the first spoken sentence.
    """

    said: str = ""
    sound: Sound | None = None
    activity: Activity | None = None
    transcript: Transcript | None = None
    refusal: Refusal = ""
    turn: Turn | None = None
    answer: str = ""
    speech: Speech | None = None
    speech_problem: str = ""
    stages: tuple[Stage, ...] = ()
    first_sound: float | None = None

    @property
    def known(self) -> bool:
        """Whether it was taken up at all."""
        return self.turn is not None and self.turn.known

    @property
    def milliseconds(self) -> dict[str, float]:
        """How long each stage took."""
        return {stage.name: stage.milliseconds for stage in self.stages}


class Conversation:
    """One visitor's dialogue, and the lock that keeps two of their turns from running in it at once.

    It begins at `now`, or goes on from a dialogue that is never changed itself.
    """

    def __init__(self, cache: ModelCache, now: datetime, dialogue: Dialogue | None = None) -> None:
        self.cache = cache
        self.dialogue = dialogue or Dialogue(cache, now)
        self._lock = threading.Lock()
        self._before: Dialogue | None = None

    def say(
        self, text: str, now: datetime | None, *, instead: bool, aloud: bool, so_far: Exchange
    ) -> Iterator[Progress | Exchange]:
        """The dialogue's part of `take_turn`: everything after the words are known."""
        started = time.perf_counter() - sum(so_far.milliseconds.values()) / 1_000
        while not self._lock.acquire(timeout=PATIENCE):
            yield Progress(2, 6, "waiting for your last sentence", so_far)
        try:
            before = self._before if instead and self._before else self.dialogue
            after = before.fork()  # cancelled before the end, nothing of this has happened
            transcript = so_far.transcript
            turn = after.say(text, now, heard=transcript.heard if transcript else None)
            so_far = replace(so_far, turn=turn, answer=turn.answer, stages=(*so_far.stages, *_stages(turn)))
            yield Progress(4, 6, "answering", so_far)
            if aloud:
                for spoken_so_far in _spoken(so_far, self.cache, started):
                    so_far = spoken_so_far
                    yield Progress(5, 6, "speaking", so_far)
            self._before, self.dialogue = before, after
        finally:
            self._lock.release()
        yield so_far


def take_turn(
    conversation: Conversation,
    said: str | bytes | Sound,
    now: datetime | None = None,
    *,
    instead: bool = False,
    aloud: bool = True,
) -> Iterator[Progress | Exchange]:
    """A job: one turn of a conversation, of a text, a recording's bytes, or a decoded recording.

    `now` moves the clock. With `instead`, the visitor's last turn is taken back first: they correct what was
    heard. Progress carries what there is of the `Exchange` already, with its first spoken sentences. Raises
    `UnreadableMedia` and `ModelUnavailable`.
    """
    heard = Exchange(said=masked(said[:400])) if isinstance(said, str) else None
    if heard is None:
        for step in _hear(said, conversation.cache):  # type: ignore[arg-type]
            if isinstance(step, Progress):
                yield step
            else:
                heard = step
    assert heard is not None
    if heard.refusal:
        yield replace(heard, answer=WHY[heard.refusal])
        return
    text = said if isinstance(said, str) else heard.transcript.raw if heard.transcript else ""
    yield from conversation.say(text, now, instead=instead, aloud=aloud, so_far=heard)


def _hear(said: bytes | Sound, cache: ModelCache) -> Iterator[Progress | Exchange]:
    clock = _Clock()
    yield Progress(0, 6, "opening the recording")
    sound = decode_sound(said) if isinstance(said, bytes) else said
    size = f"{len(said) / 1_000:.0f} KB, " if isinstance(said, bytes) else ""
    opened = Stage(
        name="sound",
        input=f"{size}{sound.format}, {sound.rate / 1_000:g} kHz",
        output=" ".join((f"{sound.seconds:.1f} s of sound.", *sound.notes)),
        milliseconds=clock.split(),
    )
    heard = Exchange(sound=sound, stages=(opened,))
    yield Progress(1, 6, "listening for a voice", heard)
    clock.split()
    activity = find_speech(sound.samples, cache)
    stretches = ", ".join(f"{span.begin:.1f} to {span.end:.1f} s" for span in activity.spans)
    voice = Stage(
        name="voice",
        input=f"{sound.seconds:.1f} s of sound",
        output=f"speech from {stretches}" if stretches else "nobody speaks",
        confidence=activity.confidence,
        milliseconds=clock.split(),
    )
    heard = replace(heard, activity=activity, stages=(*heard.stages, voice))
    if not activity.spans:
        yield replace(heard, transcript=Transcript(refusal="no speech"), refusal="no speech")
        return
    yield Progress(2, 6, "writing down what was said", heard)
    clock.split()
    transcript = transcribe(sound.samples, activity, cache)
    written = Stage(
        name="transcript",
        input=f"{activity.seconds:.1f} s of speech",
        output=f"“{transcript.text}”" if transcript.text else "no words",
        confidence=transcript.confidence,
        milliseconds=clock.split(),
    )
    yield replace(
        heard,
        said=transcript.text,
        transcript=transcript,
        refusal=transcript.refusal,
        stages=(*heard.stages, written),
    )


def _stages(turn: Turn) -> Iterator[Stage]:
    taken = turn.milliseconds
    yield Stage(name="normalise", input=turn.heard, output=turn.plain, milliseconds=taken["normalise"])
    guess = turn.guess
    yield Stage(
        name="intent",
        input=turn.plain,
        output=turn.intent if turn.known else f"not known (nearest: {guess.intent})",
        confidence=guess.confidence,
        milliseconds=taken["intent"],
    )
    slots = ", ".join(map(slot_words, turn.slots))
    before = f"; from before: {', '.join(map(slot_words, turn.carried))}" if turn.carried else ""
    yield Stage(
        name="slots", input=turn.plain, output=(slots or "none") + before, milliseconds=taken["slots"]
    )
    resolved = ", ".join(map(slot_words, turn.resolved))
    asked = f"{turn.intent}({resolved})" if turn.known else "nothing to do"
    yield Stage(name="action", input=asked, output=turn.answer, milliseconds=taken["action"])


def slot_words(slot: Slot) -> str:
    """A slot with its value: "time: 2026-11-27"."""
    return f"{slot.kind}: {value_words(slot)}"


def value_words(slot: Slot) -> str:
    """A slot's value in words: a date or time as ISO 8601, a name, a number."""
    if slot.kind != "time":
        return masked(str(slot.value))
    when = slot.value
    if when.problem:
        return "no such time"
    until = f"/{when.until}" if when.until else ""
    return f"{when.iso}{until}" or when.duration


def _spoken(so_far: Exchange, cache: ModelCache, started: float) -> Iterator[Exchange]:
    """The exchange with one sentence of the answer after another; without any where there is no voice.

    Whom it did not understand it tells so, and does not read out what it can do.
    """
    text = so_far.answer if so_far.known else so_far.answer.partition(". ")[0]
    clock, parts, first = _Clock(), list[Sentence](), None
    taken = 0.0
    try:
        for sentence in speak(text, cache):
            taken += clock.split()
            parts.append(sentence)
            first = first or 1_000 * (time.perf_counter() - started)
            speech = spoken(parts, text)
            words = f"{speech.seconds:.1f} s of sound in {len(parts)} parts"
            stage = Stage(name="speech", input=text, output=words, milliseconds=taken)
            yield replace(so_far, speech=speech, first_sound=first, stages=(*so_far.stages, stage))
            clock.split()
    except ModelUnavailable as error:
        yield replace(so_far, speech_problem=str(error))


class _Clock:
    """Milliseconds since it was last asked."""

    def __init__(self) -> None:
        self._at = time.perf_counter()

    def split(self) -> float:
        before, self._at = self._at, time.perf_counter()
        return 1_000 * (self._at - before)
