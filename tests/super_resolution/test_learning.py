"""What our networks learn from, and the branches that merge."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from bench.super_resolution_kernels import psnr_y
from tests.super_resolution.fakes import picture, small_ours
from training.super_resolution.__main__ import enlarged
from training.super_resolution.branches import branch, convolutions, deepened, merged, mixed
from training.super_resolution.drawn import SIDE, drawn_pictures
from training.super_resolution.kernels import KERNELS, SHARES, draw_small


def _stirred(network: nn.Module) -> None:
    """As if it had learned."""
    torch.manual_seed(1)
    for weights in network.parameters():
        weights.data.add_(0.05 * torch.randn_like(weights))


def test_branches_begin_with_nothing_and_merge_into_one_convolution() -> None:
    network, x = small_ours(2), torch.rand(1, 3, 12, 16)
    before = network(x)
    branch(network)
    assert torch.equal(network(x), before)
    _stirred(network)
    learned = network(x)
    assert (learned - before).abs().max() > 0.01
    plain = merged(network)
    assert torch.allclose(plain(x), learned, atol=1e-6)
    assert [each.weight.shape for each in convolutions(plain)] == [
        each.weight.shape for each in convolutions(small_ours(2))
    ]


def test_every_branch_learns() -> None:
    network = small_ours(2).requires_grad_(requires_grad=True)
    branch(network)
    _stirred(network)
    network(torch.rand(1, 3, 12, 16)).square().mean().backward()
    assert all(each.grad is not None and each.grad.abs().max() > 0 for each in network.parameters())


def test_a_deeper_network_begins_as_the_same_function() -> None:
    network, x = small_ours(4), torch.rand(1, 3, 12, 16)
    assert torch.allclose(deepened(network, network.depth + 3)(x), network(x), atol=1e-6)


def test_its_inner_convolutions_may_learn_in_half_precision() -> None:
    network, x = small_ours(4).requires_grad_(requires_grad=True), torch.rand(1, 3, 12, 16)
    branch(network)
    _stirred(network)
    assert torch.equal(enlarged(network, x, halved=False), network(x))
    halved = enlarged(network, x, halved=True)
    assert 0 < (halved - network(x)).abs().max() < 0.02
    halved.square().mean().backward()
    assert all(each.grad is not None and each.grad.abs().max() > 0 for each in network.parameters())


def test_two_networks_are_mixed_weight_by_weight() -> None:
    start, learned, x = small_ours(2, seed=1), small_ours(2, seed=2), torch.rand(1, 3, 12, 16)
    branch(start)
    assert torch.allclose(mixed(learned, start, 0.0)(x), start(x), atol=1e-6)
    assert torch.allclose(mixed(learned, start, 1.0)(x), learned(x), atol=1e-6)
    half = mixed(learned, start, 0.5).head.weight
    assert torch.allclose(half, (learned.head.weight + start.head.weight) / 2)


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_keeps_place_and_tone(name: str, scale: int) -> None:
    y, x = np.mgrid[0:64, 0:96].astype(np.float32)
    slope = np.stack([40 + x, 30 + 2 * y, 200 - x], axis=2).round().astype(np.uint8)
    small = KERNELS[name](slope, scale)
    assert small.dtype == np.uint8
    expected = slope.reshape(64 // scale, scale, 96 // scale, scale, 3).mean(axis=(1, 3))
    assert np.abs(small[4:-4, 4:-4] - expected[4:-4, 4:-4]).max() <= 1


def test_kernels_differ_in_what_they_keep() -> None:
    truth = cv2.resize(picture(32, 32), (128, 128), interpolation=cv2.INTER_NEAREST)
    contrast = {name: float(small(truth, 4).std()) for name, small in KERNELS.items()}
    assert contrast["Gaussian 0.5"] < contrast["Gaussian 0.3"] < contrast["bicubic, no antialiasing"]
    assert contrast["bilinear"] < contrast["bicubic"] < contrast["Lanczos"]


def test_kernels_are_drawn_by_a_seed() -> None:
    truth = picture(64, 64)
    smalls = [draw_small(truth, 4, np.random.default_rng(seed)) for seed in (0, 0, 1, 2, 3)]
    assert np.array_equal(smalls[0], smalls[1])
    assert len({each.tobytes() for each in smalls}) > 1
    assert sum(SHARES.values()) == pytest.approx(1)


def test_drawn_pictures_are_lively_and_seeded() -> None:
    first, second = drawn_pictures(4, 3), drawn_pictures(4, 3)
    assert all(np.array_equal(*pair) for pair in zip(first, second, strict=True))
    assert all(each.shape == (SIDE, SIDE, 3) and each.std() > 5 for each in first)


def test_psnr_is_of_brightness_without_the_border() -> None:
    truth = picture(40, 40)
    spoilt = truth.copy()
    spoilt[:4] = 0
    assert psnr_y(truth, spoilt, 4) > 80
    grey = Image.fromarray(truth).convert("L").convert("RGB")
    assert psnr_y(truth, np.asarray(grey), 4) > psnr_y(truth, 255 - truth, 4)
