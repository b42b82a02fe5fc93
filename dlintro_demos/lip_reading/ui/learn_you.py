"""Five sentences of one visitor are learned from, for this visit: the offer, and what it changed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.run_job import kept, run_job
from dlintro_demos.gallery.words import counted
from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.learning import (
    MEASURED,
    SENTENCES,
    Kept,
    Learned,
    keep,
    learn,
    next_sentence,
    read_learned,
)
from dlintro_demos.lip_reading.reading import MODEL, Reading
from dlintro_demos.lip_reading.watching import Sentence, some_sentence

_KEPT = "lips-kept"  # a visitor's clips by sentence, each with the id of its file
_ASKED = "lips-learn"  # the same, once they asked to be learned
BELIEVES = "It believes that you said what you were asked to say."

Clips = Mapping[Sentence, tuple[str, Kept]]


def keep_for_learning(file_id: str, clip: Clip, said: Sentence) -> None:
    """Keep a clip, if there is room: of a sentence that was said twice the newer one counts."""
    clips = _kept()
    if _ASKED in st.session_state or (said not in clips and len(clips) == SENTENCES):
        return
    if clips.get(said, ("",))[0] != file_id:
        st.session_state[_KEPT] = {**clips, said: (file_id, keep(clip, said))}


def new_sentence() -> Sentence:
    """What to say next: words that were not said yet, and after five sentences one that none of them was."""
    clips = _kept()
    if len(clips) < SENTENCES:
        return next_sentence(tuple(clips), secrets.randbits(32))
    while (sentence := some_sentence(secrets.randbits(32))) in clips:
        pass
    return sentence


def learned() -> Learned | None:
    """What was learned of this visitor, if it was."""
    clips = st.session_state.get(_ASKED)
    return None if clips is None else kept(_fingerprint(clips), learn)


def read_again(file_id: str, clip: Clip, said: Sentence) -> Reading | None:
    """What the reader makes of a clip after learning; None where it did not, or from this sentence."""
    weights = learned()
    if weights is None or said in weights.sentences:
        return None
    fingerprint = (file_id, said, _fingerprint(st.session_state[_ASKED]))
    return run_job(
        "after", fingerprint, read_learned, clip, weights, engine().cache, label="Reading your lips again"
    )


def offer(said: Sentence | None) -> None:
    """How many sentences there are; the button to learn, and those to forget; `said` is in the clip shown."""
    clips, weights = _kept(), learned()
    if _ASKED in st.session_state and weights is None:
        weights = run_job(
            "learn", _fingerprint(clips), learn, [each for _, each in clips.values()], engine().cache,
            label="Learning you", long=True,
        )  # fmt: skip
        if weights is not None:
            st.rerun()
    elif weights is not None:
        more = "Record a sentence that is not among them, and see."
        if said in weights.sentences:
            more = f"This sentence is one of them, so what it reads of it now proves nothing. {more}"
        st.info(
            f"It has learned you from {len(clips)} sentences in {weights.seconds:.0f} s. {more}",
            icon=":material/school:",
        )
    elif len(clips) == SENTENCES:
        st.markdown(
            f"**{SENTENCES} sentences of yours are kept.** The last layers of the reader can adapt to you: "
            f"in a copy that is yours alone, for this visit. {BELIEVES}"
        )
    else:
        st.caption(
            f"{len(clips)} of {SENTENCES} sentences kept for learning you: lips only, no video. "
            "“Another sentence” asks for the next one; the same one again counts once."
        )
    _say_what_to_expect()
    with st.container(horizontal=True):
        if len(clips) == SENTENCES and _ASKED not in st.session_state:
            st.button("Learn me", on_click=_ask, type="primary", icon=":material/school:")
        if clips:
            st.button(
                f"Forget {counted(len(clips), 'sentence')}" + (" and what it learned" if weights else ""),
                on_click=_forget,
                icon=":material/delete:",
            )


def _say_what_to_expect() -> None:
    for figure in engine().cache.card(MODEL).figures:
        if figure.name.startswith(MEASURED):
            st.caption(f"Measured on drawn strangers, not on people: {figure.value}.")


def _kept() -> Clips:
    return st.session_state.get(_KEPT, {})


def _fingerprint(clips: Clips) -> tuple[tuple[Sentence, str], ...]:
    return tuple((sentence, file_id) for sentence, (file_id, _) in clips.items())


def _ask() -> None:
    st.session_state[_ASKED] = _kept()


def _forget() -> None:
    for name in (_KEPT, _ASKED):
        st.session_state.pop(name, None)
