"""SIGTERM: what runs is done first, and the visitor gets it."""

import io
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
from PIL import Image

from bench.pages import ready_at
from dlintro_demos.gallery.intake import contained
from dlintro_demos.gallery.settings import REPOSITORY
from tests.gallery.tab import Tab, closing_tabs
from tests.gallery.test_proxy import free_port

pytestmark = pytest.mark.reports
PATIENCE = 180


@pytest.fixture
def draining(monkeypatch):
    """A gallery that may take a minute over its end; gives its address and process."""
    port = free_port()
    for name, value in {"ADDRESS": "127.0.0.1", "PORT": str(port), "DRAIN_SECONDS": "60"}.items():
        monkeypatch.setenv(f"DLINTRO_{name}", value)
    process = subprocess.Popen([sys.executable, "app.py"], cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while not ready_at(port):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.2)
    yield f"http://127.0.0.1:{port}", process
    process.kill()
    process.wait()


def large_photo():
    pixels = np.random.default_rng(3).integers(0, 256, (700, 700, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_who_waits_for_a_job_gets_it_though_the_gallery_was_told_to_end(draining):
    url, process = draining
    with closing_tabs():
        tab = Tab(url, "super_resolution").run()
        tab.choose("Which picture", "My photo")
        tab.begin_show("large.png", large_photo())
        while all(bar.text.startswith("Opening") for bar in tab.of("progress")):  # the job itself runs then
            tab.until("delta")
        process.send_signal(signal.SIGTERM)
        is_served(tab, process)


def test_whose_picture_is_being_opened_then_gets_the_job_after_that_too(draining):
    url, process = draining
    with closing_tabs():
        tab = Tab(url, "super_resolution", "method=Bicubic").run()
        tab.choose("Which picture", "My photo")
        children = psutil.Process(process.pid).children(recursive=True)
        (decoder,) = [each for each in children if contained.__name__ in each.cmdline()]
        decoder.suspend()
        tab.begin_show("large.png", large_photo())
        while not tab.of("progress"):
            tab.until("delta")
        process.send_signal(signal.SIGTERM)
        while tab.http("GET", "/readyz")[0] == 200:
            time.sleep(0.1)
        decoder.resume()
        is_served(tab, process)


def is_served(tab, process):
    tab.until("script_finished")
    words = str(tab.deltas)
    assert "shutting down" not in words
    assert "Download" in words
    assert process.wait(PATIENCE) in (0, -signal.SIGTERM)
