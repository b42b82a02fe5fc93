"""A PostgreSQL server of Debian's package, for tests and the bench: started, killed, and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

START_SECONDS = 30


def binaries() -> Path | None:
    """The folder of the newest server's programs; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _as_postgres() -> list[str]:
    """The server refuses to run as root."""
    root = os.geteuid() == 0
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if root else []


@dataclass
class Server:
    """One cluster in a folder of its own, reached at `url`; it trusts whoever comes from this computer."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As in DLINTRO_DATABASE_URL."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        folder = binaries()
        assert folder is not None
        # Without fsync: what a killed process wrote is safe with the system, which goes on.
        options = ["-D", str(self.folder / "data"), "-p", str(self.port), "-h", "127.0.0.1", "-k", "", "-F"]
        command = [*_as_postgres(), str(folder / "postgres"), *options]
        asked = [str(folder / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.process is None or self.process.poll() is not None:  # children of one killed still there
                with (self.folder / "log").open("ab") as log:
                    self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
            if not subprocess.run(asked, cwd="/", check=False).returncode:
                return
            assert time.monotonic() < deadline, (self.folder / "log").read_text(errors="replace")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does; its children end when they notice."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def hang(self, hanging: bool) -> None:
        """Have it, and all that it started, take connections and never answer; or go on."""
        assert self.process is not None
        everybody = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children()]
        for each in everybody:
            each.send_signal(signal.SIGSTOP if hanging else signal.SIGCONT)

    def stop(self) -> None:
        """End it for good, with its children; what it kept is thrown away."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(START_SECONDS)
            self.process = None


@contextmanager
def serving() -> Iterator[Server]:
    """A new cluster, running."""
    folder = binaries()
    assert folder is not None, "PostgreSQL is not installed: apt-get install postgresql"
    with (
        TemporaryDirectory(prefix="dlintro-postgres-") as made,
        socket.create_server(("127.0.0.1", 0)) as free,
    ):
        server = Server(Path(made), free.getsockname()[1])
        free.close()
        if os.geteuid() == 0:
            shutil.chown(made, "postgres", "postgres")
        initdb = [
            str(folder / "initdb"),
            "-D",
            f"{made}/data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "-N",
        ]
        subprocess.run([*_as_postgres(), *initdb], check=True, capture_output=True, cwd="/")
        try:
            server.start()
            yield server
        finally:
            server.stop()
