"""Follow-up questions: what they are worth, and what an answer changes."""

import numpy as np
import pytest

from dlintro_demos.medicine.symptoms.questions import (
    ASKED,
    likeliest,
    next_question,
    posterior,
    prior,
    ranked,
)
from dlintro_demos.medicine.symptoms.written import patterns, questions, yes_shares

KEYS = [each.key for each in patterns()]


def shares(**given):
    """Probabilities of patterns; the rest is shared by all others."""
    rest = (1 - sum(given.values())) / (len(KEYS) - len(given))
    return [given.get(key, rest) for key in KEYS]


def entropy(p):
    return float(-(p * np.log2(p)).sum())


def test_the_best_question_tells_the_two_candidates_apart():
    best = next_question(shares(common_cold=0.49, hay_fever=0.49), {}, "my nose is running")
    assert best.question.key in ("outdoors", "itch", "eyes")
    assert 0.3 < best.bits <= 1


def test_the_gain_is_the_expected_fall_of_the_entropy():
    given = shares(migraine=0.5, tension_headache=0.4)
    best = ranked(given, {}, "")[0]
    p = prior(given)
    table = dict(zip([each.key for each in questions()], yes_shares(), strict=True))[best.question.key]
    yes = float(table @ p)
    after = yes * entropy(table * p / yes) + (1 - yes) * entropy((1 - table) * p / (1 - yes))
    assert best.bits == pytest.approx(entropy(p) - after)
    assert best.yes == pytest.approx(yes)


def test_a_yes_raises_the_pattern_that_says_yes_and_a_no_lowers_it():
    given = shares(common_cold=0.45, hay_fever=0.45)
    assert likeliest(given, {"outdoors": True}, 1)[0][0] == "hay_fever"
    assert likeliest(given, {"outdoors": False}, 1)[0][0] == "common_cold"
    assert posterior(given, {"outdoors": None}) == pytest.approx(prior(given))


def test_what_the_complaint_says_is_not_asked():
    asked = {each.question.key for each in ranked(shares(flu=0.5, common_cold=0.4), {}, "fever and a cough")}
    assert not asked & {"fever", "cough"}
    assert "throat" in asked


def test_it_stops_after_three_questions_and_where_nothing_is_to_be_told():
    given = shares(flu=0.4, common_cold=0.4)
    three = {each.key: None for each in questions()[:ASKED]}
    assert next_question(given, three, "") is None
    assert posterior(given, {}).sum() == pytest.approx(1)
