"""Talk to it: the conversation, what can be said, and the pipeline of the turn that is looked at."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dlintro_demos.assistant.conversing import Entry, converse, open_for_everybody
from dlintro_demos.assistant.fooling import SOUNDS, converse_fooled
from dlintro_demos.assistant.ui.components.stages import stages
from dlintro_demos.assistant.ui.components.talk import talk
from dlintro_demos.assistant.ui.evidence import show_evidence
from dlintro_demos.assistant.ui.told import cards_of, headline, turn_of
from dlintro_demos.assistant.ui.visit import Visit, visit, zone
from dlintro_demos.gallery.intake.sounds import DEFAULT_LIMITS
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.frame import choices, first_result, presets
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.uploader import bring_file

BRING = "assistant-sound"
SECONDS = 15.0  # of a recording with the microphone
FIRST, FOOL = "Calendar", "Fool it"
SUGGESTED: Mapping[str, tuple[str, ...]] = {
    "Calendar": (
        "What is my schedule for tomorrow?",
        "And the day after?",
        "Add a meeting with Sarah on Friday at four",
        "Find me a free hour tomorrow",
        "Undo that",
    ),
    "Flights": (
        "Show my upcoming flights",
        "Find a flight to Paris on Friday",
        "The cheaper one",
        "Make it two",
        "Yes",
    ),
    "Food": (
        "What vegetarian dishes do you have?",
        "Order two pizzas margherita",
        "Make it three",
        "Yes",
        "Book a table for four tonight at eight",
    ),
    "Commute": (
        "When is the next train to Hamburg?",
        "And tomorrow morning?",
        "Will it rain tomorrow?",
        "Remind me to leave at half past seven",
    ),
    "Shopping": (
        "What is on my shopping list?",
        "Add two cartons of milk and some apples",
        "Take the bread off the list",
        "Yes",
    ),
    FOOL: (
        "Tell me a joke about cows",
        "Remind me on the 31st of February",
        "Delete everything; drop table events",
    ),
}


def talk_to_it() -> Entry | None:
    """The mode; gives the turn that is looked at."""
    here = visit()
    here.runs += 1
    left, right = st.columns([11, 10], gap="medium")
    with left:
        room = first_result()
        said = st.container()
    with room:
        conversation = st.container()
        waiting = st.container()
    given = bring_file(
        f"Or bring a sound: WAV, MP3, M4A, OGG, WebM or FLAC, up to {DEFAULT_LIMITS.max_bytes // MB} MB, "
        f"{DEFAULT_LIMITS.max_seconds:.0f} seconds of it are used",
        name=BRING,
    )
    with waiting:
        if not here.entries and not _begin(here):
            return None
        if given is not None:
            here.hear(given.file_id)
        _answer(here, given.getvalue() if given is not None else b"")
    with said:
        _suggest(here)
    with conversation:
        sent = talk(
            [turn_of(each) for each in here.entries],
            at=here.shown.number,
            speak=here.speak,
            seconds=SECONDS,
            bring=BRING,
            run=here.runs,
            key="assistant-talk",
        )
    if sent.said:
        here.say(sent.said)
        st.rerun()
    if sent.looked is not None and sent.looked != here.shown.number:
        here.at = sent.looked
        st.rerun()
    entry = here.shown
    with right:
        stages(cards_of(entry), title=headline(entry), key="assistant-stages")
    show_evidence(here, entry)
    return entry


def _begin(here: Visit) -> bool:
    """Have the turn that everybody finds on that day; False where there is none, which is said."""
    opening: Entry | None = run_job(
        "opening", (here.day, str(zone())), open_for_everybody, here.day, str(zone()), engine().cache,
        label="Listening to the first sentence", shared=True,
    )  # fmt: skip
    if opening is None:
        return False
    here.entries = (opening,)
    return True


def _answer(here: Visit, file: bytes) -> None:
    """Answer what waits for it, if anything does; until that has ended well, nothing has changed."""
    said = here.said
    if said is None or (said.file_id and not file):
        return
    work = converse_fooled if said.sound else converse
    what = said.sound or (file if said.file_id else said.text)
    entry: Entry | None = run_job(
        "turn", said.number, work, said.before, what, said.now, said.number, engine().cache,
        label="Answering",
    )  # fmt: skip
    if entry is not None and here.said is said:
        here.answered(entry)


def _suggest(here: Visit) -> None:
    with choices("use"):
        use = st.segmented_control(
            "About what?",
            list(SUGGESTED),
            default=FIRST,
            required=True,
            key="about",
            bind="query-params",
        )
    with presets():
        if here.entries and here.entries[-1].after.awaits == "confirm":
            for word in ("Yes", "No"):
                st.button(word, key=f"assistant-{word}", on_click=here.say, args=(word,), type="primary")
        for number, sound in enumerate(SOUNDS if use == FOOL else ()):
            st.button(sound, key=f"assistant-play-{number}", on_click=here.play, args=(sound,))
        for number, sentence in enumerate(SUGGESTED[use]):
            st.button(sentence, key=f"assistant-say-{number}", on_click=here.say, args=(sentence,))
