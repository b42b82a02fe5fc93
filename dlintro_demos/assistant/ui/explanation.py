"""What just happened, and what is under the hood."""

from __future__ import annotations

from dlintro_demos.assistant.conversing import Entry
from dlintro_demos.assistant.intent_map import CALLED
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import Step, steps, under_the_hood
from dlintro_demos.gallery.words import counted, per_cent

CODE = """spans = detector(samples)                      # where somebody speaks; nowhere: stop here
words = whisper(samples[spans])                # "what is my schedule for tomorrow"
vector = encoder(words)                        # 384 numbers: what it is about
intents = softmax(head(vector))                # one probability for each intent, and for none
intents[:NONE] = mixed(intents[:NONE], votes(nearest_phrases(vector)))   # the five nearest vote
if (1 - intents[NONE] + max(intents[:NONE])) / 2 < threshold:
    return "I don't know that, or it was not meant for me."
slots = times(words, now) + places(words) + ...   # rules: a date must be right to the day
title = [word for word in words if tagger(encoder.tokens(words))[word] > 0.5]   # "pay the gas bill"
if is_stored_at_once and least(word.probability) < sure:
    return "Did you say ...?"                  # asked before it is done
rows = store.read(select(EVENTS).where(EVENTS.c.starts < slots.end, ...))
speech = voice(answer(rows))"""


def show_steps(entry: Entry) -> None:
    """Sound, meaning, deed: with what this very turn made of them."""
    exchange, turn = entry.exchange, entry.exchange.turn
    parts = []
    if entry.picture is not None and exchange.transcript is not None:
        heard = counted(len(exchange.transcript.words), "word")
        parts.append(
            Step(
                title="Sound becomes words",
                words=f"{entry.picture.seconds:.1f} seconds of sound as a picture, pitch over time. One "
                f"network says where somebody speaks; there the next one writes {heard}.",
                pictures=[(entry.picture.spectrogram, "The spectrogram of what was said, low pitches below")],
            )
        )
    if turn is not None:
        taken, sure = CALLED[turn.guess.intent], per_cent(turn.guess.confidence)
        parts.append(
            Step(
                title="Words become an intent",
                words="A network turns the sentence into 384 numbers; sentences that ask for the same lie "
                f"close together. The cross is this one, the dot in colour “{taken}”: {sure} sure."
                + ("" if turn.guess.known else " That is not enough to do anything."),
                pictures=[(entry.place, "The intents as dots on a map, and this sentence as a cross")],
            )
        )
        parts.append(
            Step(
                title="The intent becomes a deed",
                words="Rules, and a small network for titles, found "
                f"{counted(len(turn.slots), 'slot')} in it, "
                f"{counted(len(turn.sql), 'SQL statement')} ran, and a template made the answer: no network "
                "may write to the store. The last one speaks.",
                pictures=[(entry.spoken.spectrogram, "The spectrogram of the answer")]
                if entry.spoken
                else [],
            )
        )
    if parts:
        steps("What just happened?", parts)


def show_hood(entry: Entry) -> None:
    """Times of this very turn, the cards, the lines that do it."""
    under_the_hood(
        find("assistant").models,
        device=str(engine().cache.device),
        stages={stage.title: stage.milliseconds / 1_000 for stage in entry.exchange.stages},
        code=CODE,
    )
