"""What the presenter's notes promise comes true when it is played on the page."""

import numpy as np
import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.super_resolution import samples as small
from dlintro_demos.super_resolution.upscale import upscale
from tests.playing import last
from tests.reading import words

pytestmark = pytest.mark.reports


def steepest(rgb):
    """Mean of the strongest twentieth of differences between neighbours, in grey levels."""
    steps = np.sort(np.abs(np.diff(rgb.mean(axis=2), axis=1)).ravel())
    return steps[-len(steps) // 20 :].mean()


def decibels(rgb, truth):
    return 10 * np.log10(255**2 / np.mean((rgb.astype(float) - truth) ** 2))


def sharpened(sample):
    """Original, result and plain enlargement."""
    result, plain = (
        last(upscale(sample.load(), method=method, scale=4, faithful=True, cache=engine().cache)).rgb
        for method in (sample.method, "bicubic")
    )
    return sample.truth(), result, plain


def test_what_the_presenters_notes_promise_comes_true(open_page):
    truth, result, plain = sharpened(small.SAMPLES[0])
    assert steepest(result) > 1.2 * steepest(plain)
    assert decibels(result, truth) > decibels(plain, truth)
    assert "Invented detail" in words(open_page("super_resolution", mode="Blur it first, then repair it"))
    text = next(sample for sample in small.LIMITS if sample.title == "Small text")
    lines = {"first": slice(50, 140), "lowest": slice(358, 380)}
    first, lowest = ([each[rows] for each in sharpened(text)] for rows in lines.values())
    assert decibels(first[1], first[0]) > decibels(first[2], first[0]) + 2
    assert steepest(lowest[1]) > 1.5 * steepest(lowest[2])
    assert decibels(lowest[1], lowest[0]) < decibels(lowest[2], lowest[0]) + 0.5
