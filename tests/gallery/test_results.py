from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlintro_demos.gallery.runtime.results import EVERYBODY, ResultStore, size_of


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


def test_every_part_counts_once_however_deep_it_lies():
    class Holder:
        __slots__ = ("kept",)

    holder, cat = Holder(), picture(4)
    holder.kept = [{"cat": (cat, torch.zeros(256))}, {cat.tobytes(): cat}]
    assert 9 * 1024 <= size_of(holder) < 9 * 1024 + 1000


@pytest.mark.reports
@pytest.mark.parametrize(
    ("part", "size"),
    [
        (torch.zeros(1000, 1100), 4_400_000),
        (torch.zeros(8, requires_grad=True), 32),
        (torch.eye(4).to_sparse(), 16 * 4),
        (torch.nn.Linear(100, 100), 40_400),
        (np.empty(3, object), 24),
        (SimpleNamespace(inner=SimpleNamespace(rgb=np.zeros((1000, 1100), np.float32))), 4_400_000),
        (np.array([picture(1000), "x"], dtype=object), 1_024_000),
        (memoryview(bytes(5000)), 5000),
    ],
    ids=["tensor", "with a gradient", "sparse", "network", "empty", "objects", "array of arrays", "view"],
)
def test_whatever_lies_in_a_result_has_its_size(part, size):
    """An object of 4.4 MB counted as 1,216 bytes, and a tensor raised."""
    assert size <= size_of({"part": part}) < size + 20_000


def test_a_result_that_holds_itself_has_a_size():
    circle = [b"x" * 1000]
    circle.append(circle)
    assert 1000 <= size_of(circle) < 2000


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


def test_everybody_has_a_share_of_their_own():
    store = ResultStore(per_visitor=1024, everybody=3 * 1024)
    for sample in range(4):
        store.put(EVERYBODY, sample, picture(1))
        store.put("ann", sample, picture(1))
    assert (store.used(EVERYBODY), store.used("ann")) == (3 * 1024, 1024)
    assert [store.get(EVERYBODY, sample) is not None for sample in range(4)] == [False, True, True, True]
    store.forget("ann")
    assert store.used() == 3 * 1024


def test_a_result_too_large_for_a_visitor_may_be_kept_for_everybody():
    store = ResultStore(per_visitor=1024, everybody=3 * 1024)
    for owner in ("ann", EVERYBODY):
        store.put(owner, "cat", picture(2))
    assert store.get("ann", "cat") is None
    assert store.get(EVERYBODY, "cat") is not None


def test_a_result_that_became_too_large_is_dropped():
    store = ResultStore(per_visitor=1024)
    store.put("ann", "cat", picture(1))
    store.put("ann", "cat", picture(2))
    assert store.get("ann", "cat") is None
    assert store.used() == 0


OWNERS = st.sampled_from([EVERYBODY, "ann", "bob", "cem"])
KEYS = st.integers(0, 4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), OWNERS, KEYS, st.integers(0, 900)),
        st.tuples(st.just("get"), OWNERS, KEYS),
        st.tuples(st.just("forget"), OWNERS),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(steps=STEPS, mine=st.integers(1, 1000), everybody=st.integers(1, 1500), total=st.integers(1, 2500))
def test_whatever_is_done_the_bounds_hold_and_nothing_is_another_ones(steps, mine, everybody, total):
    store, last = ResultStore(per_visitor=mine, everybody=everybody, total=total), {}
    for number, (what, owner, *rest) in enumerate(steps):
        if what == "put":
            key, size = rest
            last[owner, key] = bytes([number]) * size
            store.put(owner, key, last[owner, key])
            fits = size <= min(total, everybody if owner == EVERYBODY else mine)
            assert (store.get(owner, key) is last[owner, key]) == fits
        elif what == "get":
            assert store.get(owner, *rest) in (None, last.get((owner, *rest)))
        else:
            store.forget(owner)
            last = {named: result for named, result in last.items() if named[0] != owner}
        sizes = {name: store.used(name) for name in (EVERYBODY, "ann", "bob", "cem")}
        assert sum(sizes.values()) == store.used() <= total
        assert sizes.pop(EVERYBODY) <= everybody
        assert all(size <= mine for size in sizes.values())
    kept = sum(len(store.get(*named) or b"") for named in last)
    assert kept == store.used()
