"""Look-alikes at three depths, and the game of half a second."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import streamlit as st

from dlintro_demos.feature_layers.look_alikes import Alike, look_alikes
from dlintro_demos.feature_layers.quiz import Question, ask, rounds
from dlintro_demos.feature_layers.ui.components.flash import FlashResult, flash
from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.component import run_fragment_again
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.run_job import run_job

GAME = "half_a_second"
WORDS = {
    "early": (
        "The first layers find colours",
        "Near here means: the same colours and edges, whatever it is.",
    ),
    "middle": ("Further on, textures", "Near here means: the same surface."),
    "late": ("The last layer finds meaning", "Near here means: the same kind of thing, in any colour."),
}


def show_look_alikes(chosen: Chosen) -> None:
    """The nearest bundled pictures at an early, a middle and the last layer."""
    found: dict[str, tuple[Alike, ...]] | None = run_job(
        "alike", chosen.digest, look_alikes, chosen.rgb, engine().cache,
        label="Comparing", shared=bool(chosen.sample),
    )  # fmt: skip
    if found is None:
        return
    for depth, (title, words) in WORDS.items():
        st.markdown(f"**{title}.** {words}")
        with st.container(horizontal=True, gap="xsmall"):
            for alike in found[depth]:
                st.image(
                    _small(alike.picture.key, alike),
                    alt=alike.picture.alt,
                    caption=f"{alike.likeness:.2f}",
                    width=132,
                )
    st.caption(
        "The number is the cosine between the two, 1 for the same. Compared with the bundled pictures only; "
        "where the nearest is below 0.3, there is nothing like it among them."
    )


@st.cache_data(show_spinner=False)
def _small(key: str, _alike: Alike) -> bytes:  # noqa: ARG001 - what the cache goes by
    rgb = _alike.picture.load()
    side = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    return encode_jpeg(rgb[top : top + side, left : left + side][::2, ::2].copy())


@dataclass
class Score:
    """One visitor's game."""

    seed: int
    round: int = 0
    yours: int = 0
    machine: int = 0
    said: int | None = None


@st.fragment
def play() -> None:
    """Ten pictures for half a second each; only this part of the page runs again."""
    if GAME not in st.session_state:
        st.markdown(
            "Ten pictures, each for half a second, five names to choose from. The machine gets the same "
            "picture and the same five names; two of them are what it would confuse it with."
        )
        st.button("Play", key=f"{GAME}-play", on_click=_start, icon=":material/sports_esports:")
        return
    score: Score = st.session_state[GAME]
    order = rounds(score.seed)
    question = run_job(
        "quiz", (score.seed, score.round), ask, order[score.round], score.seed, engine().cache,
        label="The next picture",
    )  # fmt: skip
    if question is None:
        return
    st.markdown(f"**Picture {score.round + 1} of {len(order)}**")
    answer = flash(
        question.picture,
        mime="image/jpeg",
        alt=question.alt,
        round_number=score.round + 1,
        labels=question.names,
        result=None
        if score.said is None
        else FlashResult(choice=score.said, truth=question.truth, machine=question.machine),
        key=f"{GAME}-flash",
    )
    if answer is not None and score.said is None:
        _note(score, question, answer.choice)
        run_fragment_again()
    done = score.round + (score.said is not None)
    if done:
        st.markdown(f"After {done}: you **{score.yours}**, the machine **{score.machine}** right.")
    if score.said is not None:
        st.caption(f"The machine took {question.machine_seconds * 1000:.0f} ms. {question.credit}")
        last = score.round + 1 >= len(order)
        st.button(
            "Play again" if last else "Next picture",
            key=f"{GAME}-next",
            on_click=_advance,
            args=(score, last),
        )


def _start() -> None:
    st.session_state[GAME] = Score(seed=secrets.randbits(32))


def _note(score: Score, question: Question, choice: int) -> None:
    score.said = choice
    score.yours += choice == question.truth
    score.machine += question.machine == question.truth


def _advance(score: Score, last: bool) -> None:
    if last:
        del st.session_state[GAME]
    else:
        score.round, score.said = score.round + 1, None
