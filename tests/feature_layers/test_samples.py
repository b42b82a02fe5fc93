"""The pictures of the page "Inside the classifier": one contract for all of them."""

from __future__ import annotations

import importlib.util
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.feature_layers import samples
from dlintro_demos.feature_layers.classifier import classify
from dlintro_demos.feature_layers.samples import (
    FOLDER,
    LIMITS,
    SAMPLES,
    Picture,
    Sample,
    SamplesUnavailable,
    pictures,
)
from dlintro_demos.shared.imagenet import CLASSES

ALL = (*SAMPLES, *LIMITS)
PERMISSIVE = {"BSD-3-Clause", "CC-BY-2.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "public-domain"}
LONGEST_SIDE = 480  # px
LONGEST_TITLE = 12  # characters: one line under a thumbnail
FOLDER_BYTES = 3_500_000
GRANNY_SMITH = 948

every_picture = pytest.mark.parametrize("picture", pictures(), ids=lambda picture: picture.key)
every_sample = pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.key)


@every_picture
def test_a_picture_is_a_small_one_in_colour_that_nobody_can_change(picture: Picture):
    with Image.open(picture.path) as file:
        assert (file.format, file.mode) == ("WEBP", "RGB")
    rgb = picture.load()
    assert rgb.dtype == np.uint8
    assert rgb.shape[2] == 3
    assert 100 <= min(rgb.shape[:2]) <= max(rgb.shape[:2]) <= LONGEST_SIDE
    assert not rgb.flags.writeable
    assert picture.load() is rgb


@every_picture
def test_a_picture_says_what_is_on_it_whose_it_is_and_on_what_terms(picture: Picture):
    assert 10 < len(picture.alt) < 120
    assert not picture.alt.endswith(".")
    assert picture.licence in PERMISSIVE
    terms = picture.licence.replace("-domain", " domain")
    assert picture.credit.startswith("Photo: ")
    assert picture.credit.endswith(f", {terms}")
    rows = (FOLDER.parent / "LICENSES.md").read_text(encoding="utf-8").splitlines()
    (row,) = [row for row in rows if row.startswith(f"| `{picture.key}` |")]
    author = picture.credit.removesuffix(f", {terms}").partition(", by ")[2]
    assert row == f"| `{picture.key}` | {author} | {picture.licence} | {picture.origin} |"


@every_picture
def test_a_truth_is_one_of_the_thousand_classes(picture: Picture):
    assert picture.truth is None or 0 <= picture.truth < CLASSES


def test_keys_and_origins_are_unique():
    for names in (
        [one.key for one in pictures()],
        [one.origin for one in pictures()],
        [one.key for one in ALL],
    ):
        assert len(set(names)) == len(names)


def test_the_folder_holds_the_listed_pictures_and_little_else():
    files = list(FOLDER.iterdir())
    assert {file.name for file in files} == {one.path.name for one in pictures()} | {"pictures.toml"}
    assert sum(file.stat().st_size for file in files) < FOLDER_BYTES


@every_sample
def test_a_sample_is_made_once_and_nobody_can_change_it(sample: Sample):
    rgb = sample.load()
    assert rgb is sample.load()
    assert rgb.dtype == np.uint8
    assert rgb.shape[2] == 3
    with pytest.raises(ValueError, match="read-only"):
        rgb[0, 0] = 0


@every_sample
def test_a_sample_fits_its_place_on_the_page(sample: Sample):
    assert 0 < len(sample.title) <= LONGEST_TITLE
    assert sample.alt
    assert sample.credit
    assert bool(sample.lesson) == (sample in LIMITS)


def test_there_are_eight_samples_and_three_limits():
    assert (len(SAMPLES), len(LIMITS)) == (8, 3)


def test_the_first_sample_is_an_apple_that_the_network_knows(cache):
    assert SAMPLES[0].key == "apple"
    assert GRANNY_SMITH in [guess.index for guess in classify(SAMPLES[0].load(), cache).top]


@pytest.mark.parametrize(
    ("key", "said"),
    [("astronaut", "football helmet"), ("text", "web site"), ("purple-apple", "Granny Smith")],
)
def test_a_limit_fails_as_its_lesson_says(key, said, cache):
    (limit,) = [limit for limit in LIMITS if limit.key == key]
    assert classify(limit.load(), cache).top[0].label.startswith(said)
    assert said in limit.lesson


def test_a_missing_picture_says_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "FOLDER", tmp_path)
    with pytest.raises(SamplesUnavailable, match=r"run: python -m training\.feature_layers\.pictures"):
        pictures()[0].load()


@pytest.mark.parametrize("locations", [None, ["/nowhere"]], ids=["no package", "no file"])
def test_a_missing_package_says_the_way_out(locations, monkeypatch):
    spec = locations and SimpleNamespace(submodule_search_locations=locations)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    sample = Sample(key="x", title="X", alt="x", credit="x", make=partial(samples._photograph, "chelsea.png"))
    with pytest.raises(SamplesUnavailable, match="run: pip install scikit-image"):
        samples._made.__wrapped__(sample.make)
