"""A whole turn as a job, by text and by sound; what is cancelled or not understood changes nothing."""

import threading
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import func, select

from dlintro_demos.assistant import hearing, turn
from dlintro_demos.assistant.hearing import WHY
from dlintro_demos.assistant.noises import noise
from dlintro_demos.assistant.recordings import file_of, recording, texts
from dlintro_demos.assistant.speaking import RATE as VOICE_RATE
from dlintro_demos.assistant.speaking import speak, spoken
from dlintro_demos.assistant.tables import EVENTS, METADATA, SHOPPING
from dlintro_demos.assistant.turn import TITLES, Conversation, take_turn, value_words
from dlintro_demos.gallery.intake.images import UnreadableMedia
from dlintro_demos.gallery.intake.sounds import Sound, encode_wav
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.jobs import JobCancelled, JobQueue, Progress
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 10, tzinfo=BERLIN)


@pytest.fixture
def talk():
    return Conversation(engine().cache, NOW)


def take(talk, said, **how):
    *_, exchange = take_turn(talk, said, **how)
    return exchange


def counts(talk):
    store = talk.dialogue.store
    return {
        table.name: store.read(select(func.count().label("n")).select_from(table))[0]["n"]
        for table in METADATA.sorted_tables
    }


def items(talk):
    return [row["item"] for row in talk.dialogue.store.read(select(SHOPPING))]


def by_voice(text):
    return spoken(list(speak(text, engine().cache)), text).wav


def test_a_recording_becomes_a_spoken_answer_stage_by_stage(talk):
    exchange = take(talk, file_of("schedule"))
    assert exchange.said == texts()["schedule"]
    assert exchange.answer.startswith("You have 3 appointments tomorrow")
    assert exchange.known
    assert [stage.name for stage in exchange.stages] == list(TITLES)
    assert all(stage.milliseconds >= 0 and stage.input and stage.output for stage in exchange.stages)
    sure = {stage.name for stage in exchange.stages if stage.confidence is not None}
    assert sure == {"voice", "transcript", "intent"}
    assert all(0 <= (stage.confidence or 0) <= 1 for stage in exchange.stages)
    assert exchange.speech.seconds > 3
    assert exchange.first_sound >= sum(exchange.milliseconds[name] for name in ("transcript", "intent"))
    assert exchange.transcript.words[0].text == "What"


def test_a_turn_needs_no_network(talk, no_network):
    assert take(talk, file_of("train")).known


def test_whom_it_does_not_understand_it_does_not_read_everything(talk):
    exchange = take(talk, "who is the pope")
    (sentence,) = exchange.speech.sentences
    assert sentence.text == "I don't know that, or it was not meant for me"


def test_swear_words_are_masked_wherever_they_would_be_seen_or_heard(talk):
    exchange = take(talk, "Remind me tomorrow at nine to call the fucking bank")
    seen = [exchange.said, exchange.answer, exchange.turn.plain, str(exchange.turn.sql)]
    seen += [f"{stage.input} {stage.output}" for stage in exchange.stages]
    seen += [sentence.text for sentence in exchange.speech.sentences]
    assert not [text for text in seen if "fuck" in text.lower()]
    assert "f******" in exchange.answer


def test_a_text_has_no_stages_of_sound(talk):
    exchange = take(talk, "Show my upcoming flights")
    assert [stage.name for stage in exchange.stages] == list(TITLES)[3:]
    assert exchange.sound is exchange.activity is exchange.transcript is None
    assert take(talk, "Show my upcoming flights", aloud=False).speech is None


def test_progress_carries_what_there_is(talk):
    steps = [step for step in take_turn(talk, file_of("schedule")) if isinstance(step, Progress)]
    carried = [step.so_far for step in steps if step.so_far]
    assert [len(each.stages) for each in carried] == sorted(len(each.stages) for each in carried)
    assert carried[0].sound is not None
    assert carried[-1].speech is not None
    assert {step.total for step in steps} == {6}


def test_a_conversation_goes_on_by_voice(talk):
    take(talk, file_of("schedule"))
    assert take(talk, file_of("day_after")).answer.startswith("You have 1 appointment on Saturday")
    assert len(talk.dialogue.turns) == 2


@pytest.mark.parametrize("kind", ["silence", "music", "white"])
def test_noise_gets_an_answer_and_nothing_else(talk, kind, monkeypatch):
    monkeypatch.setattr(hearing, "_listen", None)  # Whisper is not asked
    exchange = take(talk, encode_wav(noise(kind, 30, 3)))
    assert (exchange.refusal, exchange.answer) == ("no speech", WHY["no speech"])
    assert exchange.turn is None
    assert exchange.speech is None
    assert not exchange.known
    assert talk.dialogue.turns == []


