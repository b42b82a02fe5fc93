"""Benign or malignant: networks, refusal, reasons."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch

from dlintro_demos.gallery.process import engine
from dlintro_demos.medicine.risk.curves import LOGISTIC, NETWORKS, draw_thousand, rates_at, record
from dlintro_demos.medicine.risk.drawing import draw_nuclei
from dlintro_demos.medicine.risk.measures import MEASURES, NAMES, cases, spans
from dlintro_demos.medicine.risk.network import MODEL, ask
from dlintro_demos.medicine.risk.quiz import ROUNDS, cases_of, make_round
from dlintro_demos.medicine.risk.reasons import (
    followed,
    integrated_gradients,
    logistic_shares,
    smallest_change,
)
from dlintro_demos.medicine.risk.samples import SAMPLES
from dlintro_demos.medicine.risk.scoring import Thousand
from dlintro_demos.medicine.risk.strangeness import STRANGERS, distances, impossible, strangest
from dlintro_demos.medicine.risk.weighing import find_flips, weigh, weigh_many


@pytest.fixture(scope="module")
def module():
    return engine().cache.get(MODEL).module


@pytest.fixture(scope="module")
def unseen():
    """The held-out cases (N, 30), and which are malignant."""
    everyone = cases()
    return everyone.values[everyone.held_out], everyone.malignant[everyone.held_out]


def weighed(values, changes=(), follow=False):
    *_, found = weigh(tuple(map(float, values)), tuple(changes), follow, engine().cache)
    return found


def threshold():
    return engine().cache.card(MODEL).thresholds["malignant"]


def test_a_quarter_of_each_kind_is_held_out_and_never_a_neighbour(unseen):
    everyone = cases()
    values, malignant = unseen
    assert len(values) == 143
    assert malignant.mean() == pytest.approx(everyone.malignant.mean(), abs=0.01)
    near = weighed(values[0]).near
    assert len(near) == 5
    assert not everyone.held_out[[each.case for each in near]].any()
    assert [each.apart for each in near] == sorted(each.apart for each in near)


def test_unseen_cases_are_told_apart_as_well_as_the_card_says(module, unseen):
    values, malignant = unseen
    right = ((ask(module, values).probabilities >= 0.5) == malignant).mean()
    figures = {figure.name: figure.value for figure in engine().cache.card(MODEL).figures}
    on_card = float(figures["Accuracy, the shipped networks, 143 held-out cases"].split()[0])
    assert right == pytest.approx(on_card, abs=0.0006)
    assert right > 0.93


def test_what_is_read_can_be_written_back(module, unseen):
    values = torch.from_numpy(unseen[0]).float()
    assert torch.allclose(module.written(module.read(values)), values, rtol=1e-3, atol=1e-4)


def test_few_real_cases_are_refused_and_nearly_all_strangers(unseen):
    values, _ = unseen
    refused = [verdict.strange is not None for verdict, _ in weigh_many(values, engine().cache)]
    assert np.mean(refused) < 0.06
    chance = np.random.default_rng(1)
    for name, make in STRANGERS.items():
        found = [v.strange is not None for v, _ in weigh_many(make(values[:60], chance), engine().cache)]
        assert np.mean(found) > (0.85 if name == "two measures swapped" else 0.98), name


def test_a_measure_that_does_not_go_with_the_others_is_named_with_what_was_expected(unseen):
    values = unseen[0][0].copy()
    number = NAMES.index("mean perimeter")
    truth = values[number]
    values[number] = spans()[number].most if truth < 90 else spans()[number].least
    strange = weighed(values).verdict.strange
    assert strange.name == "mean perimeter"
    assert strange.expected == pytest.approx(truth, rel=0.15)
    assert "does not go with the other measures" in strange.why


def test_putting_the_expected_value_in_brings_a_case_nearest(module):
    chance = np.random.default_rng(2)
    precision = module.precision.double().numpy()
    read = chance.normal(size=30)
    worst, expected = strangest(read, precision)

    def away(value, number):
        other = read.copy()
        other[number] = value
        return distances(other[None], precision)[0]

    assert away(expected, worst) < away(expected + 0.1, worst)
    assert away(expected, worst) < away(expected - 0.1, worst)
    assert all(
        away(expected, worst) <= away(value, number) + 1e-9
        for number in range(30)
        for value in np.linspace(-4, 4, 81)
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("mean radius", -1.0, "which no nucleus can have"),
        ("mean area", 0.0, "which no nucleus can have"),
        ("mean texture", float("nan"), "is no number"),
        ("worst area", float("inf"), "is no number"),
        ("mean radius", 0.0141, "Times 1,000 it would fit"),
        ("mean radius", 141.0, "Divided by 10 it would fit"),
        ("mean smoothness", 9.6, "Divided by 100 it would fit"),
        ("worst symmetry", 50_000.0, "known cases have"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(name, value, words, unseen):
    values = unseen[0][0].copy()
    values[NAMES.index(name)] = value
    verdict = weighed(values).verdict
    assert verdict.probability is None
    assert verdict.answer(0.5) == "strange"
    assert verdict.strange.name == name
    assert words in verdict.strange.why


def test_an_edge_without_dents_is_nothing_strange():
    smooth = np.flatnonzero(cases().values[:, NAMES.index("mean concavity")] == 0)
    assert all(impossible(cases().values[case]) is None for case in smooth)


def test_shares_add_up_to_what_the_networks_and_the_logistic_regression_say(module, unseen):
    read = module.read(torch.from_numpy(unseen[0][:20]).float())
    with torch.inference_mode():
        there = module(read).mean(0).numpy()
        average = module(torch.zeros(1, 30)).mean(0).numpy()
        line = module.logistic(read)[:, 0].numpy() - module.logistic.bias.numpy()
    assert integrated_gradients(module, read).sum(1) == pytest.approx(there - average, abs=0.02)
    assert logistic_shares(module, read).sum(1) == pytest.approx(line, abs=1e-3)


def test_measures_that_follow_move_as_known_cases_do(module):
    precision = module.precision.double().numpy()
    radius, perimeter = NAMES.index("mean radius"), NAMES.index("mean perimeter")
    moved = followed(np.zeros(30), {radius: 1.0}, precision, follow=True)
    assert moved[radius] == 1
    assert moved[perimeter] == pytest.approx(1, abs=0.1)
    # No other case with that radius is nearer to the average.
    nearest_one = distances(moved[None], precision)[0]
    chance = np.random.default_rng(4)
    for _ in range(20):
        other = moved + chance.normal(0, 0.05, 30)
        other[radius] = 1
        assert distances(other[None], precision)[0] > nearest_one
    alone = followed(np.zeros(30), {radius: 1.0}, precision, follow=False)
    assert np.flatnonzero(alone).tolist() == [radius]


def test_a_larger_radius_alone_is_soon_strange_and_with_the_others_following_it_is_not():
    sample = SAMPLES[0].values()
    number = NAMES.index("mean radius")
    change = [(number, sample[number] * 0.7)]
    assert weighed(sample, change).verdict.strange is not None
    together = weighed(sample, change, follow=True)
    assert together.verdict.strange is None
    assert together.values[number] == pytest.approx(sample[number] * 0.7)
    assert together.values[NAMES.index("mean area")] < sample[NAMES.index("mean area")]


@pytest.mark.parametrize("place", range(0, 60, 12))
def test_the_smallest_change_flips_the_answer_and_nothing_near_by_is_smaller(module, unseen, place):
    values = unseen[0][place]
    precision = module.precision.double().numpy()
    before = ask(module, values[None]).probabilities[0] >= 0.5
    flip = smallest_change(module, values, 0.5, precision)
    assert (flip.probability >= 0.5) != before
    assert ask(module, flip.values[None]).probabilities[0] == pytest.approx(flip.probability)
    # Nobody gets across with nine tenths of that distance in any of 3,000 directions.
    chance = np.random.default_rng(place)
    start = module.read(torch.from_numpy(values[None]).float()).double().numpy()
    steps = chance.normal(size=(3_000, 30)) @ np.linalg.cholesky(np.linalg.inv(precision)).T
    steps *= 0.9 * flip.distance / distances(steps, precision)[:, None]
    with torch.inference_mode():
        others = module(torch.from_numpy(start + steps).float()).sigmoid().mean(0).numpy() >= 0.5
    assert (others == before).all()


def test_one_measure_alone_flips_it_or_none_does(unseen):
    *_, flips = find_flips(tuple(map(float, unseen[0][3])), 0.5, engine().cache)
    if flips.alone is not None:
        changed = np.flatnonzero(flips.alone.values != unseen[0][3])
        assert changed.tolist() == [flips.alone.measure]
    assert flips.together is not None


def test_every_sample_does_what_it_is_there_for():
    wanted = {
        "malignant": "malignant", "benign": "benign", "close": "unsure",
        "wrong": None, "noise": "strange", "unit": "strange", "swapped": "strange",
    }  # fmt: skip
    assert [sample.key for sample in SAMPLES] == list(wanted)
    for sample in SAMPLES:
        answer = weighed(sample.values()).verdict.answer(threshold())
        assert cases().held_out[sample.case]
        if sample.key == "wrong":
            assert answer in ("malignant", "benign")
            assert answer != sample.found
        else:
            assert answer == wanted[sample.key], sample.key
        if answer in ("malignant", "benign") and sample.key != "wrong":
            assert answer == sample.found


def test_the_drawing_grows_with_the_radius_is_the_same_again_and_is_sound_xml():
    values = list(SAMPLES[0].values())
    drawn = draw_nuclei(values)
    assert drawn == draw_nuclei(values)

    def width(drawing):
        polygon = next(ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}polygon"))
        xs = [float(point.split(",")[0]) for point in polygon.get("points").split()]
        return max(xs) - min(xs)

    smaller = values.copy()
    smaller[NAMES.index("mean radius")] *= 0.6
    assert width(draw_nuclei(smaller)) < 0.75 * width(drawn)
    for name in ("mean texture", "mean smoothness", "mean concavity", "mean symmetry"):
        other = values.copy()
        other[NAMES.index(name)] *= 1.5
        assert draw_nuclei(other) != drawn, name


def test_a_thousand_dots_are_drawn():
    women = Thousand(found=30, missed=2, frightened=68, sent_home=900)
    paths = list(ElementTree.fromstring(draw_thousand(women)))
    assert [path.get("d").count("M") for path in paths] == [30, 2, 68, 900]


def test_the_recorded_predictions_give_the_figures_on_the_card():
    folder = engine().cache.card(MODEL).folder
    found = record(folder)
    assert len(found.malignant) == 569
    assert (found.malignant == cases().malignant).all()
    figures = {figure.name: figure.value for figure in engine().cache.card(MODEL).figures}
    on_card = figures["Sensitivity, networks, 569 cases, nested cross-validation"]
    assert rates_at(folder, 0.5, NETWORKS).sensitivity == pytest.approx(float(on_card.split()[0]), abs=6e-4)


def test_a_game_has_ten_other_held_out_cases_for_each_seed_half_of_them_malignant():
    everyone = cases()
    games = [cases_of(seed) for seed in (1, 2)]
    assert games[0] != games[1]
    for game in games:
        assert len(set(game)) == ROUNDS
        assert everyone.held_out[game].all()
        assert everyone.malignant[game].sum() == ROUNDS // 2
    *_, first = make_round(1, 0, engine().cache)
    assert first.case == games[0][0]
    assert first.malignant == everyone.malignant[first.case]


def test_every_measure_has_a_column_of_its_own():
    assert len({measure.column for measure in MEASURES}) == 30
    assert MEASURES[20].column == "worst_radius"


def test_the_networks_are_no_better_than_logistic_regression_as_the_page_says():
    found = record(engine().cache.card(MODEL).folder)
    right = {who: ((said >= 0.5) == found.malignant).mean() for who, said in found.said.items()}
    assert abs(right[NETWORKS] - right[LOGISTIC]) < 0.01
    figures = {figure.name: figure.value for figure in engine().cache.card(MODEL).figures}
    compared = {
        name.split(",")[0]: value
        for name, value in figures.items()
        if "networks less logistic regression" in name
    }
    assert len(compared) == 3
    better = {"Accuracy": "+", "AUC": "+", "Brier score": "-"}
    for name, value in compared.items():
        assert "they tie" in value or not value.startswith(better[name])
