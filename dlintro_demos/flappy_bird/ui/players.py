"""The agent at six ages: their names, their figures in words, their fields, and the choice among them."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.flappy_bird.ages import AGES, BEST, key_of
from dlintro_demos.flappy_bird.checkpoints import EARLY, Checkpoint, read_checkpoint
from dlintro_demos.flappy_bird.ui.components.flappy_game import Lane
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.words import counted

NAMES = {
    "untrained": "Untrained",
    "2min": "2 minutes",
    "5min": "5 minutes",
    "10min": "10 minutes",
    "25min": "25 minutes",
    BEST: "The best",
}
RACE_PIPES = 100


def facts_of(age: str) -> Checkpoint:
    """What was measured of a checkpoint. Raises `ModelUnavailable`."""
    return read_checkpoint(engine().cache.card(key_of(age)))


def lane_of(age: str) -> Lane:
    """A field where a checkpoint plays."""
    return Lane(key=age, title=NAMES[age], weights=engine().cache.card(key_of(age)).address)


def ask_age(label: str, key: str, default: str) -> str:
    """The slider over the checkpoints; the address may name one by its key or by its title."""
    if key not in st.session_state:
        meant = {NAMES[age]: age for age in AGES} | {age: age for age in AGES}
        st.session_state[key] = meant.get(st.query_params.get(key, ""), default)
    return st.select_slider(label, AGES, format_func=NAMES.__getitem__, key=key, bind="query-params")


def ask_level() -> int:
    """One of the fresh levels."""
    return st.number_input(
        "Level",
        0,
        99,
        3,
        key="level",
        bind="query-params",
        width=160,
        help="Levels that the agent was neither trained on nor chosen by.",
    )


def how_it_learned(age: str) -> str:
    """What a checkpoint has seen, and for how long."""
    facts = facts_of(age)
    minutes = counted(round(facts.minutes), "minute")
    return f"**{NAMES[age]}**: {facts.frames:,} frames seen in {minutes} of training."


def say_how_it_plays(age: str, level: int) -> None:
    """The figures of a checkpoint, and on this level."""
    facts = facts_of(age)
    score = facts.scores[level]
    st.markdown(
        f"{how_it_learned(age)} "
        f"On {len(facts.scores)} new levels it passed **{facts.median:,.0f}** pipes (median; mean "
        f"{facts.mean:,.0f}, worst {facts.least:,}, games cut at {facts.max_pipes:,}); on **{facts.early}** "
        f"of them it crashed within {EARLY}. "
        f"On this one: **{score:,}**{' or more' if score >= facts.max_pipes else ''}."
    )
