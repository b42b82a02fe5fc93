import time

import pytest

from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.settings import Settings
from tests.ray.serving import SECRET, Ray


@pytest.fixture(scope="session")
def ray():
    """Ray, with a worker for each demo."""
    served = Ray()
    served.start()
    yield served
    served.kill()


@pytest.fixture
def gallery(ray):
    """An engine that has its jobs computed there."""
    patient = {"job_seconds": 300.0, "job_lease_seconds": 300.0}  # no page asks for these jobs
    built = build_engine(Settings(engine="ray", ray_url=ray.url, ray_secret=SECRET, **patient))
    wait_for(lambda: built.elsewhere.families)
    yield built
    built.queue.shutdown()
    built.elsewhere.close()


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
