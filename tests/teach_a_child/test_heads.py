"""Heads on embeddings that are made up: what they learn from few examples, and when they say "never seen"."""

import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bench import teach_a_child as bench
from dlintro_demos.teach_a_child.heads import (
    ALMOST_SAME,
    HEADS,
    REGULARISATION,
    USUAL,
    fit,
    guesses,
    too_far,
)
from dlintro_demos.teach_a_child.lesson import FEATURES, MOST_CLASSES, MOST_EXAMPLES, Lesson, Seen, teach
from dlintro_demos.teach_a_child.seeing import comparable

every_head = pytest.mark.parametrize("key", HEADS)


@pytest.fixture(autouse=True)
def no_warnings():
    """Not even that a fit did not come to its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def like(kind, count, *, spread=0.5, first=0):
    """Embeddings (count, 1280) of one kind of thing: around a centre of its own, none negative."""
    centre = np.random.default_rng([7, kind]).exponential(size=FEATURES) ** 3
    rows = [
        centre * np.exp(spread * np.random.default_rng([kind, first + number]).normal(size=FEATURES))
        for number in range(count)
    ]
    return comparable(np.array(rows, np.float32))


def seen(rows, mark=""):
    return [
        Seen(key=f"{mark}{row.tobytes().hex()[:64]}{number}", embedding=row)
        for number, row in enumerate(rows)
    ]


def lesson_of(**classes):
    lesson = Lesson()
    for name, rows in classes.items():
        lesson = teach(lesson, dict.fromkeys(seen(rows, name)), name)
    return lesson


def answers(lesson, key, rows):
    return guesses(fit(lesson, key), seen(rows))


def names(lesson, key, rows):
    return [guess.name for guess in answers(lesson, key, rows)]


@every_head
@pytest.mark.parametrize("count", [1, 2, 5])
def test_classes_that_are_apart_are_told_apart(key, count):
    lesson = lesson_of(apple=like(0, count), ball=like(1, count), cup=like(2, count))
    for kind, name in enumerate(("apple", "ball", "cup")):
        assert names(lesson, key, like(kind, 6, first=100)) == [name] * 6


@every_head
def test_probabilities_of_all_classes_sum_to_one_and_the_likeliest_has_the_largest(key):
    lesson = lesson_of(apple=like(0, 4), ball=like(1, 3), cup=like(2, 1))
    for guess in answers(lesson, key, np.concatenate([like(0, 3, first=50), like(9, 3)])):
        assert tuple(guess.probabilities) == lesson.names
        assert sum(guess.probabilities.values()) == pytest.approx(1)
        assert min(guess.probabilities.values()) >= 0
        assert guess.probabilities[guess.likeliest] == max(guess.probabilities.values())


@every_head
def test_a_thing_that_is_like_no_example_was_never_seen_however_probable_a_class_is(key):
    lesson = lesson_of(apple=like(0, 5), ball=like(1, 5))
    for guess in answers(lesson, key, like(9, 5)):
        assert guess.name is None
        assert guess.nearest[0].distance > guess.limit
        assert guess.likeliest in lesson.names


@every_head
def test_a_single_class_is_known_and_everything_else_was_never_seen(key):
    lesson = lesson_of(apple=like(0, 1))
    assert names(lesson, key, like(0, 5, first=20)) == ["apple"] * 5
    assert names(lesson, key, like(9, 5)) == [None] * 5
    assert answers(lesson, key, like(9, 1))[0].probabilities == {"apple": 1}


@every_head
def test_an_example_itself_is_known_and_is_its_own_nearest(key):
    lesson = lesson_of(apple=like(0, 3), ball=like(1, 3))
    found = answers(lesson, key, lesson.embeddings)
    assert [guess.name for guess in found] == ["apple"] * 3 + ["ball"] * 3
    assert [guess.nearest[0].place for guess in found] == list(range(6))
    assert all(guess.nearest[0].distance == pytest.approx(0, abs=1e-6) for guess in found)


def test_nearest_examples_come_nearest_first_and_are_as_many_as_there_are():
    (guess,) = answers(lesson_of(apple=like(0, 4), ball=like(1, 4)), "mean", like(0, 1, first=9))
    distances = [near.distance for near in guess.nearest]
    assert len(distances) == 3
    assert distances == sorted(distances)
    assert len(answers(lesson_of(apple=like(0, 1)), "mean", like(0, 1))[0].nearest) == 1


@every_head
def test_no_picture_gets_no_answer(key):
    assert guesses(fit(lesson_of(apple=like(0, 1)), key), []) == []


@every_head
def test_equal_pictures_under_one_name_and_under_two_do_no_harm(key):
    same = like(0, 1)
    lesson = lesson_of(apple=np.repeat(same, 5, 0), ball=same)
    (guess,) = answers(lesson, key, same)
    assert np.isfinite(list(guess.probabilities.values())).all()
    assert guess.name in ("apple", "ball")


def test_hundreds_of_equal_pictures_are_learned_in_any_order():
    lesson, kinds = Lesson(), np.concatenate([like(kind, 1) for kind in range(3)])
    for number, kind in enumerate(np.random.default_rng(0).integers(0, 3, MOST_EXAMPLES)):
        lesson = teach(lesson, {Seen(key=str(number), embedding=kinds[kind]): None}, f"name {kind}")
    found = answers(lesson, "logistic", kinds)
    assert [guess.name for guess in found] == ["name 0", "name 1", "name 2"]


def at(*places):
    """Embeddings that have only their first two numbers: on a circle, at so many degrees."""
    angles = np.radians(places)
    rows = np.zeros((len(places), FEATURES), np.float32)
    rows[:, 0], rows[:, 1] = np.cos(angles), np.sin(angles)
    return rows


def test_a_class_of_one_example_is_not_outvoted_by_farther_ones_of_a_class_of_many():
    lesson = lesson_of(apple=at(50, 51, 52, 53), ball=at(-40))
    assert answers(lesson, "neighbours", at(0))[0].likeliest == "ball"


def test_a_class_whose_examples_differ_is_as_near_as_its_mean_says():
    lesson = lesson_of(wide=at(-60, 60), narrow=at(45, 45.5))
    assert answers(lesson, "mean", at(0))[0].likeliest == "wide"


@every_head
def test_the_largest_lesson_is_learned(key):
    each = MOST_EXAMPLES // MOST_CLASSES
    classes = {
        f"name {kind}": like(kind, each + (kind < MOST_EXAMPLES % MOST_CLASSES))
        for kind in range(MOST_CLASSES)
    }
    lesson = lesson_of(**classes)
    assert len(lesson.examples) == MOST_EXAMPLES
    for kind in range(MOST_CLASSES):
        found = answers(lesson, key, like(kind, 2, first=900))
        assert [guess.likeliest for guess in found] == [f"name {kind}"] * 2


def test_neighbours_that_agree_are_not_quite_sure_and_surer_the_more_they_are():
    sure = []
    for count in (1, 3):
        lesson = lesson_of(apple=like(0, count), ball=like(1, count))
        sure.append(answers(lesson, "neighbours", like(0, 1, first=9))[0].probabilities["apple"])
    assert 0.5 < sure[0] < sure[1] < 1


def test_logistic_regression_is_the_one_of_scikit_learns_own_solver():
    lesson = lesson_of(apple=like(0, 9, spread=1.2), ball=like(1, 5, spread=1.2), cup=like(2, 2, spread=1.2))
    plain = LogisticRegression(C=REGULARISATION, class_weight="balanced", tol=1e-8, max_iter=5000)
    plain.fit(lesson.embeddings.astype(np.float64), lesson.labels)
    rows = np.concatenate([like(kind, 5, spread=1.2, first=40) for kind in range(4)])
    found = fit(lesson, "logistic").probabilities(rows)
    assert found == pytest.approx(plain.predict_proba(rows), abs=0.01)
    assert found.std(0).min() > 0.05  # they differ at all


def test_the_limit_grows_with_the_spread_of_the_examples():
    limits = [too_far(like(0, 12, spread=spread), np.zeros(12, int)) for spread in (0.5, 0.8, 1.1)]
    assert limits[0] < limits[1] < limits[2]


def test_before_there_are_two_examples_of_a_class_the_limit_is_the_usual_one():
    usual = too_far(like(0, 1), np.zeros(1, int))
    assert USUAL < usual < 2 * USUAL
    assert too_far(np.concatenate([like(0, 1), like(1, 1)]), np.arange(2)) == usual


def test_the_more_examples_are_alike_the_closer_is_the_limit():
    limits = [too_far(like(0, count), np.zeros(count, int)) for count in (1, 2, 5, 30)]
    assert limits == sorted(limits, reverse=True)
    assert len(set(limits)) == 4


def test_a_burst_of_almost_the_same_pictures_does_not_move_the_limit():
    burst = like(0, 20, spread=0.05)
    assert (1 - burst @ burst.T).max() < ALMOST_SAME
    assert too_far(burst, np.zeros(20, int)) == too_far(burst[:1], np.zeros(1, int))


def test_comparable_embeddings_have_length_one_also_where_nothing_answers():
    rows = comparable(np.array([[4, 0, 16], [0, 0, 0]], np.float32))
    assert rows[0] == pytest.approx(np.array([2, 0, 4]) / 20**0.5)
    assert (rows[1] == 0).all()
    assert rows.dtype == np.float32


def test_the_bench_never_tests_on_what_it_taught():
    rows = np.arange(10 * 30, dtype=np.float32).reshape(10, 30, 1)
    for shots in bench.OPEN_SHOTS:
        taught, known, others = bench.draw(rows, shots, 3, taught=4)
        assert taught.shape == (4, shots, 1)
        assert known.shape[:2] == (4, 10)
        assert others.shape[:2] == (6, 10)
        assert (
            len({*taught.ravel(), *known.ravel(), *others.ravel()}) == taught.size + known.size + others.size
        )
        assert (taught // 30 == known[:, :1] // 30).all()


def test_the_bench_finds_how_far_from_true_probabilities_are():
    half = np.tile([0.55, 0.45], (20, 1))
    assert bench.calibration_error(half, np.repeat([0, 1], [11, 9])) == pytest.approx(0)
    assert bench.calibration_error(half, np.ones(20, int)) == pytest.approx(0.55)
