"""Race it: the visitor against a checkpoint on one level, a referee, and the table of this visit."""

from __future__ import annotations

import secrets

import streamlit as st

from dlintro_demos.flappy_bird.ages import key_of
from dlintro_demos.flappy_bird.scores import Score, ScoreBoard, SessionScores, Verdict, judge_race
from dlintro_demos.flappy_bird.ui.components.flappy_game import Finished, Lane, flappy_game
from dlintro_demos.flappy_bird.ui.players import NAMES, RACE_PIPES, ask_age, how_it_learned, lane_of
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import first_result, table
from dlintro_demos.gallery.ui.playing import begin_round, board_line, end_round
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.words import counted


def race() -> None:
    """The visitor against a checkpoint on one level, and the table."""
    game = first_result()  # first the game, then who plays it
    with st.container(horizontal=True, vertical_alignment="bottom"):
        age = ask_age("Against", "against", "10min")
        st.button("Another level", on_click=_new_level, icon=":material/casino:")
    seed = st.session_state.setdefault(private_key("race-level"), secrets.randbits(32))
    you = Lane(key="you", title="You")
    with game:
        told = flappy_game([you, lane_of(age)], seed=seed, key="race", max_pipes=RACE_PIPES)
    st.markdown(how_it_learned(age))
    st.session_state.setdefault(private_key("race-ticket"), begin_round())
    waiting: list[tuple[Finished, str]] = st.session_state.setdefault(private_key("race-told"), [])
    if told:
        waiting.append((told, age))
    board: ScoreBoard = st.session_state.setdefault(private_key("race-board"), SessionScores())
    while waiting and _settle(*waiting[0], board):
        waiting.pop(0)
    _show_board(board)
    board_line()


def _new_level() -> None:
    st.session_state[private_key("race-level")] = secrets.randbits(32)


def _settle(told: Finished, age: str, board: ScoreBoard) -> bool:
    """Have the referee play the visitor's flaps again; False while that cannot be done."""
    you, _ = told.lanes
    played = (told.seed, you.pipes, you.flaps, you.ticks, RACE_PIPES)
    cache, model = engine().cache, key_of(age)
    verdict = run_job(
        "referee", (*played, model), judge_race, *played, cache, model,
        label="The referee plays it all again", shared=False,
    )  # fmt: skip
    if verdict is None:
        return False
    if not verdict.accepted:
        st.warning(f"This game does not count. {verdict.reason}", icon=":material/gavel:")
        return True
    score = Score(
        level=told.seed, flaps=you.flaps, pipes=you.pipes, opponent=NAMES[age], theirs=verdict.theirs
    )
    if board.add(score):
        _count(score, verdict)
        st.markdown(f"**You passed {counted(you.pipes, 'pipe')}. {_outcome(you.pipes, verdict)}**")
    return True


def _count(score: Score, verdict: Verdict) -> None:
    """On the board of scores a race is one point: for who won it, or half for each."""
    points = 0.5 if _drawn(score.pipes, verdict) else float(score.pipes > verdict.theirs)
    race = (score.level, score.opponent, score.flaps)
    end_round(
        st.session_state.pop(private_key("race-ticket")),
        yours=points,
        machine=1 - points,
        of=1,
        question=race,
    )
    st.session_state[private_key("race-ticket")] = begin_round()


def _drawn(pipes: int, verdict: Verdict) -> bool:
    return pipes == verdict.theirs and verdict.alive == verdict.flying


def _outcome(pipes: int, verdict: Verdict) -> str:
    if pipes > verdict.theirs:
        return "You win!"
    if _drawn(pipes, verdict):
        return "A draw."
    if verdict.flying:
        return f"It wins: {verdict.theirs} in the same time, and still flying."
    return f"It wins: {verdict.theirs}."


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
