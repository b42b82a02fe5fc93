import io

import numpy as np
import pytest
import torch
from PIL import Image

from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.settings import Settings
from dlintro_demos.super_resolution.degrade import Degradation
from dlintro_demos.super_resolution.experiment import SHOWN, Outcome, Request, detail, enlarge, repair
from dlintro_demos.super_resolution.quiz import ROUNDS, SIDE, make_pair
from dlintro_demos.super_resolution.samples import SAMPLES
from dlintro_demos.super_resolution.upscale import upscale


@pytest.fixture(scope="module")
def cache():
    engine = build_engine(Settings())
    yield engine.cache
    engine.queue.shutdown()


def last(steps):
    *progress, outcome = steps
    assert all(isinstance(step, Progress) for step in progress)
    return outcome


def size(webp):
    return Image.open(io.BytesIO(webp)).size


BICUBIC = Request(method="bicubic", scale=4, faithful=False)
COMPACT = Request(method="compact", scale=4, faithful=True)


def test_a_sample_is_compared_with_its_original(cache):
    sample = SAMPLES[0]
    outcome = last(enlarge(sample.load(), None, sample.truth(), COMPACT, cache))
    assert outcome.figures["Result"].psnr > outcome.figures["Bicubic"].psnr
    assert outcome.after.width == sample.truth().shape[1]
    assert size(outcome.after.webp) == (outcome.after.width, outcome.after.height)


def test_half_as_large_is_compared_with_a_smaller_original(cache):
    sample = SAMPLES[0]
    outcome = last(
        enlarge(
            sample.load(), None, sample.truth(), Request(method="bicubic", scale=2, faithful=False), cache
        )
    )
    assert size(outcome.beside.truth)[0] == outcome.after.width == 2 * sample.load().shape[1]
    assert outcome.figures["Result"] == outcome.figures["Bicubic"]


def test_a_photo_without_an_original_has_no_figures_but_its_consistency(cache):
    outcome = last(enlarge(SAMPLES[0].load(), None, None, COMPACT, cache))
    assert outcome.figures == {}
    assert outcome.beside is None
    loose = last(
        enlarge(SAMPLES[0].load(), None, None, Request(method="compact", scale=4, faithful=False), cache)
    )
    assert outcome.consistency > loose.consistency


def test_what_is_repaired_has_the_size_of_what_was_spoilt(cache):
    truth = SAMPLES[0].truth()[:101, :90]
    outcome = last(repair(truth, Degradation(scale=4, noise=5), BICUBIC, cache))
    assert size(outcome.beside.truth) == (88, 100)
    assert outcome.upscaled.rgb.shape == (100, 88, 3)


def test_the_inside_shows_pictures_of_one_size(cache):
    inside = last(enlarge(SAMPLES[0].load(), None, None, BICUBIC, cache)).inside
    assert size(inside.pixels) == size(inside.added)
    assert size(inside.late)[1] > size(inside.early)[1]


def test_more_noise_is_worse(cache):
    truth = SAMPLES[0].truth()
    little, much = (last(repair(truth, Degradation(noise=noise), BICUBIC, cache)) for noise in (2, 30))
    assert much.figures["Result"].psnr < little.figures["Result"].psnr


def test_a_large_result_is_shown_smaller_and_has_a_window_at_real_pixels(cache):
    rgb = np.random.default_rng(0).integers(0, 255, (40, 600, 3), np.uint8)
    outcome = last(enlarge(rgb, None, None, BICUBIC, cache))
    assert outcome.upscaled.rgb.shape == (160, 2400, 3)
    assert outcome.after.width == SHOWN
    plain, result = detail(rgb, outcome.upscaled, (1.0, 0.5))
    assert (result.width, result.height) == (plain.width, plain.height) == (512, 160)
    window = np.asarray(Image.open(io.BytesIO(result.webp)).convert("RGB"))
    assert np.array_equal(window, outcome.upscaled.rgb[:, -512:])


def test_progress_never_says_done_before_it_is(cache):
    *progress, outcome = enlarge(SAMPLES[0].load(), None, None, COMPACT, cache)
    assert isinstance(outcome, Outcome)
    fractions = [step.fraction for step in progress]
    assert fractions == sorted(fractions)
    assert fractions[-1] < 1


@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_a_round_of_the_game_is_the_same_piece_twice(cache, number):
    pair = last(make_pair(number, cache))
    assert size(pair.real) == size(pair.made) == (4 * SIDE, 4 * SIDE)
    real, made = (
        np.asarray(Image.open(io.BytesIO(webp)).convert("RGB"), float) for webp in (pair.real, pair.made)
    )
    assert np.corrcoef(real.ravel(), made.ravel())[0, 1] > 0.9
    assert not np.array_equal(real, made)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("method", ["ours", "compact", "photographic"])
def test_the_gpu_gives_what_the_cpu_gives(method, cache):
    engine = build_engine(Settings(device="cuda"))
    request = {"method": method, "scale": 4, "faithful": True}
    on_gpu = last(upscale(SAMPLES[0].load(), cache=engine.cache, **request))
    on_cpu = last(upscale(SAMPLES[0].load(), cache=cache, **request))
    engine.queue.shutdown()
    assert on_gpu.device.startswith("cuda")
    assert np.abs(on_gpu.rgb.astype(int) - on_cpu.rgb).max() <= 2