def test_another_language_changes_nothing_and_is_mostly_not_taken_up(talk):
    before = counts(talk)
    backwards = [encode_wav(recording(name).samples[::-1]) for name in texts()]  # what nobody speaks
    known = [take(talk, each, aloud=False).known for each in backwards]
    assert sum(known) <= 1
    assert counts(talk) == before
    assert talk.dialogue.awaits == ""


def test_a_monologue_of_500_words_is_heard_up_to_the_limit(talk):
    words = "I went to the market and looked at all the fish that the men had caught that night. " * 28
    part = spoken(list(speak(words[:590], talk.cache)), words).samples  # 120 words
    exchange = take(talk, encode_wav(np.tile(part, 5), VOICE_RATE))
    assert "The first 30 seconds of" in exchange.stages[0].output
    assert not exchange.known
    typed = take(talk, words)
    assert not typed.known
    assert len(typed.said) <= 400


@pytest.mark.parametrize(
    "text",
    ["delete everything; drop table", "<img src=x onerror=alert(1)>", "🎉", "", "a " * 500, "\x00\u202e"],
    ids=range(6),
)
def test_strange_words_change_nothing(talk, text):
    before = counts(talk)
    exchange = take(talk, text)
    assert not exchange.known
    assert counts(talk) == before
    assert exchange.answer


def test_a_day_that_is_none_is_said_to_be_none(talk):
    assert take(talk, "Add a meeting on the 31st of February at noon").answer.startswith(
        "There is no 31 February"
    )


def test_midnight_and_summer_time(talk):
    late = datetime(2026, 11, 26, 23, 59, tzinfo=BERLIN)
    (slot,) = take(talk, "What is my schedule for tomorrow?", now=late).turn.slots
    assert value_words(slot) == "2026-11-27"
    spring = datetime(2026, 3, 28, 20, tzinfo=BERLIN)
    (slot,) = take(talk, "wake me tomorrow at half past two", now=spring).turn.slots
    assert value_words(slot) == "2026-03-29T03:30:00+02:00"  # there is no half past two that night


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(50), b"OggS" + bytes(60), b"hello"], ids=range(4))
def test_what_is_no_recording_is_said_in_words_and_changes_nothing(talk, data):
    with pytest.raises(UnreadableMedia):
        take(talk, data)
    assert talk.dialogue.turns == []
    assert take(talk, "Hello").known


def test_a_cancelled_turn_leaves_everything_as_it_was(talk):
    before = counts(talk)
    steps = take_turn(talk, "Add caviar to my shopping list")
    seen = next(step for step in steps if step.so_far and step.so_far.turn)
    assert seen.so_far.answer == "Caviar is on your shopping list now."
    steps.close()
    assert counts(talk) == before
    assert talk.dialogue.turns == []
    assert take(talk, "undo").answer == "There is nothing to undo."  # and the lock is free


def test_a_turn_that_fails_leaves_everything_as_it_was(talk, monkeypatch):
    def fails(*_):
        raise ZeroDivisionError
        yield

    monkeypatch.setattr(turn, "speak", fails)
    with pytest.raises(ZeroDivisionError):
        take(talk, "Add caviar to my shopping list")
    assert "caviar" not in items(talk)


def test_without_a_voice_the_answer_stands(talk, monkeypatch):
    def missing(*_):
        raise ModelUnavailable("no voice here")
        yield

    monkeypatch.setattr(turn, "speak", missing)
    exchange = take(talk, "Add caviar to my shopping list")
    assert (exchange.speech, exchange.speech_problem) == (None, "no voice here")
    assert "caviar" in items(talk)


def test_a_corrected_sentence_stands_in_place_of_the_last(talk):
    take(talk, "Add bread rolls to my shopping list")
    take(talk, "Add read to my shopping list")
    take(talk, "Add red onions to my shopping list", instead=True)
    assert items(talk)[-2:] == ["bread rolls", "red onions"]
    assert len(talk.dialogue.turns) == 2
    take(talk, "Hello", instead=True)
    assert items(talk)[-1] == "bread rolls"


def test_two_turns_of_one_visitor_do_not_run_at_once(talk):
    first = take_turn(talk, "Add caviar to my shopping list")
    next(step for step in first if step.so_far and step.so_far.turn)
    second = take_turn(talk, "What's on my shopping list?")
    waiting = next(second)
    assert waiting.note == "waiting for your last sentence"
    *_, done = first
    *_, answer = second
    assert done.known
    assert "caviar" in answer.answer


