"""Which frameworks there are, and what is said where one is missing or of another version."""

import ast
import sys
import types

import pytest

from dlintro_demos.frameworks import known
from dlintro_demos.frameworks.known import (
    FRAMEWORKS,
    IDEAS,
    FrameworkUnavailable,
    find,
    ideas,
    lines_of_code,
    load,
    version,
)
from dlintro_demos.frameworks.running import learn, race, recorded


@pytest.fixture
def missing(monkeypatch):
    """JAX as on a machine without it."""
    monkeypatch.setattr(known, "version", lambda framework: None if framework.key == "jax" else "1.0")


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda each: each.key)
def test_every_source_has_every_idea_and_is_python(framework):
    found = ideas(framework)
    assert tuple(found) == tuple(IDEAS)
    assert all(found.values())
    ast.parse(framework.file.read_text(encoding="utf-8"))
    assert lines_of_code(framework) > 20


def test_a_missing_framework_is_said_with_the_way_to_add_it(missing):
    with pytest.raises(FrameworkUnavailable, match=r"not installed here.*requirements-frameworks\.txt"):
        load(find("jax"))


def test_a_version_that_does_not_start_is_no_traceback(monkeypatch):
    monkeypatch.setattr(known, "version", lambda _: "0.1")
    broken = types.ModuleType("jax")
    broken.__path__ = []
    monkeypatch.setitem(sys.modules, "jax", broken)
    monkeypatch.delitem(sys.modules, "dlintro_demos.frameworks.languages.in_jax", raising=False)
    with pytest.raises(FrameworkUnavailable, match=r"JAX 0\.1 is installed here, but does not start"):
        load(find("jax"))


def test_a_framework_that_fails_is_said_in_its_run(missing):
    *_, run = learn(find("jax"), 3)
    assert not run.losses
    assert "not installed" in run.fault


def test_those_that_are_here_learn_and_are_shown_as_they_come():
    *steps, runs = race(20)
    assert [run.framework for run in runs] == [each.key for each in FRAMEWORKS if version(each)]
    for run in runs:
        assert len(run.losses) == 20
        assert run.losses[-1] < run.losses[0]
        assert run.milliseconds > 0
    assert steps[-1].fraction == 1


def test_the_recording_has_all_three_and_they_agree():
    kept = recorded()
    assert [cost.framework for cost in kept.costs] == [each.key for each in FRAMEWORKS]
    for losses in zip(*(cost.losses for cost in kept.costs), strict=True):
        assert max(losses) - min(losses) < 1e-3
    for cost in kept.costs:
        assert cost.lines == lines_of_code(find(cost.framework)), "record anew: the source has changed"
