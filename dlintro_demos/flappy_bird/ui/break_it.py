"""Break it: other rules and colours than it was trained by, and how many levels it still passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dlintro_demos.flappy_bird.ages import BEST, key_of
from dlintro_demos.flappy_bird.experiment import TRIAL_LEVELS, TRIAL_PIPES, Trial, trial
from dlintro_demos.flappy_bird.game import Rules, Shades
from dlintro_demos.flappy_bird.ui.components.flappy_game import Colours, flappy_game
from dlintro_demos.flappy_bird.ui.players import facts_of, lane_of
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import first_result, presets
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.words import counted


@dataclass(frozen=True, kw_only=True)
class Paint:
    """How the game looks, to the visitor and to the agent."""

    colours: Colours
    shades: Shades


PAINTS = {
    "As it knows it": Paint(colours=Colours(), shades=Shades()),
    "Pale pipes": Paint(colours=Colours(pipe="#a8d5b5"), shades=Shades(pipe=60)),
    "Dark bird": Paint(colours=Colours(bird="#8a5a00"), shades=Shades(bird=75)),
    "Bird and pipes swapped": Paint(
        colours=Colours(bird="#3fa35b", pipe="#ffc93c"), shades=Shades(bird=120, pipe=135)
    ),
    "Night": Paint(
        colours=Colours(sky="#101a3a", bird="#b08a2a", pipe="#1f5230", ground="#4b3c25"),
        shades=Shades(bird=60, pipe=45, ground=30),
    ),
}
BREAKS: Mapping[str, Mapping[str, object]] = {
    "The moon": {"gravity": 0.5},
    "A narrow gap": {"gap": 80},
    "Faster": {"speed": 5.0},
    "Night": {"paint": "Night"},
    "As usual": {},
}
COPES = 0.1  # of its usual levels, or of its usual pipes: who loses no more than that copes
USUAL: Mapping[str, object] = {"gravity": 1.0, "gap": 100, "speed": 4.0, "paint": "As it knows it"}


def break_it() -> None:
    """Other rules and colours than it was trained by."""
    with presets():
        for name in BREAKS:
            st.button(name, key=f"break-{name}", on_click=_set_break, args=(name,))
    game = first_result()  # first the game, then its rules one by one
    rules, paint = _ask()
    with game:
        flappy_game(
            [lane_of(BEST)],
            seed=3,
            key="break",
            rules=rules,
            shades=paint.shades,
            colours=paint.colours,
            autoplay=True,
            inside=True,
        )
    usual = facts_of(BEST).scores
    work = (trial, engine().cache, key_of(BEST), usual, rules, paint.shades)
    tried = run_job("trial", (rules, paint.shades), *work, label="Trying 20 levels", shared=True)
    if tried is not None:
        _show(tried, usual=(rules, paint.shades) == (Rules(), Shades()))


def _ask() -> tuple[Rules, Paint]:
    columns = st.columns(4)
    gravity = columns[0].slider("Gravity", 0.3, 2.0, 1.0, 0.1, key="gravity", bind="query-params")
    gap = columns[1].slider("Gap, px", 60, 160, 100, 10, key="gap", bind="query-params")
    speed = columns[2].slider("Speed", 2.0, 8.0, 4.0, 0.5, key="speed", bind="query-params")
    name = columns[3].selectbox("Colours", list(PAINTS), key="paint", bind="query-params")
    return Rules(gravity=gravity, gap=gap, speed=speed), PAINTS[name]


def _show(tried: Trial, *, usual: bool) -> None:
    normal = sum(score >= TRIAL_PIPES for score in tried.usual)
    left, right = st.columns(2)
    mean, before = (sum(scores) / TRIAL_LEVELS for scores in (tried.scores, tried.usual))
    left.metric(f"Levels of {TRIAL_LEVELS} with {TRIAL_PIPES} pipes", tried.passed, tried.passed - normal)
    right.metric(f"Pipes, mean (cut at {TRIAL_PIPES})", f"{mean:.1f}", f"{mean - before:+.1f}")
    lost = normal - tried.passed
    if mean < before / 2:
        st.info(
            "It fails. It did not learn what a gap is: it learned which pictures go well with which key, and "
            "these are other pictures, or they move otherwise. A person would need three tries.",
            icon=":material/help:",
        )
    elif usual:
        return
    elif lost > normal * COPES or mean < before * (1 - COPES):
        st.info(
            f"It half copes: {counted(max(lost, 0), 'level')} fewer than the {normal} that it passes as "
            f"usual, and {before - mean:.1f} pipes fewer on average. This is other than what it has seen.",
            icon=":material/help:",
        )
    else:
        st.info("It copes: this is near enough to what it has seen.", icon=":material/check:")


def _set_break(name: str) -> None:
    for key, value in {**USUAL, **BREAKS[name]}.items():
        st.session_state[key] = value
