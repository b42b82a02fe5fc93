"""You against the machine: question, the visitor's guess first, the machine's answer, truth, score."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st

from dlintro_demos.gallery.scores.rounds import Ticket
from dlintro_demos.gallery.ui.playing import begin_round, board_line, end_round

Question = TypeVar("Question")
Say = Callable[[Any], None]


@dataclass
class Score:
    """One visitor's game: right answers, and what was said in this round. `seed` makes each another.

    `ticket` is that of the round under way, for the board.
    """

    seed: int = field(default_factory=lambda: secrets.randbits(32))
    round: int = 0
    yours: int = 0
    machine: int = 0
    unsure: int = 0
    said: Any = None
    ticket: Ticket | None = None

    @property
    def played(self) -> int:
        """Rounds that were answered."""
        return self.round + (self.said is not None)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether the visitor was right, and the machine: None where it said that it does not know.

    Where a round asks for several things at once, how many of them were right, `of` so many.
    """

    right: int
    machine: int | None
    of: int = 1


@dataclass(frozen=True, kw_only=True)
class Game(Generic[Question]):
    """A game of some rounds.

    `name` names it in the session. `ask` gives the question of a round, or None after saying why there is
    none. `put` shows it: with `said` None it waits for an answer, to be told to `say` (as a button's
    `on_click`), else it shows the truth. `judge` weighs an answer, `tally` says the score in words, and
    `after` shows, below all of it, what can be said now that the truth is out; `foot` the folded panels at
    the end, which must not give it away while `said` is None.

    With `opening` the first game stands there at once, with that seed, for everybody. `same` names what is
    asked, so that a question that comes again, its answer known, counts once on the board of scores; without
    it, each round of each seed is another question.
    """

    name: str
    rounds: int
    round_title: str
    intro: str
    ask: Callable[[Score], Question | None]
    put: Callable[[Question, Any, Say], None]
    judge: Callable[[Question, Any], Verdict]
    tally: Callable[[Score], str]
    after: Callable[[Question, Any], None] | None = None
    foot: Callable[[Question, Any], None] | None = None
    opening: int | None = None
    same: Callable[[Score, Question], object] = lambda score, _: (score.seed, score.round)


@st.fragment
def play(game: Game[Question]) -> None:
    """Play round after round; only this part of the page runs again on a click."""
    slot = f"game-{game.name}"
    score: Score | None = st.session_state.get(slot)
    if score is None and game.opening is not None:
        score = st.session_state[slot] = Score(seed=game.opening)
    if score is None:
        st.caption(game.intro)
        st.button("Play", key=f"{slot}-play", on_click=_begin, args=(slot,), icon=":material/sports_esports:")
        return
    question = game.ask(score)
    if question is None:
        return
    st.markdown(f"**{game.round_title} {score.round + 1} of {game.rounds}**")
    number = score.round
    if score.said is None and score.ticket is None:
        score.ticket = begin_round()
    game.put(question, score.said, lambda said: _answer(game, question, score, number, said))
    if score.played:
        st.markdown(game.tally(score))
    if score.said is not None:
        last = score.played >= game.rounds
        label = "Play again" if last else f"Next {game.round_title.lower()}"
        st.button(
            label,
            key=f"{slot}-next",
            on_click=_go_on,
            args=(slot, score, score.round, last, game.opening is not None),
        )
        if game.after is not None:
            game.after(question, score.said)
        board_line()
    if game.foot is not None:
        game.foot(question, score.said)


def _begin(slot: str) -> None:
    st.session_state.setdefault(slot, Score())


def _answer(game: Game[Question], question: Question, score: Score, number: int, said: Any) -> None:
    verdict = game.judge(question, said)
    if _note(score, number, said, verdict):
        asked = (game.name, game.same(score, question))
        end_round(score.ticket, yours=verdict.right, machine=verdict.machine, of=verdict.of, question=asked)
        score.ticket = None


def _note(score: Score, number: int, said: Any, verdict: Verdict) -> bool:
    if score.said is not None or score.round != number:
        return False  # a second click, on a question that was answered
    score.said = said
    score.yours += verdict.right
    score.machine += verdict.machine or 0
    score.unsure += verdict.machine is None
    return True


def _go_on(slot: str, score: Score, number: int, last: bool, at_once: bool) -> None:
    if st.session_state.get(slot) is not score or score.round != number:
        return  # a second click on a button whose round is over
    if last and at_once:
        st.session_state[slot] = Score()
    elif last:
        del st.session_state[slot]
    else:
        score.round, score.said = score.round + 1, None
