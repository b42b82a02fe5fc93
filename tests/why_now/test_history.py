"""Why now: the tables, sums of them, and the game."""

import pytest

from dlintro_demos.why_now.history import (
    DAY,
    YEAR,
    fastest,
    find_system,
    in_words,
    power,
    processors,
    seconds_to_train,
    speed,
    systems,
    training_sets,
    winners,
)
from dlintro_demos.why_now.quiz import FIRST, MORE, ROUNDS, ask


@pytest.mark.parametrize("rows", [processors, systems, winners, training_sets])
def test_every_figure_has_a_year_and_a_source(rows):
    assert rows()
    for row in rows():
        assert 1930 <= row.year <= 2025
        assert (getattr(row, "source", None) or row.paper).startswith(("https://", "http://"))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "less than a second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (90, "1.5 minutes"),
        (DAY, "1 day"),
        (41.4 * DAY, "41 days"),
        (YEAR, "1 year"),
        (123_456 * YEAR, "120,000 years"),
        (1.26e6 * YEAR, "1.3 million years"),
        (4.2e9 * YEAR, "4.2 billion years"),
    ],
)
def test_times_are_said_with_two_digits(seconds, said):
    assert in_words(seconds) == said


def test_powers_of_ten_are_said_as_on_paper():
    assert power(4.7e17) == "4.7 · 10¹⁷"
    assert power(3.14e23) == "3.1 · 10²³"


def test_the_fastest_of_a_year_is_one_that_there_was():
    assert fastest(2005) is None
    assert fastest(2006).name == "GeForce 8800 GTX"
    assert fastest(2021).name == "GeForce RTX 3090"
    assert fastest(2021, half=True).name == "A100"


def test_the_sum_is_flop_divided_by_what_is_reached():
    assert seconds_to_train(6e12, 1e12, 0.5) == 12
    k20x = fastest(2012)
    assert speed(k20x, half=True) == k20x.float32  # it has no units for half precision


@pytest.mark.parametrize("seed", range(30))
def test_a_game_asks_both_questions_about_other_pairs_each_round(seed):
    questions = [ask(seed, number) for number in range(ROUNDS)]
    assert {question.asks for question in questions} == {FIRST, MORE}
    assert len({frozenset(each.name for each in question.pair) for question in questions}) == ROUNDS
    for question in questions:
        one, other = question.pair
        assert one.year != other.year
        first = one if one.year < other.year else other
        more = one if one.flop > other.flop else other
        assert question.truth is (first if question.asks == FIRST else more)


def test_the_rule_is_right_in_half_of_the_rounds():
    for seed in range(30):
        questions = [ask(seed, number) for number in range(ROUNDS)]
        assert sum(question.machine is question.truth for question in questions) == ROUNDS // 2


def test_alexnet_comes_into_reach_of_a_day_in_2017():
    from dlintro_demos.why_now.ui.sixty_years import REACHED

    flop = find_system("AlexNet").flop
    for year, reached in ((2016, False), (2017, True)):
        best = speed(fastest(year, half=True), half=True)
        assert (seconds_to_train(flop, best, REACHED) <= DAY) is reached
