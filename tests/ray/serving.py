"""A real Ray on this machine for the tests: loopback only, one core, a small object store, no usage stats."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from dlintro_demos.gallery.settings import REPOSITORY

SECRET = "a secret of the tests"
JOBS_PER_WORKER, JOBS_WAITING = 2, 4


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@dataclass
class Ray:
    """Started, killed and started again at the same address."""

    head: int = field(default_factory=free_port)
    port: int = field(default_factory=free_port)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _process: subprocess.Popen | None = None
    _folder: Path | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self):
        return os.environ | {
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_ADDRESS": f"127.0.0.1:{self.head}",
            "RAY_automatic_object_spilling_enabled": "0",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": self.token,
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]),
            "DLINTRO_RAY_URL": self.url,
            "DLINTRO_RAY_SECRET": SECRET,
            "DLINTRO_RAY_CPUS": "0.01",
            "DLINTRO_RAY_JOBS_PER_WORKER": str(JOBS_PER_WORKER),
            "DLINTRO_RAY_JOBS_WAITING": str(JOBS_WAITING),
        }

    def start(self, *demos):
        """Start Ray, and have it serve these demos; all where none is named."""
        tries = 3  # a raylet gives up where its helpers take more than half a minute to start
        while not self._runs():
            tries -= 1
            assert tries, "Ray does not start."
            self.kill()
        serve = [sys.executable, "-m", "dlintro_demos", "ray", *demos]
        done = subprocess.run(
            serve, env=self.environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _runs(self):
        """Start it; whether it, and the helper that its raylet waits for, are there after all."""
        self._folder = Path(tempfile.mkdtemp(prefix="ray"))  # short: sockets lie in it
        ray = Path(sys.executable).with_name("ray")
        self._process = subprocess.Popen(
            [
                ray, "start", "--head", "--block", f"--port={self.head}", "--node-ip-address=127.0.0.1",
                "--num-cpus=1", "--object-store-memory=100000000", "--include-dashboard=false",
                "--disable-usage-stats", f"--temp-dir={self._folder}",
            ],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 120
        while self._process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as one:
                answers = one.connect_ex(("127.0.0.1", self.head)) == 0
            if answers and list(self._folder.glob("session_latest/metrics_agent_port_*")):
                return True
            time.sleep(0.2)
        return False

    def workers(self, demo):
        """The processes that serve a demo."""
        found = psutil.Process(self._process.pid).children(recursive=True)
        return [each for each in found if f"ServeReplica:{demo}" in " ".join(_command(each))]

    def kill(self):
        """All of it at once, as when a machine loses its power."""
        if self._process is None:
            return
        everything = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill()
        for process in everything:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.wait()
        psutil.wait_procs(everything, 10)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._process = None


def _command(process):
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
