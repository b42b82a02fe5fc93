import pytest

from dlintro_demos.gallery.runtime.jobs import JobQueue


@pytest.fixture
def make_queue():
    """`make_queue(**options of JobQueue)`: a queue that is shut down after the test."""
    queues = []

    def make(**options):
        queues.append(JobQueue(**options))
        return queues[-1]

    yield make
    for queue in queues:
        queue.shutdown()
