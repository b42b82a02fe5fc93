"""A framework in a process of its own: replies, faults, and an end that takes nobody along."""

import sys

import pytest

from dlintro_demos.frameworks.known import FrameworkUnavailable, find
from dlintro_demos.frameworks.task import SIDE, first_weights
from dlintro_demos.frameworks.workers import Worker


@pytest.fixture
def worker():
    made = Worker(find("torch"))  # the one that every gallery has
    yield made
    made.stop()


def test_it_learns_and_answers_one_request_after_the_other(worker):
    *_, last = worker.ask({"steps": 12})
    assert len(last["losses"]) == 12
    process = worker._process
    weights = {name: value.tolist() for name, value in first_weights().items()}
    (reply,) = worker.ask({"weights": weights, "x": [0.5] * SIDE * SIDE})
    assert len(reply["logits"][0]) == 10
    assert worker._process is process


def test_who_leaves_early_ends_it_and_the_next_gets_another(worker):
    replies = worker.ask({"steps": 100_000})
    next(replies)
    process = worker._process
    replies.close()
    assert process.poll() is not None
    assert list(worker.ask({"steps": 1}))


def test_a_process_that_dies_is_said_and_not_a_traceback():
    dying = Worker(find("torch"), [sys.executable, "-c", "import os; os.abort()"])
    with pytest.raises(FrameworkUnavailable, match="stopped without an answer"):
        list(dying.ask({"steps": 1}))
