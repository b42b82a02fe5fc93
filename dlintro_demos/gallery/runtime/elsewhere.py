"""The jobs of this process, computed on Ray Serve (`on_ray.py`) while it is there, and here while it is not.

Ray is asked over HTTP: a process that joins Ray itself is ended by it a minute after its head is gone. One
request is one job. What comes back is a stream of frames, four bytes of length and a message each; an empty
one says that the worker is alive. Closing the stream cancels the job.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import json
import selectors
import socket
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.runtime.jobs import JobError, Progress, QueueFull
from dlintro_demos.gallery.runtime.wire import CannotTravel, pack, unpack

ALIVE_SECONDS = 0.5  # from a worker's sign of life to its next, and to our next look at who cancelled
SILENT_SECONDS = 15.0  # a worker that says nothing for so long is lost
PULSE_SECONDS = 2.0  # from one look at Ray to the next
SIZE = 4  # bytes of a frame's length
GONE = (
    "Ray is gone, so everything is computed on the gallery's own machine: the same answers, but with many "
    "visitors at once they take longer. The gallery looks for Ray every few seconds."
)


@dataclass(frozen=True)
class Raised:
    """What work raised, in place of its result."""

    error: BaseException


class Lost(ConnectionError):
    """The worker, or all of Ray, is gone in the middle of a job."""


class NotThere(ConnectionError):
    """Ray has nobody for this work, or does not let us in; the message says which."""


NOT_TAKEN: dict[int, tuple[type[Exception], str]] = {
    http.client.SERVICE_UNAVAILABLE: (
        QueueFull,
        "The gallery is busy: all workers have as many jobs as they may. Try again in a minute.",
    ),
    http.client.NOT_FOUND: (
        NotThere,
        "Ray has no worker for this: it is computed on the gallery's own machine.",
    ),
    http.client.FORBIDDEN: (
        NotThere,
        "Ray's workers have another DLINTRO_RAY_SECRET: all is computed on the gallery's own machine.",
    ),
}


def stays_here(work: Callable[..., Any]) -> Callable[..., Any]:
    """Mark work that is about the gallery's own machine: it is never computed elsewhere."""
    work.stays_here = True  # type: ignore[attr-defined]
    return work


def family_of(work: Callable[..., Any]) -> str:
    """The demo whose models and data a job wants, by its module; "" for work that stays here."""
    while isinstance(work, functools.partial):
        work = work.func
    slug = work.__module__.split(".")[1:2]
    return slug[0] if slug and slug[0] in SLUGS and not hasattr(work, "stays_here") else ""


