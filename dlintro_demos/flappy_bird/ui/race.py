"""Race it: the visitor against a checkpoint on one level, a referee, and the table of this visit."""

from __future__ import annotations

import secrets

import streamlit as st

from dlintro_demos.flappy_bird.scores import Score, ScoreBoard, SessionScores, judge
from dlintro_demos.flappy_bird.ui.components.flappy_game import Finished, Lane, LaneResult, flappy_game
from dlintro_demos.flappy_bird.ui.players import NAMES, RACE_PIPES, ask_age, lane_of
from dlintro_demos.gallery.ui.frame import table
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key


def race() -> None:
    """The visitor against a checkpoint on one level, and the table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        age = ask_age("Against", "against", "10min")
        st.button("Another level", on_click=_new_level, icon=":material/casino:")
    seed = st.session_state.setdefault(private_key("race-level"), secrets.randbits(32))
    you = Lane(key="you", title="You")
    told = flappy_game([you, lane_of(age)], seed=seed, key="race", max_pipes=RACE_PIPES)
    waiting: list[tuple[Finished, str]] = st.session_state.setdefault(private_key("race-told"), [])
    if told:
        waiting.append((told, age))
    board: ScoreBoard = st.session_state.setdefault(private_key("race-board"), SessionScores())
    while waiting and _settle(*waiting[0], board):
        waiting.pop(0)
    _show_board(board)


def _new_level() -> None:
    st.session_state[private_key("race-level")] = secrets.randbits(32)


def _settle(told: Finished, age: str, board: ScoreBoard) -> bool:
    """Have the referee play the visitor's flaps again; False while that cannot be done."""
    you, agent = told.lanes
    played = (told.seed, you.pipes, you.flaps, you.ticks, RACE_PIPES)
    verdict = run_job("referee", played, judge, *played, label="The referee plays your flaps again")
    if verdict is None:
        return False
    if not verdict.accepted:
        st.warning(f"This game does not count. {verdict.reason}", icon=":material/gavel:")
        return True
    score = Score(game=told.game, level=told.seed, pipes=you.pipes, opponent=NAMES[age], theirs=agent.pipes)
    if board.add(score):
        pipes = "pipe" if you.pipes == 1 else "pipes"
        st.markdown(f"**You passed {you.pipes} {pipes}. {_outcome(you, agent)}**")
    return True


def _outcome(you: LaneResult, agent: LaneResult) -> str:
    if you.pipes > agent.pipes:
        return "You win!"
    if you.pipes == agent.pipes and you.alive == agent.alive:
        return "A draw."
    if agent.alive:
        return f"It wins: {agent.pipes} in the same time, and still flying."
    return f"It wins: {agent.pipes}."


def _show_board(board: ScoreBoard) -> None:
    scores = board.best(10)
    st.subheader("Your best games of this visit", anchor=False)
    if not scores:
        st.caption("Nobody has played yet. A game counts when the referee has played your flaps again.")
        return
    rows = [
        (f"{place}", f"**{score.pipes}**", score.opponent, f"{score.theirs}", f"{score.level}")
        for place, score in enumerate(scores, start=1)
    ]
    table(("", "Pipes", "Against", "Its pipes when you ended", "Level"), rows)
