"""Enlarging by tiles: the seams, the alpha channel, cancelling."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from PIL import Image

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.tiles import plan_tiles
from dlintro_demos.super_resolution.explain import LARGEST, explain
from dlintro_demos.super_resolution.making import (
    EVEN,
    KERNELS,
    downscaled,
    downscaled_rgb,
    downscaling_kernel,
)
from dlintro_demos.super_resolution.ours import fitted
from dlintro_demos.super_resolution.upscale import METHODS, Method, Strip, upscale, upscale_strips
from tests.super_resolution.fakes import CARDS, FakeCache, enlarged, fake_cache, picture, small_rrdb


@pytest.fixture(scope="module")
def real():
    """The real networks, loaded once."""
    return ModelCache(CARDS)


def with_core(monkeypatch, method: str, core: int, overlap: int | None = None) -> Method:
    """Cut smaller tiles, so that small pictures have seams."""
    old = METHODS[method]
    new = Method(**{**vars(old), "core": core, "overlap": old.overlap if overlap is None else overlap})
    monkeypatch.setitem(METHODS, method, new)
    return new


@pytest.fixture(scope="module")
def compact_whole(real):
    """What the compact network makes of a picture in one piece, x4 and faithful."""
    return enlarged(picture(97, 110), real, method="compact", scale=4, faithful=True)


def test_compact_tiles_give_the_untiled_picture(compact_whole, real, monkeypatch):
    assert compact_whole.tiles == 1
    with_core(monkeypatch, "compact", core=40)
    tiled = enlarged(picture(97, 110), real, method="compact", scale=4, faithful=True)
    assert tiled.tiles == 9
    assert np.abs(tiled.rgb.astype(int) - compact_whole.rgb).max() <= 1


def test_less_context_would_show(compact_whole, real, monkeypatch):
    with_core(monkeypatch, "compact", core=40, overlap=6)
    tiled = enlarged(picture(97, 110), real, method="compact", scale=4, faithful=True)
    assert np.abs(tiled.rgb.astype(int) - compact_whole.rgb).max() > 1


@pytest.mark.parametrize("faithful", [False, True])
@pytest.mark.parametrize("scale", [2, 4])
def test_tiles_are_put_together_alike_for_every_scale(scale, faithful, monkeypatch):
    options = {"method": "compact", "scale": scale, "faithful": faithful}
    whole = enlarged(picture(97, 110), fake_cache(), **options)
    with_core(monkeypatch, "compact", core=40)
    tiled = enlarged(picture(97, 110), fake_cache(), **options)
    assert (whole.tiles, tiled.tiles) == (1, 9)
    assert np.abs(tiled.rgb.astype(int) - whole.rgb).max() <= 1


def test_the_photographic_network_shows_no_seam_and_is_close_to_the_whole(real, monkeypatch):
    rgb = picture(20, 84, seed=3)
    options = {"method": "photographic", "scale": 4, "faithful": False}
    whole = enlarged(rgb, real, **options)
    with_core(monkeypatch, "photographic", core=42, overlap=16)
    tiled = enlarged(rgb, real, **options)
    assert tiled.tiles == 2
    jumps = np.abs(np.diff(tiled.rgb.astype(float), axis=1)).mean(axis=(0, 2))
    seam = 42 * 4 - 1
    around = np.r_[jumps[seam - 24 : seam], jumps[seam + 1 : seam + 25]]
    assert jumps[seam] <= around.max()
    assert np.abs(tiled.rgb.astype(float) - whole.rgb).mean() < 2


@pytest.mark.parametrize("method", ["bicubic", "lanczos"])
@pytest.mark.parametrize("scale", [2, 4])
def test_interpolation_by_tiles_is_pillows(method, scale, monkeypatch):
    rgb = picture(61, 90)
    how = with_core(monkeypatch, method, core=32)
    result = enlarged(rgb, fake_cache(), method=method, scale=scale, faithful=False)
    assert result.tiles > 1
    expected = Image.fromarray(rgb).resize((90 * scale, 61 * scale), how.resample)
    np.testing.assert_array_equal(result.rgb, np.asarray(expected))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (33, 2)])
def test_any_size_gives_scale_times_the_size(method, scale, size):
    result = enlarged(picture(*size), fake_cache(), method=method, scale=scale, faithful=True)
    assert result.rgb.shape == (size[0] * scale, size[1] * scale, 3)
    assert result.rgb.dtype == np.uint8
    assert (result.method, result.scale) == (method, scale)
    assert result.seconds == pytest.approx(sum(result.stages.values()))


@pytest.mark.parametrize("method", METHODS)
def test_alpha_is_kept_and_enlarged(method):
    alpha = np.zeros((20, 30), np.uint8)
    alpha[:, 15:] = 255
    result = enlarged(picture(20, 30), fake_cache(), alpha=alpha, method=method, scale=4, faithful=False)
    assert result.alpha.shape == (80, 120)
    assert result.alpha[:, :50].max() == 0
    assert result.alpha[:, 70:].min() == 255


def test_without_alpha_there_is_none():
    assert enlarged(picture(8, 8), fake_cache(), method="compact", scale=2, faithful=True).alpha is None


def test_two_times_is_the_mean_of_four_times(real):
    rgb = picture(24, 20)
    four = enlarged(rgb, real, method="compact", scale=4, faithful=False).rgb.astype(float)
    two = enlarged(rgb, real, method="compact", scale=2, faithful=False).rgb
    mean = four.reshape(48, 2, 40, 2, 3).mean(axis=(1, 3))
    inside = (four.reshape(48, 2, 40, 2, 3) % 255 > 0).all(axis=(1, 3))  # clipped values have no such mean
    assert np.abs(two - mean)[inside].max() <= 1


@pytest.mark.parametrize("scale", [2, 4])
def test_a_faithful_result_made_small_again_is_nearer_to_the_input(scale, real):
    rgb = picture(40, 40)

    def distance(faithful):
        high = enlarged(rgb, real, method="compact", scale=scale, faithful=faithful).rgb
        small = high.reshape(40, scale, 40, scale, 3).mean(axis=(1, 3))
        return np.abs(small - rgb).mean()

    assert distance(faithful=True) < 0.6 * distance(faithful=False)


def test_progress_grows_to_the_end_and_the_result_comes_last(monkeypatch):
    with_core(monkeypatch, "photographic", core=24, overlap=4)
    steps = list(upscale(picture(40, 70), method="photographic", scale=4, faithful=True, cache=fake_cache()))
    *progress, result = steps
    assert all(isinstance(step, Progress) for step in progress)
    fractions = [step.fraction for step in progress]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert len(progress) > result.tiles > 1


class Counting(torch.nn.Module):
    """Counts the calls of a block."""

    def __init__(self, block: torch.nn.Module):
        super().__init__()
        self.block = block
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return self.block(x)


def test_cancelling_runs_no_further_block():
    network = small_rrdb()
    blocks = network.model[1].sub
    counting = [Counting(block) for block in blocks]
    network.model[1].sub = torch.nn.Sequential(*counting)
    cache = FakeCache({"realesrgan_photographic": network})
    job = upscale(picture(16, 16), method="photographic", scale=4, faithful=False, cache=cache)
    next(job)
    job.close()
    assert sum(block.calls for block in counting) == 1
    assert not torch.is_inference_mode_enabled()


def test_read_only_pictures_are_fine():
    rgb = picture(9, 9)
    rgb.setflags(write=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        enlarged(rgb, fake_cache(), method="compact", scale=4, faithful=True)


def test_the_result_does_not_depend_on_how_the_input_lies_in_memory():
    rgb = picture(20, 30)
    mirrored = np.ascontiguousarray(rgb[:, ::-1])[:, ::-1]
    options = {"method": "compact", "scale": 4, "faithful": True}
    first, second = (enlarged(array, fake_cache(), **options).rgb for array in (rgb, mirrored))
    np.testing.assert_array_equal(first, second)


def test_every_method_has_a_card_for_each_scale_and_situation_or_none():
    cards = {
        method.card(scale, situation)
        for method in METHODS.values()
        for scale in (2, 4)
        for situation in ("clean", "degraded")
    }
    assert cards - {None} == {key for key in CARDS if "super_resolution" in key or "realesrgan" in key}
    assert METHODS["bicubic"].card(4) is None


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("situation", ["clean", "degraded"])
def test_our_own_tiles_give_the_untiled_picture(scale, situation, real, monkeypatch):
    rgb = picture(97, 110)
    options = {"method": "ours", "scale": scale, "situation": situation, "faithful": True}
    whole = enlarged(rgb, real, **options)
    with_core(monkeypatch, "ours", core=40)
    tiled = enlarged(rgb, real, **options)
    assert (whole.tiles, tiled.tiles) == (1, 9)
    assert np.abs(tiled.rgb.astype(int) - whole.rgb).max() <= 1


def test_each_situation_has_a_network_of_its_own(real):
    rgb = picture(40, 40)
    options = {"method": "ours", "scale": 4, "faithful": False}
    clean, degraded = (enlarged(rgb, real, situation=each, **options).rgb for each in ("clean", "degraded"))
    assert np.abs(clean.astype(float) - degraded).mean() > 1
    fine = [np.abs(np.diff(each.astype(float), axis=1)).mean() for each in (clean, degraded)]
    assert fine[1] < fine[0]  # noise is taken away, not enlarged


@pytest.mark.parametrize("method", ["ours", "compact"])
@pytest.mark.parametrize("scale", [2, 4])
def test_strength_goes_from_bicubic_to_the_network(method, scale, real):
    rgb = picture(30, 44)
    options = {"method": method, "scale": scale, "faithful": False}
    none, half, full = (
        enlarged(rgb, real, strength=share, **options).rgb.astype(float) for share in (0, 0.5, 1)
    )
    plain = enlarged(rgb, real, method="bicubic", scale=scale, faithful=False).rgb
    assert np.abs(none - plain).max() <= 1
    inside = (full > 0) & (full < 255) & (none > 0) & (none < 255)
    assert np.abs(half - (none + full) / 2)[inside].max() <= 1


@pytest.mark.parametrize("scale", [2, 4])
def test_eight_views_give_a_turned_picture_the_turned_result(scale):
    options = {"scale": scale, "faithful": False}
    upright, lying = picture(40, 56), np.rot90(picture(40, 56)).copy()
    one = [enlarged(rgb, fake_cache(), method="ours", **options).rgb for rgb in (upright, lying)]
    eight = [enlarged(rgb, fake_cache(), method="best", **options).rgb for rgb in (upright, lying)]
    assert np.abs(np.rot90(one[0]).astype(int) - one[1]).max() > 1
    assert np.abs(np.rot90(eight[0]).astype(int) - eight[1]).max() <= 1


def test_eight_views_say_how_far_they_are():
    steps = list(upscale(picture(30, 30), method="best", scale=2, faithful=False, cache=fake_cache()))
    shares = [step.done / step.total for step in steps if isinstance(step, Progress)]
    assert len(shares) >= 8
    assert shares == sorted(shares)


@pytest.mark.parametrize("situation", ["clean", "degraded"])
@pytest.mark.parametrize("scale", [2, 4])
def test_overlap_covers_what_an_output_pixel_of_our_networks_sees(scale, situation, real):
    network = fitted(real.get(f"super_resolution_ours_x{scale}_{situation}").module, EVEN)
    assert METHODS["ours"].overlap >= network.depth + _seen_by_a_faithful_step(scale)


def _seen_by_a_faithful_step(scale: int) -> int:
    """Small pixels to one side on which what is added to an output pixel depends, with the widest kernel."""
    kernel = downscaling_kernel(tuple(float(name == "Lanczos") for name in KERNELS), scale)
    large = torch.zeros(1, 1, 40 * scale, 40 * scale, requires_grad=True)
    missing = downscaled(large, kernel, scale)
    added = F.interpolate(missing, scale_factor=scale, mode="bicubic", align_corners=False)
    added[0, 0, 20 * scale : 21 * scale, 20 * scale : 21 * scale].sum().backward()
    columns = large.grad[0, 0].abs().sum(0).nonzero().flatten() // scale
    return max(20 - int(columns.min()), int(columns.max()) - 20)


def test_overlap_covers_what_an_output_pixel_of_the_compact_network_sees():
    convolutions, bicubic_reach = 18, 2
    assert METHODS["compact"].overlap >= convolutions + bicubic_reach
    assert len(plan_tiles(296, 296, core=METHODS["compact"].core, overlap=20)) == 1


@pytest.mark.parametrize(
    "key", ["super_resolution_ours_x4_clean", "realesrgan_compact", "realesrgan_photographic"]
)
def test_an_explanation_shows_one_and_the_same_part(key):
    told = explain(picture(30, 130), fake_cache(), model=key, maps=5)
    left, top, right, bottom = told.box
    assert (right - left, bottom - top) == (LARGEST, 30)
    shape = (120, LARGEST * 4, 3)
    assert told.pixels.shape == told.bicubic.shape == told.network.shape == told.added.shape == shape
    assert len(told.early) == len(told.late) == 5
    assert all(feature.dtype == np.uint8 for feature in (*told.early, *told.late))


def test_an_explanation_of_a_picture_looks_at_its_liveliest_part():
    rgb = np.full((300, 300, 3), 200, np.uint8)
    rgb[180:260, 190:280] = picture(80, 90)
    left, top, right, bottom = explain(rgb, fake_cache()).box
    assert left <= 190
    assert right >= 280
    assert top <= 180
    assert bottom >= 260


def test_what_was_added_is_white_where_nothing_was(monkeypatch):
    from dlintro_demos.super_resolution.explain import _signed_picture

    difference = np.array([[0.0, 40.0, -40.0]])
    drawn, full = _signed_picture(difference)
    assert tuple(drawn[0, 0]) == (255, 255, 255)
    assert drawn[0, 1, 0] > drawn[0, 1, 2]  # brighter: orange
    assert drawn[0, 2, 2] > drawn[0, 2, 0]  # darker: blue
    assert full == pytest.approx(40)


@pytest.mark.parametrize("scale", [2, 4])
def test_our_own_is_faithful_to_the_way_in_which_the_picture_was_made_small(scale):
    rgb = picture(40, 48)

    def distance(*, faithful):
        result = enlarged(rgb, fake_cache(), method="ours", scale=scale, faithful=faithful)
        small = downscaled_rgb(result.rgb, result.making, scale)
        return np.abs(small.astype(int) - rgb).mean()

    assert distance(faithful=True) < 0.6 * distance(faithful=False)


@pytest.mark.parametrize("method", ["ours", "lanczos"])
def test_strips_are_the_picture_from_top_to_bottom(method, real, monkeypatch):
    with_core(monkeypatch, method, core=24)
    rgb, alpha = picture(101, 90), picture(101, 90, seed=5)[..., 0]
    options = {"method": method, "scale": 4, "faithful": False, "cache": real}
    *_, whole = upscale(rgb, alpha, **options)
    steps = list(upscale_strips(rgb, alpha, **options))
    strips = [step for step in steps if isinstance(step, Strip)]
    assert len(strips) > 1
    assert np.array_equal(np.concatenate([strip.rgb for strip in strips]), whole.rgb)
    assert np.array_equal(np.concatenate([strip.alpha for strip in strips]), whole.alpha)
    assert steps[-1].rgb.size == 0
    assert steps[-1].tiles == whole.tiles
