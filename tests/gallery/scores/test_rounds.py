"""Rounds under way: what was not begun and played here does not count."""

import gc
import math

import pytest

from dlintro_demos.gallery.scores.rounds import ForgedRound, Outcome, begin, finish


def test_a_round_ends_once_as_the_game_says():
    ticket = begin("visitor", "faces")
    ended = finish(ticket.id, "visitor", "faces", yours=3, machine=None, of=6)
    assert ended == Outcome(demo="faces", yours=0.5, machine=None)
    with pytest.raises(ForgedRound):
        finish(ticket.id, "visitor", "faces", yours=6, machine=None, of=6)


@pytest.mark.parametrize(
    "forged",
    [
        {"ticket": "made up"},
        {"ticket": ""},
        {"visitor": "somebody else"},
        {"demo": "why_now"},
        {"yours": 7},
        {"yours": -1},
        {"yours": math.nan},
        {"yours": math.inf, "of": math.inf},
        {"machine": 7},
        {"of": 0},
        {"of": -1, "yours": -1, "machine": -1},
    ],
)
def test_a_forged_round_does_not_count(forged):
    ticket = begin("visitor", "faces")
    told = {"ticket": ticket.id, "visitor": "visitor", "demo": "faces", "yours": 1, "machine": 1, "of": 6}
    told |= forged
    with pytest.raises(ForgedRound):
        finish(told.pop("ticket"), told.pop("visitor"), told.pop("demo"), **told)


def test_a_round_that_nobody_plays_any_more_is_forgotten():
    number = begin("visitor", "faces").id
    gc.collect()
    with pytest.raises(ForgedRound):
        finish(number, "visitor", "faces", yours=1, machine=1, of=1)
