import io

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.classical_vs_deep.layer_stack import (
    DEPTHS,
    WEIGHTS,
    train_stacks,
    weights_of,
    width_for,
)
from dlintro_demos.classical_vs_deep.learners import MNIST1D
from dlintro_demos.classical_vs_deep.planes import colour_sheet, plane_through, three_curves
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.shared.mnist1d import Examples


@pytest.fixture(scope="module")
def steps():
    return list(train_stacks(300, (0, 2), (0, 1), steps=120))


def test_depths_have_nearly_the_same_number_of_weights():
    for depth in DEPTHS[1:]:
        width = width_for(depth)
        assert 0.95 * WEIGHTS < weights_of(depth, width) <= WEIGHTS < weights_of(depth, width + 1)
    assert weights_of(0, width_for(0)) == 410


def test_networks_come_one_by_one_with_the_weights_that_were_promised(steps):
    *progress, stacks = steps
    assert all(isinstance(step, Progress) for step in progress)
    assert [len(step.so_far) for step in progress] == [0, 1, 2, 3]
    assert [(stack.depth, stack.seed) for stack in stacks] == [(0, 0), (2, 0), (0, 1), (2, 1)]
    assert all(stack.weights == weights_of(stack.depth, stack.width) for stack in stacks)
    assert len(stacks[1].layers) == 3


def test_they_learn_and_the_figures_are_those_of_the_weights(steps):
    test = MNIST1D.test()
    for stack in steps[-1]:
        assert stack.accuracy == (stack.answer(test.x) == test.y).mean()
        assert stack.accuracy > 0.15
        assert stack.learned > stack.accuracy


def test_the_same_seed_gives_the_same_network(steps):
    *_, again = train_stacks(300, (2,), (0,), steps=120)
    assert again[0].accuracy == steps[-1][1].accuracy


def test_three_curves_are_of_three_kinds_and_the_same_for_a_seed():
    for seed in range(20):
        three = three_curves(seed)
        assert len(set(three.y.tolist())) == 3
        assert np.array_equal(three.x, three_curves(seed).x)


def test_the_plane_goes_through_the_three_curves_and_holds_their_mixtures():
    three = three_curves(1)
    plane = plane_through(three, 201)
    for curve, (x, y) in zip(three.x, plane.places, strict=True):
        assert 0 < x < 1
        assert 0 < y < 1
        column, row = x * 200, (1 - y) * 200
        corner = plane.grid[int(row), int(column)]
        cell = (
            np.abs(np.diff(plane.grid[:, :2], axis=1)).max() + np.abs(np.diff(plane.grid[:2], axis=0)).max()
        )
        assert np.abs(corner - curve).max() <= cell
    inside = plane.grid[50, 120] - three.x[0]
    basis = (three.x[1:] - three.x[0]).T.astype(float)
    weights, *_ = np.linalg.lstsq(basis, inside, rcond=None)
    assert np.abs(basis @ weights - inside).max() < 1e-4


def test_a_point_of_the_plane_is_answered_like_its_curve(steps):
    plane, stack = plane_through(three_curves(4), 40), steps[-1][1]
    answers = plane.answers(stack)
    assert answers.shape == (40, 40)
    assert answers[7, 31] == stack.answer(plane.grid[7, 31][None])[0]


def test_three_curves_on_one_line_have_no_plane():
    one = np.linspace(0, 1, 40, dtype=np.float32)
    for second, third in ((one, 2 * one), (2 * one, 3 * one)):
        with pytest.raises(ValueError, match="not on one line"):
            plane_through(Examples(x=np.stack([one, second, third]), y=np.arange(3)))


def test_a_sheet_is_ready_for_the_page_and_the_same_for_everybody(steps):
    stack = steps[-1][1]
    (sheet,), (again,) = colour_sheet(stack, 4), colour_sheet(stack, 4)
    assert (sheet.picture, sheet.words, sheet.curves) == (again.picture, again.words, again.curves)
    assert Image.open(io.BytesIO(sheet.picture)).size == (640, 640)
    assert sheet.kinds == tuple(three_curves(4).y)
    assert sheet.words.startswith(f"It names A (kind {sheet.kinds[0]}) ")
    assert "Largest regions: kind " in sheet.words
    assert [curve.count("<polyline") for curve in sheet.curves] == [1, 1, 1]
