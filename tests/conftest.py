"""Pages without a browser: each runs inside the shell, as on the server."""

import os
import socket
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dlintro_demos.gallery import ui

pytest_plugins = ["tests.browser_fixtures"]


@pytest.fixture
def open_page():
    """Opens `/<slug>` in a fresh session of the gallery."""

    def open_(slug, **query):
        at = AppTest.from_file(str(Path(ui.__file__).with_name("shell.py")), default_timeout=120)
        at._page_hash = calc_hash("" if slug == "home" else slug)  # AppTest has no public way to a page
        for name, value in query.items():
            at.query_params[name] = value
        return at.run()

    return open_


_written: list[str] | None = None


def _note_writing(event, arguments):
    if event == "open" and _written is not None:
        path, mode, flags = arguments
        writing = set(mode) & set("wax+") if isinstance(mode, str) else flags & (os.O_WRONLY | os.O_RDWR)
        if writing and isinstance(path, (str, bytes, os.PathLike)):
            _written.append(os.fsdecode(path))


sys.addaudithook(_note_writing)  # for good: Python has no way to take one off


@pytest.fixture
def written():
    """Paths that this process opens for writing during the test."""
    global _written
    _written = []
    yield _written
    _written = None


@pytest.fixture
def no_network(monkeypatch):
    """Any attempt to reach another machine, or to look one up, fails the test."""
    attempts = []

    def refuse(*args, **_):
        attempts.append(args)
        raise OSError("the network cable is pulled")

    real_connect = socket.socket.connect

    def connect(self, address):
        if self.family == socket.AF_UNIX or (
            isinstance(address, tuple) and address[0] in ("127.0.0.1", "::1")
        ):
            return real_connect(self, address)
        return refuse(address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield attempts
    assert attempts == []
