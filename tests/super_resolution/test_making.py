"""How a picture was made small: read from its pixels, and done again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn

from dlintro_demos.super_resolution.making import (
    EVEN,
    KERNELS,
    LEAST,
    LOOK_AT,
    WIDTHS,
    Reader,
    Shares,
    apart,
    downscaled,
    downscaled_rgb,
    downscaling_kernel,
    read_making,
)
from dlintro_demos.super_resolution.ours import Adaptive, OursFormatError, fitted, load_ours, read, save_ours
from dlintro_demos.super_resolution.samples import SAMPLES
from dlintro_demos.super_resolution.saying import in_words
from dlintro_demos.super_resolution.ui.explanation import CODE, CODE_OF_ADAPTIVE
from tests.super_resolution.fakes import CARDS, picture, small_adaptive, small_ours
from training.super_resolution import kernels
from training.super_resolution import making as learning
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
    again = downscaled_rgb(large, _certain(name), scale)
    expected = _way(name)(large, scale)
    assert again.shape == expected.shape
    difference = np.abs(again.astype(int) - expected)
    assert difference[4:-4, 4:-4].max() <= 1
    if name in ("area", "bicubic", "bilinear", "Lanczos"):  # at the border of others OpenCV goes its own way
        assert difference.max() <= 1


def test_rows_made_some_at_a_time_are_those_made_at_once() -> None:
    large = picture(4 * 150, 4 * 20)
    shares = _certain("Lanczos")
    pixels = torch.tensor(large).permute(2, 0, 1)[None].float()
    whole = downscaled(pixels, downscaling_kernel(shares, 4), 4)[0].permute(1, 2, 0)
    assert np.array_equal(downscaled_rgb(large, shares, 4), whole.clamp(0, 255).round().numpy())


def test_one_that_is_in_doubt_makes_small_by_the_mean() -> None:
    half = tuple(
        (first + second) / 2 for first, second in zip(_certain("area"), _certain("Lanczos"), strict=True)
    )
    line = downscaling_kernel(half, 2)
    assert line.sum() == pytest.approx(1)
    assert 2 < len(line) <= 12
    assert downscaling_kernel(_certain("area"), 4).tolist() == [0.25] * 4


@pytest.mark.parametrize("size", [(LEAST - 1, 200), (1, 1)])
def test_too_small_a_picture_may_have_been_made_in_any_way(size: tuple[int, int]) -> None:
    assert read_making(Reader().eval(), picture(*size)) == EVEN
    assert "too small" in in_words(EVEN)


def test_a_reader_looks_at_the_liveliest_of_a_large_picture() -> None:
    torch.manual_seed(0)
    reader, large = Reader().eval(), np.full((2 * LOOK_AT, LOOK_AT + 20, 3), 90, np.uint8)
    large[LOOK_AT:, 20:] = picture(LOOK_AT, LOOK_AT)
    shares = read_making(reader, large)
    assert sum(shares) == pytest.approx(1)
    assert shares == read_making(reader, large[LOOK_AT:, 20:])
    assert shares != read_making(reader, large[:LOOK_AT])


def test_a_picture_that_is_just_large_enough_is_read() -> None:
    torch.manual_seed(0)
    assert read_making(Reader().eval(), picture(LEAST, LEAST)) != EVEN


def test_threads_that_share_a_network_get_the_answers_of_one() -> None:
    network, x = small_adaptive(4), torch.rand(1, 3, 24, 24)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    alone = {name: _enlarged(network, x, name) for name in KERNELS}
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda name: (name, _enlarged(network, x, name)), KERNELS * 20))
    assert all(torch.equal(large, alone[name]) for name, large in together)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@torch.inference_mode()
def _enlarged(network: Adaptive, x: torch.Tensor, name: str) -> torch.Tensor:
    large: torch.Tensor = network(x, _certain(name))
    return large


def test_a_reader_of_two_scales_is_taken_apart() -> None:
    torch.manual_seed(0)
    both, x = Reader(2).eval(), torch.rand(2, 3, 48, 40)
    with torch.inference_mode():
        for number in range(2):
            assert torch.allclose(both.of_scale(number)(x)[:, 0], both(x)[:, number])


def test_a_network_is_fitted_to_a_picture(tmp_path: Path) -> None:
    network, rgb = small_adaptive(4).requires_grad_(requires_grad=True), picture(40, 48)
    shares = read(network, rgb)
    assert shares is not None
    x = to_tensor(rgb[None])
    with torch.inference_mode():
        expected = network(x, shares)
        assert torch.equal(fitted(network, shares)(x), expected)
        assert not torch.allclose(network(x), expected, atol=1e-3)
        save_ours(network, tmp_path / "weights.safetensors")
        assert torch.equal(load_ours([tmp_path / "weights.safetensors"])(x, shares), expected)
    plain = small_ours(4)
    assert fitted(plain, read(plain, rgb)) is plain
    told = network(x, torch.tensor(shares))
    told.mean().backward()
    assert torch.allclose(told, expected, atol=1e-6)
    assert all(changes.grad is not None for changes in network.changes)


def test_what_may_have_been_averaged_is_for_the_network_that_learned_from_averages(tmp_path: Path) -> None:
    averaged, x, path = small_ours(4, seed=3), torch.rand(1, 3, 20, 24), tmp_path / "weights.safetensors"
    told = small_adaptive(4)
    save_ours(Adaptive(told.network, told.reader, averaged), path)
    network = load_ours([path])
    doubtful = (0.3, 0.0, 0.5, 0.0, 0.0, 0.2, 0.0)
    with torch.inference_mode():
        for shares in (EVEN, _certain("area"), _certain("narrow Gaussian"), doubtful):
            assert torch.allclose(network(x, shares), averaged(x), atol=1e-5)
        for name in ("bicubic", "Lanczos", "bicubic, no antialiasing"):
            assert not torch.allclose(network(x, _certain(name)), averaged(x), atol=1e-3)


def test_other_kernels_count_the_more_the_surer_they_are() -> None:
    amounts = [
        apart((1 - sure, sure / 2, sure / 2, 0.0, 0.0, 0.0, 0.0))[1] for sure in (0.5, 0.7, 0.8, 0.9, 1.0)
    ]
    assert amounts == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.6])
    rest, _ = apart((0.1, 0.3, 0.6, 0.0, 0.0, 0.0, 0.0))
    assert rest == pytest.approx((0, 1 / 3, 2 / 3, 0, 0, 0, 0))


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
    told = [kernels.softened(draws[0], rng) for _ in range(300)]
    assert all(each.sum() == pytest.approx(1, abs=1e-5) for each in told)
    assert 0.6 < np.mean([np.array_equal(each, draws[0]) for each in told]) < 0.75
    assert sum(kernels.TOLD_SHARES.values()) == pytest.approx(1)


def test_a_reader_learns_and_learns_on_through_networks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "load", lambda _: [(None, picture(400, 420, seed)) for seed in range(2)])
    reader = learning.learn(steps=2, count=4, seed=1).eval()
    x = torch.rand(1, 3, 64, 64)
    networks = [tmp_path / f"x{scale}.safetensors" for scale in learning.SCALES]
    for scale, path in zip(learning.SCALES, networks, strict=True):
        save_ours(small_adaptive(scale), path)
    before = reader(x)
    learning.learn_on(reader, networks, seconds=0.5, seed=1)
    assert before.shape == (1, len(learning.SCALES), len(KERNELS))
    assert not torch.allclose(reader(x), before)


def test_a_reader_learns_from_crops_and_what_is_right_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "load", lambda _: [(None, picture(400, 420))])
    crops, scales, told = learning.batch(learning.pictures(), 40, np.random.default_rng(0))
    assert crops.shape == (40, 3, learning.SIDE, learning.SIDE)
    assert set(scales.tolist()) == {0, 1}
    assert torch.allclose(told.sum(1), torch.ones(40))
    assert (told.sum(0) > 0).all()


@pytest.mark.parametrize(
    ("code", "network"),
    [(CODE, small_ours(4)), (CODE_OF_ADAPTIVE, small_adaptive(4))],
    ids=["plain", "adaptive"],
)
def test_the_code_on_the_page_runs(code: str, network: nn.Module) -> None:
    names = {"photo": picture(20, 24), "network": network, "scale": 4, "torch": torch, "F": F, "read": read}
    exec(code, names | {"downscaled": downscaled, "downscaling_kernel": downscaling_kernel}, names)
    assert isinstance(names["pixels"], torch.Tensor)
    assert names["pixels"].shape == (1, 3, 80, 96)


def test_words_name_one_way_or_say_that_it_cannot_be_told() -> None:
    assert "by bicubic interpolation (99 %)" in in_words(_certain("bicubic"))
    assert "after a soft blur (99 %)" in in_words((0.0,) * 5 + (0.5, 0.5))
    doubtful = in_words((0.3, 0.0, 0.3, 0.2, 0.1, 0.05, 0.05))
    assert "cannot tell" in doubtful
    assert "blocks of pixels (30 %), or by bilinear interpolation (30 %)" in doubtful


def test_the_network_in_use_reads_most_samples_made_small_rightly() -> None:
    network = load_ours(CARDS["super_resolution_ours_x4_clean"].locate())
    truths = [sample.truth() for sample in SAMPLES if sample.kind == "photo"]
    ways = ("area", "bicubic", "Lanczos")
    likeliest = [
        name == max(zip(read(network, WAYS[name](truth, 4)) or EVEN, KERNELS, strict=True))[1]
        for truth in truths
        for name in ways
    ]
    assert sum(likeliest) > len(likeliest) / 2
