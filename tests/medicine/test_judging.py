"""When the count is not to be believed."""

import cv2
import numpy as np
import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.medicine.nuclei.drawn import draw
from dlintro_demos.medicine.nuclei.finding import find
from dlintro_demos.medicine.nuclei.judging import SMOOTH, WORDS, judge, smoothness
from dlintro_demos.medicine.nuclei.samples import sample


def judged(rgb):
    *_, found = find(rgb, engine().cache)
    return judge(rgb, found, engine().cache)


@pytest.mark.parametrize("key", ["crowded", "spread", "tissue", "shadow"])
def test_drawn_nuclei_are_known(key):
    assert judged(sample(key).load()).known


@pytest.mark.parametrize("key", ["cat", "page", "glands", "cell"])
def test_what_is_like_no_picture_that_it_learned_from_is_refused(key):
    assert judged(sample(key).load()).doubt == "no microscope"


def test_galaxies_pass_for_nuclei_as_the_page_says():
    assert judged(sample("galaxies").load()).known


@pytest.mark.parametrize(("rgb", "doubt"), [((1, 1), "tiny"), ((31, 400), "tiny"), ((200, 200), "plain")])
def test_a_picture_without_anything_to_see_is_refused(rgb, doubt):
    assert judged(np.full((*rgb, 3), 120, np.uint8)).doubt == doubt


@pytest.mark.parametrize("colours", [1, 3])
def test_noise_is_no_microscope_picture(colours):
    random = np.random.default_rng(4)
    noise = np.broadcast_to(random.integers(0, 256, (256, 256, colours), np.uint8), (256, 256, 3))
    assert smoothness(noise) < SMOOTH / 4
    assert not judged(np.ascontiguousarray(noise)).known


@pytest.mark.parametrize("key", ["crowded", "spread", "tissue", "shadow", "glands"])
def test_what_a_microscope_shows_is_far_from_noise(key):
    assert smoothness(sample(key).load()) > 1.2 * SMOOTH


@pytest.mark.parametrize("times", [0.08, 0.11, 0.14, 0.17])
def test_nuclei_of_a_few_pixels_are_too_small(times):
    drawn = draw("fluorescence", 3, count=60).rgb
    small = cv2.resize(drawn, None, fx=times, fy=times, interpolation=cv2.INTER_AREA)
    assert judged(small).doubt in ("none", "unsure", "small nuclei")


def test_every_doubt_has_words():
    assert all(text.endswith(".") for text in WORDS.values())
