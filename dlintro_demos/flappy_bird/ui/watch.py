"""Watch it learn, and look inside its head: agents play one level, nobody else."""

from __future__ import annotations

import secrets

import streamlit as st

from dlintro_demos.flappy_bird.ages import AGES, BEST, key_of
from dlintro_demos.flappy_bird.checkpoints import read_curve
from dlintro_demos.flappy_bird.experiment import LOOK_PIPES
from dlintro_demos.flappy_bird.ui.charts import show_learning_curve
from dlintro_demos.flappy_bird.ui.components.flappy_game import flappy_game
from dlintro_demos.flappy_bird.ui.explanation import explain
from dlintro_demos.flappy_bird.ui.players import ask_age, ask_level, facts_of, lane_of, say_how_it_plays
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import first_result

CURVE_CUT = 1_000  # pipes at which a game of the learning curve ends


def watch() -> None:
    """One checkpoint or all on the same level, and where they stand on the learning curve."""
    game = first_result()  # first the game, then who plays it
    with st.container(horizontal=True, vertical_alignment="bottom"):
        age = ask_age("Trained for", "age", BEST)
        level = ask_level()
        together = st.toggle("All six at once", key="together", bind="query-params")
    ages = AGES if together else (age,)
    with game:
        flappy_game([lane_of(each) for each in ages], seed=level, key="watch", autoplay=True)
    say_how_it_plays(age, level)
    curve = read_curve(engine().cache.card(key_of(BEST)))
    show_learning_curve(curve, [facts_of(each) for each in ages], CURVE_CUT)
    st.caption(
        "Blue: games on 32 levels that the best one was chosen by. Orange: the checkpoints shown above, on "
        "100 levels kept aside. It is told nothing but four pictures, +1 for a pipe and -1 for a crash. The "
        "curve is not smooth: what it learns about one gap can spoil another for a while. So the best one is "
        "the mean of the weights of many later checkpoints, which forgets less."
    )
    explain(age, level)


def look_inside() -> None:
    """The four frames, both Q-values, where it looks, and what it expects before a crash."""
    game = first_result()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        age = ask_age("Whose head?", "age", BEST)
        level = ask_level()
        st.button(
            "Show me a crash",
            on_click=_go_to_a_crash,
            icon=":material/warning:",
            help="A younger one, on a level where it crashes soon.",
        )
    with game:
        flappy_game([lane_of(age)], seed=level, key="inside", inside=True, autoplay=True)
    say_how_it_plays(age, level)
    st.caption(
        "A Q-value is the reward it expects from here on, later pipes counting less. Watch the curve before "
        "a crash: it falls, often a second before the bird hits anything, when no flap can save it any more."
    )
    explain(age, level)


def _go_to_a_crash() -> None:
    """A checkpoint and a level where it crashes after at least 3 pipes, and before the look ends."""
    found = [
        (age, level)
        for age in ("2min", "5min", "10min")
        for level, pipes in enumerate(facts_of(age).scores)
        if 3 <= pipes < LOOK_PIPES
    ]
    if found:
        st.session_state.age, st.session_state.level = secrets.choice(found)