def test_ten_visitors_at_once_hear_nothing_of_each_other():
    cache = engine().cache
    names = ("bread", "butter", "cheese", "apples", "bananas", "sugar", "flour", "onions", "honey", "rice")
    clips = {name: by_voice(f"Add {name} to my shopping list") for name in names}
    talks = {name: Conversation(cache, NOW) for name in names}
    queue = JobQueue(at_once=3, lease_s=600)
    try:
        jobs = {name: queue.submit(take_turn, talks[name], clips[name], visitor=name) for name in names}
        found = {name: job.result() for name, job in jobs.items()}
    finally:
        queue.shutdown()
    for name, exchange in found.items():
        words = f"{exchange.said} {exchange.answer}".lower()
        assert not [other for other in names if other != name and other in words]
        assert len(talks[name].dialogue.turns) == 1
    assert sum(name in exchange.answer.lower() for name, exchange in found.items()) >= 8


def test_a_job_that_is_cancelled_in_the_queue_leaves_everything(talk, monkeypatch):
    speaking, go_on = threading.Event(), threading.Event()

    def slow(text, cache):
        speaking.set()
        go_on.wait(30)
        yield from speak(text, cache)

    monkeypatch.setattr(turn, "speak", slow)
    queue = JobQueue(at_once=1)
    try:
        job = queue.submit(take_turn, talk, "Add caviar to my shopping list", visitor="me")
        assert speaking.wait(30)
        job.cancel()
        go_on.set()
        with pytest.raises(JobCancelled):
            job.result()
    finally:
        queue.shutdown()
    assert "caviar" not in items(talk)


def test_a_decoded_sound_is_taken_too_and_nothing_is_written(talk, written):
    sound = recording("flights")
    assert isinstance(sound, Sound)
    assert take(talk, sound).answer.startswith("You have 2 flights")
    assert written == []


def test_an_appointment_moves_by_voice(talk):
    take(talk, by_voice("Move my dentist appointment to four o'clock"))
    (row,) = [row for row in talk.dialogue.store.read(select(EVENTS)) if row["title"] == "Dentist"]
    assert row["starts"] == "2026-11-27T16:00"


@pytest.fixture
def unsure_of(monkeypatch):
    """Makes the ears unsure of a word, and of no other."""
    listen, doubted = hearing._listen, set()

    def ears(*given):
        found = listen(*given)
        words = (
            replace(word, probability=0.1 if word.text.lower().strip(".,?") in doubted else 0.9)
            for word in found.words
        )
        return replace(found, words=tuple(words))

    monkeypatch.setattr(hearing, "_listen", ears)
    return doubted.add


def test_what_was_not_heard_well_is_asked_before_it_is_done(talk, unsure_of):
    clip = by_voice("Remind me at five to call the plumber")
    before = counts(talk)
    unsure_of("plumber")
    asked = take(talk, clip)
    assert asked.answer == f"Did you say “{asked.said}”?"
    assert counts(talk) == before
    assert talk.dialogue.awaits == "confirm"
    assert take(talk, "yes").answer.startswith("I have set “call the plumber”")
    assert counts(talk)["reminders"] == before["reminders"] + 1
    assert take(talk, "undo").answer == "Call the plumber is removed again."


def test_no_to_what_was_heard_does_nothing_and_another_sentence_goes_on(talk, unsure_of):
    clip = by_voice("Add honey to my shopping list")
    before = counts(talk)
    unsure_of("honey")
    take(talk, clip)
    assert take(talk, "no").answer == "Then I did nothing. Please say it again."
    take(talk, clip)
    assert take(talk, "What time is it?").known
    assert take(talk, "yes").answer == "I had asked nothing. What can I do?"
    assert counts(talk) == before


def test_a_word_that_goes_nowhere_may_be_unsure(talk, unsure_of):
    unsure_of("shopping")
    assert take(talk, by_voice("Add honey to my shopping list")).answer.startswith("Honey is on")


def test_questions_and_what_is_asked_anyway_are_not_asked_twice(talk, unsure_of):
    for word in ("tomorrow", "anna", "plumber"):
        unsure_of(word)
    assert take(talk, by_voice("What is my schedule for tomorrow")).answer.startswith("You have 3")
    assert take(talk, by_voice("Cancel my meeting with Anna tomorrow")).answer.startswith("Shall I delete")
    assert take(talk, by_voice("Remind me to call the plumber")).answer == "When shall I remind you?"


def test_what_is_typed_is_not_asked_back(talk):
    assert take(talk, "ad honey to teh lisst").answer.startswith("Honey is on")
