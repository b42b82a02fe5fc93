"""Finding nuclei: both ways, on drawings whose truth is known, and the matching that scores them."""

import itertools

import numpy as np
import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.medicine.nuclei import finding
from dlintro_demos.medicine.nuclei.classical import find_by_threshold
from dlintro_demos.medicine.nuclei.drawn import draw
from dlintro_demos.medicine.nuclei.finding import Found, find
from dlintro_demos.medicine.nuclei.looking import look, sizes
from dlintro_demos.medicine.nuclei.matching import match
from dlintro_demos.medicine.nuclei.pictures import outlines_of
from dlintro_demos.medicine.nuclei.samples import sample
from dlintro_demos.medicine.nuclei.star_convex import draw_stars, stars_in


def found_in(rgb):
    *_, found = find(rgb, engine().cache)
    assert isinstance(found, Found)
    return found


def squares(*corners, side=10, size=(60, 60)):
    labels = np.zeros(size, np.int32)
    for number, (top, left) in enumerate(corners, start=1):
        labels[top : top + side, left : left + side] = number
    return labels


def test_a_drawing_has_as_many_nuclei_as_were_asked_for_and_is_the_same_every_time():
    drawn = draw("fluorescence", 5, count=30)
    assert drawn.count == 30
    assert set(np.unique(drawn.labels)) == set(range(31))
    assert (draw.__wrapped__("fluorescence", 5, count=30).rgb == drawn.rgb).all()


def test_nuclei_that_are_apart_touch_no_other():
    labels = draw("stained", 2, count=40).labels
    beside = itertools.chain(
        zip(labels[1:].ravel(), labels[:-1].ravel(), strict=True),
        zip(labels[:, 1:].ravel(), labels[:, :-1].ravel(), strict=True),
    )
    assert not [pair for pair in beside if 0 not in pair and pair[0] != pair[1]]


def test_what_overlaps_by_half_is_the_same_and_each_counts_once():
    truth = squares((5, 5), (30, 30))
    shifted = squares((5, 8), (30, 45))  # 7 of 13 columns are shared; none
    paired = match(shifted, truth)
    assert paired.pairs == ((1, 1),)
    assert paired.f1 == pytest.approx(0.5)
    assert paired.count_error == 0
    assert match(truth, truth).f1 == 1
    twice = squares((5, 5), (5, 10), side=5)
    assert len(match(twice, squares((5, 5))).pairs) <= 1


def test_nothing_where_nothing_is_counts_as_right():
    nothing = np.zeros((60, 60), np.int32)
    assert match(nothing, nothing).f1 == 1
    assert match(nothing, squares((5, 5))).f1 == 0


def test_of_two_outlines_of_one_nucleus_the_surer_stays():
    probability = np.zeros((20, 20), np.float32)
    probability[10, 10], probability[10, 11], probability[3, 3] = 0.9, 0.8, 0.7
    distances = np.full((32, 20, 20), 5, np.float32)
    outlines, sureness, middles = stars_in(probability, distances, (40, 40), least=0.5, overlap=0.4)
    assert middles.tolist() == [[20, 20], [6, 6]]
    assert sureness.tolist() == pytest.approx([0.9, 0.7])
    stars = draw_stars(outlines, middles, sureness, (40, 40), overlap=0.4)
    assert stars.labels[20, 20] == 1
    assert stars.labels.max() == 2


def test_the_outline_of_a_label_runs_along_it():
    (outline,) = outlines_of(squares((5, 20)))
    assert outline.min(axis=0).tolist() == [20, 5]
    assert outline.max(axis=0).tolist() == [29, 14]


@pytest.mark.parametrize(
    ("stain", "options"),
    [
        ("fluorescence", {"count": 60}),
        ("fluorescence", {"count": 90, "crowded": True}),
        ("stained", {"count": 70}),
    ],
    ids=["apart", "crowded", "stained"],
)
def test_the_network_finds_most_drawn_nuclei(stain, options):
    drawn = draw(stain, 3, **options)
    paired = match(found_in(drawn.rgb).stars.labels, drawn.labels)
    assert paired.f1 > 0.8


def test_a_lamp_from_one_side_confuses_a_threshold_more_than_the_network():
    shadow = sample("shadow")
    threshold = match(find_by_threshold(shadow.load()), shadow.truth)
    network = match(found_in(shadow.load()).stars.labels, shadow.truth)
    assert threshold.f1 < 0.5 < network.f1
    assert network.count_error < threshold.count_error


def test_bright_on_dark_and_dark_on_bright_are_both_found_by_the_threshold():
    drawn = draw("fluorescence", 4, count=30)
    for rgb in (drawn.rgb, 255 - drawn.rgb):
        assert match(find_by_threshold(rgb), drawn.labels).f1 > 0.8


def test_in_tiles_nearly_the_same_nuclei_are_found_and_none_twice(monkeypatch):
    drawn = draw("fluorescence", 6, count=50)
    whole = found_in(drawn.rgb)
    monkeypatch.setattr(finding, "CORE", 160)
    steps = list(find(drawn.rgb, engine().cache))
    tiled = steps[-1]
    assert sum(isinstance(step, Progress) for step in steps) > 2
    assert abs(tiled.count - whole.count) <= 3
    assert match(tiled.stars.labels, whole.stars.labels).f1 > 0.9


def test_every_outline_is_one_label_and_every_pixel_of_one_nucleus_only():
    found = found_in(draw("fluorescence", 3, count=60).rgb)
    assert len(found.stars.outlines) == found.count == found.stars.labels.max()
    assert len(found.diameters) == found.count
    assert (found.diameters > 0).all()


def test_large_nuclei_are_looked_at_again_in_a_smaller_picture():
    drawn = draw("fluorescence", 8, count=12, diameter=64.0)
    found = found_in(drawn.rgb)
    assert found.scale < 0.5
    assert match(found.stars.labels, drawn.labels).f1 > 0.7


def test_looking_says_how_many_both_ways_find_and_which_of_them_are_the_same():
    crowded = sample("crowded")
    *_, looked = look(crowded.load(), crowded.truth, engine().cache)
    assert looked.truth == 90
    assert looked.both + looked.network_alone == looked.network.count
    assert looked.both + looked.classical_alone == looked.classical.count
    assert looked.network.match.true == 90


def test_a_histogram_has_every_nucleus_once():
    diameters = np.array([8.0, 9.5, 12.0, 30.2, 31.0])
    rows = sizes(diameters)
    assert sum(number for *_, number in rows) == 5
    assert rows[0][0] <= 8 < rows[-1][1]
    assert sizes(np.array([])) == []
    assert sum(number for *_, number in sizes(np.array([5.0, 5.0]))) == 2
