"""The bundled pictures: one contract for all of them, so that a new one is tested for free."""

from __future__ import annotations

import importlib.util
from types import SimpleNamespace

import numpy as np
import pytest

from dlintro_demos.faces import samples
from dlintro_demos.faces.samples import (
    EILEEN,
    GRACE,
    LIMITS,
    SAMPLES,
    VARIATIONS,
    SamplesUnavailable,
    labelled,
    portrait,
    sample_album,
)
from dlintro_demos.gallery.intake.images import decode_image

ALL = (*SAMPLES, *LIMITS)
every_sample = pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.key)
every_variation = pytest.mark.parametrize("change", VARIATIONS.values(), ids=list(VARIATIONS))


@every_sample
def test_a_sample_is_a_picture_that_nobody_can_change(sample):
    rgb = sample.load()
    assert rgb.dtype == np.uint8
    assert rgb.ndim == rgb.shape[2] == 3
    assert 200 <= min(rgb.shape[:2]) <= max(rgb.shape[:2]) <= 1280
    with pytest.raises(ValueError, match="read-only"):
        rgb[0, 0] = 0


@every_sample
def test_a_sample_is_the_same_whenever_it_is_made(sample):
    assert np.array_equal(sample.make(), sample.make())


@every_sample
def test_a_sample_says_what_it_shows_and_whose_it_is(sample):
    assert sample.alt[0].isupper()
    assert 15 <= len(sample.alt) <= 120
    assert not sample.alt.endswith(".")
    assert "public domain" in sample.credit or "public-domain" in sample.credit or "CC0" in sample.credit
    assert 0 < len(sample.title) <= 16


@every_sample
def test_people_are_those_whose_photos_may_be_shown(sample):
    assert set(sample.who) <= {EILEEN, GRACE}


@pytest.mark.parametrize("sample", LIMITS, ids=lambda sample: sample.key)
def test_a_limit_has_a_lesson(sample):
    assert len(sample.lesson) > 20
    assert sample.lesson.endswith((".", "?"))


def test_what_works_needs_no_lesson():
    assert [sample.key for sample in SAMPLES if sample.lesson] == []


def test_keys_and_alternative_texts_are_unique():
    assert len({sample.key for sample in ALL}) == len({sample.alt for sample in ALL}) == len(ALL)


def test_every_sample_is_in_the_list_of_licences():
    licences = samples.Path(samples.__file__).with_name("LICENSES.md").read_text()
    assert [sample.key for sample in ALL if f"`{sample.key}`" not in licences] == []


@every_variation
def test_a_variation_leaves_the_photo_as_it_was(change):
    rgb = portrait(EILEEN)
    before = rgb.copy()
    varied = change(rgb)
    assert np.array_equal(rgb, before)
    assert not np.shares_memory(varied, rgb) or not varied.flags.writeable
    assert varied.dtype == np.uint8


@every_variation
def test_a_variation_is_always_the_same(change):
    assert np.array_equal(change(portrait(GRACE)), change(portrait(GRACE)))


def test_each_variation_differs_from_the_photo():
    same = [
        name
        for name, change in VARIATIONS.items()
        if np.array_equal(change(portrait(EILEEN)), portrait(EILEEN))
    ]
    assert same == ["as it is"]


def test_labelled_faces_are_both_people_in_every_variation():
    names = [name for _, name in labelled()]
    assert names.count(EILEEN) == names.count(GRACE) == len(VARIATIONS)


def test_the_album_is_of_readable_photos_with_names_of_their_own():
    album = sample_album()
    assert len({name for name, _ in album}) == len({data for _, data in album}) == len(album)
    assert {decode_image(data).format for _, data in album} == {"JPEG"}


@pytest.mark.parametrize("folder", [None, "/nowhere"])
def test_a_missing_package_or_photo_says_what_to_install(folder, monkeypatch):
    spec = SimpleNamespace(submodule_search_locations=[folder]) if folder else None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(SamplesUnavailable, match="pip install matplotlib"):
        portrait.__wrapped__(GRACE)
