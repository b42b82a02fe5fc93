"""Nearness to the truth: known values, scikit-image as the oracle, and maps that point at the right place."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from dlintro_demos.super_resolution.quality import FULL_DEPARTURE, MARK, heat, invented_detail, psnr, ssim

COMPARISONS = (psnr, ssim, invented_detail)


def scene(height: int = 96, width: int = 120, seed: int = 0) -> np.ndarray:
    """Smooth colour, levels 40 to 215, with a little texture."""
    rng = np.random.default_rng(seed)
    smooth = cv2.resize(rng.uniform(60, 195, (5, 6, 3)), (width, height), interpolation=cv2.INTER_CUBIC)
    return (smooth + rng.normal(0, 5, smooth.shape)).clip(40, 215).astype(np.uint8)


def with_noise(rgb: np.ndarray, sigma: float, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, rgb.shape)
    return (rgb + noise).round().clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("offset", [1, 10, 40])
def test_psnr_of_a_constant_offset_is_that_of_the_formula(offset):
    assert psnr(scene(), scene() + np.uint8(offset)) == pytest.approx(20 * math.log10(255 / offset))


def test_psnr_of_black_and_white_is_zero():
    assert psnr(np.zeros((9, 9, 3), np.uint8), np.full((9, 9, 3), 255, np.uint8)) == pytest.approx(0)


def test_psnr_counts_all_channels():
    other = scene()
    other[..., 2] += 10
    assert psnr(scene(), other) == pytest.approx(10 * math.log10(255**2 * 3 / 100))


def test_psnr_of_equal_pictures_is_infinite():
    assert psnr(scene(), scene()) == math.inf


def test_psnr_does_not_overflow_on_a_large_picture():
    """A difference of 255 at 12 megapixels of three channels: the sum is beyond 32 bits."""
    black = np.zeros((3000, 4000, 3), np.uint8)
    assert psnr(black, np.full_like(black, 255)) == pytest.approx(0)


@pytest.mark.parametrize(("height", "width"), [(96, 120), (300, 40), (7, 7)])
def test_psnr_agrees_with_scikit_image(height, width):
    truth = scene(height, width)
    other = with_noise(truth, 12)
    assert psnr(truth, other) == pytest.approx(peak_signal_noise_ratio(truth, other, data_range=255))


@pytest.mark.parametrize(
    ("height", "width"),
    [(96, 120), (40, 300), (256, 30), (261, 30), (262, 30), (263, 30), (300, 40), (530, 24), (7, 7)],
)
def test_ssim_agrees_with_scikit_image_below_and_above_a_band(height, width):
    truth = scene(height, width)
    other = with_noise(truth, 12)
    other[: height // 3] = cv2.GaussianBlur(other[: height // 3], (0, 0), 3)  # unlike from band to band
    expected = structural_similarity(truth, other, channel_axis=2, data_range=255)
    assert ssim(truth, other) == pytest.approx(expected, abs=1e-9)
    assert ssim(truth, other) < 0.99


def test_ssim_of_equal_pictures_is_one():
    assert ssim(scene(300, 40), scene(300, 40)) == pytest.approx(1)


def test_ssim_falls_with_noise():
    values = [ssim(scene(), with_noise(scene(), sigma)) for sigma in (3, 10, 30)]
    assert 1 > values[0] > values[1] > values[2] > 0


def test_ssim_of_a_negative_is_below_zero():
    texture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    assert ssim(texture, 255 - texture) < 0


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 40), (40, 3)])
def test_ssim_of_a_picture_smaller_than_its_window_is_still_a_number(height, width):
    truth = scene(height, width)
    assert ssim(truth, truth) == pytest.approx(1)
    assert -1 <= ssim(truth, 255 - truth) < 1


@pytest.mark.parametrize("measure", [psnr, ssim])
def test_neither_picture_comes_first(measure):
    assert measure(scene(), scene(seed=5)) == pytest.approx(measure(scene(seed=5), scene()))


def test_the_map_is_the_same_whichever_picture_comes_first():
    assert (invented_detail(scene(), scene(seed=5)) == invented_detail(scene(seed=5), scene())).all()


@pytest.mark.parametrize("compare", COMPARISONS)
def test_pictures_of_different_sizes_are_refused(compare):
    with pytest.raises(ValueError, match="same size"):
        compare(scene(96, 120), scene(96, 116))


@pytest.mark.parametrize("compare", COMPARISONS)
def test_read_only_pictures_can_be_compared(compare):
    truth, other = scene(), scene(seed=5)
    truth.setflags(write=False)
    other.setflags(write=False)
    assert np.isfinite(compare(truth, other)).all()


def test_nothing_is_invented_in_an_equal_picture():
    invented = invented_detail(scene(), scene())
    assert invented.shape == (96, 120)
    assert invented.dtype == np.float32
    assert (invented == 0).all()


def test_invented_detail_points_at_the_place_that_was_changed():
    output = scene()
    output[60:70, 80:90] = with_noise(output[60:70, 80:90], 40)
    invented = invented_detail(scene(), output)
    row, column = np.unravel_index(invented.argmax(), invented.shape)
    assert 60 <= row < 70
    assert 80 <= column < 90
    assert invented[:30].max() < 0.01 * invented.max()
    assert invented[:, :40].max() < 0.01 * invented.max()


def test_missing_detail_counts_like_invented_detail():
    flat = np.full((64, 64, 3), 128, np.uint8)
    textured = flat.copy()
    textured[24:40, 24:40] = with_noise(textured[24:40, 24:40], 30)
    assert invented_detail(flat, textured)[32, 32] > 0.3
    assert invented_detail(textured, flat)[32, 32] > 0.3


def test_a_change_of_tone_is_no_invented_detail():
    assert invented_detail(scene(), scene() + np.uint8(30)).max() < 0.01


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_no_channel_is_left_out(channel):
    output = scene()
    output[40:50, 40:50, channel] = with_noise(output[40:50, 40:50, channel], 30)
    assert invented_detail(scene(), output)[45, 45] > 0.1


@pytest.mark.parametrize("amplitude", [12, 24])
def test_the_scale_of_the_map_is_absolute(amplitude):
    """A checkerboard of pixels is all detail: its amplitude is its root mean square."""
    flat = np.full((64, 64, 3), 128, np.uint8)
    sign = (-1) ** np.indices((64, 64)).sum(axis=0)
    board = (flat + amplitude * sign[..., None]).astype(np.uint8)
    middle = invented_detail(flat, board)[16:48, 16:48]
    assert middle == pytest.approx(amplitude / FULL_DEPARTURE, abs=0.01)


def test_the_map_ends_at_one():
    black_and_white = np.random.default_rng(0).integers(0, 2, (64, 64, 3)).astype(np.uint8) * 255
    invented = invented_detail(black_and_white, 255 - black_and_white)
    assert invented.max() == 1
    assert invented.min() >= 0


def test_heat_gets_lighter_wherever_the_map_is_higher():
    for level in (0, 128, 255):
        base = np.full((1, 11, 3), level, np.uint8)
        shown = heat(np.linspace(0, 1, 11, dtype=np.float32)[None], base)
        lightness = cv2.cvtColor(shown, cv2.COLOR_RGB2LAB)[0, :, 0].astype(int)
        assert (np.diff(lightness) > 0).all()


def test_the_full_mark_outshines_white_that_is_not_marked():
    base = np.full((1, 2, 3), 255, np.uint8)
    plain, marked = heat(np.array([[0, 1]], np.float32), base)[0]
    assert marked.tolist() == list(MARK)
    assert plain.max() < 0.5 * 255


def test_heat_without_departure_is_dark_grey():
    shown = heat(np.zeros((96, 120), np.float32), scene())
    assert shown.dtype == np.uint8
    assert (shown == shown[..., :1]).all()
    assert shown.mean() < 0.5 * scene().mean()
    grey = cv2.cvtColor(scene(), cv2.COLOR_RGB2GRAY)
    assert np.corrcoef(grey.ravel(), shown[..., 0].ravel())[0, 1] > 0.99


def test_heat_covers_the_picture_by_the_value_of_the_map():
    base = np.full((1, 3, 3), 200, np.uint8)
    plain, half, full = heat(np.array([[0, 0.5, 1]], np.float32), base)[0].astype(float)
    assert half == pytest.approx((plain + full) / 2, abs=1)


def test_heat_refuses_a_map_of_another_size():
    with pytest.raises(ValueError, match="the map has"):
        heat(np.zeros((10, 12), np.float32), np.zeros((12, 10, 3), np.uint8))
