"""The game: what the visitor sees is what the machine is asked about."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from dlintro_demos.faces.analysis import find_faces
from dlintro_demos.faces.embedders import pick_embedder, thresholds
from dlintro_demos.faces.quiz import ROUNDS, Pair, make_pair
from dlintro_demos.faces.samples import EILEEN, GRACE, VARIATIONS
from dlintro_demos.gallery.intake.images import decode_image
from dlintro_demos.gallery.runtime.jobs import Progress
from tests.faces.fakes import real_cache

every_round = pytest.mark.parametrize("number", range(len(ROUNDS)))


def play(number) -> Pair:
    """The pair of a round, made anew."""
    *steps, pair = make_pair(number, real_cache())
    assert all(isinstance(step, Progress) for step in steps)
    return pair


pair_of = cache(play)


def likeliest(png):
    """The face that the networks find in the picture as the visitor got it, if any."""
    found = find_faces("again", decode_image(png).rgb, real_cache()).faces
    return max(found, key=lambda face: face.probability) if found else None


def test_there_are_ten_rounds_no_two_alike():
    assert len(ROUNDS) == len(set(ROUNDS)) == 10


def test_neither_answer_alone_wins_the_game():
    same = sum(left[0] == right[0] for left, right, _ in ROUNDS)
    assert same == 5


@every_round
def test_a_round_is_of_bundled_people_in_known_variations(number):
    *sides, width = ROUNDS[number]
    assert {name for name, _ in sides} <= {EILEEN, GRACE}
    assert {variation for _, variation in sides} <= set(VARIATIONS)
    assert width <= 20


@every_round
def test_the_truth_is_that_of_the_round(number):
    left, right, width = ROUNDS[number]
    assert pair_of(number).same == (left[0] == right[0])
    assert pair_of(number).width == width


@every_round
def test_both_sides_are_png_of_one_width_and_differ(number):
    pair = pair_of(number)
    left, right = (decode_image(side) for side in (pair.left, pair.right))
    assert left.format == right.format == "PNG"
    assert left.width == right.width == 240
    assert pair.left != pair.right


@every_round
def test_the_machine_answers_from_the_pixels_that_the_visitor_sees(number):
    pair = pair_of(number)
    left, right = likeliest(pair.left), likeliest(pair.right)
    if left is None or right is None:
        assert pair.distance is None
    else:
        assert pair.distance == pytest.approx(np.linalg.norm(left.embedding - right.embedding), abs=1e-4)


@every_round
def test_the_machines_word_is_that_of_its_distance(number):
    pair = pair_of(number)
    limits = thresholds(real_cache(), pick_embedder(real_cache()).key)
    assert pair.level == ("unknown" if pair.distance is None else limits.level(pair.distance))


def test_a_pair_is_the_same_in_every_game():
    again = play(0)
    assert (again.left, again.right) == (pair_of(0).left, pair_of(0).right)


def test_after_the_last_round_comes_the_first():
    assert play(len(ROUNDS)).left == pair_of(0).left
