"""The fuzzing itself: it finds what it looks for, and each door stands a hundred inputs in `make test`."""

from random import Random

import pytest

from tests.fuzz import faulty, seeds
from tests.fuzz.doors import DOORS
from tests.fuzz.mutations import mutated, parts, repaired
from tests.fuzz.table import Fault, Tried, as_table
from tests.fuzz.trying import input_of, tried, try_door

PLENTY = 10**9  # kB that count as held before: memory is for a process of its own


@pytest.mark.parametrize(
    ("door", "says"),
    [
        (faulty.raising, "ZeroDivisionError"),
        (faulty.hoarding, "MB, more than 100"),
        (faulty.spinning, "s of CPU"),
    ],
)
def test_a_door_with_a_fault_is_found(door, says):
    assert says in tried(door, 50, 0 if door is faulty.hoarding else PLENTY)[0]
    assert tried(door, 51, PLENTY)[0] == ""


def test_an_input_that_ends_the_process_is_found_and_the_next_ones_are_tried(monkeypatch):
    monkeypatch.setenv("FUZZ_FAULTY", "1")
    found = try_door(faulty.crashing, 1, 6.0)
    assert found.faults
    assert all(fault.what == "the process ended with -11" for fault in found.faults)
    assert [input_of(faulty.crashing, 1, fault.number) for fault in found.faults] == [50] * len(found.faults)


def test_the_same_number_gives_the_same_input():
    for door in DOORS:
        assert repr(input_of(door, 3, 7)) == repr(input_of(door, 3, 7))


@pytest.mark.parametrize("kind", ["pictures", "videos", "sounds", "archives", "sidecars"])
def test_seeds_are_cut_into_parts_and_changed_in_many_ways(kind):
    files = seeds.SEEDS[kind]()
    assert all(0 <= start < end <= len(file) for file in files for start, end in parts(file))
    changed = {mutated(files, Random(number)) for number in range(200)}
    assert len(changed) > 120


def test_sums_are_made_right_again():
    for file in (*seeds.pictures(), *seeds.sounds()):
        assert repaired(file) == file


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_door_gives_a_result_or_its_own_error(door):
    for number in range(100):
        fault, *_ = tried(door, input_of(door, 99, number), PLENTY)
        assert fault == "", f"python -m tests.fuzz --only '{door.name}' --seed 99 --again {number}"


def test_a_table_has_a_line_for_each_door():
    lines = as_table([Tried(name="pictures", inputs=1200, taken=200, faults=[Fault(1, "x")])]).splitlines()
    assert lines[0].split()[:4] == ["door", "inputs", "refused", "taken"]
    assert lines[1].split() == ["pictures", "1,200", "1,000", "200", "0.00", "s", "0", "MB", "0", "1"]
