"""How a picture was made small: read from its pixels, and done again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from dlintro_demos.super_resolution.making import (
    EVEN,
    KERNELS,
    LEAST,
    LOOK_AT,
    WIDTHS,
    Reader,
    Shares,
    made_small,
    made_small_again,
    read_making,
    shrinking,
)
from dlintro_demos.super_resolution.ours import Adaptive, OursFormatError, fitted, load_ours, read, save_ours
from dlintro_demos.super_resolution.samples import SAMPLES
from dlintro_demos.super_resolution.saying import in_words
from tests.super_resolution.fakes import CARDS, picture, small_adaptive, small_ours
from training.super_resolution import kernels
from training.super_resolution.__main__ import to_tensor
from training.super_resolution.kernels import KERNELS as WAYS


def _certain(name: str) -> Shares:
    return tuple(float(each == name) for each in KERNELS)


def _way(name: str) -> kernels.Small:
    return WAYS.get(name) or kernels.gaussian(WIDTHS["wide" in name])


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("name", KERNELS)
def test_it_makes_small_as_pillow_and_opencv_do(name: str, scale: int) -> None:
    large = picture(40 * scale, 150 * scale // 2)
    again = made_small_again(large, _certain(name), scale)
    expected = _way(name)(large, scale)
    assert again.shape == expected.shape
    assert np.abs(again.astype(int) - expected)[4:-4, 4:-4].max() <= 2


def test_rows_made_some_at_a_time_are_those_made_at_once() -> None:
    large = picture(4 * 150, 4 * 20)
    whole = made_small(to_tensor(large[None]) * 255, shrinking(EVEN, 4), 4)[0].permute(1, 2, 0)
    again = made_small_again(large, EVEN, 4)
    assert np.abs(again - whole.clamp(0, 255).round().numpy()).max() <= 1


def test_one_that_is_in_doubt_makes_small_by_the_mean() -> None:
    half = tuple(
        (first + second) / 2 for first, second in zip(_certain("area"), _certain("Lanczos"), strict=True)
    )
    line = shrinking(half, 2)
    assert line.sum() == pytest.approx(1)
    assert 2 < len(line) <= 12
    assert shrinking(_certain("area"), 4).tolist() == [0.25] * 4


@pytest.mark.parametrize("size", [(LEAST - 1, 200), (1, 1)])
def test_too_small_a_picture_may_have_been_made_in_any_way(size: tuple[int, int]) -> None:
    assert read_making(Reader().eval(), picture(*size)) == EVEN
    assert "too small" in in_words(EVEN)


def test_a_reader_answers_for_the_middle_of_a_large_picture() -> None:
    torch.manual_seed(0)
    reader, large = Reader().eval(), picture(LOOK_AT + 40, LOOK_AT + 20)
    shares = read_making(reader, large)
    assert sum(shares) == pytest.approx(1)
    assert shares == read_making(reader, large[20:-20, 10:-10])


def test_a_reader_of_two_scales_is_taken_apart() -> None:
    torch.manual_seed(0)
    both, x = Reader(2).eval(), torch.rand(2, 3, 48, 40)
    with torch.inference_mode():
        for number in range(2):
            assert torch.allclose(both.of_scale(number)(x)[:, 0], both(x)[:, number])


def test_a_network_is_fitted_to_a_picture(tmp_path: Path) -> None:
    network, rgb = small_adaptive(4), picture(40, 48)
    shares = read(network, rgb)
    assert shares is not None
    x = to_tensor(rgb[None])
    with torch.inference_mode():
        expected = network(x, shares)
        assert torch.allclose(fitted(network, rgb)(x), expected, atol=1e-6)
        assert not torch.allclose(network(x), expected, atol=1e-3)
        save_ours(network, tmp_path / "weights.safetensors")
        assert torch.equal(load_ours([tmp_path / "weights.safetensors"])(x, shares), expected)
    plain = small_ours(4)
    assert fitted(plain, rgb) is plain
    assert read(plain, rgb) is None


def test_it_begins_as_the_network_it_was_made_from_whatever_the_kernel() -> None:
    plain, x = small_ours(2), torch.rand(1, 3, 20, 24)
    for name in KERNELS:
        assert torch.equal(Adaptive(plain)(x, _certain(name)), plain(x))


def test_a_file_that_knows_other_kernels_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_ours(small_adaptive(2), tmp_path / "weights.safetensors")
    monkeypatch.setattr("dlintro_demos.super_resolution.ours.KERNELS", KERNELS[::-1])
    with pytest.raises(OursFormatError, match="other kernels"):
        load_ours([tmp_path / "weights.safetensors"])


def test_what_a_network_is_told_while_it_learns() -> None:
    rng = np.random.default_rng(0)
    draws = [kernels.draw_kernel(rng, kernels.TOLD_SHARES)[1] for _ in range(300)]
    assert all(told.sum() == pytest.approx(1) for told in draws)
    assert np.mean(draws, axis=0).min() > 0.03
    told = [kernels.blurred(draws[0], rng) for _ in range(300)]
    assert all(each.sum() == pytest.approx(1, abs=1e-5) for each in told)
    assert 0.6 < np.mean([np.array_equal(each, draws[0]) for each in told]) < 0.75
    assert sum(kernels.TOLD_SHARES.values()) == pytest.approx(1)


def test_words_name_one_way_or_say_that_it_cannot_be_told() -> None:
    assert "bicubic interpolation (100%)" in in_words(_certain("bicubic"))
    doubtful = (0.4, 0.0, 0.3, 0.2, 0.1, 0.0, 0.0)
    assert "cannot tell" in in_words(doubtful)
    assert "squares of pixels (40%), or by bilinear interpolation (30%)" in in_words(doubtful)


@pytest.mark.parametrize("scale", [2, 4])
def test_the_network_in_use_reads_most_samples_made_small_rightly(scale: int) -> None:
    network = load_ours(CARDS[f"super_resolution_ours_x{scale}_clean"].locate())
    for truth in (sample.truth() for sample in SAMPLES if sample.kind == "photo"):
        for name in ("area", "bicubic, no antialiasing"):
            shares = read(network, WAYS[name](truth, scale))
            assert shares is not None
            assert shares[KERNELS.index(name)] > 1 / len(KERNELS)
