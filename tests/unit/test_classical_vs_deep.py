import numpy as np
import pytest

from dlintro_demos.classical_vs_deep.learning_curves import (
    LEARNERS,
    Point,
    fit_network,
    learning_curves,
    summarise,
)
from dlintro_demos.classical_vs_deep.mnist1d import CLASSES, POINTS, make
from dlintro_demos.runtime.jobs import Progress


def test_curves_are_the_same_for_a_seed_and_even_over_the_classes():
    some, again, other = make(200, 1), make(200, 1), make(200, 2)
    assert (some.x.shape, some.x.dtype) == ((200, POINTS), np.float32)
    assert np.array_equal(some.x, again.x)
    assert not np.array_equal(some.x, other.x)
    assert np.bincount(some.y).tolist() == [20] * CLASSES
    assert np.isfinite(some.x).all()


def test_the_first_of_a_set_are_in_random_order():
    assert len(set(make(1000, 3).first(60).y.tolist())) >= 8


def test_too_few_curves_are_refused():
    with pytest.raises(ValueError, match="At least 10"):
        make(9, 0)


@pytest.fixture(scope="module")
def steps():
    return list(learning_curves([60, 240], [0, 1], ["linear", "svm"]))


def test_every_learner_learns_every_size_and_the_points_come_one_by_one(steps):
    *progress, points = steps
    assert {(point.learner, point.size, point.seed) for point in points} == {
        (learner, size, seed) for learner in ("linear", "svm") for size in (60, 240) for seed in (0, 1)
    }
    assert all(isinstance(step, Progress) for step in progress)
    assert [len(step.so_far) for step in progress] == list(range(8))
    assert [step.fraction for step in progress] == sorted(step.fraction for step in progress)


def test_they_do_better_than_chance_and_the_svm_better_than_a_line(steps):
    by = {(each.learner, each.size): each.mean for each in summarise(steps[-1])}
    assert by["linear", 240] > 0.15
    assert by["svm", 240] > by["linear", 240] + 0.02


def test_the_network_learns_and_repeats_itself():
    train, test = make(600, 5), make(500, 6)
    first, second = (fit_network(train, 0, steps=300)(test.x) for _ in range(2))
    assert np.array_equal(first, second)
    assert (first == test.y).mean() > 0.3


def test_summaries_are_means_and_deviations_in_the_learners_order():
    points = [
        Point("cnn", 10, 0, 0.5, 1.0),
        Point("cnn", 10, 1, 0.7, 3.0),
        Point("linear", 20, 0, 0.2, 1.0),
    ]
    linear, cnn = summarise(points)
    assert (linear.learner, linear.deviation) == ("linear", 0.0)
    assert (cnn.mean, cnn.seconds) == (pytest.approx(0.6), 2.0)
    assert cnn.deviation == pytest.approx(np.std([0.5, 0.7], ddof=1))
    assert list(LEARNERS) == ["linear", "forest", "svm", "cnn"]
