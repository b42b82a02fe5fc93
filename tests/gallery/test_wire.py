"""What travels between processes of a gallery arrives as it was; what should not, does not."""

import contextlib
import datetime
import enum
import functools
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlintro_demos.gallery.catalogue import Chapter
from dlintro_demos.gallery.intake.images import UnreadableMedia
from dlintro_demos.gallery.runtime import wire
from dlintro_demos.gallery.runtime.jobs import Progress, QueueFull
from dlintro_demos.gallery.runtime.wire import CannotTravel, pack, unpack
from dlintro_demos.gallery.words import counted


def there_and_back(thing, **residents):
    return unpack(pack(thing, residents), residents)


plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
keys = st.text() | st.integers() | st.tuples(st.integers(), st.text())
things = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner)
        | st.sets(keys)
        | st.frozensets(keys)
    ),
    max_leaves=20,
)


def kinds(thing):
    """Its type and those of what it holds: a tuple is no list, True is no 1."""
    if isinstance(thing, dict):
        return dict, [(kinds(key), kinds(value)) for key, value in thing.items()]
    return (type(thing), [kinds(each) for each in thing]) if isinstance(thing, (list, tuple)) else type(thing)


@settings(deadline=None)
@given(things)
def test_plain_things_arrive_as_they_were(thing):
    came = there_and_back(thing)
    assert came == thing
    assert kinds(came) == kinds(thing)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.uint8).reshape(3, 4)[::-1, ::2],
        np.float32([[np.nan, np.inf]]),
        np.zeros((0, 3)),
        np.array(5),
        np.array(["ä", "bcd"]),
        np.array([True, False]),
    ],
)
def test_arrays_arrive_with_their_type_and_shape_and_may_be_written_to(array):
    came = there_and_back({"it": array})["it"]
    assert (came.dtype, came.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(came, array)
    came[...] = came


def test_numbers_of_numpy_tensors_and_moments_arrive():
    assert type(there_and_back(np.float32(0.1))) is np.float32
    tensor = torch.arange(6.0).reshape(2, 3).T
    assert torch.equal(there_and_back(tensor), tensor)
    moment = datetime.datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    came = there_and_back((moment, moment.date(), moment.timetz(), datetime.timedelta(hours=1), Path("a/b")))
    assert came == (moment, moment.date(), moment.timetz(), datetime.timedelta(hours=1), Path("a/b"))
    assert came[0].fold == 1
    assert came[0].utcoffset() == datetime.timedelta(hours=1)


def test_what_is_ours_goes_by_its_name():
    assert there_and_back(Progress(1, 2, "half", so_far=(b"x",))) == Progress(1, 2, "half", so_far=(b"x",))
    assert there_and_back(Chapter.LAYERS) is Chapter.LAYERS
    assert there_and_back(counted) is counted
    assert there_and_back(functools.partial(counted, 3))("pipe") == "3 pipes"


def test_an_error_arrives_as_the_one_it_was():
    came = there_and_back(QueueFull("Busy."))
    assert type(came) is QueueFull
    assert str(came) == "Busy."
    assert type(there_and_back(UnreadableMedia("No picture."))) is UnreadableMedia
    assert type(there_and_back(json.JSONDecodeError("bad", "{", 0))) is ValueError  # its class is not ours
    assert type(there_and_back(KeyError("a"))) is KeyError


def test_what_each_process_has_of_its_own_goes_by_its_key():
    ours, theirs = object(), object()
    assert unpack(pack([1, ours], {"cache": ours}), {"cache": theirs}) == [1, theirs]


def test_a_word_of_another_kind_is_a_word():
    class Name(str):
        __slots__ = ()

    assert type(there_and_back([Name("calls")])[0]) is str


def test_what_stands_in_several_places_is_one_thing_again():
    shared = Progress(1, 2, so_far=np.arange(3))
    first, (second, array) = there_and_back([shared, (shared, shared.so_far)])
    assert first is second
    assert array is first.so_far


def test_the_same_bytes_in_several_places_go_once():
    file = bytes(10_000)
    assert len(pack([file] * 5)) < 11_000


@dataclass
class Elsewhere:
    """Of this file, which is not in the package."""

    value: int = field(default=1)


class Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    "thing",
    [
        object(),
        lambda: 1,
        (step for step in "ab"),
        Elsewhere(),
        Colour.RED,
        subprocess.run,
        np.array([object()]),
        open,
        torch.nn.Linear(1, 1),
    ],
)
def test_what_has_no_business_there_stays(thing):
    with pytest.raises(CannotTravel):
        pack([thing])


def test_what_holds_itself_stays():
    circle = []
    circle.append(circle)
    with pytest.raises(CannotTravel):
        pack(circle)


def message(tree):
    head = json.dumps([tree, []]).encode()
    return len(head).to_bytes(8, "big") + head


@pytest.mark.parametrize(
    "tree",
    [
        ["named", "os:system"],
        ["named", "builtins:eval"],
        ["named", "dlintro_demos.gallery.settings:os.system"],
        ["named", "dlintro_demos.gallery.runtime.wire:builtins.eval"],
        ["object", "subprocess:Popen", ["dict", ["list"], ["list"]]],
        ["object", "dlintro_demos.gallery.words:counted", ["dict", ["list"], ["list"]]],
        ["object", "dlintro_demos.gallery.runtime.wire:json.JSONDecoder", ["dict", ["list"], ["list"]]],
        ["error", "SystemExit", ["tuple"], ["dict", ["list"], ["list"]]],
        ["error", "eval", ["tuple", "1"], ["dict", ["list"], ["list"]]],
        ["partial", ["named", "os:system"], ["tuple", "true"], ["dict", ["list"], ["list"]]],
        ["array", "|O", ["tuple", 1], ["bytes", 0]],
        ["resident", "nobody's"],
        ["no such way", 1],
        [],
        [["list"]],
    ],
)
def test_a_message_cannot_name_what_is_not_ours(tree):
    with pytest.raises(CannotTravel):
        unpack(message(tree))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_no_message(noise):
    with pytest.raises(CannotTravel):
        unpack(noise)


@settings(deadline=None)
@given(st.data())
def test_a_message_that_was_damaged_is_refused_or_read_but_breaks_nothing(data):
    whole = bytearray(pack([Progress(1, 2, "half"), np.arange(5), {"a": b"bytes"}]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CannotTravel):
        unpack(bytes(whole))


def test_reading_a_message_needs_no_pickle():
    """Neither the module nor what it imports itself; numpy and torch have their own reasons."""
    assert not any(name in vars(wire) for name in ("pickle", "cloudpickle", "marshal", "shelve"))
    assert "pickle" not in Path(wire.__file__).read_text().replace("no pickle", "")
    assert sys.modules["dlintro_demos.gallery.runtime.wire"] is wire
