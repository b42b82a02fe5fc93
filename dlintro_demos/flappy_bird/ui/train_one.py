"""Train one now: a small player that learns while one watches, and then plays."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import streamlit as st

from dlintro_demos.flappy_bird.state_player import SCORED_PIPES, TOLD, Learned, Point, learn
from dlintro_demos.flappy_bird.ui.charts import show_lesson
from dlintro_demos.flappy_bird.ui.components.flappy_game import Lane, flappy_game
from dlintro_demos.flappy_bird.ui.players import RACE_PIPES
from dlintro_demos.gallery.runtime.jobs import Job
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key, visitor
from dlintro_demos.gallery.ui.show import address


def train_one() -> None:
    """A small player that learns while one watches, and then plays."""
    st.markdown(
        "This player is **told** numbers instead of seeing pictures: "
        + ", ".join(TOLD)
        + ". That is an easier task, so a minute is enough. The one from pictures had to find the bird first."
    )
    key = private_key("lesson")
    if key not in st.session_state:
        st.button("Start learning", on_click=_new_lesson, icon=":material/school:")
        return
    seed = st.session_state[key]
    place = st.empty()

    def show(curve: Sequence[Point]) -> None:
        with place:
            show_lesson(curve)

    learned: Learned | None = run_job("learn", seed, learn, seed, label="Learning", watch=show)
    if learned is None:
        return
    show(learned.curve)
    st.markdown(
        f"It made {learned.curve[-1].decisions:,} decisions. At its best, after {learned.best.decisions:,}, "
        f"it passed **{learned.best.mean:.1f}** pipes on average on 16 new levels (worst "
        f"{learned.best.least}, games cut at {SCORED_PIPES}). Race it:"
    )
    pupil = Lane(key="pupil", title="Your pupil", weights=address(learned.weights))
    flappy_game([Lane(key="you", title="You"), pupil], seed=seed, key="pupil", max_pipes=RACE_PIPES)
    st.button("Teach another one", on_click=_new_lesson, icon=":material/refresh:")


def go_on_learning() -> None:
    """Where the visitor looks at something else meanwhile: the lesson under way is not given up."""
    me = visitor()
    seat = me.seats.get("learn")
    if seat is None or seat.stopped or private_key("lesson") not in st.session_state:
        return
    me.asked.add("learn")
    _still_learning(seat.job)


@st.fragment(run_every=4)
def _still_learning(job: Job[Learned]) -> None:
    """Renews the lease of the job; without somebody who asks it would be dropped."""
    done = job.wait(0)
    st.caption("Your pupil has learned." if done else "Your pupil goes on learning in “Train one now”.")


def _new_lesson() -> None:
    st.session_state[private_key("lesson")] = secrets.randbits(31)
