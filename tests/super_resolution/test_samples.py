"""The bundled pictures: one contract for all of them, so that a new one is tested for free."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dlintro_demos.super_resolution import drawings, samples
from dlintro_demos.super_resolution.samples import LIMITS, SAMPLES, SCALE, Sample, SamplesUnavailable
from dlintro_demos.super_resolution.upscale import METHODS

ALL = (*SAMPLES, *LIMITS)
LARGEST_SIDE = 256  # px of a small picture: a result of 1024 px, within seconds on a CPU
LONGEST_TITLE = 16  # characters: one line under a thumbnail

every_sample = pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.key)
every_drawing = pytest.mark.parametrize(
    "draw",
    [drawings.cartoon, drawings.medicine_label, drawings.long_building],
    ids=lambda draw: draw.__name__,
)


@every_sample
def test_the_truth_is_four_times_as_wide_and_high(sample: Sample):
    small, truth = sample.load(), sample.truth()
    assert truth.shape == (4 * small.shape[0], 4 * small.shape[1], 3)


@every_sample
def test_the_small_picture_is_small(sample: Sample):
    assert 32 <= min(sample.load().shape[:2]) <= max(sample.load().shape[:2]) <= LARGEST_SIDE


@every_sample
def test_the_small_picture_is_the_mean_of_the_truth(sample: Sample):
    height, width = sample.load().shape[:2]
    blocks = sample.truth().reshape(height, SCALE, width, SCALE, 3).mean(axis=(1, 3))
    assert np.abs(sample.load() - blocks).max() <= 0.5 + 1e-6


@every_sample
def test_pictures_are_bytes_that_nobody_can_change(sample: Sample):
    for picture in (sample.load(), sample.truth()):
        assert picture.dtype == np.uint8
        with pytest.raises(ValueError, match="read-only"):
            picture[0, 0] = 0


@every_sample
def test_a_picture_is_made_once(sample: Sample):
    assert sample.load() is sample.load()
    assert sample.truth() is sample.truth()


@every_sample
def test_a_picture_is_not_empty(sample: Sample):
    assert sample.load().std() > 20


@every_sample
def test_words_and_rights_are_stated(sample: Sample):
    assert len(sample.alt) > 20
    assert sample.alt != sample.title
    assert sample.licence.strip()
    assert sample.licence.lower() in sample.credit.lower()


@every_sample
def test_a_title_fits_under_its_thumbnail(sample: Sample):
    assert 0 < len(sample.title) <= LONGEST_TITLE


@every_sample
def test_a_key_can_stand_in_an_address(sample: Sample):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", sample.key)


@every_sample
def test_the_licences_file_names_it(sample: Sample):
    licences = Path(samples.__file__).with_name("LICENSES.md").read_text("utf-8")
    rows = [line for line in licences.splitlines() if f"`{sample.key}`" in line]
    assert len(rows) == 1
    assert sample.licence.lower() in rows[0].lower()


@every_sample
def test_the_recommended_method_is_one_with_a_network(sample: Sample):
    assert METHODS[sample.method].model is not None


@every_sample
def test_limits_have_a_lesson_and_others_none(sample: Sample):
    assert bool(sample.lesson) == (sample.kind == "limit")


def test_samples_that_fail_are_listed_apart():
    assert {sample.kind for sample in SAMPLES} == {"photo", "drawing"}
    assert {sample.kind for sample in LIMITS} == {"limit"}


def test_keys_and_titles_are_unique():
    assert len({sample.key for sample in ALL}) == len(ALL)
    assert len({sample.title for sample in ALL}) == len(ALL)


def test_no_two_samples_are_the_same_picture():
    assert len({hashlib.sha256(sample.load()).digest() for sample in ALL}) == len(ALL)


@every_drawing
def test_a_drawing_is_the_same_each_time_and_has_the_size_it_states(draw):
    drawn = draw()
    truth = next(sample.truth() for sample in ALL if sample.original is draw)
    assert (drawn == truth).all()
    stated = re.search(r"\((\d+), (\d+), 3\) uint8", draw.__doc__)
    assert drawn.shape == (int(stated[1]), int(stated[2]), 3)
    assert drawn.dtype == np.uint8


def test_a_curve_begins_and_ends_where_it_should_and_leans_to_its_bend():
    points = drawings.curve((0, 0), (10, 20), (20, 0), steps=4)
    assert (points[0], points[-1]) == ((0, 0), (20, 0))
    assert points[2] == (10, 10)


def without_cache(sample: Sample) -> Sample:
    """The same sample, made again: the caches go by the loader, and this is another."""
    return Sample(**{**vars(sample), "original": partial(sample.original)})


@pytest.mark.parametrize("spec", [None, SimpleNamespace(submodule_search_locations=None)])
def test_without_scikit_image_a_photograph_says_the_way_out(spec, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    photograph = without_cache(SAMPLES[0])
    for make in (photograph.load, photograph.truth):
        with pytest.raises(SamplesUnavailable, match="pip install scikit-image"):
            make()


def test_a_scikit_image_without_the_picture_says_so(tmp_path, monkeypatch):
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(SamplesUnavailable, match=r"without its picture astronaut\.png.*pip install"):
        without_cache(SAMPLES[0]).load()


def test_a_failure_is_not_remembered(monkeypatch):
    photograph = without_cache(SAMPLES[0])
    with monkeypatch.context() as patch:
        patch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(SamplesUnavailable):
            photograph.load()
    assert (photograph.load() == SAMPLES[0].load()).all()


def test_without_scikit_image_the_drawings_are_still_there(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    drawing = next(sample for sample in SAMPLES if sample.kind == "drawing")
    assert Sample(**{**vars(drawing), "original": lambda: drawings.cartoon()}).load().any()