class Elsewhere:
    """Where Ray is, and how it is.

    Args:
        url: of Ray Serve's HTTP proxy.
        secret: what the workers want to hear; "" where they ask for none.
        residents: what work is given by name, as each process has its own; see `wire`.
        here: jobs that this process computes at once when Ray is gone.
    """

    def __init__(self, url: str, *, secret: str, residents: Mapping[str, object], here: int):
        self.families: frozenset[str] = frozenset()
        """Those that Ray has a deployment for; empty while it is gone."""
        self.counts = dict.fromkeys(("sent to Ray", "sent once more", "computed here"), 0)
        self._host = urlsplit(url).netloc
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/octet-stream"}
        self._residents = residents
        self._here = threading.BoundedSemaphore(here)
        self._refused = ""
        self._looked = threading.Event()
        self._closing = threading.Event()
        threading.Thread(target=self._keep_looking, name="ray-pulse", daemon=True).start()

    @property
    def notice(self) -> str:
        """What is wrong, in words for everybody; "" where all is well."""
        if not self._looked.is_set() or not self.families:
            return GONE if self._looked.is_set() else ""
        if self._refused:
            return self._refused
        missing = [slug for slug in SLUGS if slug not in self.families]
        return (
            f"Ray has nobody for {', '.join(missing)}: computed in the gallery's own process."
            if missing
            else ""
        )

    def perform(self, work: Callable[..., Iterator[Any]], *args: Any) -> Generator[Any, None, None]:
        """A job: what `work(*args)` yields, wherever it is computed.

        Work whose worker is lost begins once more, on another. Lost again, it raises `JobError`: it may be
        the work that ends workers, so this process does not try it, unless Ray itself is gone.
        """
        self._looked.wait(SILENT_SECONDS)
        family = family_of(work)
        if family in self.families and (message := self._packed(work, args)):
            for attempt in ("sent to Ray", "sent once more"):
                self.counts[attempt] += 1
                try:
                    yield from self._ask(family, message)
                    self._refused = ""
                    return
                except NotThere as error:
                    self._refused = str(error)
                    break
                except Lost:
                    if not self.look():
                        break
            else:
                raise JobError(
                    "The worker that computed this stopped, twice. Try another picture or setting."
                )
        self.counts["computed here"] += 1
        yield from self._compute_here(work, args)

    def look(self) -> bool:
        """Whether Ray is there, asked now. One that is only busy may take its time."""
        connection = http.client.HTTPConnection(self._host, timeout=SILENT_SECONDS)
        try:
            connection.request("GET", "/-/routes")
            routes = json.loads(connection.getresponse().read())
            self.families = frozenset(slug for slug in SLUGS if f"/{slug}" in routes)
        except (OSError, http.client.HTTPException, ValueError):
            self.families = frozenset()
        finally:
            connection.close()
            self._looked.set()
        return bool(self.families)

    def close(self) -> None:
        """Look no more."""
        self._closing.set()

    def _keep_looking(self) -> None:
        self.look()
        while not self._closing.wait(PULSE_SECONDS):
            self.look()

    def _packed(self, work: Callable[..., Any], args: tuple[Any, ...]) -> bytes | None:
        try:
            return pack((work, args), self._residents)
        except CannotTravel:
            return None

    def _compute_here(
        self, work: Callable[..., Iterator[Any]], args: tuple[Any, ...]
    ) -> Generator[Any, None, None]:
        while not self._here.acquire(timeout=ALIVE_SECONDS):
            yield Progress(0, 1, "waiting for the gallery's own machine")
        try:
            steps = work(*args)
            try:
                yield from steps
            finally:
                if close := getattr(steps, "close", None):
                    close()
        finally:
            self._here.release()

    def _ask(self, family: str, message: bytes) -> Generator[Any, None, None]:
        """What the worker yields; while that is nothing, its last progress again, so that a job can end."""
        said: Any = Progress(0, 1)
        with contextlib.closing(self._frames(family, message)) as frames:
            for frame in frames:
                said = unpack(frame, self._residents) if frame else said
                if isinstance(said, Raised):
                    raise said.error
                yield said
                if not isinstance(said, Progress):
                    return
        raise Lost("The stream ended without a result.")

    def _frames(self, family: str, message: bytes) -> Generator[bytes, None, None]:
        """One request; raises `Lost`, `NotThere` and `QueueFull`."""
        connection = http.client.HTTPConnection(self._host, timeout=SILENT_SECONDS)
        try:
            connection.request("POST", f"/{family}", body=message, headers=self._headers)
            while not _answers(connection.sock):
                yield b""  # all workers are busy: it waits at Ray
            response = connection.getresponse()
            if refusal := NOT_TAKEN.get(response.status):
                error, words = refusal
                raise error(words)
            while response.status == http.client.OK:
                yield _read(response, int.from_bytes(_read(response, SIZE), "big"))
            raise Lost(f"status {response.status}")
        except NotThere:
            raise
        except (OSError, http.client.HTTPException) as fault:
            raise Lost(str(fault)) from fault
        finally:
            connection.close()


def _answers(connection: socket.socket) -> bool:
    with selectors.DefaultSelector() as selector:  # not select(), which knows no file beyond the 1,024th
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(ALIVE_SECONDS))


def _read(response: http.client.HTTPResponse, size: int) -> bytes:
    data = response.read(size) if size else b""
    if len(data) < size:
        raise Lost("The stream ended early.")
    return data
