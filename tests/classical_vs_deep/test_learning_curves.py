import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from dlintro_demos.classical_vs_deep.learners import LEARNERS, MNIST1D, fit_network
from dlintro_demos.classical_vs_deep.learning_curves import (
    SEEDS,
    SIZES,
    Point,
    estimated_seconds,
    learning_curves,
    summarise,
)
from dlintro_demos.classical_vs_deep.recorded import MNIST1D_FILE, MNIST_FILE, as_csv, read_points
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.shared.mnist1d import CLASSES, POINTS, make
from dlintro_demos.shared.one_core import one_thread


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
    return list(learning_curves([240, 60, 60], [0, 1], ["linear", "svm"]))


def test_every_learner_learns_every_size_once_and_the_points_come_one_by_one(steps):
    *progress, points = steps
    assert sorted((point.learner, point.size, point.seed) for point in points) == sorted(
        (learner, size, seed) for learner in ("linear", "svm") for size in (60, 240) for seed in (0, 1)
    )
    assert all(isinstance(step, Progress) for step in progress)
    assert [len(step.so_far) for step in progress] == list(range(8))
    fractions = [step.fraction for step in progress]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] < 1


def test_they_do_better_than_chance_and_the_svm_better_than_a_line(steps):
    by = {(each.learner, each.size): each.mean for each in summarise(steps[-1])}
    assert by["linear", 240] > 0.15
    assert by["svm", 240] > by["linear", 240] + 0.02


@pytest.mark.parametrize(
    ("sizes", "seeds"), [([29], [0]), ([9, 100], [0]), ([-1], [0]), ([], [0]), ([100], [])]
)
def test_nothing_to_learn_from_is_refused(sizes, seeds):
    with pytest.raises(ValueError, match="At least"):
        next(learning_curves(sizes, seeds))


def test_the_network_repeats_itself():
    train, test = make(200, 5), make(100, 6)
    with one_thread():
        first, second = (fit_network(MNIST1D, train, 0, steps=20)(test.x) for _ in range(2))
    assert len(set(first)) > 1
    assert np.array_equal(first, second)


def test_learning_takes_one_thread_and_gives_the_others_back():
    """Also when two learn at once: the limit of BLAS is one for the whole process."""

    def limits():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = limits()
    inside, leave = threading.Event(), threading.Event()

    def learn():
        with one_thread():
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=learn)
    with one_thread():
        other.start()
        assert inside.wait(10)
        assert set(limits()) == {1}
    assert set(limits()) == {1}
    leave.set()
    other.join()
    assert limits() == before


def test_the_default_experiment_is_estimated_within_a_minute_and_more_takes_longer():
    assert 20 < estimated_seconds(SIZES, SEEDS) < 65
    assert estimated_seconds([*SIZES, 10_000], SEEDS) > estimated_seconds(SIZES, SEEDS) + 30
    assert estimated_seconds([100, 100], [0]) == estimated_seconds([100], [0])
    assert estimated_seconds([], [0]) == 0


def test_summaries_are_means_and_deviations_in_the_learners_order():
    points = [
        Point("cnn", 10, 0, 0.5, 1.0),
        Point("cnn", 10, 1, 0.7, 3.0),
        Point("linear", 20, 0, 0.2, 1.0),
    ]
    linear, cnn = summarise(points)
    assert (linear.learner, linear.deviation, linear.seeds) == ("linear", 0.0, 1)
    assert (cnn.mean, cnn.seconds, cnn.seeds) == (pytest.approx(0.6), 2.0, 2)
    assert cnn.deviation == pytest.approx(np.std([0.5, 0.7], ddof=1))
    assert list(LEARNERS) == ["linear", "forest", "svm", "cnn"]


def test_results_survive_the_way_through_a_file(tmp_path):
    points = (Point("svm", 100, 2, 0.1234, 1.5), Point("cnn", 3000, 0, 0.9, 12.25))
    file = tmp_path / "results.csv"
    file.write_text(as_csv(points), encoding="utf-8")
    assert read_points(file) == points


@pytest.mark.parametrize(("file", "sizes"), [(MNIST1D_FILE, SIZES), (MNIST_FILE, (*SIZES, 10_000))])
def test_what_was_recorded_is_complete(file, sizes):
    points = read_points(file)
    assert {(point.learner, point.size, point.seed) for point in points} == {
        (learner, size, seed) for learner in LEARNERS for size in sizes for seed in SEEDS
    }
    assert len(points) == len(LEARNERS) * len(sizes) * len(SEEDS)
    assert all(0 < point.accuracy <= 1 for point in points)


def test_the_recorded_run_comes_out_again():
    recorded = {(point.learner, point.size, point.seed): point for point in read_points(MNIST1D_FILE)}
    *_, points = learning_curves([100], [0])
    for point in points:
        was = recorded[point.learner, point.size, point.seed]
        assert point.accuracy == pytest.approx(was.accuracy, abs=0.05), point.learner
