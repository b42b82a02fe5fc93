"""Train one now: a small player that plays while it learns, and then races."""

from __future__ import annotations

import functools
import secrets

import streamlit as st

from dlintro_demos.flappy_bird.state_player import SCORED_PIPES, TOLD, Course, Learned, Learning, learn
from dlintro_demos.flappy_bird.ui.charts import show_lesson
from dlintro_demos.flappy_bird.ui.components.flappy_game import Lane, flappy_game
from dlintro_demos.flappy_bird.ui.players import RACE_PIPES
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.jobs import Job
from dlintro_demos.gallery.ui.run_job import keep_running, kept, run_job, time_left
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import address, newest

OF_THE_DEADLINE = 0.85  # on a slow computer it ends sooner, with what it has learned by then


def train_one() -> None:
    """A small player that plays while it learns, and then races."""
    seed = st.session_state.get(private_key("lesson"))
    learned: Learned | None = None if seed is None else kept(seed, learn)
    if seed is None:
        st.button("Start learning", on_click=_new_lesson, icon=":material/school:")
    elif learned is None:
        _lesson(seed)
    else:
        pupil = Lane(key="pupil", title="Your pupil", weights=address(learned.weights))
        flappy_game([Lane(key="you", title="You"), pupil], seed=seed, key="pupil", max_pipes=RACE_PIPES)
        _say_what_came_of_it(learned)
    st.markdown(
        "This player is **told** numbers instead of seeing pictures: "
        + ", ".join(TOLD)
        + ". That is an easier task, so minutes are enough. The one from pictures had to find the bird first."
    )


@st.fragment(run_every=1)
def _lesson(seed: int) -> None:
    """How far it is, the newest network at play, and its curve."""

    def show(learning: Learning) -> None:
        game, chart = st.columns([2, 3])
        with game:
            weights = newest("pupil", learning.weights)  # the browser looks there again and again
            pupil = Lane(key="pupil", title="Your pupil", weights=weights, learning=True)
            flappy_game([pupil], seed=seed, key="learning", autoplay=True, max_pipes=RACE_PIPES)
        with chart:
            show_lesson(learning.curve, Course().decisions)

    work = functools.partial(learn, seconds=OF_THE_DEADLINE * engine().queue.deadline_s)
    if run_job("learn", seed, work, seed, label="Learning", long=True, watch=show, wait=False) is not None:
        st.rerun()  # now it is kept


def _say_what_came_of_it(learned: Learned) -> None:
    st.markdown(
        f"It made {learned.curve[-1].decisions:,} decisions{' before its time was up' * learned.hurried}. "
        f"At its best, after {learned.best.decisions:,}, it passed **{learned.best.mean:.1f}** pipes on "
        f"average on 16 new levels (worst {learned.best.least}, games cut at {SCORED_PIPES})."
    )
    st.button("Teach another one", on_click=_new_lesson, icon=":material/refresh:")
    show_lesson(learned.curve, Course().decisions)


def go_on_learning() -> None:
    """Where the visitor looks at something else meanwhile: the lesson under way is not given up."""
    job = keep_running("learn")
    if job is not None:
        _still_learning(job)


@st.fragment(run_every=4)
def _still_learning(job: Job[Learned]) -> None:
    """How far it is, wherever the visitor looks now."""
    if job.ended:
        said = "Your pupil has learned. Look at it in “Train one now”."
    elif job.state == "waiting":
        said = "Your pupil waits in the queue; look at it in “Train one now”."
    else:
        so_far = f"{job.progress.fraction:.0%}, {time_left(job)}"
        said = f"Your pupil goes on learning in “Train one now”: {so_far}."
    st.caption(said)


def _new_lesson() -> None:
    st.session_state[private_key("lesson")] = secrets.randbits(31)
