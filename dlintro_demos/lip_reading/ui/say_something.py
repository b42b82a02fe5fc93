"""Choose a sentence, watch a mouth say it, and see what is read; and break it."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import first_result, panel, presets
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.lip_reading.grammar import SLOTS, WORDS, parse, spell
from dlintro_demos.lip_reading.reading import MODEL
from dlintro_demos.lip_reading.twins import Twins, compare
from dlintro_demos.lip_reading.ui.answers import DRAWN, rows_of, show_evidence, show_steps
from dlintro_demos.lip_reading.ui.components.lip_film import Ask, Shown, lip_film
from dlintro_demos.lip_reading.watching import (
    Sentence,
    Watched,
    Wish,
    right_words,
    sentence_of,
    some_sentence,
    watch,
)

FIRST, MOUTH = "bin blue at f two now", 3
MOUTHS = 1_000_000
MOST = 12
LETTER = SLOTS.index("letter")
USUAL: Mapping[str, float] = {"speed": 1.0, "noise": 0.0, "light": 1.0}
SLIDERS = {
    "speed": ("How fast it speaks", 0.5, 2.5, 0.1),
    "noise": ("Noise of the camera", 0.0, 1.0, 0.1),
    "light": ("Light", 0.1, 2.0, 0.1),
}
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "Look-alikes": {"say": "place red by b nine please", "twin": "p"},
    "In the dark": {"light": 0.1},
    "Too fast": {"speed": 2.5},
    "Noisy": {"noise": 1.0},
    "Backwards": {"trick": "backwards"},
    "A still mouth": {"trick": "still"},
}
TWINS = "lips-twins-open"
SAYS = {"": "It says", "backwards": "It says, from end to start", "still": "It does not say"}
NO_SENTENCE = {
    "backwards": "Played backwards: no sentence.",
    "still": "A mouth that does not move: no sentence.",
}


def say_something() -> Watched | None:
    """The film, what was read, and what can be changed."""
    room = first_result()
    with presets():
        st.button("Another sentence", on_click=_another_sentence, icon=":material/casino:")
        st.button("Another mouth", on_click=_another_mouth, icon=":material/face:")
        for name, changes in PRESETS.items():
            st.button(name, on_click=_preset, args=(changes,))
    sliders = st.container(horizontal=True)  # columns cost a message each
    for name, (label, low, high, step) in SLIDERS.items():
        sliders.slider(label, low, high, USUAL[name], step, key=f"lips-{name}", bind="query-params")
    wish = _wish()
    with room:
        watched: Watched | None = run_job(
            "say", wish, watch, wish, engine().cache, label="Speaking", shared=_everybodys(wish)
        )
        if watched is None:
            return None
        chosen = lip_film(
            [Shown(film=watched.film, alt=_alt(wish))],
            headline=_headline(watched, wish),
            note=DRAWN,
            ask=Ask(
                number=0,
                label="Say this",
                hint="Or type: bbaf2n is “bin blue at f two now”.",
                chosen=wish.sentence,
                same=wish.sentence,
                who=f"{SAYS[wish.trick]} (press a word to change it)",
            ),
            rows=rows_of(watched),
            key="lips-say",
        )
    if chosen is not None and chosen != wish.sentence:
        _say(chosen)
        st.rerun()
    show_evidence(watched, wish, shared=_everybodys(wish), key="say", alt=_alt(wish))
    if not wish.trick:
        _show_twins(watched, wish)
    show_steps(watched)
    return watched


def _wish() -> Wish:
    """As the address and the sliders have it; what is no sentence there is the first one."""
    try:
        sentence = parse(st.query_params.get("say", FIRST))
    except ValueError:
        sentence = parse(FIRST)
    mouth = st.session_state.get("lips-mouth", MOUTH)
    speed, noise, light = (st.session_state[f"lips-{name}"] for name in SLIDERS)
    trick = st.session_state.get("lips-trick", "")
    return Wish(
        sentence=sentence, speaker=mouth, seed=mouth, speed=speed, noise=noise, light=light, trick=trick
    )


def _everybodys(wish: Wish) -> bool:
    """Whether it is what the page opens with, or one of its presets."""
    return wish in _bundled()


@functools.cache
def _bundled() -> frozenset[Wish]:
    first = Wish(sentence=parse(FIRST), speaker=MOUTH, seed=MOUTH)
    asked = [
        replace(
            first,
            sentence=parse(each.get("say", FIRST)),
            trick=each.get("trick", ""),
            **{name: each.get(name, usual) for name, usual in USUAL.items()},
        )
        for each in PRESETS.values()
    ]
    return frozenset({first, *asked})


def _preset(changes: Mapping[str, Any]) -> None:
    for name, usual in USUAL.items():
        st.session_state[f"lips-{name}"] = changes.get(name, usual)
    st.session_state["lips-trick"] = changes.get("trick", "")
    st.session_state["lips-twin"] = changes.get("twin")
    st.session_state[TWINS] = "twin" in changes
    if "say" in changes:
        st.query_params["say"] = changes["say"]


def _say(sentence: Sentence) -> None:
    st.session_state["lips-trick"], st.session_state["lips-twin"] = "", None
    st.query_params["say"] = spell(sentence)


def _another_sentence() -> None:
    _say(some_sentence(secrets.randbits(32)))


def _another_mouth() -> None:
    st.session_state["lips-mouth"] = secrets.randbelow(MOUTHS)


def _alt(wish: Wish) -> str:
    return "A drawn mouth" if wish.trick else f"A drawn mouth that says “{spell(wish.sentence)}”"


def _headline(watched: Watched, wish: Wish) -> str:
    if wish.trick:
        return NO_SENTENCE[wish.trick]
    right = right_words(sentence_of(watched.first.reading), wish.sentence)
    if watched.first.known is False:
        return f"“I don't know.” Made to guess, it has {right} of six right."
    return f"It has {right} of six words right."


def _show_twins(watched: Watched, wish: Wish) -> None:
    """The same mouth with what was read, or with what else it might have been."""
    for _ in panel("What looks the same", key=TWINS, icon=":material/compare:"):
        other = _other(watched, wish.sentence)
        twins: Twins | None = run_job(
            "twins", (wish, other), compare, wish, replace(wish, sentence=other),
            label="Saying both", shared=_everybodys(wish),
        )  # fmt: skip
        if twins is None:
            return
        slots = [slot for slot in range(len(WORDS)) if other[slot] != wish.sentence[slot]]
        pairs = ", ".join(
            f"“{WORDS[slot][wish.sentence[slot]]}” and “{WORDS[slot][other[slot]]}”" for slot in slots
        )
        lip_film(
            [
                Shown(film=film, alt=f"The mouth says “{spell(each)}”", title=spell(each))
                for film, each in zip(twins.films, (wish.sentence, other), strict=True)
            ],
            headline=f"Can you tell {pairs} apart?",
            key="lips-twins",
        )
        st.caption(
            f"The same mouth with both. A pixel of one differs from the other's by {twins.difference:.1f} "
            f"grey levels of 255 on average; by {twins.usual:.1f} where one word of six is another."
        )
        for figure in engine().cache.card(MODEL).figures:
            whose, is_that, _ = figure.name.partition(": Letters confused")
            if is_that:
                most = ", ".join(figure.value.split(", ")[:MOST])
                st.caption(f"Letters that it took for others (said > read) in {whose}: {most}.")


def _other(watched: Watched, said: Sentence) -> Sentence:
    """What was read; where that is right, with what it is the likeliest to read where it is least sure.

    A preset has a letter of its own to compare with.
    """
    twin = st.session_state.get("lips-twin")
    if twin is not None:
        return (*said[:LETTER], WORDS[LETTER].index(twin), *said[LETTER + 1 :])
    reading = watched.first.reading
    read = sentence_of(reading)
    if read != said:
        return read
    weakest = min(range(len(WORDS)), key=lambda slot: reading.words[slot].probability)
    word = WORDS[weakest].index(reading.words[weakest].others[0][0])
    return (*said[:weakest], word, *said[weakest + 1 :])
