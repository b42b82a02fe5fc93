"""Why now: the measurement, and who gets which."""

import json

import pytest
import torch

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.why_now import measuring
from dlintro_demos.why_now.latest import FRESH_SECONDS, Latest, as_json, from_json, recorded
from dlintro_demos.why_now.measuring import CONVOLUTION, MATRIX, Measurement, measure


@pytest.fixture
def quick(monkeypatch):
    """Small sizes, so that nothing but the machine's speed is left out."""
    monkeypatch.setattr(measuring, "MATRICES", (16, 32))
    monkeypatch.setattr(measuring, "PICTURES", (4, 7))
    monkeypatch.setattr(measuring, "COPIED", 1 << 20)
    monkeypatch.setattr(measuring, "TIMED", 0.0)


def test_every_operation_and_format_is_measured_and_shown_as_it_comes(quick):
    steps = list(measure(torch.device("cpu")))
    found = steps.pop()
    assert isinstance(found, Measurement)
    assert all(isinstance(step, Progress) for step in steps)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    kinds = {(each.operation, each.dtype) for each in found.speeds}
    assert kinds == {(what, dtype) for what in (MATRIX, CONVOLUTION) for dtype in ("float32", "bfloat16")}
    assert all(each.flops > 0 for each in found.speeds)
    assert found.copied > 0
    assert 0 < found.utilisation <= 1
    assert found.busy is None or 0 <= found.busy <= 1
    assert steps[-1].so_far.copied == found.copied


def test_larger_sizes_are_left_out_where_a_smaller_one_took_too_long(quick, monkeypatch):
    monkeypatch.setattr(measuring, "TOO_SLOW", 0.0)
    *_, found = measure(torch.device("cpu"))
    assert [each.size for each in found.speeds] == [16, 16, 4, 4]


def test_a_measurement_survives_the_way_into_a_file_and_back(quick, tmp_path):
    *_, found = measure(torch.device("cpu"))
    path = tmp_path / "found.json"
    path.write_text(as_json(found), encoding="utf-8")
    assert from_json(path) == found
    assert json.loads(path.read_text(encoding="utf-8"))["peak"] == found.peak


def test_the_recorded_one_is_whole():
    found = recorded()
    assert found.peak > 1e9
    assert {each.dtype for each in found.speeds} == {"float32", "bfloat16"}


def test_who_asks_at_the_same_time_or_shortly_after_gets_the_same_measurement():
    now = [0.0]
    latest = Latest(clock=lambda: now[0])
    first = latest.ask()
    assert latest.ask() == first  # under way, or cancelled: then it is measured under the same number
    latest.over(first, recorded())
    assert latest.ask() == first
    now[0] += FRESH_SECONDS + 1
    assert latest.found == (recorded(), FRESH_SECONDS + 1)
    assert latest.ask() == first + 1


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_is_measured_like_a_processor():
    *_, found = measure(torch.device("cuda"))
    assert found.peak > 1e12
