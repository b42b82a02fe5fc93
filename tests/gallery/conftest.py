from contextlib import contextmanager
from pathlib import Path

import pytest

from dlintro_demos.gallery.runtime.jobs import JobQueue
from tests.gallery.tab import Inside


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


@pytest.fixture(scope="session")
def look_inside(start_gallery, tmp_path_factory):
    """`with look_inside(**env) as (url, inside)`: a gallery of its own, and a way to ask what it holds."""

    @contextmanager
    def start(**options):
        path = tmp_path_factory.mktemp("inside") / "line"
        script = str(Path(__file__).with_name("inspected.py"))
        with start_gallery(command=(script, str(path)), **options) as url:
            yield url, Inside(path)

    return start


@pytest.fixture(scope="module")
def inspected(look_inside):
    """A warm gallery that forgets who left after two seconds, and a way to ask what it holds."""
    with look_inside(DLINTRO_RECONNECT_SECONDS="2", OMP_NUM_THREADS="1") as opened:
        yield opened
