"""Why now: the three causes, learned with a tiny budget."""

from dataclasses import replace

import pytest

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.shared.mnist1d import make
from dlintro_demos.why_now import causes
from dlintro_demos.why_now.causes import (
    CAUSES,
    CURVES,
    LESS_COMPUTING,
    LESS_DATA,
    OLD_IDEAS,
    STEPS,
    TODAY,
    WAYS,
    Curve,
    Network,
    compare,
    findings,
    learn,
)


@pytest.fixture(scope="module")
def few():
    return make(200, 77)


def test_each_cause_takes_away_one_thing_alone():
    assert (LESS_DATA.examples, LESS_DATA.steps) == (CURVES // 100, STEPS)
    assert (LESS_COMPUTING.examples, LESS_COMPUTING.steps) == (CURVES, STEPS // 100)
    assert (OLD_IDEAS.examples, OLD_IDEAS.steps) == (CURVES, STEPS)
    assert len({way.key for way in WAYS}) == len(WAYS)
    layers = {each.key: {type(layer).__name__ for layer in Network(each).features} for each in WAYS}
    assert layers["today"] == {"Conv1d", "BatchNorm1d", "ReLU"}
    assert layers["ideas"] == {"Conv1d", "Sigmoid"}
    assert layers["unnormalised"] == {"Conv1d", "ReLU"}


def test_a_way_is_the_same_for_the_same_seed_and_learns(few):
    way = replace(TODAY, steps=120)
    *_, one = learn(way, 3, few)
    *_, again = learn(way, 3, few)
    assert one.accuracy == again.accuracy
    assert one.steps[-1] == 120
    assert one.accuracy[-1] > 0.4 > one.accuracy[0]


def test_all_ways_are_learned_and_shown_as_they_come(monkeypatch, few):
    monkeypatch.setattr(causes, "WAYS", tuple(replace(way, steps=4) for way in CAUSES))
    monkeypatch.setattr(causes, "test_curves", lambda: few)
    *steps, found = compare(0)
    assert all(isinstance(step, Progress) for step in steps)
    assert [curve.way for curve in found] == [way.key for way in CAUSES]
    assert len(steps[-1].so_far) == len(CAUSES)
    assert steps[-1].fraction == 1


def test_what_makes_no_difference_is_said_to_make_none():
    said = findings(
        tuple(
            Curve(way=key, steps=(1,), accuracy=(share,))
            for key, share in (("today", 0.95), ("data", 0.45), ("sgd", 0.945))
        )
    )
    assert len(said) == 3
    assert "50 points fewer" in said[1]
    assert "no difference" in said[2]
    assert findings(()) == []
