from dataclasses import dataclass

import numpy as np

from dlintro_demos.gallery.runtime.results import ResultStore, size_of


def picture(kilobytes):
    return np.zeros(kilobytes * 1024, np.uint8)


@dataclass(frozen=True)
class Answer:
    picture: np.ndarray
    files: dict[str, bytes]
    words: str = "found"


def test_the_size_of_a_result_is_that_of_its_arrays_and_bytes():
    answer = Answer(picture(3), {"webp": b"x" * 2048})
    assert 5 * 1024 <= size_of(answer) < 5 * 1024 + 500


def test_a_kept_result_is_the_very_same():
    store, result = ResultStore(), picture(1)
    store.put("ann", "cat", result)
    assert store.get("ann", "cat") is result
    assert store.get("bob", "cat") is None


def test_the_least_recently_used_of_a_visitor_gives_way():
    store = ResultStore(per_visitor=2 * 1024)
    store.put("ann", 1, picture(1))
    store.put("ann", 2, picture(1))
    store.get("ann", 1)
    store.put("ann", 3, picture(1))
    assert [store.get("ann", key) is not None for key in (1, 2, 3)] == [True, False, True]
    assert store.used("ann") == 2 * 1024


def test_what_is_larger_than_a_visitors_share_is_not_kept():
    store = ResultStore(per_visitor=1024)
    store.put("ann", "large", picture(2))
    assert store.get("ann", "large") is None
    assert store.used() == 0


def test_all_visitors_together_stay_within_the_total():
    store = ResultStore(per_visitor=2 * 1024, total=3 * 1024)
    for name in "abcdef":
        store.put(name, "cat", picture(1))
    assert store.used() == 3 * 1024
    assert store.get("f", "cat") is not None
    assert store.get("a", "cat") is None


def test_putting_again_replaces_and_counts_once():
    store = ResultStore()
    store.put("ann", "cat", picture(1))
    store.put("ann", "cat", picture(2))
    assert store.used("ann") == 2 * 1024


def test_forgetting_a_visitor_leaves_the_others():
    store = ResultStore()
    store.put("ann", "cat", picture(1))
    store.put("bob", "cat", picture(1))
    store.forget("ann")
    assert store.get("ann", "cat") is None
    assert store.get("bob", "cat") is not None
    assert store.used() == store.used("bob")
