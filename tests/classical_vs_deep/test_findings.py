import dataclasses
import io

import pytest
from PIL import Image

from dlintro_demos.classical_vs_deep.findings import DepthSummary, depth_findings, findings, verdict
from dlintro_demos.classical_vs_deep.learning_curves import Summary, summarise
from dlintro_demos.classical_vs_deep.plot import curves_png, depths_png, rounds_png
from dlintro_demos.classical_vs_deep.recorded import MNIST1D_FILE, MNIST_FILE, read_points


def curve(learner, means, sizes=(100, 1000, 3000), deviation=0.01):
    return [
        Summary(learner=learner, size=size, mean=mean, deviation=deviation, seconds=1.0, seeds=3)
        for size, mean in zip(sizes, means, strict=False)
    ]


LEVELLED = curve("linear", (0.2, 0.3, 0.305))
CLIMBING = curve("forest", (0.2, 0.5, 0.7))
LEADING = curve("cnn", (0.6, 0.9, 0.97))


def test_the_leader_is_named_at_both_ends():
    said = findings([*LEVELLED, *CLIMBING, *LEADING])
    assert said[0].startswith("With 100 examples the convolutional network leads: it names 60% of new curves")
    assert "Next is the random forest with 70%" in said[1]


def test_who_levels_off_is_told_from_who_still_climbs():
    said = findings([*LEVELLED, *CLIMBING, *LEADING])[2]
    assert "logistic regression has levelled off (+0.5 points, 1% fewer mistakes)" in said
    assert "random forest still climbs (+20.0 points, 40% fewer mistakes)" in said
    worse = findings([*LEVELLED, *curve("cnn", (0.6, 1.0, 0.98))])[2]
    assert "convolutional network has levelled off (-2.0 points)" in worse


def test_near_the_top_mistakes_count_not_points():
    said = findings([*curve("svm", (0.6, 0.92, 0.945)), *curve("cnn", (0.6, 0.96, 0.98))])[2]
    assert said.count("still climbs") == 2


def test_fewer_examples_of_the_best_replace_many_of_the_second():
    assert findings([*CLIMBING, *LEADING])[3] == (
        "What the random forest reaches with 3,000 examples, the convolutional network reaches with 1,000."
    )


def test_the_words_turn_with_the_figures():
    """The claim that classical wins on few examples must come from the figures, or not at all."""
    said = findings([*curve("svm", (0.7, 0.8, 0.85)), *curve("cnn", (0.5, 0.8, 0.95))])
    assert "With 100 examples the support vector machine leads" in said[0]
    assert "With 3,000 examples the convolutional network leads" in said[1]


def test_a_lead_within_the_deviations_is_no_lead():
    said = findings([*curve("svm", (0.6,), deviation=0.05), *curve("cnn", (0.65,), deviation=0.05)])
    assert said == [
        "With 100 examples it is too close to call: convolutional network 65%, support vector machine 60%."
    ]


def test_a_run_that_was_stopped_counts_only_where_all_were_measured():
    assert findings([*LEVELLED, *LEADING[:1]]) == findings([*LEVELLED[:1], *LEADING[:1]])
    assert findings([*LEVELLED[1:], *LEADING[:1]]) == []
    assert findings(LEADING) == []
    assert findings([]) == []


def test_a_bet_is_won_lost_or_nearly_won():
    all_of_them = [*LEVELLED, *CLIMBING, *LEADING, *curve("svm", (0.5, 0.55, 0.6))]
    assert verdict(all_of_them, "cnn").startswith("**You were right.**")
    assert "yours came to 70%, place 2 of 4" in verdict(all_of_them, "forest")
    far = [*curve("linear", (0.3,), (3000,)), *curve("forest", (0.7,), (3000,))]
    close = [*far, *curve("svm", (0.95,), (3000,), 0.02), *curve("cnn", (0.96,), (3000,), 0.02)]
    assert verdict(close, "svm").startswith("**Nearly.**")
    assert "though it is close" in verdict(close, "cnn")
    assert "no result yet" in verdict(LEADING, "svm")


@pytest.mark.reports
def test_a_run_that_was_stopped_before_every_learner_had_its_turn_decides_no_bet():
    """A cancelled run said “Not this time” without having asked the network."""
    others = [*curve("linear", (0.3,)), *curve("forest", (0.5,)), *curve("svm", (0.4,))]
    for bet in ("cnn", "forest", "linear"):
        assert "no result yet" in verdict(others, bet)
    assert verdict([*others, *curve("cnn", (0.8,))], "cnn").startswith("**You were right")
    fewer = [dataclasses.replace(each, seeds=1) for each in curve("cnn", (0.8,))]
    assert "no result yet" in verdict([*others, *fewer], "cnn")


@pytest.mark.reports
def test_the_same_gain_has_the_same_name_for_every_learner():
    """+6.8 points were “levelled off”, +7.9 “still climbs”."""
    weak, strong = curve("linear", (0.20, 0.268), (1000, 3000)), curve("cnn", (0.70, 0.768), (1000, 3000))
    said = findings([*weak, *strong])[2]
    assert "levelled off" not in said
    assert said.count("still climbs") == 2
    noisy = curve("forest", (0.70, 0.768), (1000, 3000), deviation=0.05)
    assert "random forest has levelled off (+6.8" in findings([*weak, *noisy])[2]


def test_the_recorded_curves_say_what_the_page_says():
    curves = findings(summarise(read_points(MNIST1D_FILE)))
    assert "the convolutional network leads" in curves[0]
    assert "logistic regression has levelled off" in curves[2]
    assert "random forest still climbs" in curves[2]
    digits = findings(summarise(read_points(MNIST_FILE)), "digits")
    assert "too close to call" in digits[0]  # as the talking points say
    assert "the convolutional network leads" in digits[1]
    assert "logistic regression has levelled off" in digits[2]
    assert digits[2].count("still climbs") == 3


def depth(number, mean, deviation=0.01, learned=0.8):
    return DepthSummary(
        depth=number, width=9, weights=500, mean=mean, deviation=deviation, learned=learned, seeds=3
    )


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ((0.3, 0.5, 0.6, 0.7), "Deeper helps here"),
        ((0.3, 0.6, 0.5, 0.4), "Deeper is not always better here: the best is 1 hidden"),
        ((0.3, 0.6, 0.6, 0.61), "change little here: all lie between 60% and 61%"),
    ],
)
def test_what_depth_is_worth_follows_the_figures(means, expected):
    said = depth_findings([depth(number, mean) for number, mean in enumerate(means)])
    assert "Without a hidden layer: 30%" in said[0]
    assert expected in said[1]
    assert "learned by heart" in said[2]


def test_depths_that_are_not_measured_yet_say_nothing():
    assert depth_findings([]) == []
    assert depth_findings([depth(0, 0.3)]) == []
    assert depth_findings([depth(0, 0.3), depth(2, 0.4)]) == []


def test_the_curves_can_be_taken_home_as_a_picture():
    one = [*CLIMBING, *(dataclasses.replace(each, deviation=0.0) for each in LEADING)]
    depths = depths_png([depth(0, 0.3), depth(1, 0.4)], "Depths")
    for data in (curves_png(one, "Curves"), depths, rounds_png([0.1, 0.8], "Rounds")):
        file = Image.open(io.BytesIO(data))
        assert (file.format, file.size) == ("PNG", (1200, 750))
        picture = file.convert("RGB")
        assert picture.getpixel((2, 2)) == (255, 255, 255)
        assert len(picture.getcolors(picture.width * picture.height)) > 10
