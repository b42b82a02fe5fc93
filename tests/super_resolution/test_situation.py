"""Telling a picture that is only small from one that is noisy or compressed."""

import numpy as np
import pytest

from dlintro_demos.super_resolution.degrade import Degradation, degrade
from dlintro_demos.super_resolution.samples import SAMPLES
from dlintro_demos.super_resolution.situation import LOOK_AT, read_situation
from tests.super_resolution.fakes import picture

PHOTOS = [sample for sample in SAMPLES if sample.kind == "photo"]
every_photo = pytest.mark.parametrize("photo", PHOTOS, ids=lambda sample: sample.key)


def spoilt(photo, **how):
    truth = photo.truth()
    height, width = (side // 4 * 4 for side in truth.shape[:2])
    return degrade(truth[:height, :width], Degradation(scale=2, **how))


@every_photo
def test_a_photo_that_is_only_small_is_clean(photo):
    assert read_situation(photo.load()).situation == "clean"


@every_photo
@pytest.mark.parametrize(
    "how",
    [{"noise": 4}, {"jpeg_quality": 75}, {"blur_sigma": 0.8, "noise": 4, "jpeg_quality": 75}],
    ids=["noise", "JPEG", "all"],
)
def test_noise_and_compression_are_seen(photo, how):
    assert read_situation(spoilt(photo, **how)).situation == "degraded"


def test_more_noise_reads_as_more():
    grey = np.full((200, 200, 3), 128, np.uint8)
    readings = [
        read_situation(degrade(grey, Degradation(scale=2, noise=noise))).noise for noise in (0, 2, 4, 8)
    ]
    assert readings == sorted(readings)
    assert readings[0] == 0


@pytest.mark.parametrize("size", [(1, 1), (31, 500), (32, 32), (40, 33), (3, LOOK_AT + 9)])
def test_a_small_or_flat_picture_is_clean_and_no_error(size):
    assert read_situation(np.full((*size, 3), 90, np.uint8)).situation == "clean"


def test_a_large_picture_is_judged_by_its_middle():
    large = np.zeros((LOOK_AT + 200, LOOK_AT + 200, 3), np.uint8)
    middle = picture(LOOK_AT, LOOK_AT)
    large[96 : 96 + LOOK_AT, 96 : 96 + LOOK_AT] = middle
    assert read_situation(large) == read_situation(middle)
