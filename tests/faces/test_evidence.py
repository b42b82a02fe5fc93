"""The figures behind a suggestion, on numbers small enough to do by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dlintro_demos.faces.evidence import (
    barcode,
    cluster,
    embedding_map,
    equal_error_rate,
    nearest,
    pair_distances,
    purity,
    roc_auc,
)
from dlintro_demos.faces.face import Face


def line(*places):
    """Embeddings on a line, (N, 2)."""
    return np.array([(place, 0) for place in places], np.float32)


def face(key, place):
    return Face(
        key=key, box=(0, 0, 1, 1), landmarks=np.zeros((5, 2), np.float32), probability=1.0,
        embedding=line(place)[0], chip=b"",
    )  # fmt: skip


def test_pairs_of_one_person_are_told_from_pairs_of_two():
    same, different = pair_distances(line(0, 1, 5, 9), ["a", "a", "b", "b"])
    assert sorted(same) == [1, 4]
    assert sorted(different) == [4, 5, 8, 9]


@pytest.mark.parametrize("number", [0, 1])
def test_there_is_no_pair_without_two_faces(number):
    same, different = pair_distances(np.zeros((number, 3)), ["a"] * number)
    assert len(same) == len(different) == 0


@pytest.mark.parametrize(
    ("same", "different", "auc"),
    [([1, 2], [3, 4], 1.0), ([3, 4], [1, 2], 0.0), ([1, 3], [2, 4], 0.75), ([1], [1], 0.5)],
)
def test_auc_is_the_chance_that_friends_are_nearer(same, different, auc):
    assert roc_auc(np.array(same), np.array(different)) == auc


def test_auc_agrees_with_counting_all_pairs():
    rng = np.random.default_rng(0)
    same, different = rng.integers(0, 20, 50), rng.integers(5, 30, 70)
    counted = np.mean([(s < d) + 0.5 * (s == d) for s in same for d in different])
    assert roc_auc(same, different) == pytest.approx(counted)


def test_no_error_where_friends_and_strangers_are_apart():
    assert equal_error_rate(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 0


def test_the_equal_error_is_where_both_errors_meet():
    assert equal_error_rate(np.array([1.0, 2, 3, 6]), np.array([4.0, 5, 7, 3.5])) == 0.25


def test_faces_nearer_than_the_threshold_are_one_cluster():
    groups = cluster(line(0, 0.1, 5, 5.1), 1.0)
    assert groups[0] == groups[1] != groups[2] == groups[3]


def test_faces_as_far_as_the_threshold_are_two_clusters():
    assert len(set(cluster(line(0, 1), 1.0))) == 2


@pytest.mark.parametrize("number", [0, 1])
def test_few_faces_can_be_clustered(number):
    assert cluster(np.zeros((number, 4)), 0.5).shape == (number,)


def test_a_mixed_cluster_is_impure():
    assert purity([1, 1, 1, 2], "aabb") == (0.75, 0.75)


def test_a_person_in_many_clusters_is_pure_but_not_complete():
    assert purity([1, 2, 3, 4], "aaaa") == (1.0, 0.25)


def test_no_faces_have_no_purity():
    assert purity([], []) == (0, 0)


def test_the_nearest_come_first_and_not_more_than_asked_for():
    others = {key: face(key, place) for key, place in (("far", 9), ("near", 1), ("middle", 4))}
    assert nearest(line(0)[0], others, k=2) == [(1.0, "near"), (4.0, "middle")]


def test_the_map_keeps_distances_that_lie_in_a_plane():
    points = np.random.default_rng(0).normal(size=(6, 2)) @ [[0, 1, 0, 0], [0, 0, 0, 1]]
    places = embedding_map(points)
    for a in range(6):
        for b in range(6):
            apart = np.linalg.norm(points[a] - points[b])
            assert np.linalg.norm(places[a] - places[b]) == pytest.approx(apart)


def test_the_map_does_not_flip_when_faces_come_in_another_order():
    points = np.random.default_rng(1).normal(size=(7, 5))
    assert np.allclose(embedding_map(points[::-1])[::-1], embedding_map(points))


@pytest.mark.parametrize("shape", [(0, 4), (1, 4), (2, 4), (3, 1)])
def test_a_map_has_two_coordinates_however_few_faces(shape):
    places = embedding_map(np.ones(shape))
    assert places.shape == (shape[0], 2)
    assert np.isfinite(places).all()


def test_the_barcode_is_orange_above_zero_blue_below_and_white_at_it():
    colours = barcode(np.array([2.0, -2.0, 0.0]), columns=3, cell=1)
    assert colours.tolist() == [[[230, 97, 1], [40, 80, 200], [255, 255, 255]]]


def test_the_barcode_ends_white_where_the_numbers_end():
    assert barcode(np.ones(3), columns=2, cell=1)[1, 1].tolist() == [255, 255, 255]


def test_a_barcode_of_zeros_is_white():
    assert (barcode(np.zeros(128)) == 255).all()
