"""A drawn digit as the data set's are, and who answers."""

import numpy as np
import pytest

from dlintro_demos.frameworks.drawn import as_digit, ask_all
from dlintro_demos.frameworks.known import FRAMEWORKS, version
from dlintro_demos.frameworks.samples import SEVEN
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.sketch import picture_of, read_cells


def paper():
    return np.full((96, 96, 3), 255, np.uint8)


def test_where_and_how_large_it_is_drawn_makes_no_difference():
    small, large = paper(), paper()
    small[10:30, 60:64] = 0
    large[5:85, 20:36] = 0
    assert np.abs(as_digit(small) - as_digit(large)).max() < 0.1
    assert as_digit(small).shape == (1, 8, 8)


@pytest.mark.parametrize("colour", [(214, 40, 44), (246, 206, 44), (30, 30, 34)])
def test_every_colour_of_the_paper_is_ink(colour):
    drawn = paper()
    drawn[20:70, 40:50] = colour
    assert as_digit(drawn).max() > 0.7


def test_a_dot_is_drawn_and_an_empty_paper_is_not():
    drawn = paper()
    drawn[3, 3] = 0
    assert as_digit(drawn).max() == 1
    with pytest.raises(ValueError, match="Nothing is drawn"):
        as_digit(paper())


def test_the_seven_on_the_page_is_a_sketch_and_all_say_seven():
    assert read_cells({"cells": SEVEN}) == SEVEN
    *_, answers = ask_all(picture_of(SEVEN).rgb, engine().cache)
    spoken = [each for each in answers.each if each.probabilities]
    assert len(spoken) == 1 + sum(version(each) is not None for each in FRAMEWORKS)
    assert {int(np.argmax(each.probabilities)) for each in spoken} == {7}
    assert all(each.fault for each in answers.each if not each.probabilities)
    assert answers.apart < 1e-4
