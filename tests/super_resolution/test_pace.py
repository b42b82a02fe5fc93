"""Estimates of time, and what is offered to a picture that does not fit."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlintro_demos.shared.tiles import Box, work_pixels
from dlintro_demos.super_resolution.pace import CAREFUL, PRIOR, SMALLEST, Pace, Part, plan_fit, shrink, take
from dlintro_demos.super_resolution.upscale import METHODS
from tests.super_resolution.fakes import fake_cache, picture

LIMITS = {"max_output_pixels": 20e6, "deadline_s": 120.0}


def test_before_any_run_the_pace_is_a_known_machines():
    pace = Pace()
    assert not pace.measured("compact")
    assert pace.estimate("compact", 200, 200) == pytest.approx(PRIOR["compact"] * 0.04)


def test_measuring_gives_the_pace_of_this_machine():
    pace = Pace()
    pace.measure(fake_cache(), "compact", side=32)
    assert pace.measured("compact")
    assert 0 < pace.estimate("compact", 32, 32) < 5


def test_the_estimate_counts_the_context_of_the_tiles():
    pace = Pace()
    how = METHODS["photographic"]
    seen = work_pixels(1000, 800, core=how.core, overlap=how.overlap) / 1e6
    assert seen > 1.5 * 0.8
    assert pace.estimate("photographic", 1000, 800) == pytest.approx(PRIOR["photographic"] * seen)


def test_every_run_moves_the_estimate_towards_what_it_took():
    pace = Pace()
    for _ in range(30):
        pace.learn("compact", 200, 200, seconds=2.0)
    assert pace.estimate("compact", 200, 200) == pytest.approx(2.0, rel=0.01)


def test_one_slow_run_does_not_decide():
    pace = Pace()
    before = pace.estimate("compact", 200, 200)
    pace.learn("compact", 200, 200, seconds=10 * before)
    assert before < pace.estimate("compact", 200, 200) < 5 * before


def test_many_threads_may_teach_at_once():
    pace = Pace()
    threads = [
        threading.Thread(target=lambda: [pace.learn("compact", 100, 100, 0.5) for _ in range(200)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pace.estimate("compact", 100, 100) == pytest.approx(0.5, rel=0.01)


def test_a_small_picture_fits():
    fit = plan_fit(300, 200, method="compact", scales=(4, 2), pace=Pace(), **LIMITS)
    assert (fit.obstacle, fit.size, fit.scale) == ("none", (300, 200), 4)
    assert fit.seconds > 0


def test_a_result_over_the_limit_is_too_large():
    fit = plan_fit(4000, 3000, method="bicubic", scales=(4,), pace=Pace(), **LIMITS)
    assert fit.obstacle == "too large"
    width, height = fit.size
    assert width * height * 16 <= 20e6
    assert width * height * 16 > 0.9 * 20e6


def test_a_run_past_the_deadline_is_too_slow():
    pace = Pace()
    fit = plan_fit(1000, 1000, method="photographic", scales=(4, 2), pace=pace, **LIMITS)
    assert fit.obstacle == "too slow"
    assert 0.7 * CAREFUL * 120 < fit.seconds <= CAREFUL * 120
    assert fit.seconds == pytest.approx(pace.estimate("photographic", *fit.size))


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(40, 6000),
    height=st.integers(40, 6000),
    method=st.sampled_from(list(METHODS)),
    scales=st.sampled_from([(2,), (4,), (4, 2)]),
)
def test_what_is_planned_fits_and_keeps_the_proportions(width, height, method, scales):
    options = {"method": method, "scales": scales, "pace": Pace(), **LIMITS}
    fit = plan_fit(width, height, **options)
    w, h = fit.size
    assert 1 <= w <= width
    assert 1 <= h <= height
    if max(w, h) > SMALLEST:
        assert plan_fit(w, h, **options | {"scales": (fit.scale,)}).obstacle == "none"
    assert abs(w / width - h / height) <= 1 / min(width, height) + 1e-9


PHONE = (4032, 3024)


@pytest.mark.parametrize(
    ("size", "method", "megapixels", "planned"),
    [
        (PHONE, "ours", 50, (PHONE, 2)),  # 4x of it all is too much: 2x of it all rather than 4x of a quarter
        ((1250, 1040), "ours", 20, ((1225, 1019), 4)),  # a little less than all of it 4x rather than 2x
        ((1250, 1000), "ours", 20, ((1250, 1000), 4)),
        (PHONE, "photographic", 50, ((381, 286), 4)),  # time binds: 2x would take as long
    ],
)
def test_the_scale_that_keeps_most_of_a_photo_is_chosen(size, method, megapixels, planned):
    options = {"method": method, "scales": (4, 2), "pace": Pace(), "deadline_s": 120.0}
    fit = plan_fit(*size, max_output_pixels=megapixels * 1e6, **options)
    assert (fit.size, fit.scale) == planned


def test_a_part_keeps_its_pixels_where_it_is_not_made_smaller():
    rgb, alpha = picture(60, 80), np.arange(4800, dtype=np.uint32).astype(np.uint8).reshape(60, 80)
    cut, alpha_cut = take(rgb, alpha, Part(box=Box(50, 40, 80, 60), size=(30, 20)))
    np.testing.assert_array_equal(cut, rgb[40:, 50:])
    np.testing.assert_array_equal(alpha_cut, alpha[40:, 50:])
    assert not np.shares_memory(cut, rgb)
    small, none = take(rgb, None, Part(box=Box(20, 0, 80, 60), size=(15, 15)))
    assert np.abs(small - rgb[:, 20:].reshape(15, 4, 15, 4, 3).mean(axis=(1, 3))).max() <= 0.51
    assert none is None
    assert take(rgb, alpha, None) == (rgb, alpha)


def test_shrinking_takes_the_mean():
    rgb = picture(40, 60)
    small, alpha = shrink(rgb, np.full((40, 60), 7, np.uint8), (15, 10))
    mean = rgb.reshape(10, 4, 15, 4, 3).mean(axis=(1, 3))
    assert np.abs(small - mean).max() <= 0.51
    assert (alpha == 7).all()
    assert alpha.shape == (10, 15)
