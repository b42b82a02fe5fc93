"""Frameworks in processes of their own, started when they are first asked, and kept for the next who ask."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator
from typing import Any

from dlintro_demos.frameworks.known import Framework, FrameworkUnavailable, missing, version
from dlintro_demos.gallery.settings import REPOSITORY

QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}


class Worker:
    """One framework's process; one request at a time, the others wait."""

    def __init__(self, framework: Framework, command: list[str] | None = None) -> None:
        self._framework = framework
        module = "dlintro_demos.frameworks.worker"
        self._command = command or [sys.executable, "-m", module, framework.key]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, request: dict[str, Any]) -> Generator[dict[str, Any], None, None]:
        """The replies, as they come. Raises `FrameworkUnavailable`.

        Closing the iterator early ends the process: it would go on with what nobody waits for.
        """
        if version(self._framework) is None:
            raise FrameworkUnavailable(missing(self._framework))
        with self._lock:
            process = self._running()
            whole = False
            try:
                self._send(process, request)
                while True:
                    reply = self._receive(process)
                    if "fault" in reply:
                        raise FrameworkUnavailable(reply["fault"])
                    if reply["end"]:
                        whole = True
                        return
                    yield reply
            finally:
                if not whole:
                    self.stop()

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = subprocess.Popen(
                self._command,
                cwd=REPOSITORY,
                env={**os.environ, **QUIET},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return self._process

    def _send(self, process: subprocess.Popen[str], request: dict[str, Any]) -> None:
        assert process.stdin
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        except OSError as error:
            raise self._ended() from error

    def _receive(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise self._ended()
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _ended(self) -> FrameworkUnavailable:
        return FrameworkUnavailable(
            f"{self._framework.title} {version(self._framework)} stopped without an answer. Try again."
        )


_workers: dict[str, Worker] = {}
_making = threading.Lock()


def worker_of(framework: Framework) -> Worker:
    """The one of this gallery; it ends with the gallery."""
    with _making:
        if framework.key not in _workers:
            _workers[framework.key] = Worker(framework)
            atexit.register(_workers[framework.key].stop)
        return _workers[framework.key]
