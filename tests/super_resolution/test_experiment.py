import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from dlintro_demos.gallery.intake.picture_colours import on_white
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.settings import Settings
from dlintro_demos.shared.tiles import Box
from dlintro_demos.super_resolution import experiment, growing
from dlintro_demos.super_resolution.degrade import Degradation
from dlintro_demos.super_resolution.experiment import (
    SHOWN,
    Outcome,
    Request,
    bicubic,
    enlarge,
    make_whole,
    repair,
)
from dlintro_demos.super_resolution.pace import Part
from dlintro_demos.super_resolution.quiz import ROUNDS, SIDE, make_pair
from dlintro_demos.super_resolution.samples import SAMPLES
from dlintro_demos.super_resolution.upscale import METHODS, upscale
from tests.super_resolution.fakes import fake_cache, picture


@pytest.fixture(scope="module")
def cache():
    engine = build_engine(Settings())
    yield engine.cache
    engine.queue.shutdown()


def last(steps):
    *progress, outcome = steps
    assert all(isinstance(step, Progress) for step in progress)
    return outcome


def pixels(file):
    return np.asarray(Image.open(io.BytesIO(file)))


def size(file):
    return Image.open(io.BytesIO(file)).size


BICUBIC = Request(method="bicubic", scale=4, faithful=False)
OURS = Request(method="ours", scale=4, faithful=True)


@pytest.fixture(scope="module")
def steps(cache):
    """The first sample, enlarged by our own network: progress and outcome."""
    sample = SAMPLES[0]
    return list(enlarge(sample.load(), None, sample.truth(), None, OURS, cache))


def test_a_sample_is_compared_with_its_original(steps):
    outcome = last(steps)
    assert outcome.figures["Result"].psnr > outcome.figures["Bicubic"].psnr
    assert outcome.size == (outcome.after.width, outcome.after.height) == SAMPLES[0].truth().shape[1::-1]
    assert size(outcome.after.webp) == size(outcome.whole) == outcome.size


def test_the_inside_shows_pictures_of_one_size(steps):
    inside = last(steps).inside
    assert size(inside.pixels) == size(inside.added)
    assert size(inside.late)[1] > size(inside.early)[1]


def test_progress_never_says_done_before_it_is(steps):
    *progress, outcome = steps
    assert isinstance(outcome, Outcome)
    fractions = [step.fraction for step in progress]
    assert fractions == sorted(fractions)
    assert fractions[-1] < 1


def test_half_as_large_is_compared_with_a_smaller_original(cache):
    sample = SAMPLES[0]
    request = Request(method="bicubic", scale=2, faithful=False)
    outcome = last(enlarge(sample.load(), None, sample.truth(), None, request, cache))
    assert size(outcome.beside.truth)[0] == outcome.after.width == 2 * sample.load().shape[1]
    assert outcome.figures["Result"] == outcome.figures["Bicubic"]
    assert outcome.inside is None  # of a network that did not run


def test_a_photo_without_an_original_has_no_figures_but_its_consistency(cache):
    rgb = SAMPLES[0].load()[:60, :60]
    outcome, loose = (
        last(enlarge(rgb, None, None, None, Request(method="ours", scale=4, faithful=faithful), cache))
        for faithful in (True, False)
    )
    assert outcome.figures == {}
    assert outcome.beside is None
    assert outcome.consistency > loose.consistency


def test_only_the_part_asked_for_is_enlarged_with_its_transparency(cache):
    alpha = np.arange(2400, dtype=np.uint16).astype(np.uint8).reshape(40, 60)
    rgb = np.array(on_white(Image.fromarray(picture(40, 60)), Image.fromarray(alpha)))
    part = Part(box=Box(30, 20, 60, 40), size=(15, 10))
    outcome = last(enlarge(rgb, alpha, None, part, BICUBIC, cache))
    assert outcome.size == (60, 40)
    assert pixels(outcome.whole).shape == (40, 60, 4)
    blocks = rgb[20:, 30:].reshape(10, 2, 15, 2, 3).mean(axis=(1, 3)).round().astype(np.uint8)
    same = pixels(outcome.before.webp).astype(int) - bicubic(blocks, (60, 40))
    assert np.abs(same).max() <= 2


def test_what_is_repaired_has_the_size_of_what_was_spoilt(cache):
    part = Part(box=Box(0, 0, 90, 101), size=(90, 101))
    outcome = last(repair(SAMPLES[0].truth(), part, Degradation(scale=4, noise=5), BICUBIC, cache))
    assert size(outcome.beside.truth) == outcome.size == (88, 100)


def test_more_noise_is_worse(cache):
    truth = SAMPLES[0].truth()[:200, :200]
    little, much = (last(repair(truth, None, Degradation(noise=noise), BICUBIC, cache)) for noise in (2, 30))
    assert much.figures["Result"].psnr < little.figures["Result"].psnr


@pytest.mark.parametrize("request_", [OURS, BICUBIC], ids=lambda request: request.method)
def test_a_large_result_is_shown_smaller_kept_as_jpeg_where_there_is_room_and_made_again(
    request_, cache, monkeypatch
):
    monkeypatch.setattr(experiment, "KEPT", 100)
    rgb = picture(20, 520)
    outcome, cramped = (
        last(enlarge(rgb, None, None, None, request_, cache, room)) for room in (1_000_000, 100)
    )
    assert outcome.after.width == SHOWN < outcome.size[0]
    assert outcome.whole is cramped.whole is cramped.jpeg is None
    whole = pixels(last(make_whole(rgb, None, None, request_, cache)))
    assert whole.shape[1::-1] == outcome.size
    assert np.abs(pixels(outcome.jpeg).astype(int) - whole).mean() < 4
    seen = np.asarray(Image.fromarray(whole).resize((outcome.after.width, outcome.after.height)))
    assert np.abs(pixels(outcome.after.webp).astype(int) - seen).mean() < 4


def test_while_it_is_made_the_photo_is_there_and_tiles_appear(monkeypatch):
    monkeypatch.setattr(growing, "FIRST_SECONDS", 0)
    monkeypatch.setattr(growing, "EVERY_SECONDS", 0)
    monkeypatch.setitem(METHODS, "bicubic", replace(METHODS["bicubic"], core=75))
    *progress, outcome = enlarge(picture(75, 150), None, None, None, BICUBIC, fake_cache())
    first, second = (pixels(step.so_far).astype(int) for step in progress)
    done = pixels(outcome.whole).astype(int)
    assert first.shape == second.shape == done.shape == (300, 600, 3)
    left, right = np.s_[:, :290], np.s_[:, 310:]
    assert np.abs(first[left] - done[left]).mean() < 6
    assert np.abs(first[right] - done[right] * growing.WAITING).mean() < 6
    assert np.abs(second - done).mean() < 6


@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_a_round_of_the_game_is_the_same_piece_twice(number):
    pair = last(make_pair(number, fake_cache()))
    assert size(pair.real) == size(pair.made) == (4 * SIDE, 4 * SIDE)
    real, made = (
        pixels(file).reshape(SIDE, 4, SIDE, 4, 3).mean(axis=(1, 3)) for file in (pair.real, pair.made)
    )
    assert np.corrcoef(real.ravel(), made.ravel())[0, 1] > 0.9


def test_the_network_of_the_game_makes_what_may_be_taken_for_the_photo(cache):
    pair = last(make_pair(1, cache))
    real, made = pixels(pair.real).astype(float), pixels(pair.made).astype(float)
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
