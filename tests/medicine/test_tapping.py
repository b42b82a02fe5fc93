"""The counting game: what a tap is worth."""

import numpy as np
import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.medicine.nuclei.tapping import OPENING, ROUNDS, ask, hit_by, middles_of, weigh
from dlintro_demos.medicine.ui.components.tap import MOST, read_taps
from dlintro_demos.medicine.ui.tapping import result_of


def two_nuclei():
    labels = np.zeros((40, 80), np.int32)
    labels[10:20, 10:20], labels[10:20, 50:60] = 1, 2
    return labels


def test_the_middle_of_a_nucleus_is_a_share_of_the_picture():
    assert middles_of(two_nuclei()).tolist() == [[0.1875, 0.375], [0.6875, 0.375]]


def test_a_tap_inside_counts_once_and_any_other_costs():
    labels = two_nuclei()
    assert hit_by([(0.1875, 0.375), (0.95, 0.9)], labels).tolist() == [1, 0]
    assert weigh(middles_of(labels), labels).points == 100
    assert weigh([], labels).points == 0
    twice = weigh([(0.1875, 0.375), (0.19, 0.38)], labels)
    assert (twice.hits, twice.extra, twice.of, twice.points) == (1, 1, 2, 50)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_round_is_the_same_for_everybody_and_both_ways_score(number):
    *_, question = ask(OPENING, number, engine().cache)
    assert question.drawing.count == question.network.of
    assert 0 < question.network.points <= 100
    assert 0 <= question.classical.points <= 100


def test_the_second_tap_on_a_nucleus_is_wrong_and_what_was_not_tapped_is_missed():
    *_, question = ask(OPENING, 0, engine().cache)
    middle = tuple(middles_of(question.drawing.labels)[0])
    result = result_of(question, [middle, middle])
    assert list(result.right) == [True, False]
    assert len(result.missed) == question.drawing.count - 1


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"round": 1},
        {"round": 2, "taps": []},
        {"round": True, "taps": []},
        {"round": 1, "taps": [[0.5, 0.5]] * (MOST + 1)},
        {"round": 1, "taps": [[0.5]]},
        {"round": 1, "taps": [[0.5, 1.5]]},
        {"round": 1, "taps": [[True, 0.5]]},
        {"round": 1, "taps": [["0.5", 0.5]]},
        {"round": 1, "taps": [[float("nan"), 0.5]]},
        {"round": 1, "taps": [], "more": 1},
    ],
)
def test_what_no_browser_of_ours_sends_is_not_believed(sent):
    assert read_taps(sent, 1) is None


def test_taps_of_this_round_are_believed():
    assert read_taps({"round": 1, "taps": [[0.25, 1], [0, 0.5]]}, 1) == [(0.25, 1.0), (0.0, 0.5)]
