"""`python app.py`, looked at from inside in the moment in which it begins to answer."""

import json
import os
import socket
import subprocess
import sys

import pytest

from dlintro_demos.gallery.settings import REPOSITORY

START = """
import json, os, runpy, socket, sys, threading, time, urllib.error, urllib.request

def answer(path):
    while True:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{os.environ['DLINTRO_PORT']}{path}").status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.05)

def listening():
    for name in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                found = socket.socket(fileno=os.dup(int(name)))
                if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    yield found.getsockname()[1], found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        except OSError:
            continue

def look():
    facts["alive"] = answer("/_stcore/health")
    facts["ready"] = answer("/readyz")
    facts["at once"] = dict(listening())
    print(json.dumps(facts), flush=True)
    os._exit(0)

import app
facts = {"torch": "torch" in sys.modules}
threading.Thread(target=look, daemon=True).start()
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def facts():
    """What was seen; its sockets are by port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=REPOSITORY,
        env=os.environ | {"DLINTRO_ADDRESS": "127.0.0.1", "DLINTRO_PORT": str(port)},
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    return json.loads(done.stdout.splitlines()[-1]) | {"port": port}


def test_the_server_starts_without_loading_torch(facts):
    assert facts["torch"] is False


def test_ready_and_alive_are_two_things(facts):
    assert facts["alive"] == 200
    assert facts["ready"] in (200, 503)


@pytest.mark.skipif(sys.platform != "linux", reason="its sockets are found through /proc")
def test_the_listening_socket_answers_at_once(facts):
    assert facts["at once"][str(facts["port"])]
