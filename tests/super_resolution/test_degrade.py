"""Spoiling a picture: each way changes what it should, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from dlintro_demos.super_resolution.degrade import MAX_BLUR, MAX_NOISE, Degradation, area_average, degrade


def flat(level: int = 128, height: int = 256, width: int = 256) -> np.ndarray:
    return np.full((height, width, 3), level, np.uint8)


def noisy(height: int = 64, width: int = 96, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def steepness(rgb: np.ndarray) -> float:
    """Mean difference between neighbours in a row."""
    return float(np.abs(np.diff(rgb.astype(float), axis=1)).mean())


@pytest.mark.parametrize("scale", [2, 4])
def test_each_pixel_is_the_mean_of_its_block(scale):
    rgb = noisy()
    blocks = rgb.reshape(64 // scale, scale, 96 // scale, scale, 3).mean(axis=(1, 3))
    small = degrade(rgb, Degradation(scale=scale))
    assert small.shape == (64 // scale, 96 // scale, 3)
    assert small.dtype == np.uint8
    assert np.abs(small - blocks).max() <= 0.5 + 1e-4


def test_the_default_only_makes_it_four_times_smaller():
    rgb = noisy()
    assert (degrade(rgb, Degradation()) == area_average(rgb.astype(np.float32), 4).round()).all()


def test_colours_stay_in_their_channels():
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    assert (degrade(red, Degradation()) == [200, 0, 0]).all()
    through_jpeg = degrade(red, Degradation(jpeg_quality=95)).astype(int)
    assert np.abs(through_jpeg - [200, 0, 0]).max() < 8


def test_the_original_is_left_as_it_was():
    rgb = noisy()
    before = rgb.copy()
    degrade(rgb, Degradation(blur_sigma=1, noise=20, jpeg_quality=30))
    assert (rgb == before).all()


def test_a_read_only_original_will_do():
    rgb = noisy()
    rgb.setflags(write=False)
    assert degrade(rgb, Degradation(blur_sigma=1, noise=20, jpeg_quality=30)).shape == (16, 24, 3)


def test_more_blur_is_less_steep():
    rgb = noisy()
    slopes = [steepness(degrade(rgb, Degradation(scale=2, blur_sigma=sigma))) for sigma in (0, 1, 3)]
    assert slopes[0] > 1.5 * slopes[1] > 1.5 * 1.5 * slopes[2]


def test_blur_keeps_the_mean():
    rgb = noisy(128, 128)
    blurred = degrade(rgb, Degradation(blur_sigma=2))
    assert blurred.mean() == pytest.approx(rgb.mean(), abs=1)


def test_blur_is_measured_in_pixels_of_the_original():
    point = np.zeros((64, 64, 3), np.uint8)
    point[:, 32:] = 255
    profile = np.diff(degrade(point, Degradation(scale=2, blur_sigma=4))[0, :, 0].astype(float))
    place = np.arange(profile.size)
    centre = (profile * place).sum() / profile.sum()
    sigma = np.sqrt((profile * (place - centre) ** 2).sum() / profile.sum())
    assert 2 * sigma == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize("sigma", [5.0, 20.0])
def test_noise_has_the_standard_deviation_asked_for(sigma):
    spoilt = degrade(flat(), Degradation(noise=sigma)).astype(float)
    assert spoilt.std() == pytest.approx(sigma, rel=0.04)
    assert spoilt.mean() == pytest.approx(128, abs=0.8)


def test_noise_differs_from_channel_to_channel():
    spoilt = degrade(flat(), Degradation(noise=20)).reshape(-1, 3).astype(float)
    correlation = np.corrcoef(spoilt, rowvar=False)
    assert np.abs(correlation - np.eye(3)).max() < 0.1


@pytest.mark.parametrize("level", [0, 255])
def test_noise_does_not_wrap_round_at_black_and_white(level):
    spoilt = degrade(flat(level), Degradation(noise=10)).astype(int)
    assert spoilt.std() > 1
    assert np.abs(spoilt - level).max() < 70


def test_the_same_seed_gives_the_same_picture():
    how = Degradation(blur_sigma=1, noise=15, jpeg_quality=40)
    assert (degrade(noisy(), how, seed=7) == degrade(noisy(), how, seed=7)).all()


def test_another_seed_gives_other_noise():
    how = Degradation(noise=15)
    assert (degrade(noisy(), how, seed=7) != degrade(noisy(), how, seed=8)).any()


def test_lower_jpeg_quality_is_farther_from_the_clean_picture():
    rgb = noisy()
    clean = degrade(rgb, Degradation()).astype(float)
    errors = [np.abs(degrade(rgb, Degradation(jpeg_quality=q)) - clean).mean() for q in (95, 50, 10)]
    assert 0 < errors[0] < errors[1] < errors[2]


def test_jpeg_halves_the_resolution_of_colour():
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, 0::4, 0] = stripes[:, 1::4, 0] = 255
    stripes[:, 2::4, 2] = stripes[:, 3::4, 2] = 255
    clean, spoilt = (
        degrade(stripes, Degradation(scale=2, jpeg_quality=quality)).astype(int) for quality in (None, 100)
    )
    contrast = [np.abs(picture[..., 0] - picture[..., 2])[4:-4, 4:-4].mean() for picture in (clean, spoilt)]
    assert contrast[0] == 255
    assert contrast[1] < 255 / 4


@pytest.mark.parametrize(("height", "width"), [(16, 18), (18, 16), (2, 2)])
def test_a_side_that_is_no_multiple_of_the_scale_is_refused(height, width):
    rgb = np.zeros((height, width, 3), np.uint8)
    with pytest.raises(ValueError, match="cannot be cut into blocks of 4 x 4"):
        degrade(rgb, Degradation(scale=4))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"scale": 3}, "2 or 4 times"),
        ({"scale": 0}, "2 or 4 times"),
        ({"blur_sigma": -0.1}, "blur is 0 to 10 px"),
        ({"blur_sigma": MAX_BLUR + 0.1}, "blur is 0 to 10 px"),
        ({"blur_sigma": float("nan")}, "blur is 0 to 10 px"),
        ({"noise": -1}, "noise is 0 to 100"),
        ({"noise": MAX_NOISE + 1}, "noise is 0 to 100"),
        ({"noise": float("nan")}, "noise is 0 to 100"),
        ({"jpeg_quality": 0}, "JPEG quality is 1 to 100"),
        ({"jpeg_quality": 101}, "JPEG quality is 1 to 100"),
    ],
)
def test_a_value_outside_its_range_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        Degradation(**wrong)


def test_the_ends_of_the_ranges_are_allowed():
    for quality in (1, 100):
        how = Degradation(scale=2, blur_sigma=MAX_BLUR, noise=MAX_NOISE, jpeg_quality=quality)
        assert degrade(noisy(), how).shape == (32, 48, 3)
