"""The tile plan, for any size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlintro_demos.shared.tiles import Box, plan_tiles, work_pixels

sizes = st.integers(1, 200)
cores = st.integers(8, 128)
overlaps = st.integers(0, 40)
patient = settings(deadline=None)  # on a busy machine a single example may take long


@patient
@given(width=sizes, height=sizes, core=cores, overlap=overlaps)
def test_cores_cover_each_pixel_exactly_once(width, height, core, overlap):
    covered = np.zeros((height, width), int)
    for tile in plan_tiles(width, height, core=core, overlap=overlap):
        covered[tile.core.slices()] += 1
    assert (covered == 1).all()


@patient
@given(width=sizes, height=sizes, core=cores, overlap=overlaps)
def test_context_is_whole_inside_and_ends_where_the_picture_ends(width, height, core, overlap):
    for tile in plan_tiles(width, height, core=core, overlap=overlap):
        assert tile.context.left == max(0, tile.core.left - overlap)
        assert tile.context.top == max(0, tile.core.top - overlap)
        assert tile.context.right == min(width, tile.core.right + overlap)
        assert tile.context.bottom == min(height, tile.core.bottom + overlap)


@patient
@given(width=sizes, height=sizes, core=cores, overlap=overlaps)
def test_no_tile_is_larger_than_core_and_context(width, height, core, overlap):
    for tile in plan_tiles(width, height, core=core, overlap=overlap):
        assert tile.context.right - tile.context.left <= core + 2 * overlap
        assert tile.context.bottom - tile.context.top <= core + 2 * overlap


@patient
@given(width=sizes, height=sizes, core=cores, overlap=overlaps)
def test_tiles_are_even(width, height, core, overlap):
    tiles = plan_tiles(width, height, core=core, overlap=overlap)
    widths = {tile.core.right - tile.core.left for tile in tiles}
    heights = {tile.core.bottom - tile.core.top for tile in tiles}
    assert max(widths) - min(widths) <= 1
    assert max(heights) - min(heights) <= 1


@patient
@given(width=sizes, height=sizes, core=cores, overlap=overlaps)
def test_work_counts_the_context_of_all_tiles(width, height, core, overlap):
    plan = plan_tiles(width, height, core=core, overlap=overlap)
    work = work_pixels(width, height, core=core, overlap=overlap)
    assert work == sum(tile.context.pixels for tile in plan) >= width * height


def test_a_picture_that_fits_with_its_context_stays_whole():
    assert len(plan_tiles(192, 192, core=128, overlap=32)) == 1
    assert len(plan_tiles(193, 192, core=128, overlap=32)) == 2


def test_a_box_knows_its_place_in_a_larger_one():
    assert Box(10, 20, 15, 26).within(Box(8, 16, 30, 40)) == Box(2, 4, 7, 10)
    rows, columns = Box(10, 20, 15, 26).slices(4)
    assert (rows, columns) == (slice(80, 104), slice(40, 60))


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-3, 5)])
def test_an_empty_picture_has_no_plan(width, height):
    with pytest.raises(ValueError, match="at least one pixel"):
        plan_tiles(width, height, core=64, overlap=4)
