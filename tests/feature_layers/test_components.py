"""What the browser sends to the page "Inside the classifier" is not believed unread."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dlintro_demos.feature_layers.ui.components.flash import (
    FlashAnswer,
    FlashResult,
    flash,
    read_flash_answer,
)
from dlintro_demos.feature_layers.ui.components.occluder import Bar, occluder, read_covered

NOTHING = "0" * 196
LABELS = ["tabby", "tiger cat", "lynx", "red fox", "goldfish"]


def test_an_honest_cover_is_believed_row_by_row():
    covered = read_covered({"cells": "01" + "0" * 193 + "1", "picture": "cat", "serial": 3}, "cat")
    expected = np.zeros((14, 14), bool)
    expected[0, 1] = expected[13, 13] = True
    assert covered is not None
    assert covered.picture_id == "cat"
    assert covered.cells.dtype == bool
    assert np.array_equal(covered.cells, expected)


def test_a_cover_of_one_row_lies_in_that_row():
    covered = read_covered({"cells": "0" * 28 + "1" * 14 + "0" * 154, "picture": "cat", "serial": 1}, "cat")
    assert covered is not None
    assert covered.cells.any(axis=1).nonzero()[0].tolist() == [2]


@pytest.mark.parametrize(
    "cells",
    [
        None,
        "",
        "0" * 195,
        "0" * 197,
        "0" * 1_000_000,
        "2" + "0" * 195,
        " " + "0" * 195,
        "0" * 195 + "\n",
        "٠" * 196,
        b"0" * 196,
        0,
        True,
        [0] * 196,
        ["0"] * 196,
        {"0": 1},
    ],
    ids=lambda cells: str(cells)[:12],
)
def test_cells_that_the_occluder_cannot_send_are_not_believed(cells):
    assert read_covered({"cells": cells, "picture": "cat", "serial": 1}, "cat") is None


@pytest.mark.parametrize("picture", ["dog", "", "CAT", None, 7, True, ["cat"], {"cat": 1}])
def test_a_cover_of_another_picture_is_not_believed(picture):
    assert read_covered({"cells": NOTHING, "picture": picture, "serial": 1}, "cat") is None


@pytest.mark.parametrize("serial", [None, "1", 0, -1, 1.0, math.nan, math.inf, True, 2**53, 10**400, [1]])
def test_a_serial_that_is_no_count_is_not_believed(serial):
    assert read_covered({"cells": NOTHING, "picture": "cat", "serial": serial}, "cat") is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        NOTHING,
        7,
        [NOTHING, "cat", 1],
        {},
        {"cells": NOTHING, "picture": "cat"},
        {"cells": NOTHING, "picture": "cat", "serial": 1, "more": 1},
        {"cells": NOTHING, "picture": "cat", 3: 1},
    ],
)
def test_a_cover_of_another_shape_is_not_believed(value):
    assert read_covered(value, "cat") is None


@pytest.mark.parametrize(
    ("before", "now", "message"),
    [
        ([Bar(label="a", probability=0.5)], [], "same labels"),
        ([Bar(label="a", probability=0.5)], [Bar(label="b", probability=0.5)], "same labels"),
        ([Bar(label="a", probability=0.5)], [Bar(label="a", probability=math.nan)], "finite"),
    ],
)
def test_bars_that_cannot_be_compared_are_refused(before, now, message):
    with pytest.raises(ValueError, match=message):
        occluder(b"", alt="", picture_id="cat", before=before, now=now, note="", key="test")


def test_an_honest_answer_is_believed():
    value = {"round": 4, "choice": 2, "milliseconds": 812}
    assert read_flash_answer(value, 4) == FlashAnswer(round_number=4, choice=2, milliseconds=812)


@pytest.mark.parametrize("choice", [-1, 5, 2.0, "2", None, True, math.nan, 10**400, [2]])
def test_a_choice_of_no_label_is_not_believed(choice):
    assert read_flash_answer({"round": 4, "choice": choice, "milliseconds": 812}, 4) is None


@pytest.mark.parametrize("number", [3, 5, "4", 4.0, None, True, [4]])
def test_an_answer_to_another_round_is_not_believed(number):
    assert read_flash_answer({"round": number, "choice": 2, "milliseconds": 812}, 4) is None


def test_true_is_not_round_one():
    assert read_flash_answer({"round": True, "choice": 2, "milliseconds": 812}, 1) is None


@pytest.mark.parametrize("milliseconds", [-1, 600_001, 812.5, "812", None, False, math.inf, 10**400])
def test_a_reaction_of_an_impossible_length_is_not_believed(milliseconds):
    assert read_flash_answer({"round": 4, "choice": 2, "milliseconds": milliseconds}, 4) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        2,
        "2",
        [4, 2, 812],
        {},
        {"round": 4, "choice": 2},
        {"round": 4, "choice": 2, "milliseconds": 812, "more": 1},
    ],
)
def test_an_answer_of_another_shape_is_not_believed(value):
    assert read_flash_answer(value, 4) is None


@pytest.mark.parametrize(
    ("labels", "result", "message"),
    [
        (LABELS[:4], None, "5 different labels"),
        ([*LABELS[:4], "tabby"], None, "5 different labels"),
        (LABELS, FlashResult(choice=5, truth=0, machine=0), "not there"),
        (LABELS, FlashResult(choice=0, truth=-1, machine=0), "not there"),
        (LABELS, FlashResult(choice=0, truth=0, machine=7), "not there"),
    ],
)
def test_a_round_that_cannot_be_played_is_refused(labels, result, message):
    with pytest.raises(ValueError, match=message):
        flash(b"", alt="", round_number=1, labels=labels, result=result, key="test")
