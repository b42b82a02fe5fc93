"""What a probability is worth: the figures, against their definitions and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from dlintro_demos.medicine.risk.scoring import (
    Rates,
    Thousand,
    area_under_curve,
    benefit_of_all,
    brier,
    calibration_error,
    interval,
    moved,
    net_benefit,
    rates,
    reliability,
    sensitive_threshold,
    thousand,
)


@pytest.fixture(scope="module")
def said():
    """Probabilities of 4,000 cases, and diagnoses that happen exactly as often as is said."""
    chance = np.random.default_rng(3)
    probabilities = np.round(chance.random(4_000), 2)  # with ties
    return probabilities, chance.random(4_000) < probabilities


def test_the_area_under_the_curve_and_the_brier_score_are_scikit_learns(said):
    probabilities, malignant = said
    assert area_under_curve(probabilities, malignant) == pytest.approx(
        roc_auc_score(malignant, probabilities)
    )
    assert brier(probabilities, malignant) == pytest.approx(brier_score_loss(malignant, probabilities))


def test_what_happens_as_often_as_it_is_said_is_calibrated_and_what_is_exaggerated_is_not(said):
    probabilities, malignant = said
    assert calibration_error(probabilities, malignant) < 0.03
    exaggerated = np.clip(2 * probabilities - 0.5, 0, 1)
    assert calibration_error(exaggerated, malignant) > 0.1


def test_the_bins_hold_every_case_once_and_certainty_is_in_the_last():
    found = reliability(np.array([0.0, 0.05, 1.0]), np.array([False, True, True]))
    assert [(each.count, each.found) for each in found] == [(2, 0.5), (1, 1.0)]


def test_a_lower_threshold_finds_more_and_frightens_more(said):
    low, high = rates(*said, 0.2), rates(*said, 0.8)
    assert low.sensitivity > high.sensitivity
    assert low.specificity < high.specificity


def test_the_chosen_threshold_finds_what_was_wanted_and_the_next_higher_one_does_not(said):
    probabilities, malignant = said
    threshold = sensitive_threshold(probabilities, malignant, 0.98)
    assert rates(probabilities, malignant, threshold).sensitivity >= 0.98
    assert rates(probabilities, malignant, threshold + 0.011).sensitivity < 0.98


def test_a_thousand_women_are_a_thousand():
    at = Rates(sensitivity=0.95, specificity=0.9)
    assert thousand(at, 0.01) == Thousand(found=10, missed=0, frightened=99, sent_home=891)
    for prevalence in np.linspace(0.01, 0.6, 60):
        women = thousand(at, float(prevalence))
        assert women.found + women.missed + women.frightened + women.sent_home == 1000
        assert women.found + women.missed == round(1000 * prevalence)


def test_probabilities_that_are_moved_to_another_prevalence_are_right_there():
    # Half of the cases are sick and 0.8 is said of one; where only a tenth is, the odds of 4 become 4 / 9.
    assert moved(np.array([0.8]), 0.5, 0.1)[0] == pytest.approx((4 / 9) / (1 + 4 / 9))


def test_the_net_benefit_of_a_perfect_machine_is_the_prevalence_and_of_calling_all_falls_to_zero_there(said):
    _, malignant = said
    perfect = np.where(malignant, 1 - 1e-9, 1e-9)
    assert net_benefit(perfect, malignant, (0.1, 0.5), 0.3) == pytest.approx([0.3, 0.3])
    assert benefit_of_all((0.3,), 0.3)[0] == pytest.approx(0)


def test_the_net_benefit_of_a_machine_that_says_the_prevalence_is_that_of_calling_all_below_it(said):
    _, malignant = said
    same = np.full(len(malignant), malignant.mean())
    assert net_benefit(same, malignant, (0.2,), 0.3) == pytest.approx(benefit_of_all((0.2,), 0.3))
    assert net_benefit(same, malignant, (0.4,), 0.3) == [0.0]


def test_an_interval_holds_the_figure_and_shrinks_with_more_cases(said):
    probabilities, malignant = said

    def width(count):
        few, sick = probabilities[:count], malignant[:count]
        low, high = interval(lambda rows: brier(few[rows], sick[rows]), sick, times=200)
        assert low < brier(few, sick) < high
        return high - low

    assert width(4_000) < width(100) / 3
