from __future__ import annotations

import pytest

from dlintro_demos.flappy_bird.game import Rules
from dlintro_demos.flappy_bird.referee import MAX_TICKS, ImpossibleGame, replay
from tests.flappy_bird.fakes import flown


@pytest.mark.parametrize("rules", [None, Rules(gap=140, speed=5)])
def test_an_honest_game_has_the_pipes_that_were_passed(rules):
    flaps, ticks, pipes = flown(5, 3, rules)
    assert pipes >= 3
    assert replay(5, flaps, ticks, rules) == pipes


def test_a_game_that_is_still_going_counts_as_far_as_it_went():
    flaps, ticks, _ = flown(5, 3)
    assert replay(5, [flap for flap in flaps if flap < 70], 70) == 1
    assert replay(5, [], 0) == 0
    assert ticks > 70


def test_the_same_flaps_are_worth_less_on_another_level_or_under_other_rules():
    flaps, ticks, pipes = flown(5, 3)
    with pytest.raises(ImpossibleGame, match="crashed after"):
        replay(6, flaps, ticks)
    with pytest.raises(ImpossibleGame, match="crashed after"):
        replay(5, flaps, ticks, Rules(gravity=2))
    assert pipes == replay(5, flaps, ticks)


def test_ticks_after_the_crash_are_found_out():
    flaps, ticks, _ = flown(5, 1)
    with pytest.raises(ImpossibleGame, match=f"crashed after {ticks} ticks"):
        replay(5, flaps, ticks + 1)


@pytest.mark.parametrize("flaps", [[3, 2], [2, 2], [-1], [10], [0, 99]])
def test_flaps_out_of_order_or_out_of_the_game_are_impossible(flaps):
    with pytest.raises(ImpossibleGame, match="in order"):
        replay(5, flaps, 10)


@pytest.mark.parametrize(("seed", "ticks"), [(5, -1), (5, MAX_TICKS + 1), (-1, 10), (2**32, 10)])
def test_games_out_of_range_are_impossible(seed, ticks):
    with pytest.raises(ImpossibleGame, match="level"):
        replay(seed, [], ticks)
