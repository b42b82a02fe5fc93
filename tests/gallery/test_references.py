"""A fragment that starts over leaves no element without its block."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from dlintro_demos.gallery.ui import references


@pytest.fixture
def queue(monkeypatch):
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)  # goes with the test
    references.drop_orphans()
    return ForwardMsgQueue()


def block(*path, fragment=""):
    message = ForwardMsg()
    message.metadata.delta_path.extend(path)
    message.delta.fragment_id = fragment
    message.delta.add_block.allow_empty = True
    return message


def reference(*path):
    """An element that the browser has already."""
    message = ForwardMsg(ref_hash=f"hash of {path}")
    message.metadata.delta_path.extend(path)
    return message


def left(queue):
    return [list(message.metadata.delta_path) for message in queue._queue]


def test_an_element_goes_with_its_block_when_a_fragment_starts_over(queue):
    """A visitor whose next question took long saw an empty page when they answered it."""
    page = [block(0, 2), reference(0, 2, 0), reference(0, 6, 0)]
    for message in (*page, block(0, 6, 1, fragment="game"), reference(0, 6, 1, 0), reference(0, 6, 1, 1, 0)):
        queue.enqueue(message)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["game"])
    assert left(queue) == [[0, 2], [0, 2, 0], [0, 6, 0]]


def test_what_another_fragment_says_stays(queue):
    for message in (block(0, 6, fragment="other"), reference(0, 6, 0), block(0, 7, fragment="game")):
        queue.enqueue(message)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["game"])
    assert left(queue) == [[0, 6], [0, 6, 0]]


def test_what_was_sent_is_forgotten(queue):
    queue.enqueue(block(0, 6))
    assert len(queue.flush()) == 1
    assert left(queue) == []
